"""Engine errors as PySpark exceptions."""
from . import base


class CapturedException(base.PySparkException):
    """Built from the protocol's ErrorShape; prints as Spark prints it."""

    def __init__(self, shape):
        condition = shape["condition"]
        self._is_legacy = condition == "" or condition.startswith("_LEGACY")
        contexts = [base.QueryContext(each["fragment"], each["startIndex"], each["stopIndex"]) for each in shape["contexts"]]
        super().__init__(shape["message"], condition or None, shape["parameters"], contexts)
        self._shape = shape
        self._hint = shape.get("hint")
        self._fix = shape.get("fix")
        self.cause = exception_from_shape(shape["cause"]) if "cause" in shape else None

    @property
    def desc(self):
        return str(self)

    def getSqlState(self):
        return self._shape["sqlState"]

    def getMessage(self):
        return str(self)

    def __str__(self):
        if self._is_legacy:
            return self._message
        state = self._shape["sqlState"]
        return f"[{self._errorClass}] {self._message}" + (f" SQLSTATE: {state}" if state else "") + self._shape.get("suffix", "")


def _captured(name, *also):
    parent = getattr(base, name)
    return type(name, (*also, CapturedException, parent) if not also else (*also, parent), {"__doc__": parent.__doc__, "__module__": __name__})


AnalysisException = _captured("AnalysisException")
ParseException = _captured("ParseException", AnalysisException)
IllegalArgumentException = _captured("IllegalArgumentException")
NumberFormatException = _captured("NumberFormatException", IllegalArgumentException)
StreamingQueryException = _captured("StreamingQueryException")
QueryExecutionException = _captured("QueryExecutionException")
PythonException = _captured("PythonException")
ArithmeticException = _captured("ArithmeticException")
UnsupportedOperationException = _captured("UnsupportedOperationException")
ArrayIndexOutOfBoundsException = _captured("ArrayIndexOutOfBoundsException")
DateTimeException = _captured("DateTimeException")
SparkRuntimeException = _captured("SparkRuntimeException")
SparkUpgradeException = _captured("SparkUpgradeException")
SparkNoSuchElementException = _captured("SparkNoSuchElementException")
UnknownException = _captured("UnknownException")

_CLASSES = {
    name: value for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, CapturedException) and value is not CapturedException
}


def exception_from_shape(shape):
    """The exception PySpark raises for this error; classes Spark's Python does not have become UnknownException."""
    if shape["condition"] == "SQL_CONF_NOT_FOUND":
        return SparkNoSuchElementException(shape)
    return _CLASSES.get(shape["exception"], UnknownException)(shape)


def engine_error(exception, condition, message, parameters=None, sql_state=None, hint=None):
    """An error Spark's JVM would raise and Python finds out first."""
    return exception_from_shape({
        "condition": condition, "message": message, "parameters": parameters or {}, "sqlState": sql_state, "domain": "user",
        "exception": exception, "hint": hint, "contexts": []})


def illegal_argument(message):
    """Java's IllegalArgumentException: text without a condition."""
    return engine_error("IllegalArgumentException", "", message)
