"""Spark's data types, their names and JSON, and rows."""
import base64
import datetime
import decimal
import json
import math
import re
from calendar import timegm

from pyspark.errors import PySparkTypeError, PySparkValueError

_EPOCH_ORDINAL = datetime.date(1970, 1, 1).toordinal()
_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_UTC = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICROSECOND = datetime.timedelta(microseconds=1)


class DataType:
    """Base of all types. Two types are equal when class and parameters are."""

    _proto = None

    def __repr__(self):
        return self.__class__.__name__ + "()"

    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        return isinstance(other, self.__class__) and self.__dict__ == other.__dict__

    def __ne__(self, other):
        return not self.__eq__(other)

    @classmethod
    def typeName(cls):
        return cls.__name__[:-4].lower()

    def simpleString(self):
        return self.typeName()

    def jsonValue(self):
        return self.typeName()

    def json(self):
        return json.dumps(self.jsonValue(), separators=(",", ":"), sort_keys=True)

    @classmethod
    def fromDDL(cls, ddl):
        from pyspark.sql.types import _parse_datatype_string

        parsed = _parse_datatype_string(ddl)
        return parsed

    def _ddl(self):
        return self.simpleString().upper()

    def _to_proto(self):
        return {self._proto: {}}

    def _encode(self, value):
        """Python value to the plain JSON value the host takes."""
        return value

    def _decoder(self):
        """Function from the host's JSON value to the Python value; None when they are the same."""
        return None


class DataTypeSingleton(type):
    _instances = {}

    def __call__(cls):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__()
        return cls._instances[cls]


class NullType(DataType, metaclass=DataTypeSingleton):
    """Every value is NULL."""

    _proto = "null"

    @classmethod
    def typeName(cls):
        return "void"


class AtomicType(DataType):
    """A type without parts."""


class NumericType(AtomicType):
    """Numbers."""


class IntegralType(NumericType, metaclass=DataTypeSingleton):
    """Whole numbers."""


class FractionalType(NumericType):
    """Numbers with a fraction."""


class StringType(AtomicType):
    """Text; `collation` says how it compares."""

    _proto = "string"

    def __init__(self, collation="UTF8_BINARY"):
        self.collation = collation

    def simpleString(self):
        return "string" if self.collation == "UTF8_BINARY" else f"string collate {self.collation}"

    def jsonValue(self):
        return "string"

    def isUTF8BinaryCollation(self):
        return self.collation == "UTF8_BINARY"

    def __repr__(self):
        return "StringType()" if self.isUTF8BinaryCollation() else f"StringType('{self.collation}')"

    def _to_proto(self):
        return {"string": {"collation": self.collation}}


class CharType(AtomicType):
    """Text of a fixed length."""

    def __init__(self, length):
        self.length = length

    def simpleString(self):
        return f"char({self.length})"

    jsonValue = simpleString

    def __repr__(self):
        return f"CharType({self.length})"

    def _to_proto(self):
        return {"char": {"length": self.length}}


class VarcharType(AtomicType):
    """Text up to a length."""

    def __init__(self, length):
        self.length = length

    def simpleString(self):
        return f"varchar({self.length})"

    jsonValue = simpleString

    def __repr__(self):
        return f"VarcharType({self.length})"

    def _to_proto(self):
        return {"varChar": {"length": self.length}}


class BinaryType(AtomicType, metaclass=DataTypeSingleton):
    """Bytes."""

    _proto = "binary"

    def _encode(self, value):
        return base64.b64encode(value).decode("ascii")

    def _decoder(self):
        return lambda text: bytearray(base64.b64decode(text))


class BooleanType(AtomicType, metaclass=DataTypeSingleton):
    """True or False."""

    _proto = "boolean"


class ByteType(IntegralType):
    """8 bits."""

    _proto = "byte"

    def simpleString(self):
        return "tinyint"


class ShortType(IntegralType):
    """16 bits."""

    _proto = "short"

    def simpleString(self):
        return "smallint"


class IntegerType(IntegralType):
    """32 bits."""

    _proto = "integer"

    def simpleString(self):
        return "int"


class LongType(IntegralType):
    """64 bits."""

    _proto = "long"

    def simpleString(self):
        return "bigint"

    def _encode(self, value):
        return str(int(value))


def _float_json(value):
    value = float(value)
    return value if math.isfinite(value) else ("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity")


