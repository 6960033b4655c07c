"""Cell and line magics a pasted notebook may hold."""
import re

from . import output
from .hints import _OFFLINE

_SAME_LANGUAGE = ("%%pyspark", "%%python", "%python")


class MagicError(Exception):
    """A magic that does not exist here, refused by name."""

    def __init__(self, message, hint):
        super().__init__(message)
        self._hint = hint


def take_cell_magic(source):
    """(magic, rest): `%%sql` and such on the first line that is not blank; (None, source) without one."""
    stripped = source.lstrip()
    if not stripped.startswith("%%") and not stripped.startswith("%python"):
        return None, source
    first, _, rest = stripped.partition("\n")
    magic = first.split()[0]
    return (None, rest) if magic in _SAME_LANGUAGE else (magic, rest)


def run_cell_magic(magic, rest, namespace):
    if magic == "%%sql":
        return run_sql(rest, namespace)
    if magic == "%%configure":
        raise MagicError("UsageError: Cell magic `%%configure` is not available.",
                         'The session is already running. Set options with `spark.conf.set("key", "value")`.')
    raise MagicError(f"UsageError: Cell magic `{magic}` not found.", "This cell runs Python. Choose the cell's language instead.")


_LINE_MAGIC = re.compile(r"^\s*(%|!)\s*(\w+)(.*)$")


def refuse_line_magics(source):
    """Refuses `%pip install ...`, `!ls`: Python itself would only say invalid syntax."""
    for line in source.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE_MAGIC.match(line)
        if found is None:
            return
        sign, word, _ = found.groups()
        if word in ("pip", "conda"):
            raise MagicError(f"`{sign}{word}` cannot install packages: this Python works without a network.", _OFFLINE)
        if sign == "%":
            raise MagicError(f"UsageError: Line magic function `%{word}` not found.", "Line magics are not part of this notebook.")
        raise MagicError(f"`!{word}`: there is no shell in the browser.", "Use `notebookutils.fs.ls(path)` to look at files.")


_STATEMENT_END = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/)|(;)""", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def run_sql(text, namespace):
    """Runs the statements of a SQL cell one after the other; shows the last result."""
    from pyspark.sql import SparkSession

    from . import display

    session = SparkSession.getActiveSession()
    result = None
    for statement in statements_of(text):
        result = session.sql(fill_placeholders(statement, namespace))
    if result is not None and result.columns:
        output.display_data(display.table_bundle(result) if not result.isStreaming else display._stream_bundle(result))


def statements_of(text):
    """Statements between semicolons; comments and quoted text hold none."""
    statements, start = [], 0
    for found in _STATEMENT_END.finditer(text):
        if found.group(2):
            statements.append(text[start:found.start()])
            start = found.end()
    statements.append(text[start:])
    return [statement.strip() for statement in statements if _has_code(statement)]


def _has_code(statement):
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.DOTALL).strip() != ""


def fill_placeholders(statement, namespace):
    """`{name}` becomes the Python variable, or its usual meaning; strict mode leaves it as it is."""
    from pyspark.errors import PySparkException

    from . import bridge, names

    def value_of(found):
        name = found.group(1)
        if name in namespace:
            value = namespace[name]
        else:
            try:
                value, _ = names.default_of(name)
            except LookupError:
                return found.group(0)
        if not isinstance(value, (str, int, float)):
            return found.group(0)
        try:
            bridge.request("lenient", {"id": "sql-placeholder", "cell": output.current_cell(), "detail": {"name": name}})
        except PySparkException:
            return found.group(0)
        return str(value)

    return _PLACEHOLDER.sub(value_of, statement)
