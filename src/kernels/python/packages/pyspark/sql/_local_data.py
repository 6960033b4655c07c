"""createDataFrame: schema from values, checks against a schema, rows to columns."""
import datetime
import decimal
from array import array

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import _args, types
from runnel_kernel import bridge

_INFERRED = {
    type(None): types.NullType, bool: types.BooleanType, int: types.LongType, float: types.DoubleType, str: types.StringType,
    bytes: types.BinaryType, bytearray: types.BinaryType, decimal.Decimal: types.DecimalType, datetime.date: types.DateType,
    datetime.datetime: types.TimestampType, datetime.timedelta: types.DayTimeIntervalType,
}
_ACCEPTED = {
    types.BooleanType: (bool,), types.ByteType: (int,), types.ShortType: (int,), types.IntegerType: (int,), types.LongType: (int,),
    types.FloatType: (float,), types.DoubleType: (float,), types.DecimalType: (decimal.Decimal,), types.StringType: (str,),
    types.BinaryType: (bytearray, bytes), types.DateType: (datetime.date, datetime.datetime),
    types.TimestampType: (datetime.datetime,), types.TimestampNTZType: (datetime.datetime,),
    types.DayTimeIntervalType: (datetime.timedelta,), types.ArrayType: (list, tuple, array), types.MapType: (dict,),
    types.StructType: (tuple, list, dict),
}
_RANGES = {types.ByteType: 2**7, types.ShortType: 2**15, types.IntegerType: 2**31, types.LongType: 2**63}


def create_data_frame(session, data, schema, verify):
    from pyspark.sql.dataframe import DataFrame

    if isinstance(data, DataFrame):
        raise PySparkTypeError(errorClass="INVALID_TYPE", messageParameters={"arg_name": "data", "arg_type": "DataFrame"})
    if isinstance(schema, str):
        schema = types._parse_datatype_string(schema)
    rows = list(data)
    is_single = isinstance(schema, types.DataType) and not isinstance(schema, types.StructType)
    if is_single:
        struct = types.StructType([types.StructField("value", schema)])
        rows = [(row,) for row in rows]
    elif isinstance(schema, types.StructType):
        struct = schema
    else:
        if schema is not None and not isinstance(schema, (list, tuple)):
            raise _args.type_error("NOT_LIST_OR_NONE_OR_STRUCT", "schema", schema)
        struct = _inferred_schema(rows, schema)
        rows = [_struct_values(struct, row) for row in rows]
    if verify:
        for row in rows:
            _verify(struct, row, "field value" if is_single else None, True)
    encoded = [struct._encode(row) for row in rows]
    columns = [[row[index] for row in encoded] for index in range(len(struct.fields))]
    schema_json = struct.json()
    return DataFrame._from_local(session, bridge.add_local(schema_json, columns), schema_json)


def _struct_values(struct, row):
    """A row in the order of the inferred schema."""
    if isinstance(row, dict):
        return tuple(row.get(name) for name in struct.names)
    return row


def _inferred_schema(rows, names):
    if not rows:
        raise PySparkValueError(errorClass="CANNOT_INFER_EMPTY_SCHEMA", messageParameters={})
    merged = _struct_of(rows[0], names)
    for row in rows[1:]:
        merged = _merged(merged, _struct_of(row, names))
    if _has_null_type(merged):
        raise PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    if names is not None:
        for index, name in enumerate(names):
            merged.fields[index].name = name
            merged.names[index] = name
    return merged


def _struct_of(row, names):
    if isinstance(row, dict):
        items = sorted(row.items())
    elif isinstance(row, (tuple, list)):
        if hasattr(row, "__fields__"):
            items = list(zip(row.__fields__, tuple(row)))
        elif hasattr(row, "_fields"):
            items = list(zip(row._fields, tuple(row)))
        else:
            given = list(names or [])
            given += [f"_{index}" for index in range(len(given) + 1, len(row) + 1)]
            items = list(zip(given, row))
    elif hasattr(row, "__dict__"):
        items = sorted(row.__dict__.items())
    else:
        raise PySparkTypeError(errorClass="CANNOT_INFER_SCHEMA_FOR_TYPE", messageParameters={"data_type": type(row).__name__})
    fields = []
    for name, value in items:
        try:
            fields.append(types.StructField(name, _type_of(value), True))
        except TypeError as wrong:
            raise PySparkTypeError(errorClass="CANNOT_INFER_TYPE_FOR_FIELD", messageParameters={"field_name": name}) from wrong
    return types.StructType(fields)


