"""Plans as plain dicts in protobuf-JSON form (`spark.connect.Relation`, `Expression`, `Command`); the host makes the bytes."""
import base64
import datetime
import decimal
import itertools
import json

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import types

_plan_ids = itertools.count()


def relation(**kind):
    """A relation with a plan id of its own, by which columns name the DataFrame they were taken from."""
    return {"common": {"planId": str(next(_plan_ids))}, **kind}


def plan_id(of):
    return of["common"]["planId"]


def attribute(name, of=None, is_metadata=False):
    reference = {"unparsedIdentifier": name, "isMetadataColumn": is_metadata}
    if of is not None:
        reference["planId"] = plan_id(of)
    return {"unresolvedAttribute": reference}


def call(name, *arguments, distinct=False):
    return {"unresolvedFunction": {"functionName": name, "arguments": list(arguments), "isDistinct": distinct}}


def literal(value):
    """A Python value as a literal expression."""
    return {"literal": _literal(value)}


def _literal(value):
    if value is None:
        return {"null": {"null": {}}}
    if isinstance(value, (bytes, bytearray)):
        return {"binary": base64.b64encode(value).decode("ascii")}
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return {"double": types._float_json(value)}
    if isinstance(value, str):
        return {"string": value}
    if isinstance(value, decimal.Decimal):
        return {"decimal": {"value": str(value), "precision": 10, "scale": 0}}
    if isinstance(value, datetime.datetime):
        return {"timestamp": str(types.TimestampType().toInternal(value))}
    if isinstance(value, datetime.date):
        return {"date": types.DateType().toInternal(value)}
    if isinstance(value, datetime.timedelta):
        return {"dayTimeInterval": str(types.DayTimeIntervalType().toInternal(value))}
    if isinstance(value, list):
        return _array(value)
    raise PySparkTypeError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": type(value).__name__})


def _integer(value):
    if -(2**31) <= value < 2**31:
        return {"integer": value}
    if -(2**63) <= value < 2**63:
        return {"long": str(value)}
    raise PySparkValueError(errorClass="VALUE_NOT_BETWEEN", messageParameters={
        "arg_name": "value", "min": str(-(2**63)), "max": str(2**63 - 1)})


def _array(value):
    if len(value) == 0 or value[0] is None:
        raise PySparkTypeError(errorClass="CANNOT_INFER_ARRAY_ELEMENT_TYPE", messageParameters={})
    elements = [_literal(item) for item in value]
    kind = next(iter(elements[0]))
    return {"array": {"elementType": {_TYPE_OF.get(kind, kind): {}}, "elements": elements}}


_TYPE_OF = {"dayTimeInterval": "dayTimeInterval"}


def cast(expression, data_type, eval_mode=None):
    kind = {"typeStr": data_type} if isinstance(data_type, str) else {"type": data_type._to_proto()}
    body = {"expr": expression, **kind}
    if eval_mode is not None:
        body["evalMode"] = eval_mode
    return {"cast": body}


def alias(expression, names, metadata=None):
    body = {"expr": expression, "name": list(names)}
    if metadata is not None:
        body["metadata"] = json.dumps(metadata)
    return {"alias": body}


def sort_order(expression, ascending, nulls_first):
    return {"sortOrder": {
        "child": expression,
        "direction": "SORT_DIRECTION_ASCENDING" if ascending else "SORT_DIRECTION_DESCENDING",
        "nullOrdering": "SORT_NULLS_FIRST" if nulls_first else "SORT_NULLS_LAST",
    }}


def root(of):
    return {"root": {key: value for key, value in of.items()}}


def python_function(function_id):
    """A live function of this kernel: its id stands where Apache's client puts the pickled function."""
    return {"pythonFunction": {"command": base64.b64encode(function_id.encode()).decode("ascii"), "pythonVer": "3.14"}}


def option_text(value):
    """Option values as Spark wants them: true and false in lower case, None stays away."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