class FloatType(FractionalType, metaclass=DataTypeSingleton):
    """32-bit floating point."""

    _proto = "float"

    def _encode(self, value):
        return _float_json(value)


class DoubleType(FractionalType, metaclass=DataTypeSingleton):
    """64-bit floating point."""

    _proto = "double"

    def _encode(self, value):
        return _float_json(value)


class DecimalType(FractionalType):
    """Exact numbers of `precision` digits, `scale` of them after the point."""

    def __init__(self, precision=10, scale=0):
        self.precision = precision
        self.scale = scale
        self.hasPrecisionInfo = True

    def simpleString(self):
        return f"decimal({self.precision},{self.scale})"

    jsonValue = simpleString

    def __repr__(self):
        return f"DecimalType({self.precision},{self.scale})"

    def _to_proto(self):
        return {"decimal": {"precision": self.precision, "scale": self.scale}}

    def _encode(self, value):
        rounded = value.quantize(decimal.Decimal(1).scaleb(-self.scale), rounding=decimal.ROUND_HALF_UP, context=_WIDE)
        return format(rounded, "f")

    def _decoder(self):
        return decimal.Decimal


_WIDE = decimal.Context(prec=76)


class DateType(AtomicType, metaclass=DataTypeSingleton):
    """A calendar day."""

    _proto = "date"

    def toInternal(self, value):
        if value is not None:
            return value.toordinal() - _EPOCH_ORDINAL

    def fromInternal(self, days):
        if days is not None:
            return datetime.date.fromordinal(days + _EPOCH_ORDINAL)

    _encode = toInternal

    def _decoder(self):
        return self.fromInternal


class TimestampType(AtomicType, metaclass=DataTypeSingleton):
    """An instant, microseconds since 1970 UTC. Naive datetimes are UTC: the session's and Python's zone."""

    _proto = "timestamp"

    def toInternal(self, value):
        if value is not None:
            seconds = timegm(value.utctimetuple() if value.tzinfo else value.timetuple())
            return seconds * 1000000 + value.microsecond

    def fromInternal(self, micros):
        if micros is not None:
            return _EPOCH + micros * _MICROSECOND

    def _encode(self, value):
        return str(self.toInternal(value))

    def _decoder(self):
        return self.fromInternal


class TimestampNTZType(AtomicType, metaclass=DataTypeSingleton):
    """A date and time without zone."""

    _proto = "timestampNtz"

    @classmethod
    def typeName(cls):
        return "timestamp_ntz"

    def toInternal(self, value):
        if value is not None:
            return timegm(value.timetuple()) * 1000000 + value.microsecond

    def fromInternal(self, micros):
        if micros is not None:
            return _EPOCH + micros * _MICROSECOND

    def _encode(self, value):
        return str(self.toInternal(value))

    def _decoder(self):
        return self.fromInternal


class DayTimeIntervalType(AtomicType):
    """A duration; fields DAY 0 to SECOND 3."""

    DAY, HOUR, MINUTE, SECOND = 0, 1, 2, 3
    _FIELDS = ("day", "hour", "minute", "second")

    def __init__(self, startField=None, endField=None):
        if startField is None and endField is None:
            startField, endField = self.DAY, self.SECOND
        elif startField is not None and endField is None:
            endField = startField
        if startField not in range(4) or endField not in range(4):
            raise _interval_error(startField, endField)
        self.startField = startField
        self.endField = endField

    def _name(self):
        start, end = self._FIELDS[self.startField], self._FIELDS[self.endField]
        return f"interval {start}" if start == end else f"interval {start} to {end}"

    def simpleString(self):
        return self._name()

    def jsonValue(self):
        return self._name()

    def __repr__(self):
        return f"DayTimeIntervalType({self.startField}, {self.endField})"

    def toInternal(self, value):
        if value is not None:
            return value // _MICROSECOND

    def fromInternal(self, micros):
        if micros is not None:
            return datetime.timedelta(microseconds=micros)

    def _to_proto(self):
        return {"dayTimeInterval": {"startField": self.startField, "endField": self.endField}}

    def _encode(self, value):
        return str(self.toInternal(value))

    def _decoder(self):
        return self.fromInternal


