"""Columns: expressions over the rows of a DataFrame."""
import datetime
import decimal
import json

from pyspark.errors import PySparkAttributeError, PySparkTypeError, PySparkValueError
from pyspark.errors.exceptions.captured import illegal_argument
from pyspark.sql import _plan
from pyspark.sql.types import DataType


def _text_of(value):
    """How a column or literal prints: text in quotes, as classic PySpark shows it."""
    if isinstance(value, Column):
        return value._text
    if isinstance(value, bool):
        return str(value).lower()
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def _expression(value):
    return value._expr if isinstance(value, Column) else _plan.literal(_enum_value(value))


def _enum_value(value):
    from enum import Enum

    return value.value if isinstance(value, Enum) else value


_OPERAND = (bool, float, int, str, datetime.date, datetime.time, datetime.datetime, datetime.timedelta, decimal.Decimal)


def _binary(name, reverse=False):
    def operator(self, other):
        if not isinstance(other, Column):
            other = _enum_value(other)
            if other is not None and not isinstance(other, _OPERAND):
                raise PySparkTypeError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": type(other).__name__})
        left, right = (other, self) if reverse else (self, other)
        text = f"{'=' if name == '==' else name}({_text_of(left)}, {_text_of(right)})"
        return Column(_plan.call(name, _expression(left), _expression(right)), text)

    return operator


def _unary(name, shown=None):
    def operator(self):
        return Column(_plan.call(name, self._expr), f"{shown or name}({self._text})")

    return operator


def _sort(ascending, nulls_first, shown):
    def order(self):
        return Column(_plan.sort_order(self._expr, ascending, nulls_first), f"{self._text} {shown}")

    return order


