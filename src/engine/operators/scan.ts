import type { StructType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Operator } from './operator'
import { sparseBatch } from './operator'

/**
 * Scan: rows of a leaf.
 *
 * Input   batches of the leaf's compiled columns, in the leaf's order
 * Output  the leaf's full width; columns nobody needs are placeholders
 * State   none
 * Errors  those of the source
 */
export function scan(
  leaf: number,
  schema: StructType,
  needed: ReadonlySet<number>,
  readColumns: () => readonly string[] | null,
): Operator {
  return async function* (run) {
    const names = readColumns()
    // Where each field of the leaf stands in the batches read.
    const positions = schema.fields.map((field, index) => (names === null ? index : names.indexOf(field.name)))
    for await (const batch of run.read(leaf)) {
      const columnOf = (index: number) => {
        const column = batch.columns[positions[index]]
        if (column === undefined) throw internalError(`the source gave no column ${schema.fields[index].name}`)
        return column
      }
      if (batch.numRows > 0) yield sparseBatch(schema, batch.numRows, needed, columnOf)
    }
  }
}
