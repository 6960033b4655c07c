import type { Batch, Column } from '../../protocol/columns/column'
import type { DataType, StructType } from '../../protocol/columns/data-type'

/** Rows as text, ready to draw: what `show()` would print, null = NULL. */
export type TableGrid = {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

const decoder = new TextDecoder()

export function gridOf(schema: StructType, batches: readonly Batch[]): TableGrid {
  const columns = schema.fields.map((field) => ({ name: field.name, type: typeName(field.type) }))
  const rows = batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => cellText(column, row))),
  )
  return { columns, rows }
}

/** Spark's short type text, as `printSchema` and DESCRIBE write it. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'byte':
      return 'tinyint'
    case 'short':
      return 'smallint'
    case 'integer':
      return 'int'
    case 'long':
      return 'bigint'
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'array':
      return `array<${typeName(type.elementType)}>`
    case 'map':
      return `map<${typeName(type.keyType)},${typeName(type.valueType)}>`
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}:${typeName(field.type)}`).join(',')}>`
    case 'year-month-interval':
    case 'day-time-interval':
      return 'interval'
    default:
      return type.kind
  }
}

/** One value as `show()` prints it; null = NULL. */
export function cellText(column: Column, row: number): string | null {
  if (column.validity !== null && column.validity[row] === 0) return null
  switch (column.layout) {
    case 'fixed':
      return fixedText(column.type, column.values[row])
    case 'decimal128': {
      const low = BigInt.asUintN(64, column.values[row * 2])
      return decimalText((column.values[row * 2 + 1] << 64n) | low, column.type.scale)
    }
    case 'bytes': {
      const bytes = column.bytes.subarray(column.offsets[row], column.offsets[row + 1])
      return column.type.kind === 'binary' ? hexText(bytes) : decoder.decode(bytes)
    }
    case 'dictionary':
      return cellText(column.dictionary, column.codes[row])
    case 'list':
      return `[${range(column.offsets[row], column.offsets[row + 1])
        .map((at) => cellText(column.child, at) ?? 'NULL')
        .join(', ')}]`
    case 'map':
      return `{${range(column.offsets[row], column.offsets[row + 1])
        .map((at) => `${cellText(column.keys, at) ?? 'NULL'} -> ${cellText(column.values, at) ?? 'NULL'}`)
        .join(', ')}}`
    case 'struct':
      return `{${column.children.map((child) => cellText(child, row) ?? 'NULL').join(', ')}}`
    case 'void':
      return null
  }
}

function fixedText(type: DataType, value: number | bigint): string {
  switch (type.kind) {
    case 'boolean':
      return value === 1 ? 'true' : 'false'
    case 'date':
      return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10)
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampText(BigInt(value))
    case 'decimal':
      return decimalText(BigInt(value), type.scale)
    case 'float':
    case 'double':
      return doubleText(Number(value))
    default:
      return String(value)
  }
}

/** `2026-11-20 10:12:03.5`: trailing zeros of the fraction are left out. */
function timestampText(micros: bigint): string {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n)
  const base = new Date(Number(millis))
  if (Number.isNaN(base.getTime())) return String(micros)
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const digits = fraction.toString().padStart(6, '0').replace(/0+$/, '')
  return `${base.toISOString().slice(0, 19).replace('T', ' ')}${digits === '' ? '' : `.${digits}`}`
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function doubleText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return `${value}.0`
  return String(value)
}

function hexText(bytes: Uint8Array): string {
  return `[${[...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`
}

function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, index) => from + index)
}