class Column:
    """An expression. Operators and methods make new columns; nothing is computed here."""

    def __init__(self, expression, text=None):
        self._expr = expression
        self._text = text if text is not None else json.dumps(expression)

    __add__, __radd__ = _binary("+"), _binary("+", True)
    __sub__, __rsub__ = _binary("-"), _binary("-", True)
    __mul__, __rmul__ = _binary("*"), _binary("*", True)
    __truediv__, __rtruediv__ = _binary("/"), _binary("/", True)
    __div__, __rdiv__ = _binary("/"), _binary("/", True)
    __mod__, __rmod__ = _binary("%"), _binary("%", True)
    __pow__, __rpow__ = _binary("power"), _binary("power", True)
    __eq__ = _binary("==")
    __lt__, __le__, __gt__, __ge__ = _binary("<"), _binary("<="), _binary(">"), _binary(">=")
    __and__ = __rand__ = _binary("and")
    __or__ = __ror__ = _binary("or")
    __neg__ = _unary("negative")
    __invert__ = _unary("not", "!")
    __hash__ = None
    eqNullSafe = _binary("<=>")
    bitwiseOR, bitwiseAND, bitwiseXOR = _binary("|"), _binary("&"), _binary("^")
    contains, startswith, endswith = _binary("contains"), _binary("startsWith"), _binary("endsWith")
    like, rlike, ilike = _binary("like"), _binary("rlike"), _binary("ilike")
    isNull, isNotNull, isNaN = _unary("isNull"), _unary("isNotNull"), _unary("isNaN")
    asc = asc_nulls_first = _sort(True, True, "ASC NULLS FIRST")
    asc_nulls_last = _sort(True, False, "ASC NULLS LAST")
    desc = desc_nulls_last = _sort(False, False, "DESC NULLS LAST")
    desc_nulls_first = _sort(False, True, "DESC NULLS FIRST")

    def __ne__(self, other):
        return ~(self == other)

    def __contains__(self, item):
        raise PySparkValueError(errorClass="CANNOT_APPLY_IN_FOR_COLUMN", messageParameters={})

    def __iter__(self):
        raise PySparkTypeError(errorClass="NOT_ITERABLE", messageParameters={"objectName": "Column"})

    def __bool__(self):
        raise PySparkValueError(errorClass="CANNOT_CONVERT_COLUMN_INTO_BOOL", messageParameters={})

    __nonzero__ = __bool__

    def __getattr__(self, item):
        if item == "__getnewargs__" or item.startswith("__") or item.startswith("_repr_") or item.startswith("_ipython_"):
            raise PySparkAttributeError(errorClass="CANNOT_ACCESS_TO_DUNDER", messageParameters={})
        return self[item]

    def __getitem__(self, key):
        if isinstance(key, slice):
            if key.step is not None:
                raise PySparkValueError(errorClass="SLICE_WITH_STEP", messageParameters={})
            return self.substr(key.start, key.stop)
        return Column({"unresolvedExtractValue": {"child": self._expr, "extraction": _expression(key)}},
                      f"{self._text}[{_text_of(key)}]")

    getItem = __getitem__

    def getField(self, name):
        return self[name]

    def withField(self, fieldName, col):
        if not isinstance(fieldName, str):
            raise PySparkTypeError(errorClass="NOT_STR", messageParameters={"arg_name": "fieldName", "arg_type": type(fieldName).__name__})
        if not isinstance(col, Column):
            raise PySparkTypeError(errorClass="NOT_COLUMN", messageParameters={"arg_name": "col", "arg_type": type(col).__name__})
        update = {"structExpression": self._expr, "fieldName": fieldName, "valueExpression": col._expr}
        return Column({"updateFields": update}, f"update_fields({self._text}, WithField({fieldName}, {col._text}))")

    def dropFields(self, *fieldNames):
        changed = self
        for name in fieldNames:
            changed = Column({"updateFields": {"structExpression": changed._expr, "fieldName": name}},
                             f"update_fields({changed._text}, DropField({name}))")
        return changed

    def substr(self, startPos, length):
        if type(startPos) is not type(length):
            raise PySparkTypeError(errorClass="NOT_SAME_TYPE", messageParameters={
                "arg_name1": "startPos", "arg_name2": "length",
                "arg_type1": type(startPos).__name__, "arg_type2": type(length).__name__})
        if not isinstance(length, (int, Column)):
            raise PySparkTypeError(errorClass="NOT_COLUMN_OR_INT",
                                   messageParameters={"arg_name": "startPos", "arg_type": type(length).__name__})
        return Column(_plan.call("substr", self._expr, _expression(startPos), _expression(length)),
                      f"substr({self._text}, {_text_of(startPos)}, {_text_of(length)})")

    def isin(self, *cols):
        if len(cols) == 1 and isinstance(cols[0], (list, set)):
            cols = tuple(cols[0])
        return Column(_plan.call("in", self._expr, *[_expression(value) for value in cols]),
                      f"in({', '.join([self._text, *(_text_of(value) for value in cols)])})")

    def between(self, lowerBound, upperBound):
        return (self >= lowerBound) & (self <= upperBound)

    def alias(self, *alias, **kwargs):
        metadata = kwargs.pop("metadata", None)
        assert not kwargs, f"Unexpected kwargs where passed: {kwargs}"
        if len(alias) > 1 and metadata is not None:
            raise PySparkValueError(errorClass="ONLY_ALLOWED_FOR_SINGLE_COLUMN", messageParameters={"arg_name": "metadata"})
        shown = alias[0] if len(alias) == 1 else f"({', '.join(alias)})"
        return Column(_plan.alias(self._expr, alias, metadata), f"{self._text} AS {shown}")

    name = alias

    def cast(self, dataType):
        return self._cast(dataType, None, "CAST")

    astype = cast

    def try_cast(self, dataType):
        return self._cast(dataType, "EVAL_MODE_TRY", "TRY_CAST")

    def _cast(self, data_type, eval_mode, shown):
        if not isinstance(data_type, (str, DataType)):
            raise PySparkTypeError(errorClass="NOT_DATATYPE_OR_STR",
                                   messageParameters={"arg_name": "dataType", "arg_type": type(data_type).__name__})
        type_text = data_type if isinstance(data_type, str) else data_type.simpleString()
        return Column(_plan.cast(self._expr, data_type, eval_mode), f"{shown}({self._text} AS {type_text.upper()})")

    def when(self, condition, value):
        if not isinstance(condition, Column):
            raise PySparkTypeError(errorClass="NOT_COLUMN", messageParameters={"arg_name": "condition", "arg_type": type(condition).__name__})
        if "_branches" not in self.__dict__:
            place = "once otherwise() is applied" if self.__dict__.get("_is_closed") else "on a Column previously generated by when() function"
            raise illegal_argument(f"when() {'cannot be applied' if self.__dict__.get('_is_closed') else 'can only be applied'} {place}")
        return _case([*self._branches, (condition, value)])

    def otherwise(self, value):
        if "_branches" not in self.__dict__:
            once = "once on a" if self.__dict__.get("_is_closed") else "on a"
            raise illegal_argument(f"otherwise() can only be applied {once} Column previously generated by when()")
        return _case(self._branches, value, True)

    def over(self, window):
        from pyspark.sql.window import WindowSpec

        if not isinstance(window, WindowSpec):
            raise PySparkTypeError(errorClass="NOT_WINDOWSPEC", messageParameters={"arg_name": "window", "arg_type": type(window).__name__})
        return Column(window._over(self._expr), f"{self._text} OVER ({window._text()})")

    def transform(self, f):
        result = f(self)
        if not isinstance(result, Column):
            raise PySparkTypeError(errorClass="HIGHER_ORDER_FUNCTION_SHOULD_RETURN_COLUMN",
                                   messageParameters={"func_name": "transform", "return_type": type(result).__name__})
        return result

    def outer(self):
        return self

    def __repr__(self):
        return f"Column<'{self._text}'>"


def _case(branches, otherwise=None, is_closed=False):
    """CASE WHEN; a closed one has its ELSE and takes no more branches."""
    arguments, text = [], "CASE"
    for condition, value in branches:
        arguments += [condition._expr, _expression(value)]
        text += f" WHEN {condition._text} THEN {_text_of(value)}"
    if is_closed:
        arguments.append(_expression(otherwise))
        text += f" ELSE {_text_of(otherwise)}"
    column = Column(_plan.call("when", *arguments), text + " END")
    if is_closed:
        column._is_closed = True
    else:
        column._branches = list(branches)
    return column
