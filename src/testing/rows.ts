import type { Batch, Column } from '../protocol/columns'

/** A plain value of a test row: bigint for BIGINT and TIMESTAMP, number, string, boolean, null. */
export type Value = bigint | number | string | boolean | null
export type Row = Readonly<Record<string, Value>>

/** Rows of batches, for comparing in tests; never used by the engine. */
export function rowsOf(batches: readonly Batch[]): Row[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(batch.schema.fields.map(({ name }, index) => [name, valueAt(batch.columns[index], row)])),
    ),
  )
}

function valueAt(column: Column, row: number): Value {
  if (column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)) return null
  switch (column.layout) {
    case 'fixed': {
      const value = column.values[row]
      return column.type.kind === 'boolean' ? value === 1 : value
    }
    case 'bytes':
      return new TextDecoder().decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
    case 'dictionary':
      return valueAt({ ...column.dictionary }, column.codes[row])
    default:
      throw new Error(`rowsOf does not read ${column.layout} columns`)
  }
}