class YearMonthIntervalType(AtomicType):
    """Months; fields YEAR 0 and MONTH 1."""

    YEAR, MONTH = 0, 1
    _FIELDS = ("year", "month")

    def __init__(self, startField=None, endField=None):
        if startField is None and endField is None:
            startField, endField = self.YEAR, self.MONTH
        elif startField is not None and endField is None:
            endField = startField
        if startField not in range(2) or endField not in range(2):
            raise _interval_error(startField, endField)
        self.startField = startField
        self.endField = endField

    simpleString = jsonValue = DayTimeIntervalType._name

    def __repr__(self):
        return f"YearMonthIntervalType({self.startField}, {self.endField})"

    def _to_proto(self):
        return {"yearMonthInterval": {"startField": self.startField, "endField": self.endField}}


def _interval_error(start, end):
    from pyspark.errors import PySparkRuntimeError

    return PySparkRuntimeError(errorClass="INVALID_INTERVAL_CASTING",
                               messageParameters={"start_field": str(start), "end_field": str(end)})


class CalendarIntervalType(DataType, metaclass=DataTypeSingleton):
    """Months, days and microseconds."""

    _proto = "calendarInterval"

    @classmethod
    def typeName(cls):
        return "interval"


class VariantType(AtomicType, metaclass=DataTypeSingleton):
    """A value that carries its type."""

    _proto = "variant"


class ArrayType(DataType):
    """A list of one type."""

    def __init__(self, elementType, containsNull=True):
        assert isinstance(elementType, DataType), f"elementType {elementType} should be an instance of {DataType}"
        self.elementType = elementType
        self.containsNull = containsNull

    def simpleString(self):
        return f"array<{self.elementType.simpleString()}>"

    def _ddl(self):
        return f"ARRAY<{self.elementType._ddl()}>"

    def __repr__(self):
        return f"ArrayType({self.elementType}, {self.containsNull})"

    def jsonValue(self):
        return {"type": self.typeName(), "elementType": self.elementType.jsonValue(), "containsNull": self.containsNull}

    @classmethod
    def fromJson(cls, value):
        return ArrayType(_parse_datatype_json_value(value["elementType"]), value["containsNull"])

    def _to_proto(self):
        return {"array": {"elementType": self.elementType._to_proto(), "containsNull": self.containsNull}}

    def _encode(self, value):
        return [None if item is None else self.elementType._encode(item) for item in value]

    def _decoder(self):
        return _list_decoder(self.elementType._decoder())


class MapType(DataType):
    """Keys and values."""

    def __init__(self, keyType, valueType, valueContainsNull=True):
        assert isinstance(keyType, DataType), f"keyType {keyType} should be an instance of {DataType}"
        assert isinstance(valueType, DataType), f"valueType {valueType} should be an instance of {DataType}"
        self.keyType = keyType
        self.valueType = valueType
        self.valueContainsNull = valueContainsNull

    def simpleString(self):
        return f"map<{self.keyType.simpleString()},{self.valueType.simpleString()}>"

    def _ddl(self):
        return f"MAP<{self.keyType._ddl()}, {self.valueType._ddl()}>"

    def __repr__(self):
        return f"MapType({self.keyType}, {self.valueType}, {self.valueContainsNull})"

    def jsonValue(self):
        return {"type": self.typeName(), "keyType": self.keyType.jsonValue(), "valueType": self.valueType.jsonValue(),
                "valueContainsNull": self.valueContainsNull}

    @classmethod
    def fromJson(cls, value):
        return MapType(_parse_datatype_json_value(value["keyType"]), _parse_datatype_json_value(value["valueType"]),
                       value["valueContainsNull"])

    def _to_proto(self):
        return {"map": {"keyType": self.keyType._to_proto(), "valueType": self.valueType._to_proto(),
                        "valueContainsNull": self.valueContainsNull}}

    def _encode(self, value):
        return [[self.keyType._encode(key), None if item is None else self.valueType._encode(item)] for key, item in value.items()]

    def _decoder(self):
        key, value = self.keyType._decoder(), self.valueType._decoder()
        if key is None and value is None:
            return dict
        key, value = _nullable(key), _nullable(value)
        return lambda entries: {key(k): value(v) for k, v in entries}


