"""Argument checks with PySpark's own words."""
from pyspark.errors import PySparkTypeError
from pyspark.sql import _plan
from pyspark.sql.column import Column


def column_named(name):
    if name == "*":
        return Column({"unresolvedStar": {}}, "*")
    if name.endswith(".*"):
        return Column({"unresolvedStar": {"unparsedTarget": name}}, name)
    return Column(_plan.attribute(name), name)


def to_column(value, arg_name="col"):
    """A Column or the name of one."""
    if isinstance(value, Column):
        return value
    if isinstance(value, str):
        return column_named(value)
    raise PySparkTypeError(errorClass="NOT_COLUMN_OR_STR", messageParameters={"arg_name": arg_name, "arg_type": type(value).__name__})


def type_error(condition, arg_name, value):
    return PySparkTypeError(errorClass=condition, messageParameters={"arg_name": arg_name, "arg_type": type(value).__name__})


def flatten(values):
    """`f([a, b])` means `f(a, b)`."""
    return list(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple)) else list(values)
