import { batchToRows } from '../engine/batch/to-values'
import type { Column } from '../protocol/columns'

/** The values of a column as plain JavaScript, row by row. */
export function columnValues(column: Column): unknown[] {
  const schema = { kind: 'struct' as const, fields: [{ name: 'v', type: column.type, nullable: true }] }
  return batchToRows({ schema, numRows: column.length, columns: [column] }).map((row) => row.v)
}
