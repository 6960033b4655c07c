"""pyspark.sql.functions: call builders. The table holds the plain ones; those with rules of their own follow here."""
import ast
import decimal
import inspect
import random

from pyspark.errors import PySparkValueError
from pyspark.sql import _args, _plan
from pyspark.sql.column import Column, _case, _expression, _text_of
from pyspark.sql.types import DataType

from ._table import TABLE


def col(col):
    """A column by name; `*` and `a.*` mean all columns."""
    if not isinstance(col, str):
        raise _args.type_error("NOT_STR", "col", col)
    return _args.column_named(col)


column = col


def lit(col):
    """A literal; lists become arrays, columns stay as they are."""
    if isinstance(col, Column):
        return col
    if isinstance(col, list):
        if any(isinstance(item, Column) for item in col):
            raise PySparkValueError(errorClass="COLUMN_IN_LIST", messageParameters={"func_name": "lit"})
        return array(*[lit(item) for item in col])
    if isinstance(col, tuple):
        return struct(*[lit(item) for item in col])
    return Column(_expression(col), _text_of(col))


def expr(str):
    """A column from SQL text."""
    return Column({"expressionString": {"expression": str}}, str)


def _call(name, *columns, distinct=False):
    shown = ", ".join(column._text for column in columns)
    return Column(_plan.call(name, *[column._expr for column in columns], distinct=distinct),
                  f"{name}({shown})")


def _argument(kind, value):
    if kind == "l" or (kind == "m" and not isinstance(value, str)):
        return lit(value)
    return _args.to_column(value)


