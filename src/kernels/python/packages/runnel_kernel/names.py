"""Names that workshop texts use and never define.

They are looked up only after the notebook's names and Python's builtins failed, and are never stored, so `dir()` and
completion stay clean and the user's own definition wins. The engine is told each time a cell needs one: workshop mode
answers with a notice, strict mode with the NameError Spark's Python would raise.
"""
import builtins

from pyspark.errors import PySparkException

from . import bridge, output

_MODULES = ("json", "asyncio", "time", "random", "datetime", "math", "uuid")
_MEMBERS = {
    "EventHubProducerClient": "azure.eventhub",
    "EventHubConsumerClient": "azure.eventhub",
    "EventData": "azure.eventhub",
    "EventDataBatch": "azure.eventhub",
    "DeltaTable": "delta.tables",
    "Window": "pyspark.sql",
    "Row": "pyspark.sql",
    "SparkSession": "pyspark.sql",
    "DataFrame": "pyspark.sql",
    "mssparkutils": "notebookutils",
    "notebookutils": None,
    "dbutils": "notebookutils",
}
_VALUES = {"storage_account": "mystorageaccount", "checkpoint_path": "Files/checkpoints"}

_definitions = {}


def set_definitions(definitions):
    """Which cell defines which name, as the page knows it: {name: {"cell": 3, "when": "not-run" | "before-reload"}}."""
    _definitions.clear()
    _definitions.update(definitions)


def where_defined(name):
    """The hint of a NameError."""
    known = _definitions.get(name)
    if known is None:
        return f"`{name}` is not defined in this workshop."
    if known.get("when") == "before-reload":
        return f"`{name}` was defined by cell {known['cell']} before the reload."
    return f"`{name}` is defined by cell {known['cell']}, not run yet."


def default_of(name):
    """(value, import line) of a name the text leaves out; LookupError when it has no usual meaning."""
    if name in _VALUES:
        return _VALUES[name], f'{name} = "{_VALUES[name]}"'
    if name in _MODULES:
        return __import__(name), f"import {name}"
    if name == "notebookutils":
        return __import__(name), "import notebookutils"
    if name in _MEMBERS:
        return _member(_MEMBERS[name], name)
    for module in ("pyspark.sql.functions", "pyspark.sql.types"):
        if name in _exported(module):
            return _member(module, name)
    raise LookupError(name)


def _exported(module):
    return __import__(module, fromlist=["__all__"]).__all__


def _member(module, name):
    return getattr(__import__(module, fromlist=[name]), name), f"from {module} import {name}"


class FallbackBuiltins(dict):
    """The builtins of cell code. A function keeps the builtins of its globals, so this works in callbacks too."""

    def __init__(self):
        super().__init__(vars(builtins))
        self._told = set()

    def __missing__(self, name):
        try:
            value, line = default_of(name)
        except LookupError:
            raise KeyError(name) from None
        told = (output.current_cell(), name)
        if told not in self._told:
            try:
                bridge.request("lenient", {"id": "python-default-name", "cell": told[0], "detail": {"name": name, "import": line}})
            except PySparkException:
                raise KeyError(name) from None
            self._told.add(told)
        return value

    def forget_cell(self, cell):
        """A cell that runs again is told again."""
        self._told = {told for told in self._told if told[0] != cell}
