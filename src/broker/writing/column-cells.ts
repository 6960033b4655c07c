import { valueAt } from '../../engine/batch/to-values'
import type { Batch, Column } from '../../protocol/columns'

/** The column of that name, written exactly so; null when there is none. */
export function columnNamed(batch: Batch, name: string): Column | null {
  const index = batch.schema.fields.findIndex((field) => field.name === name)
  return index < 0 ? null : batch.columns[index]
}

/** Bytes of a STRING or BINARY value; null for NULL or without a column. */
export function bytesAt(column: Column | null, row: number): Uint8Array | null {
  if (column === null || column.layout === 'void' || (column.validity !== null && column.validity[row] === 0))
    return null
  if (column.layout === 'dictionary') return bytesAt(column.dictionary, column.codes[row])
  if (column.layout === 'bytes') return column.bytes.slice(column.offsets[row], column.offsets[row + 1])
  return null
}

/** The value of any type, as `valueAt` gives it; null without a column. */
export function cellAt(column: Column | null, row: number): unknown {
  return column === null ? null : valueAt(column, row)
}
