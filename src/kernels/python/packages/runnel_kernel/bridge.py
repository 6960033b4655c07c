"""Requests to the engine. Everything crosses as JSON text and buffers; engine errors are raised as PySpark exceptions."""
import json
import uuid

import _runnel_host as host
from pyodide.ffi import to_js


def raise_if_error(answer):
    if isinstance(answer, dict) and "error" in answer:
        from pyspark.errors.exceptions.captured import exception_from_shape

        raise exception_from_shape(answer["error"]) from None
    return answer


def request(method, params, buffers=()):
    """Asks the engine; `{"$buffer": i}` in params stands for buffers[i]. Buffers of the answer come back as memoryviews."""
    answer = host.request(method, json.dumps(params), to_js([bytes(buffer) for buffer in buffers]))
    text = answer[0]
    arrays = [answer[index].to_py() for index in range(1, answer.length)]

    def place(value):
        return arrays[value["$buffer"]] if "$buffer" in value else value

    return raise_if_error(json.loads(text, object_hook=place if arrays else None))


def execute(plan, cell=None):
    """Runs a plan (protobuf-JSON dict). Returns (header, columns): columns is None unless the header's kind is rows."""
    from . import output

    if cell is None:
        cell = output.current_cell()
    header, columns = host.execute(json.dumps(plan), cell, str(uuid.uuid4()))
    answer = raise_if_error(json.loads(header))
    return answer, json.loads(columns) if columns else None


def analyze(plan, kind, **ask):
    """Asks about a plan without running it; see AnalyzeAsk of the protocol."""
    from . import output

    asked = json.dumps({"kind": kind, **ask})
    return raise_if_error(json.loads(host.analyze(json.dumps(plan), asked, output.current_cell())))


def add_local(schema_json, columns):
    """Keeps rows in the host; returns the token that stands for them in a LocalRelation's data."""
    return raise_if_error(json.loads(host.addLocal(schema_json, json.dumps(columns))))["data"]


def release_local(token):
    host.releaseLocal(token)


def emit(event):
    host.emit(json.dumps(event))


def now_ms():
    return host.nowMs()