def _type_of(value):
    made = _INFERRED.get(type(value))
    if made is types.DecimalType:
        return types.DecimalType(38, 18)
    if made is not None:
        return made()
    if isinstance(value, types.Row) and hasattr(value, "__fields__"):
        return _struct_of(value, None)
    if isinstance(value, dict):
        for key, item in value.items():
            if key is not None and item is not None:
                return types.MapType(_type_of(key), _type_of(item), True)
        return types.MapType(types.NullType(), types.NullType(), True)
    if isinstance(value, list):
        merged = types.NullType()
        for item in value:
            merged = _merged(merged, _type_of(item))
        return types.ArrayType(merged, True)
    if isinstance(value, array):
        return types.ArrayType(types.LongType() if value.typecode in "bBhHiIlLqQ" else types.DoubleType(), False)
    if isinstance(value, (tuple,)) or hasattr(value, "__dict__"):
        return _struct_of(value, None)
    raise PySparkTypeError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": type(value).__name__})


def _merged(left, right):
    if isinstance(left, types.NullType):
        return right
    if isinstance(right, types.NullType):
        return left
    if isinstance(left, types.TimestampType) and isinstance(right, types.TimestampNTZType):
        return left
    if isinstance(left, types.AtomicType) and isinstance(right, types.StringType):
        return right
    if isinstance(left, types.StringType) and isinstance(right, types.AtomicType):
        return left
    if type(left) is not type(right):
        raise PySparkTypeError(errorClass="CANNOT_MERGE_TYPE", messageParameters={
            "data_type1": type(left).__name__, "data_type2": type(right).__name__})
    if isinstance(left, types.StructType):
        others = {field.name: field.dataType for field in right.fields}
        fields = [types.StructField(field.name, _merged(field.dataType, others.pop(field.name, types.NullType())))
                  for field in left.fields]
        return types.StructType(fields + [types.StructField(each, others[each]) for each in others])
    if isinstance(left, types.ArrayType):
        return types.ArrayType(_merged(left.elementType, right.elementType), True)
    if isinstance(left, types.MapType):
        return types.MapType(_merged(left.keyType, right.keyType), _merged(left.valueType, right.valueType), True)
    return left


def _has_null_type(of):
    if isinstance(of, types.StructType):
        return any(_has_null_type(field.dataType) for field in of.fields)
    if isinstance(of, types.ArrayType):
        return _has_null_type(of.elementType)
    if isinstance(of, types.MapType):
        return _has_null_type(of.keyType) or _has_null_type(of.valueType)
    return isinstance(of, types.NullType)


def _verify(of, value, name, nullable):
    """Refuses a value that does not fit its type, with PySpark's words."""
    suffix, named = ("_WITH_NAME", {"field_name": str(name)}) if name is not None else ("", {})
    if value is None:
        if not nullable:
            raise PySparkValueError(errorClass=f"FIELD_NOT_NULLABLE{suffix}", messageParameters=named)
        return
    accepted = _ACCEPTED.get(type(of))
    if isinstance(of, types.StringType):
        return
    if isinstance(of, types.StructType):
        _verify_struct(of, value, name, suffix, named)
        return
    if accepted is not None and (type(value) not in accepted and not isinstance(value, (dict, list, tuple) if accepted[0] in (list, dict) else ())):
        raise PySparkTypeError(errorClass=f"FIELD_DATA_TYPE_UNACCEPTABLE{suffix}", messageParameters={
            **named, "data_type": str(of), "obj": repr(value), "obj_type": str(type(value))})
    limit = _RANGES.get(type(of))
    if limit is not None and not -limit <= value < limit:
        raise PySparkValueError(errorClass="VALUE_OUT_OF_BOUNDS", messageParameters={
            "arg_name": "obj", "lower_bound": str(-limit), "upper_bound": str(limit - 1), "actual": repr(value)})
    if isinstance(of, types.ArrayType):
        for item in value:
            _verify(of.elementType, item, f"element in array {name}" if name else None, of.containsNull)
    elif isinstance(of, types.MapType):
        for key, item in value.items():
            _verify(of.keyType, key, f"key of map {name}" if name else None, False)
            _verify(of.valueType, item, f"value of map {name}" if name else None, of.valueContainsNull)


def _verify_struct(of, value, name, suffix, named):
    def inner(field):
        return f"field {field.name} in {name}" if name else f"field {field.name}"

    if isinstance(value, dict):
        for field in of.fields:
            _verify(field.dataType, value.get(field.name), inner(field), field.nullable)
    elif isinstance(value, (tuple, list)):
        if len(value) != len(of.fields):
            raise PySparkValueError(errorClass=f"FIELD_STRUCT_LENGTH_MISMATCH{suffix}", messageParameters={
                **named, "object_length": str(len(value)), "field_length": str(len(of.fields))})
        for field, item in zip(of.fields, value):
            _verify(field.dataType, item, inner(field), field.nullable)
    elif hasattr(value, "__dict__"):
        for field in of.fields:
            _verify(field.dataType, value.__dict__.get(field.name), inner(field), field.nullable)
    else:
        raise PySparkTypeError(errorClass=f"FIELD_DATA_TYPE_UNACCEPTABLE{suffix}", messageParameters={
            **named, "data_type": str(of), "obj": repr(value), "obj_type": str(type(value))})