class _Function:
    """One line of the table, read when it is first called or looked at."""

    def __init__(self, line):
        head, _, self._line = line.partition(" ")
        self.__name__, _, spark_name = head.partition("=")
        self.__qualname__ = self.__name__
        self._spark_name = spark_name or self.__name__
        self._parameters = None

    __module__ = "pyspark.sql.functions"

    @property
    def __signature__(self):
        return self._read()[0]

    def __repr__(self):
        return f"<function {self.__name__}>"

    def _read(self):
        if self._parameters is None:
            parameters, kinds = [], {}
            for token in self._line.split():
                rest, has_default, default = token.partition("=")
                is_optional = rest.endswith("?")
                name, _, kind = rest.rstrip("?").partition(":")
                place = inspect.Parameter.VAR_POSITIONAL if name.startswith("*") else inspect.Parameter.POSITIONAL_OR_KEYWORD
                name = name.lstrip("*")
                shown = None if has_default or is_optional else inspect.Parameter.empty
                parameters.append(inspect.Parameter(name, place, default=shown))
                kinds[name] = (kind or "c", default if has_default else None)
            self._parameters = (inspect.Signature(parameters), kinds)
        return self._parameters

    def __call__(self, *args, **kwargs):
        signature, kinds = self._read()
        try:
            bound = signature.bind(*args, **kwargs).arguments
        except TypeError as wrong:
            raise TypeError(f"{self.__name__}() {wrong}") from None
        columns = []
        for name, parameter in signature.parameters.items():
            kind, default = kinds[name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                values = bound.get(name, ())
                if len(values) == 1 and isinstance(values[0], (list, set, tuple)):
                    values = values[0]
                columns += [_argument(kind, value) for value in values]
                continue
            value = bound.get(name)
            if value is not None:
                columns.append(_argument(kind, value))
            elif default is not None:
                columns.append(lit(_default(default)))
            elif parameter.default is parameter.empty:
                columns.append(_argument(kind, None))
            elif any(later in bound for later in list(signature.parameters)[list(signature.parameters).index(name) + 1:]):
                columns.append(lit(None))
        return _call(self._spark_name, *columns)


def _default(text):
    if text == "random":
        return random.randint(0, 2**63 - 1)
    if text == "decimal0":
        return decimal.Decimal(0)

    value = ast.literal_eval(text)
    return value.replace("_", " ") if isinstance(value, str) else value


for _line in TABLE.split("\n"):
    if _line:
        _made = _Function(_line)
        globals()[_made.__name__] = _made
del _line, _made


def _sorter(method):
    def sort(col):
        return getattr(_args.to_column(col), method)()

    sort.__name__ = sort.__qualname__ = method
    return sort


asc, asc_nulls_first, asc_nulls_last = _sorter("asc"), _sorter("asc_nulls_first"), _sorter("asc_nulls_last")
desc, desc_nulls_first, desc_nulls_last = _sorter("desc"), _sorter("desc_nulls_first"), _sorter("desc_nulls_last")


def count(col):
    """Rows, for `*`; else values that are not NULL."""
    return _call("count", _args.to_column(col) if not (isinstance(col, str) and col == "*") else _args.column_named("*"))


def count_distinct(col, *cols):
    return _call("count", *[_args.to_column(value) for value in (col, *cols)], distinct=True)


def countDistinct(col, *cols):
    return count_distinct(col, *cols)


def sum_distinct(col):
    return _call("sum", _args.to_column(col), distinct=True)


def sumDistinct(col):
    return sum_distinct(col)


def listagg_distinct(col, delimiter=None):
    return _call("listagg", _args.to_column(col), *_given(delimiter), distinct=True)


def string_agg_distinct(col, delimiter=None):
    return _call("string_agg", _args.to_column(col), *_given(delimiter), distinct=True)


def _given(*values):
    return [lit(value) for value in values if value is not None]


def when(condition, value):
    """CASE WHEN; continue with `.when` and `.otherwise`."""
    if not isinstance(condition, Column):
        raise _args.type_error("NOT_COLUMN", "condition", condition)
    return _case([(condition, value)])


def struct(*cols):
    return _call("struct", *[_args.to_column(value) for value in _sequence(cols)])


def array(*cols):
    return _call("array", *[_args.to_column(value) for value in _sequence(cols)])


def create_map(*cols):
    return _call("map", *[_args.to_column(value) for value in _sequence(cols)])


def map_from_arrays(col1, col2):
    return _call("map_from_arrays", _args.to_column(col1), _args.to_column(col2))


def _sequence(values):
    return list(values[0]) if len(values) == 1 and isinstance(values[0], (list, set, tuple)) else list(values)


def window(timeColumn, windowDuration, slideDuration=None, startTime=None):
    """Tumbling or sliding windows over an event-time column."""
    for name, value in (("windowDuration", windowDuration), ("slideDuration", slideDuration), ("startTime", startTime)):
        if not isinstance(value, str) and (value or name == "windowDuration"):
            raise _args.type_error("NOT_STR", name, value)
    arguments = [_args.to_column(timeColumn), lit(windowDuration)]
    if slideDuration:
        arguments.append(lit(slideDuration))
    elif startTime:
        arguments.append(lit(windowDuration))
    if startTime:
        arguments.append(lit(startTime))
    return _call("window", *arguments)


def session_window(timeColumn, gapDuration):
    """Windows that end after a gap without events."""
    if gapDuration is None or not isinstance(gapDuration, (Column, str)):
        raise _args.type_error("NOT_COLUMN_OR_STR", "gapDuration", gapDuration)
    return _call("session_window", _args.to_column(timeColumn), lit(gapDuration))


def unix_timestamp(timestamp=None, format="yyyy-MM-dd HH:mm:ss"):
    if timestamp is None:
        return _call("unix_timestamp")
    return _call("unix_timestamp", _args.to_column(timestamp), lit(format))


def log(arg1, arg2=None):
    """The natural logarithm of arg1, or the logarithm of arg2 to base arg1."""
    if arg2 is None:
        return _call("ln", _args.to_column(arg1))
    return _call("log", lit(arg1), _args.to_column(arg2))


def _trimmer(name):
    def trim(col, trim=None):
        # SQL writes what to trim first.
        return _call(name, *([] if trim is None else [_args.to_column(trim)]), _args.to_column(col))

    trim.__name__ = trim.__qualname__ = name
    return trim


trim, ltrim, rtrim = _trimmer("trim"), _trimmer("ltrim"), _trimmer("rtrim")


def sha2(col, numBits):
    if numBits not in (0, 224, 256, 384, 512):
        raise PySparkValueError(errorClass="VALUE_NOT_ALLOWED", messageParameters={
            "arg_name": "numBits", "allowed_values": "[0, 224, 256, 384, 512]"})
    return _call("sha2", _args.to_column(col), lit(numBits))


def make_timestamp(years=None, months=None, days=None, hours=None, mins=None, secs=None, timezone=None, date=None, time=None):
    return _timestamp_of("make_timestamp", (years, months, days, hours, mins, secs), timezone, date, time)


def try_make_timestamp(years=None, months=None, days=None, hours=None, mins=None, secs=None, timezone=None, date=None, time=None):
    return _timestamp_of("try_make_timestamp", (years, months, days, hours, mins, secs), timezone, date, time)


def make_timestamp_ntz(years=None, months=None, days=None, hours=None, mins=None, secs=None, date=None, time=None):
    return _timestamp_of("make_timestamp_ntz", (years, months, days, hours, mins, secs), None, date, time)


def try_make_timestamp_ntz(years=None, months=None, days=None, hours=None, mins=None, secs=None, date=None, time=None):
    return _timestamp_of("try_make_timestamp_ntz", (years, months, days, hours, mins, secs), None, date, time)


def _timestamp_of(name, fields, timezone, date, time):
    if date is not None or time is not None:
        if any(field is not None for field in fields):
            raise PySparkValueError(errorClass="CANNOT_SET_TOGETHER",
                                    messageParameters={"arg_list": "years|months|days|hours|mins|secs and date|time"})
        fields = (date, time)
    if timezone is not None:
        fields = (*fields, timezone)
    return _call(name, *[_args.to_column(field) for field in fields])


def _schema_argument(schema):
    if isinstance(schema, DataType):
        return lit(schema.json())
    if isinstance(schema, (Column, str)):
        return lit(schema)
    raise _args.type_error("NOT_COLUMN_OR_STR_OR_STRUCT", "schema", schema)


def _options(options):
    if not options:
        return []
    pairs = []
    for key, value in options.items():
        pairs += [lit(str(key)), lit(_plan.option_text(value))]
    return [_call("map", *pairs)]


def from_json(col, schema, options=None):
    """A struct, array or map from JSON text; NULL for text that does not fit."""
    return _call("from_json", _args.to_column(col), _schema_argument(schema), *_options(options))


def from_csv(col, schema, options=None):
    return _call("from_csv", _args.to_column(col), _schema_argument(schema), *_options(options))


def from_xml(col, schema, options=None):
    return _call("from_xml", _args.to_column(col), _schema_argument(schema), *_options(options))


def to_json(col, options=None):
    return _call("to_json", _args.to_column(col), *_options(options))


def to_csv(col, options=None):
    return _call("to_csv", _args.to_column(col), *_options(options))


def to_xml(col, options=None):
    return _call("to_xml", _args.to_column(col), *_options(options))


def schema_of_json(json, options=None):
    return _call("schema_of_json", lit(_text_or_column("json", json)), *_options(options))


def schema_of_csv(csv, options=None):
    return _call("schema_of_csv", lit(_text_or_column("csv", csv)), *_options(options))


def schema_of_xml(xml, options=None):
    return _call("schema_of_xml", lit(_text_or_column("xml", xml)), *_options(options))


def _text_or_column(name, value):
    if not isinstance(value, (str, Column)):
        raise _args.type_error("NOT_COLUMN_OR_STR", name, value)
    return value


_lambda_ids = iter(range(2**62))


def _lambda(function):
    """A Python function over columns as a lambda expression; its parameters get names of their own."""
    parameters = list(inspect.signature(function).parameters.values())
    if not 1 <= len(parameters) <= 3:
        raise PySparkValueError(errorClass="WRONG_NUM_ARGS_FOR_HIGHER_ORDER_FUNCTION",
                                messageParameters={"func_name": getattr(function, "__name__", "<lambda>"), "num_args": str(len(parameters))})
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        raise PySparkValueError(errorClass="UNSUPPORTED_PARAM_TYPE_FOR_HIGHER_ORDER_FUNCTION",
                                messageParameters={"func_name": getattr(function, "__name__", "<lambda>")})
    names = [f"{short}_{next(_lambda_ids)}" for short, _ in zip("xyz", parameters)]
    variables = [{"unresolvedNamedLambdaVariable": {"nameParts": [name]}} for name in names]
    result = function(*[Column(variable, name) for variable, name in zip(variables, names)])
    if not isinstance(result, Column):
        raise PySparkValueError(errorClass="HIGHER_ORDER_FUNCTION_SHOULD_RETURN_COLUMN", messageParameters={
            "func_name": getattr(function, "__name__", "<lambda>"), "return_type": type(result).__name__})
    arguments = [variable["unresolvedNamedLambdaVariable"] for variable in variables]
    return Column({"lambdaFunction": {"function": result._expr, "arguments": arguments}},
                  f"lambdafunction({result._text}, {', '.join(names)})")


def transform(col, f):
    return _call("transform", _args.to_column(col), _lambda(f))


def exists(col, f):
    return _call("exists", _args.to_column(col), _lambda(f))


def forall(col, f):
    return _call("forall", _args.to_column(col), _lambda(f))


def filter(col, f):
    return _call("filter", _args.to_column(col), _lambda(f))


def aggregate(col, initialValue, merge, finish=None):
    return _call("aggregate", _args.to_column(col), _args.to_column(initialValue), _lambda(merge), *([_lambda(finish)] if finish else []))


def reduce(col, initialValue, merge, finish=None):
    return _call("reduce", _args.to_column(col), _args.to_column(initialValue), _lambda(merge), *([_lambda(finish)] if finish else []))


def zip_with(left, right, f):
    return _call("zip_with", _args.to_column(left), _args.to_column(right), _lambda(f))


def transform_keys(col, f):
    return _call("transform_keys", _args.to_column(col), _lambda(f))


def transform_values(col, f):
    return _call("transform_values", _args.to_column(col), _lambda(f))


def map_filter(col, f):
    return _call("map_filter", _args.to_column(col), _lambda(f))


def map_zip_with(col1, col2, f):
    return _call("map_zip_with", _args.to_column(col1), _args.to_column(col2), _lambda(f))


def array_sort(col, comparator=None):
    return _call("array_sort", _args.to_column(col), *([_lambda(comparator)] if comparator else []))


def call_function(funcName, *cols):
    """Any function of the engine by its name."""
    arguments = [_args.to_column(value) for value in cols]
    return Column({"callFunction": {"functionName": funcName, "arguments": [argument._expr for argument in arguments]}},
                  f"{funcName}({', '.join(argument._text for argument in arguments)})")


def call_udf(udfName, *cols):
    return call_function(udfName, *cols)


def broadcast(df):
    """Marks a DataFrame as small enough to copy; nothing changes here."""
    from pyspark.sql.dataframe import DataFrame

    if not isinstance(df, DataFrame):
        raise _args.type_error("NOT_DATAFRAME", "df", df)
    return df.hint("broadcast")


def _refused(name):
    def refuse(*_args, **_kwargs):
        from pyspark.errors import PySparkNotImplementedError

        error = PySparkNotImplementedError(errorClass="NOT_IMPLEMENTED", messageParameters={"feature": f"{name}()"})
        error._hint = "Python functions do not run inside queries yet. Use the functions of `pyspark.sql.functions` or `expr`."
        raise error

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


udf, udtf, pandas_udf, arrow_udf, arrow_udtf = (_refused(name) for name in ("udf", "udtf", "pandas_udf", "arrow_udf", "arrow_udtf"))

_OWN = set("""col column lit expr asc asc_nulls_first asc_nulls_last desc desc_nulls_first desc_nulls_last count
count_distinct countDistinct sum_distinct sumDistinct listagg_distinct string_agg_distinct when struct array create_map
map_from_arrays log trim ltrim rtrim window session_window unix_timestamp sha2 make_timestamp try_make_timestamp make_timestamp_ntz
try_make_timestamp_ntz from_json from_csv from_xml to_json to_csv to_xml schema_of_json schema_of_csv schema_of_xml
transform exists forall filter aggregate reduce zip_with transform_keys transform_values map_filter map_zip_with
array_sort call_function call_udf broadcast udf udtf pandas_udf arrow_udf arrow_udtf""".split())
__all__ = sorted(_OWN | {name for name, value in globals().items() if isinstance(value, _Function)})

