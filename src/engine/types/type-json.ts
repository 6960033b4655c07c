import type { DataType, StructField, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { DAY_TIME_FIELDS, YEAR_MONTH_FIELDS, simpleString } from './type-names'

/** Spark's schema JSON as one line (`StructType.json`): Delta's `schemaString`, Parquet footers, Python's `StructType.fromJson`. */
export function schemaToJson(schema: StructType): string {
  return JSON.stringify(typeToJsonValue(schema))
}

/** Any type as the value that stands in schema JSON: a name such as `"long"`, or an object. */
export function typeToJsonValue(type: DataType): unknown {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: typeToJsonValue(type.elementType), containsNull: type.containsNull }
    case 'map':
      return {
        type: 'map',
        keyType: typeToJsonValue(type.keyType),
        valueType: typeToJsonValue(type.valueType),
        valueContainsNull: type.valueContainsNull,
      }
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((field) => ({
          name: field.name,
          type: typeToJsonValue(field.type),
          nullable: field.nullable,
          metadata: field.metadata ?? {},
        })),
      }
    case 'decimal':
    case 'year-month-interval':
    case 'day-time-interval':
      return simpleString(type)
    default:
      return type.kind
  }
}

export function typeToJson(type: DataType): string {
  return JSON.stringify(typeToJsonValue(type))
}

/** Reads schema JSON; anything but a struct is refused. Throws `INVALID_JSON_DATA_TYPE`. */
export function schemaFromJson(json: string): StructType {
  const type = typeFromJson(json)
  if (type.kind !== 'struct') throw invalid(json)
  return type
}

/** Reads the JSON of any type. Throws `INVALID_JSON_DATA_TYPE`. */
export function typeFromJson(json: string): DataType {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw invalid(json)
  }
  return typeFromJsonValue(value)
}

export function typeFromJsonValue(value: unknown): DataType {
  if (typeof value === 'string') return typeFromName(value)
  if (typeof value !== 'object' || value === null) throw invalid(JSON.stringify(value))
  const node = value as Record<string, unknown>
  switch (node.type) {
    case 'array':
      return {
        kind: 'array',
        elementType: typeFromJsonValue(node.elementType),
        containsNull: node.containsNull !== false,
      }
    case 'map':
      return {
        kind: 'map',
        keyType: typeFromJsonValue(node.keyType),
        valueType: typeFromJsonValue(node.valueType),
        valueContainsNull: node.valueContainsNull !== false,
      }
    case 'struct':
      if (!Array.isArray(node.fields)) throw invalid(JSON.stringify(value))
      return { kind: 'struct', fields: node.fields.map(fieldFromJsonValue) }
    case 'udt':
      if (node.sqlType !== undefined) return typeFromJsonValue(node.sqlType)
      throw invalid(JSON.stringify(value))
    default:
      throw invalid(JSON.stringify(value))
  }
}

function fieldFromJsonValue(value: unknown): StructField {
  const node = value as Record<string, unknown> | null
  if (node === null || typeof node !== 'object' || typeof node.name !== 'string') throw invalid(JSON.stringify(value))
  const metadata = node.metadata as Record<string, unknown> | undefined
  const hasMetadata = metadata !== undefined && metadata !== null && Object.keys(metadata).length > 0
  return {
    name: node.name,
    type: typeFromJsonValue(node.type),
    nullable: node.nullable !== false,
    ...(hasMetadata ? { metadata } : {}),
  }
}

const ATOMIC: Readonly<Record<string, DataType>> = {
  void: { kind: 'void' },
  null: { kind: 'void' },
  boolean: { kind: 'boolean' },
  byte: { kind: 'byte' },
  short: { kind: 'short' },
  integer: { kind: 'integer' },
  long: { kind: 'long' },
  float: { kind: 'float' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  binary: { kind: 'binary' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  timestamp_ltz: { kind: 'timestamp' },
  timestamp_ntz: { kind: 'timestamp_ntz' },
  decimal: { kind: 'decimal', precision: 10, scale: 0 },
}

function typeFromName(name: string): DataType {
  const atomic = Object.hasOwn(ATOMIC, name) ? ATOMIC[name] : undefined
  if (atomic !== undefined) return atomic
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(-?\d+)\s*\)$/.exec(name)
  if (decimal) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) }
  // CHAR and VARCHAR are strings to the engine; their length is a column's metadata.
  if (/^(var)?char\(\s*\d+\s*\)$/.test(name)) return { kind: 'string' }
  const interval = /^interval (\w+)(?: to (\w+))?$/.exec(name)
  if (interval) {
    const [start, end] = [interval[1] ?? '', interval[2] ?? interval[1] ?? '']
    const months = YEAR_MONTH_FIELDS as readonly string[]
    const times = DAY_TIME_FIELDS as readonly string[]
    if (months.includes(start) && months.includes(end)) {
      return {
        kind: 'year-month-interval',
        startField: months.indexOf(start) as 0 | 1,
        endField: months.indexOf(end) as 0 | 1,
      }
    }
    if (times.includes(start) && times.includes(end)) {
      return {
        kind: 'day-time-interval',
        startField: times.indexOf(start) as 0 | 1 | 2 | 3,
        endField: times.indexOf(end) as 0 | 1 | 2 | 3,
      }
    }
  }
  throw invalid(JSON.stringify(name))
}

function invalid(json: string) {
  return userError(
    'INVALID_JSON_DATA_TYPE',
    `Failed to convert the JSON string '${json}' to a data type. Please enter a valid data type.`,
    { sqlState: '2203G', exception: 'AnalysisException', parameters: { invalidType: json } },
  )
}
