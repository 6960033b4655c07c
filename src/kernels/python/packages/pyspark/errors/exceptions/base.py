"""PySpark's exception classes."""
import warnings
from enum import Enum
from pickle import PicklingError

from .conditions import message_of


class PySparkException(Exception):
    """Base of every PySpark exception: an error condition, its parameters and the text made of them."""

    def __init__(self, message=None, errorClass=None, messageParameters=None, contexts=None):
        super().__init__(message)
        self._message = message if message is not None else message_of(errorClass, messageParameters or {})
        self._errorClass = errorClass
        self._messageParameters = messageParameters
        self._contexts = contexts or []

    def getCondition(self):
        return self._errorClass

    def getErrorClass(self):
        warnings.warn("Deprecated in 4.0.0, use getCondition instead.", FutureWarning)
        return self.getCondition()

    def getMessageParameters(self):
        return self._messageParameters

    def getSqlState(self):
        return None

    def getMessage(self):
        return f"[{self.getCondition()}] {self._message}"

    def getQueryContext(self):
        return self._contexts

    def __str__(self):
        return self.getMessage() if self.getCondition() is not None else self._message


class AnalysisException(PySparkException):
    """A plan that cannot be analysed."""


class SessionNotSameException(PySparkException):
    """DataFrames of two sessions in one operation."""


class TempTableAlreadyExistsException(AnalysisException):
    """A temporary view of that name exists."""


class ParseException(AnalysisException):
    """SQL text that cannot be parsed."""


class IllegalArgumentException(PySparkException):
    """An argument Spark refuses."""


class ArithmeticException(PySparkException):
    """Overflow, division by zero."""


class UnsupportedOperationException(PySparkException):
    """An operation Spark does not have."""


class ArrayIndexOutOfBoundsException(PySparkException):
    """An array index out of range."""


class DateTimeException(PySparkException):
    """A date or time that cannot be read or made."""


class NumberFormatException(IllegalArgumentException):
    """Text that is no number."""


class StreamingQueryException(PySparkException):
    """A streaming query that failed."""


class StreamingPythonRunnerInitializationException(PySparkException):
    """A Python runner of a streaming query that did not start."""


class QueryExecutionException(PySparkException):
    """A query that failed while it ran."""


class PythonException(PySparkException):
    """Python code called by the engine failed."""


class SparkRuntimeException(PySparkException):
    """A failure at run time."""


class SparkUpgradeException(PySparkException):
    """Behaviour that changed between Spark versions."""


class SparkNoSuchElementException(PySparkException):
    """Something asked for by name that does not exist."""


class UnknownException(PySparkException):
    """Any other failure."""


class PySparkValueError(PySparkException, ValueError):
    """ValueError with an error condition."""


class PySparkTypeError(PySparkException, TypeError):
    """TypeError with an error condition."""


class PySparkIndexError(PySparkException, IndexError):
    """IndexError with an error condition."""


class PySparkAttributeError(PySparkException, AttributeError):
    """AttributeError with an error condition."""


class PySparkRuntimeError(PySparkException, RuntimeError):
    """RuntimeError with an error condition."""


class PySparkAssertionError(PySparkException, AssertionError):
    """AssertionError with an error condition."""

    def __init__(self, message=None, errorClass=None, messageParameters=None, data=None):
        super().__init__(message, errorClass, messageParameters)
        self.data = data


class PySparkNotImplementedError(PySparkException, NotImplementedError):
    """NotImplementedError with an error condition."""


class PySparkPicklingError(PySparkException, PicklingError):
    """PicklingError with an error condition."""


class PySparkKeyError(PySparkException, KeyError):
    """KeyError with an error condition."""


class PySparkImportError(PySparkException, ImportError):
    """ImportError with an error condition."""


class PickleException(PySparkException):
    """A value that cannot be pickled."""


class QueryContextType(Enum):
    """Where a query context points: SQL text or a DataFrame call."""

    SQL = 0
    DataFrame = 1


class QueryContext:
    """The part of a query an error is about."""

    def __init__(self, fragment, start_index, stop_index):
        self._fragment, self._start, self._stop = fragment, start_index, stop_index

    def contextType(self):
        return QueryContextType.SQL

    def objectType(self):
        return ""

    def objectName(self):
        return ""

    def startIndex(self):
        return self._start

    def stopIndex(self):
        return self._stop

    def fragment(self):
        return self._fragment

    def callSite(self):
        return ""

    def summary(self):
        return self._fragment
