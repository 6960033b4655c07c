import { userError } from '../protocol/errors/runnel-error'
import { base64, doubleJson, kindOf } from './plan'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  LongType,
  MapType,
  NullType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from './types'
import type { DataType } from './types'

/** Rows of plain objects as a schema and JSON columns; the schema is taken from the values where none is given. */
export function localColumns(
  rows: readonly object[],
  schema: StructType | null,
): { schema: StructType; columns: unknown[][] } {
  const chosen = schema ?? inferredSchema(rows)
  const columns = chosen.fields.map(({ name, dataType, nullable }) =>
    rows.map((row) => encoded(dataType, (row as Record<string, unknown>)[name], name, nullable)),
  )
  return { schema: chosen, columns }
}

/** Whole numbers are BIGINT, others DOUBLE; objects are structs, `Map`s maps. */
function inferredSchema(rows: readonly object[]): StructType {
  if (rows.length === 0)
    throw userError('CANNOT_INFER_EMPTY_SCHEMA', 'Can not infer schema from an empty dataset.', {
      exception: 'IllegalArgumentException',
      hint: "Give a schema: spark.createDataFrame([], 'id LONG, name STRING').",
    })
  const merged = rows.map((row) => typeOf(row, '')).reduce((left, right) => mergedType(left, right, ''))
  if (!(merged instanceof StructType)) throw notRows(rows[0])
  return new StructType(
    merged.fields.map(({ name, dataType }) => {
      if (hasNull(dataType))
        throw userError('CANNOT_DETERMINE_TYPE', 'Some of types cannot be determined after inferring.', {
          exception: 'IllegalArgumentException',
          hint: `Every value of "${name}" is null: give a schema as the second argument.`,
        })
      return new StructField(name, dataType)
    }),
  )
}

function typeOf(value: unknown, path: string): DataType {
  switch (typeof value) {
    case 'boolean':
      return BooleanType
    case 'string':
      return StringType
    case 'bigint':
      return LongType
    case 'number':
      return Number.isInteger(value) ? LongType : DoubleType
    case 'undefined':
      return NullType
    case 'object':
      break
    default:
      throw userError('UNSUPPORTED_DATA_TYPE', `Unsupported DataType \`${kindOf(value)}\`.`, {
        parameters: { data_type: kindOf(value) },
        ...(path === '' ? {} : { hint: `The value of "${path}" is a ${kindOf(value)}.` }),
      })
  }
  if (value === null) return NullType
  if (value instanceof Date) return TimestampType
  if (value instanceof Uint8Array) return BinaryType
  if (Array.isArray(value))
    return new ArrayType(value.reduce<DataType>((type, item) => mergedType(type, typeOf(item, path), path), NullType))
  if (value instanceof Map) {
    let [key, mapped]: [DataType, DataType] = [NullType, NullType]
    for (const [name, item] of value) {
      key = mergedType(key, typeOf(name, path), path)
      mapped = mergedType(mapped, typeOf(item, path), path)
    }
    return new MapType(key, mapped)
  }
  return new StructType(
    Object.entries(value).map(
      ([name, item]) => new StructField(name, typeOf(item, path === '' ? name : `${path}.${name}`)),
    ),
  )
}

function mergedType(left: DataType, right: DataType, path: string): DataType {
  if (left === NullType) return right
  if (right === NullType || left === right) return left
  if ((left === LongType && right === DoubleType) || (left === DoubleType && right === LongType)) return DoubleType
  if (left instanceof ArrayType && right instanceof ArrayType)
    return new ArrayType(mergedType(left.elementType, right.elementType, path))
  if (left instanceof MapType && right instanceof MapType)
    return new MapType(mergedType(left.keyType, right.keyType, path), mergedType(left.valueType, right.valueType, path))
  if (left instanceof StructType && right instanceof StructType) {
    const others = new Map(right.fields.map(({ name, dataType }) => [name, dataType]))
    const fields = left.fields.map(({ name, dataType }) => {
      const merged = mergedType(dataType, others.get(name) ?? NullType, path === '' ? name : `${path}.${name}`)
      others.delete(name)
      return new StructField(name, merged)
    })
    return new StructType([...fields, ...[...others].map(([name, dataType]) => new StructField(name, dataType))])
  }
  throw userError(
    'CANNOT_MERGE_TYPE',
    `Can not merge type \`${left.simpleString()}\` and \`${right.simpleString()}\`.`,
    {
      parameters: { data_type1: left.simpleString(), data_type2: right.simpleString() },
      hint:
        path === '' ? 'Every row should be an object.' : `Make all values of "${path}" of one kind, or give a schema.`,
    },
  )
}

function hasNull(type: DataType): boolean {
  if (type instanceof StructType) return type.fields.some((field) => hasNull(field.dataType))
  if (type instanceof ArrayType) return hasNull(type.elementType)
  if (type instanceof MapType) return hasNull(type.keyType) || hasNull(type.valueType)
  return type === NullType
}

/** A value as the kernel's column builder takes it. */
function encoded(type: DataType, value: unknown, path: string, nullable: boolean): unknown {
  if (value === null || value === undefined) {
    if (nullable) return null
    throw userError('FIELD_NOT_NULLABLE_WITH_NAME', `field ${path}: This field is not nullable, but got None.`, {
      parameters: { field_name: path },
      hint: `"${path}" is declared NOT NULL.`,
    })
  }
  if (type === StringType) return typeof value === 'string' ? value : JSON.stringify(value)
  if (type === BooleanType && typeof value === 'boolean') return value
  if (type === FloatType || type === DoubleType)
    if (typeof value === 'number' || typeof value === 'bigint') return doubleJson(Number(value))
  if (type instanceof DecimalType) return Number(value).toFixed(type.scale)
  if (type === BinaryType && value instanceof Uint8Array) return base64(value)
  if ((type === TimestampType || type === TimestampNTZType) && value instanceof Date)
    return String(value.getTime() * 1000)
  if (type === DateType && value instanceof Date) return Math.floor(value.getTime() / 86_400_000)
  if (type instanceof ArrayType && Array.isArray(value))
    return value.map((item) => encoded(type.elementType, item, path, type.containsNull))
  if (type instanceof MapType) {
    const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
    return entries.map(([key, item]) => [
      encoded(type.keyType, key, path, false),
      encoded(type.valueType, item, path, type.valueContainsNull),
    ])
  }
  if (type instanceof StructType && typeof value === 'object')
    return type.fields.map(({ name, dataType, nullable: canBeNull }) =>
      encoded(dataType, (value as Record<string, unknown>)[name], `${path}.${name}`, canBeNull),
    )
  if ((typeof value === 'number' && Number.isInteger(value)) || typeof value === 'bigint')
    return type === LongType ? String(value) : Number(value)
  throw userError(
    'FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME',
    `field ${path}: ${type.simpleString()} can not accept object \`${JSON.stringify(value)}\` in type \`${kindOf(value)}\`.`,
    { parameters: { field_name: path, data_type: type.simpleString(), obj_type: kindOf(value) } },
  )
}

function notRows(value: unknown) {
  return userError('CANNOT_INFER_SCHEMA_FOR_TYPE', `Can not infer schema for type: \`${kindOf(value)}\`.`, {
    parameters: { data_type: kindOf(value) },
    hint: "Rows are objects: spark.createDataFrame([{ id: 1, name: 'a' }]).",
  })
}