class StructField(DataType):
    """One column of a struct."""

    def __init__(self, name, dataType, nullable=True, metadata=None):
        assert isinstance(dataType, DataType), f"dataType {dataType} should be an instance of {DataType}"
        assert isinstance(name, str), f"field name {name} should be a string"
        self.name = name
        self.dataType = dataType
        self.nullable = nullable
        self.metadata = metadata or {}

    def simpleString(self):
        return f"{self.name}:{self.dataType.simpleString()}"

    def __repr__(self):
        return f"StructField('{self.name}', {self.dataType}, {self.nullable})"

    def jsonValue(self):
        return {"name": self.name, "type": self.dataType.jsonValue(), "nullable": self.nullable, "metadata": self.metadata}

    @classmethod
    def fromJson(cls, value):
        return StructField(value["name"], _parse_datatype_json_value(value["type"]), value.get("nullable", True),
                           value.get("metadata"))

    def typeName(self):
        raise PySparkTypeError(errorClass="INVALID_TYPENAME_CALL", messageParameters={})

    def _to_proto(self):
        field = {"name": self.name, "dataType": self.dataType._to_proto(), "nullable": self.nullable}
        if self.metadata:
            field["metadata"] = json.dumps(self.metadata)
        return field


class StructType(DataType):
    """Named columns; iterates over its fields."""

    def __init__(self, fields=None):
        if not fields:
            self.fields = []
            self.names = []
        else:
            self.fields = fields
            self.names = [f.name for f in fields]
            assert all(isinstance(f, StructField) for f in fields), "fields should be a list of StructField"

    def add(self, field, data_type=None, nullable=True, metadata=None):
        if isinstance(field, StructField):
            self.fields.append(field)
            self.names.append(field.name)
        else:
            if isinstance(field, str) and data_type is None:
                raise PySparkValueError(errorClass="ARGUMENT_REQUIRED", messageParameters={
                    "arg_name": "data_type", "condition": "passing name of struct_field to create"})
            if isinstance(data_type, str):
                data_type = _parse_datatype_string(data_type)
            self.fields.append(StructField(field, data_type, nullable, metadata))
            self.names.append(field)
        return self

    def __iter__(self):
        return iter(self.fields)

    def __len__(self):
        return len(self.fields)

    def __getitem__(self, key):
        if isinstance(key, str):
            for field in self:
                if field.name == key:
                    return field
            raise _key_error(key)
        if isinstance(key, int):
            try:
                return self.fields[key]
            except IndexError:
                raise IndexError("StructType index out of range") from None
        if isinstance(key, slice):
            return StructType(self.fields[key])
        raise PySparkTypeError(errorClass="NOT_INT_OR_SLICE_OR_STR",
                               messageParameters={"arg_name": "key", "arg_type": type(key).__name__})

    def simpleString(self):
        return f"struct<{','.join(f.simpleString() for f in self)}>"

    def __repr__(self):
        return f"StructType([{', '.join(str(field) for field in self)}])"

    def jsonValue(self):
        return {"type": self.typeName(), "fields": [f.jsonValue() for f in self]}

    @classmethod
    def fromJson(cls, value):
        return StructType([StructField.fromJson(f) for f in value["fields"]])

    def fieldNames(self):
        return list(self.names)

    def toDDL(self):
        return ",".join(f"{_quoted(f.name)} {f.dataType._ddl()}" + ("" if f.nullable else " NOT NULL") for f in self)

    def _ddl(self):
        return f"STRUCT<{', '.join(f'{_quoted(f.name)}: {f.dataType._ddl()}' for f in self)}>"

    def treeString(self, maxDepth=2**31 - 1):
        return "root\n" + "".join(_tree(self, " ", 1, maxDepth))

    def _to_proto(self):
        return {"struct": {"fields": [f._to_proto() for f in self.fields]}}

    def _encode(self, value):
        if isinstance(value, dict):
            values = [value.get(name) for name in self.names]
        elif isinstance(value, Row) and getattr(value, "__from_dict__", False):
            values = [value[name] for name in self.names]
        elif isinstance(value, (tuple, list)):
            values = list(value)
        else:
            values = [getattr(value, name, None) for name in self.names]
        return [None if item is None else field.dataType._encode(item) for field, item in zip(self.fields, values)]

    def _decoder(self):
        names = list(self.names)
        decoders = [f.dataType._decoder() for f in self.fields]
        if all(decode is None for decode in decoders):
            return lambda values: _create_row(names, values)
        decoders = [_nullable(decode) for decode in decoders]
        return lambda values: _create_row(names, [decode(value) for decode, value in zip(decoders, values)])


