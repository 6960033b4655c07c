"""Live functions the engine may call: foreachBatch functions and probes, kept by id."""
import itertools
import json

from . import errors, interrupts, output

_functions = {}
_ids = itertools.count(1)


def register(function, cell):
    """Keeps `function`; returns the id that stands for it in plans."""
    function_id = f"python-{next(_ids)}"
    _functions[function_id] = (function, cell)
    return function_id


def forget(function_id):
    _functions.pop(function_id, None)


def run_callback(request_json):
    """Runs one call of the engine. Returns {"value", "error", "interrupted"} as JSON; never raises."""
    answer = _answer(json.loads(request_json))
    return json.dumps({**answer, "interrupted": interrupts.take_pending()})


def _answer(request):
    try:
        function, cell = _functions[request["functionId"]]
    except KeyError:
        missing = LookupError(f"Python function {request['functionId']} is gone: run the cell that defines it again")
        return {"value": None, "error": errors.shape_of(missing)}
    prefix = f"[batch {request['batchId']}] " if request["kind"] == "foreachBatch" else ""
    try:
        with output.output_to(cell, prefix), interrupts.deferred():
            return {"value": _call(function, request)}
    except BaseException as exception:  # noqa: BLE001 - the engine must have an answer, whatever the user's code raised
        return {"value": None, "error": _callback_shape(exception, cell)}


def _call(function, request):
    if request["kind"] == "foreachBatch":
        from pyspark.sql.dataframe import DataFrame
        from pyspark.sql.session import SparkSession

        frame = DataFrame._from_local(SparkSession._active(), request["token"], request["schemaJson"])
        function(frame, request["batchId"])
        return None
    value = function(json.loads(request["value"]))
    return json.dumps(value)


def _callback_shape(exception, cell):
    shape = errors.shape_of(exception, cell)
    if not hasattr(exception, "_shape"):
        # The query's exception shows this text; the learner needs to see where the function failed.
        shape["message"] = "\n".join(errors.trimmed_traceback(exception))
        shape["exception"] = "PythonException"
    return shape
