import type { Batch, Column, DataType, StructType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import {
  builderOf,
  BytesBuilder,
  Decimal128Builder,
  FixedBuilder,
  ListBuilder,
  MapBuilder,
  StructBuilder,
} from './builders'
import type { ColumnBuilder } from './builders'

/**
 * A column from JavaScript values; for tests and edges, not for hot paths.
 *
 * `null` and `undefined` are NULL · integers: number or bigint · decimal: text `"1.20"`, number, or bigint (unscaled) ·
 * date: days or Date · timestamp: microseconds (bigint or number) or Date · binary: Uint8Array · array: any iterable ·
 * map: Map, entries or object · struct: object by field name, or array by position.
 */
export function columnFromValues(type: DataType, values: Iterable<unknown>): Column {
  const builder = builderOf(type)
  for (const value of values) appendValue(builder, value)
  return builder.finish()
}

/** A batch from row objects (or arrays by position); see `columnFromValues`. */
export function batchFromRows(
  schema: StructType,
  rows: readonly (Readonly<Record<string, unknown>> | readonly unknown[])[],
): Batch {
  const columns = schema.fields.map((field, i) =>
    columnFromValues(
      field.type,
      rows.map((row) => member(row, field.name, i)),
    ),
  )
  return { schema, numRows: rows.length, columns }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  throw internalError(`a value of a text column is of type ${typeof value}`)
}

/** Appends one JavaScript value; see `columnFromValues`. */
export function appendValue(builder: ColumnBuilder, value: unknown): void {
  if (value === null || value === undefined) return builder.appendNull()
  if (builder instanceof FixedBuilder) return builder.append(fixedValue(builder.type, value))
  if (builder instanceof BytesBuilder) {
    return value instanceof Uint8Array ? builder.appendBytes(value) : builder.appendString(textOf(value))
  }
  if (builder instanceof Decimal128Builder) return builder.append(unscaledDecimal(value, builder.type.scale))
  if (builder instanceof ListBuilder) {
    for (const element of value as Iterable<unknown>) appendValue(builder.child, element)
    return builder.endRow()
  }
  if (builder instanceof MapBuilder) {
    const entries = Symbol.iterator in Object(value) ? (value as Iterable<[unknown, unknown]>) : Object.entries(value)
    for (const [key, entry] of entries) {
      appendValue(builder.keys, key)
      appendValue(builder.values, entry)
    }
    return builder.endRow()
  }
  if (builder instanceof StructBuilder) {
    builder.type.fields.forEach((field, i) => appendValue(builder.children[i], member(value, field.name, i)))
    return builder.endRow()
  }
  throw internalError(`no value of type ${builder.type.kind} but NULL`)
}

function member(row: unknown, name: string, position: number): unknown {
  return Array.isArray(row) ? (row as unknown[])[position] : (row as Record<string, unknown>)[name]
}

function fixedValue(type: DataType, value: unknown): number | bigint {
  switch (type.kind) {
    case 'boolean':
      return value ? 1 : 0
    case 'long':
    case 'day-time-interval':
      return BigInt(value as number | bigint | string)
    case 'timestamp':
    case 'timestamp_ntz':
      return value instanceof Date ? BigInt(value.getTime()) * 1000n : BigInt(value as number | bigint)
    case 'date':
      return value instanceof Date ? Math.floor(value.getTime() / 86_400_000) : Number(value)
    case 'decimal':
      return unscaledDecimal(value, type.scale)
    default:
      return Number(value)
  }
}

/** `"-1.5"` at scale 2 is -150n. Bigints are unscaled already; digits past the scale must be zero. */
export function unscaledDecimal(value: unknown, scale: number): bigint {
  if (typeof value === 'bigint') return value
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(typeof value === 'number' ? value.toFixed(scale) : String(value))
  if (parts === null) throw internalError(`'${String(value)}' is not a plain decimal number`)
  const fraction = (parts[3] ?? '').padEnd(scale, '0')
  if (/[1-9]/.test(fraction.slice(scale)))
    throw internalError(`'${String(value)}' has more than ${scale} decimal places`)
  const digits = BigInt(`${parts[2]}${fraction.slice(0, scale)}`)
  return parts[1] === '-' ? -digits : digits
}
