import type { DataType, IntervalType } from '../../protocol/columns'

const SIMPLE: Readonly<Record<string, string>> = {
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
}

/** Spark's `simpleString`: `array<int>`, `struct<a:bigint,b:string>`; long structs are cut after `maxFields` fields. */
export function simpleString(type: DataType, maxFields = 25): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'array':
      return `array<${simpleString(type.elementType, maxFields)}>`
    case 'map':
      return `map<${simpleString(type.keyType, maxFields)},${simpleString(type.valueType, maxFields)}>`
    case 'struct': {
      const fields = type.fields.map((field) => `${field.name}:${simpleString(field.type, maxFields)}`)
      if (fields.length <= maxFields) return `struct<${fields.join(',')}>`
      const shown = Math.max(0, maxFields - 1)
      const dropped = fields.length - shown
      return `struct<${fields.slice(0, shown).join(',')}${shown > 0 ? ',' : ''}... ${dropped} more fields>`
    }
    case 'year-month-interval':
    case 'day-time-interval':
      return intervalName(type)
    default:
      return SIMPLE[type.kind] ?? type.kind
  }
}

/** Spark's `catalogString`: `simpleString` without the cut. */
export function catalogString(type: DataType): string {
  return simpleString(type, Number.MAX_SAFE_INTEGER)
}

/** Spark's `sql` name as error messages quote it: `ARRAY<INT>`, `STRUCT<a: BIGINT NOT NULL>`. */
export function sqlName(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'array':
      return `ARRAY<${sqlName(type.elementType)}>`
    case 'map':
      return `MAP<${sqlName(type.keyType)}, ${sqlName(type.valueType)}>`
    case 'struct':
      return `STRUCT<${type.fields.map(structFieldSql).join(', ')}>`
    case 'year-month-interval':
    case 'day-time-interval':
      return intervalName(type).toUpperCase()
    default:
      return (SIMPLE[type.kind] ?? type.kind).toUpperCase()
  }
}

/** `a INT NOT NULL COMMENT 'x',...`: the DDL text that `parseDdl` reads back (Spark's `StructType.toDDL`). */
export function ddlOf(type: Extract<DataType, { kind: 'struct' }>): string {
  return type.fields
    .map(
      (field) =>
        `${quoteIfNeeded(field.name)} ${sqlName(field.type)}${field.nullable ? '' : ' NOT NULL'}${commentOf(field.metadata)}`,
    )
    .join(',')
}

/** The name with backquotes when it is not a plain identifier. */
export function quoteIfNeeded(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quoteIdentifier(name)
}

export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function structFieldSql(field: Extract<DataType, { kind: 'struct' }>['fields'][number]): string {
  return `${quoteIfNeeded(field.name)}: ${sqlName(field.type)}${field.nullable ? '' : ' NOT NULL'}${commentOf(field.metadata)}`
}

function commentOf(metadata: Readonly<Record<string, unknown>> | undefined): string {
  const comment = metadata?.comment
  return typeof comment === 'string' ? ` COMMENT '${comment.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : ''
}

export const YEAR_MONTH_FIELDS = ['year', 'month'] as const
export const DAY_TIME_FIELDS = ['day', 'hour', 'minute', 'second'] as const

function intervalName(type: IntervalType): string {
  const names = type.kind === 'year-month-interval' ? YEAR_MONTH_FIELDS : DAY_TIME_FIELDS
  const start = names[type.startField]
  return type.startField === type.endField ? `interval ${start}` : `interval ${start} to ${names[type.endField]}`
}
