import type { AtomicKind, DataType, StructType } from '../../protocol/columns'

type TypeJson = string | { type: string; [key: string]: unknown }

const ATOMIC: ReadonlySet<string> = new Set<AtomicKind>([
  'void',
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'date',
  'timestamp',
  'timestamp_ntz',
])
const DAY_TIME = ['day', 'hour', 'minute', 'second']
const YEAR_MONTH = ['year', 'month']

/** Spark's schema JSON (`StructType.json()`) as our data type. */
export function typeFromJson(json: TypeJson): DataType {
  if (typeof json === 'string') {
    if (ATOMIC.has(json)) return { kind: json as AtomicKind }
    const decimal = /^decimal\((\d+),\s*(-?\d+)\)$/.exec(json)
    if (decimal) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) }
    if (json.startsWith('char(') || json.startsWith('varchar(')) return { kind: 'string' }
    const [, start, end = start] = /^interval (\w+)(?: to (\w+))?$/.exec(json) ?? []
    if (start && DAY_TIME.includes(start)) {
      return {
        kind: 'day-time-interval',
        startField: DAY_TIME.indexOf(start) as 0,
        endField: DAY_TIME.indexOf(end) as 3,
      }
    }
    if (start)
      return {
        kind: 'year-month-interval',
        startField: YEAR_MONTH.indexOf(start) as 0,
        endField: YEAR_MONTH.indexOf(end) as 1,
      }
    throw new TypeError(`Type ${json} cannot be in local data`)
  }
  switch (json.type) {
    case 'array':
      return {
        kind: 'array',
        elementType: typeFromJson(json.elementType as TypeJson),
        containsNull: json.containsNull as boolean,
      }
    case 'map':
      return {
        kind: 'map',
        keyType: typeFromJson(json.keyType as TypeJson),
        valueType: typeFromJson(json.valueType as TypeJson),
        valueContainsNull: json.valueContainsNull as boolean,
      }
    case 'struct':
      return structFromJson(json)
    default:
      throw new TypeError(`Type ${json.type} cannot be in local data`)
  }
}

export function structFromJson(json: TypeJson): StructType {
  const fields = (
    json as unknown as {
      fields: { name: string; type: TypeJson; nullable: boolean; metadata?: Record<string, unknown> }[]
    }
  ).fields
  return {
    kind: 'struct',
    fields: fields.map((field) => ({
      name: field.name,
      type: typeFromJson(field.type),
      nullable: field.nullable,
      metadata: field.metadata,
    })),
  }
}

/** The inverse of `typeFromJson`. */
export function typeToJson(type: DataType): TypeJson {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'day-time-interval':
      return intervalJson(DAY_TIME, type.startField, type.endField)
    case 'year-month-interval':
      return intervalJson(YEAR_MONTH, type.startField, type.endField)
    case 'array':
      return { type: 'array', elementType: typeToJson(type.elementType), containsNull: type.containsNull }
    case 'map':
      return {
        type: 'map',
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      }
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map(({ name, type: of, nullable, metadata }) => ({
          name,
          type: typeToJson(of),
          nullable,
          metadata: metadata ?? {},
        })),
      }
    default:
      return type.kind
  }
}

function intervalJson(names: readonly string[], start: number, end: number): string {
  return start === end ? `interval ${names[start]}` : `interval ${names[start]} to ${names[end]}`
}