def _quoted(name):
    """A name as DDL writes it: in backticks unless it is a plain word."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else f"`{name.replace('`', '``')}`"


def _key_error(name):
    from pyspark.errors import PySparkKeyError

    return PySparkKeyError(errorClass="KEY_NOT_EXISTS", messageParameters={"key": str(name)})


def _tree(data_type, indent, depth, max_depth):
    if depth > max_depth:
        return
    if isinstance(data_type, StructType):
        for field in data_type:
            yield f"{indent}|-- {field.name}: {_tree_name(field.dataType)} (nullable = {str(field.nullable).lower()})\n"
            yield from _tree(field.dataType, indent + "|    ", depth + 1, max_depth)
    elif isinstance(data_type, ArrayType):
        contains = str(data_type.containsNull).lower()
        yield f"{indent}|-- element: {_tree_name(data_type.elementType)} (containsNull = {contains})\n"
        yield from _tree(data_type.elementType, indent + "|    ", depth + 1, max_depth)
    elif isinstance(data_type, MapType):
        yield f"{indent}|-- key: {_tree_name(data_type.keyType)}\n"
        yield from _tree(data_type.keyType, indent + "|    ", depth + 1, max_depth)
        contains = str(data_type.valueContainsNull).lower()
        yield f"{indent}|-- value: {_tree_name(data_type.valueType)} (valueContainsNull = {contains})\n"
        yield from _tree(data_type.valueType, indent + "|    ", depth + 1, max_depth)


def _tree_name(data_type):
    return data_type.simpleString() if isinstance(data_type, (DecimalType, DayTimeIntervalType, YearMonthIntervalType)) else data_type.typeName()


def _nullable(decode):
    if decode is None:
        return lambda value: value
    return lambda value: None if value is None else decode(value)


def _list_decoder(decode):
    if decode is None:
        return list
    return lambda values: [None if value is None else decode(value) for value in values]


class Row(tuple):
    """A row: values by position, name or attribute. `Row("a", "b")` makes a class of rows with those names."""

    def __new__(cls, *args, **kwargs):
        if args and kwargs:
            raise PySparkValueError(errorClass="CANNOT_SET_TOGETHER", messageParameters={"arg_list": "args and kwargs"})
        if kwargs:
            row = tuple.__new__(cls, list(kwargs.values()))
            row.__fields__ = list(kwargs.keys())
            return row
        return tuple.__new__(cls, args)

    def asDict(self, recursive=False):
        if not hasattr(self, "__fields__"):
            raise PySparkTypeError(errorClass="CANNOT_CONVERT_TYPE", messageParameters={"from_type": "Row", "to_type": "dict"})
        if not recursive:
            return dict(zip(self.__fields__, self))

        def plain(value):
            if isinstance(value, Row):
                return value.asDict(True)
            if isinstance(value, list):
                return [plain(item) for item in value]
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            return value

        return {name: plain(value) for name, value in zip(self.__fields__, self)}

    def __contains__(self, item):
        return item in self.__fields__ if hasattr(self, "__fields__") else super().__contains__(item)

    def __call__(self, *args):
        if len(args) > len(self):
            raise PySparkValueError(errorClass="TOO_MANY_VALUES", messageParameters={
                "expected": str(len(self)), "item": "fields", "actual": str(len(args))})
        return _create_row(self, args)

    def __getitem__(self, item):
        if isinstance(item, (int, slice)):
            return super().__getitem__(item)
        try:
            return super().__getitem__(self.__fields__.index(item))
        except (IndexError, AttributeError):
            raise _key_error(item) from None
        except ValueError:
            raise PySparkValueError(item) from None

    def __getattr__(self, item):
        if item.startswith("__"):
            raise _attribute_error(item)
        try:
            return self[self.__fields__.index(item)]
        except (IndexError, ValueError):
            raise _attribute_error(item) from None

    def __setattr__(self, key, value):
        if key != "__fields__":
            from pyspark.errors import PySparkRuntimeError

            raise PySparkRuntimeError(errorClass="READ_ONLY", messageParameters={"object": "Row"})
        self.__dict__[key] = value

    def __reduce__(self):
        return (_create_row, (self.__fields__, tuple(self))) if hasattr(self, "__fields__") else tuple.__reduce__(self)

    def __repr__(self):
        if hasattr(self, "__fields__"):
            return "Row(%s)" % ", ".join(f"{name}={value!r}" for name, value in zip(self.__fields__, tuple(self)))
        return "<Row(%s)>" % ", ".join(repr(field) for field in self)


def _attribute_error(name):
    from pyspark.errors import PySparkAttributeError

    return PySparkAttributeError(errorClass="ATTRIBUTE_NOT_SUPPORTED", messageParameters={"attr_name": name})


def _create_row(fields, values):
    row = Row(*values)
    row.__fields__ = fields
    return row


_ATOMIC = {t.typeName(): t for t in (
    NullType, StringType, BinaryType, BooleanType, ByteType, ShortType, IntegerType, LongType, FloatType, DoubleType,
    DateType, TimestampType, TimestampNTZType, CalendarIntervalType, VariantType)}
_ATOMIC["decimal"] = DecimalType
_PARAMETERS = re.compile(r"(decimal|char|varchar)\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)$")
_INTERVAL = re.compile(r"interval (day|hour|minute|second|year|month)(?: to (hour|minute|second|month))?$")


def _parse_datatype_json_string(text):
    return _parse_datatype_json_value(json.loads(text))


def _parse_datatype_json_value(value):
    if not isinstance(value, dict):
        if value in _ATOMIC:
            return _ATOMIC[value]()
        found = _PARAMETERS.match(value)
        if found:
            name, first, second = found.groups()
            if name == "decimal":
                return DecimalType(int(first), int(second or 0))
            return (CharType if name == "char" else VarcharType)(int(first))
        found = _INTERVAL.match(value)
        if found:
            start, end = found.group(1), found.group(2) or found.group(1)
            of = YearMonthIntervalType if start in YearMonthIntervalType._FIELDS else DayTimeIntervalType
            return of(of._FIELDS.index(start), of._FIELDS.index(end))
        raise PySparkValueError(errorClass="CANNOT_PARSE_DATATYPE", messageParameters={"msg": str(value)})
    kinds = {"array": ArrayType, "map": MapType, "struct": StructType}
    if value["type"] not in kinds:
        raise PySparkValueError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": str(value["type"])})
    return kinds[value["type"]].fromJson(value)


def _parse_datatype_string(text):
    """DDL text as a type: a struct for `a INT, b STRING`, the type itself for `int`."""
    from runnel_kernel import bridge

    return _parse_datatype_json_string(bridge.request("parseDdl", {"ddl": text})["schemaJson"])


_FROM_KIND = {"void": NullType, "timestamp_ntz": TimestampNTZType}


def _from_kind(kind):
    """The host's type (`{"kind": "long"}`) as a Spark type."""
    name = kind["kind"]
    if name == "struct":
        return StructType([StructField(f["name"], _from_kind(f["type"]), f["nullable"], f.get("metadata")) for f in kind["fields"]])
    if name == "array":
        return ArrayType(_from_kind(kind["elementType"]), kind["containsNull"])
    if name == "map":
        return MapType(_from_kind(kind["keyType"]), _from_kind(kind["valueType"]), kind["valueContainsNull"])
    if name == "decimal":
        return DecimalType(kind["precision"], kind["scale"])
    if name == "day-time-interval":
        return DayTimeIntervalType(kind["startField"], kind["endField"])
    if name == "year-month-interval":
        return YearMonthIntervalType(kind["startField"], kind["endField"])
    return _ATOMIC[name]()


def _rows_from_columns(schema, columns, num_rows):
    """JSON columns of the host as Rows."""
    names = list(schema.names)
    if not columns:
        return [_create_row(names, ()) for _ in range(num_rows)]
    decoded = []
    for field, values in zip(schema.fields, columns):
        decode = field.dataType._decoder()
        decoded.append(values if decode is None else [None if value is None else decode(value) for value in values])
    return [_create_row(names, values) for values in zip(*decoded)]


__all__ = [
    "DataType", "NullType", "CharType", "StringType", "VarcharType", "BinaryType", "BooleanType", "DateType", "TimestampType",
    "TimestampNTZType", "DecimalType", "DoubleType", "FloatType", "ByteType", "IntegerType", "LongType", "DayTimeIntervalType",
    "YearMonthIntervalType", "CalendarIntervalType", "Row", "ShortType", "ArrayType", "StructField", "StructType", "MapType",
    "VariantType",
]
