"""The functions the host calls. Arguments and answers are JSON text."""
import ast
import contextvars
import inspect
import json
import linecache
import sys
import types

from . import callbacks, completion, display, errors, event_loop, interrupts, magics, names, output
from .callbacks import run_callback  # noqa: F401 - called by the host
from .event_loop import pump  # noqa: F401 - called by the host
from .exits import NotebookExit

_module = types.ModuleType("__main__")
namespace = _module.__dict__
_builtins = names.FallbackBuiltins()


def start(config_json):
    """Prepares the interpreter once; returns Python's version."""
    config = json.loads(config_json)
    sys.stdout = output.CellStream("stdout")
    sys.stderr = output.CellStream("stderr")
    interrupts.install()
    event_loop.install()
    sys.modules["__main__"] = _module

    from pyspark.sql import SparkSession

    session = SparkSession._start(config["compatibility"])
    namespace.update(__name__="__main__", __builtins__=_builtins, spark=session, sc=session.sparkContext,
                     display=display.display, displayHTML=display.displayHTML)
    return sys.version.split()[0]


def run_cell(run_json):
    """Runs one CellRun; outputs go out as events. Returns {"status", "error"}."""
    run = json.loads(run_json)
    if "definedNames" in run:
        names.set_definitions(run["definedNames"])
    return json.dumps(contextvars.copy_context().run(_run_cell, run))


def _run_cell(run):
    interrupts.take_pending()
    cell, source = run["cell"], run["source"]
    with output.output_to(cell):
        try:
            display.stop_previews(cell)
            _builtins.forget_cell(cell)
            _execute(source, f"<cell {run['cellNumber']}>", run["executionCount"])
            return {"status": "ok", "error": None}
        except NotebookExit as ended:
            if ended.value:
                output.display_data({"text/plain": f"ExitValue: {ended.value}"})
            return {"status": "ok", "error": None}
        except BaseException as exception:  # noqa: BLE001 - whatever a cell raises is its output
            shape = errors.shape_of(exception, cell, source)
            output.error(type(exception).__name__, str(exception), errors.trimmed_traceback(exception), shape)
            status = "interrupted" if isinstance(exception, KeyboardInterrupt) else "error"
            return {"status": status, "error": shape}


def _execute(source, file_name, execution_count):
    magic, rest = magics.take_cell_magic(source)
    if magic is not None:
        magics.run_cell_magic(magic, rest, namespace)
        return
    magics.refuse_line_magics(rest)
    text = _dedented(rest)
    linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
    tree = ast.parse(text, file_name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not text.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    _run_code(compile(tree, file_name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
    if last is not None:
        value = _run_code(compile(last, file_name, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
        if value is not None:
            namespace["_"] = value
            output.execute_result(display.mime_bundle(value), execution_count)


def _run_code(code):
    if code.co_flags & inspect.CO_COROUTINE:
        return event_loop.run_on_cell_loop(eval(code, namespace))
    with event_loop.cell_loop():
        return eval(code, namespace)


def _dedented(source):
    """Code pasted from inside a list is indented as a whole; notebooks take it, Python alone does not."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        return source
    return "\n".join(line[len(indent):] if line.startswith(indent) else line for line in lines)


def complete(code, offset):
    """Names of live objects at a place of the code."""
    return json.dumps(completion.complete(code, offset, namespace))


def describe(code, offset):
    """Signature and doc of the name that ends at a place of the code; null when nothing tells."""
    return json.dumps(completion.describe(code, offset, namespace))
