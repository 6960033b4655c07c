import type { Batch, Column } from '../../protocol/columns'
import { decimal128At } from './builders'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The JavaScript value of one row; for tests and edges, not for hot paths. Takes back what `columnFromValues` made:
 * 8-byte integers and times are bigint, decimals text with all decimal places, arrays arrays, maps Map, structs objects.
 */
export function valueAt(column: Column, row: number): unknown {
  if (column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)) return null
  switch (column.layout) {
    case 'fixed': {
      const value = column.values[row]
      if (column.type.kind === 'boolean') return value === 1
      return column.type.kind === 'decimal' ? decimalText(value as bigint, column.type.scale) : value
    }
    case 'decimal128':
      return decimalText(decimal128At(column.values, row), column.type.scale)
    case 'bytes': {
      const bytes = column.bytes.subarray(column.offsets[row], column.offsets[row + 1])
      return column.type.kind === 'binary' ? bytes.slice() : decodeUtf8(bytes)
    }
    case 'dictionary':
      return valueAt(column.dictionary, column.codes[row])
    case 'list':
      return range(column.child, column.offsets[row], column.offsets[row + 1])
    case 'map': {
      const [start, end] = [column.offsets[row], column.offsets[row + 1]]
      const values = range(column.values, start, end)
      return new Map(range(column.keys, start, end).map((key, i) => [key, values[i]]))
    }
    case 'struct':
      return Object.fromEntries(column.type.fields.map((field, i) => [field.name, valueAt(column.children[i], row)]))
  }
}

/** All rows of a column as values; see `valueAt`. */
export function columnToValues(column: Column): unknown[] {
  return range(column, 0, column.length)
}

/** Rows of a batch as objects by column name; see `valueAt`. */
export function batchToRows(batch: Batch): Record<string, unknown>[] {
  const columns = batch.columns.map(columnToValues)
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(batch.schema.fields.map((field, i) => [field.name, columns[i][row]])),
  )
}

/** An unscaled decimal with its point in place: (-150n, 2) is "-1.50". */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function range(column: Column, start: number, end: number): unknown[] {
  const values: unknown[] = []
  for (let row = start; row < end; row++) values.push(valueAt(column, row))
  return values
}

function decodeUtf8(bytes: Uint8Array): string {
  // TextDecoder refuses views on shared memory.
  return decoder.decode(bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice())
}
