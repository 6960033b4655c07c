"""Exceptions of user code as outputs: trimmed tracebacks and the one error shape of the protocol."""
import traceback

from . import hints

CELL_PREFIX = "<cell "


def trimmed_traceback(exception):
    """Lines of the traceback with the frames of cells only; causes and contexts trimmed the same way."""
    trimmed = traceback.TracebackException.from_exception(exception, compact=True)
    _trim(trimmed, set())
    return [line for chunk in trimmed.format() for line in chunk.rstrip("\n").split("\n")]


def _trim(node, seen):
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    node.stack = traceback.StackSummary.from_list([frame for frame in node.stack if frame.filename.startswith(CELL_PREFIX)])
    _trim(node.__cause__, seen)
    _trim(node.__context__, seen)
    for child in node.exceptions or ():
        _trim(child, seen)


def shape_of(exception, cell=None, source=None):
    """ErrorShape of any exception; an engine error keeps its own and gains the place."""
    shape = dict(getattr(exception, "_shape", None) or _python_shape(exception))
    hint, fix = hints.hint_for(exception, source)
    if not shape.get("hint") and hint:
        shape["hint"] = hint
    if "fix" not in shape and fix:
        shape["fix"] = fix
    if cell is not None:
        shape["place"] = {"cell": cell, "line": _line_of(exception)}
    return shape


def _python_shape(exception):
    condition = exception.getCondition() if hasattr(exception, "getCondition") else None
    parameters = exception.getMessageParameters() if condition else None
    return {
        "condition": condition or type(exception).__name__,
        "message": getattr(exception, "_message", None) or str(exception),
        "parameters": {str(key): str(value) for key, value in (parameters or {}).items()},
        "sqlState": None,
        "domain": "user",
        "exception": "PythonException",
        "hint": None,
        "contexts": [],
    }


def _line_of(exception):
    """Line of the innermost cell frame, or of the syntax error."""
    if isinstance(exception, SyntaxError) and (exception.filename or "").startswith(CELL_PREFIX):
        return exception.lineno
    lines = [line for frame, line in traceback.walk_tb(exception.__traceback__)
             if frame.f_code.co_filename.startswith(CELL_PREFIX)]
    return lines[-1] if lines else None
