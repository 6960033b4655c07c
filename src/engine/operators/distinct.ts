import type { Batch, StructType } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { Operator } from './operator'
import { sparseBatch } from './operator'

/**
 * Distinct: lets the first row of each key through, drops every later copy. NULL equals NULL, NaN equals NaN.
 *
 * Input   batches of any row count
 * Output  same schema, input order kept, 0..input rows
 * State   one entry per key seen
 */
export function distinct(
  input: Operator,
  schema: StructType,
  keys: readonly number[],
  needed: ReadonlySet<number>,
): Operator {
  return async function* (run) {
    const seen = new KeyGroups(keys.map((key) => schema.fields[key].type))
    let isEmpty = true
    for await (const batch of input(run)) {
      if (keys.length === 0) {
        // No columns at all: every row equals every other.
        if (isEmpty) yield firstRows(batch, new Int32Array([0]), needed)
        isEmpty = false
        continue
      }
      const rows = newRows(seen, keys, batch)
      if (rows.length > 0) yield rows.length === batch.numRows ? batch : firstRows(batch, rows, needed)
    }
  }
}

/** Rows whose key is seen for the first time: group ids count up in order of appearance. */
export function newRows(seen: KeyGroups, keys: readonly number[], batch: Batch): Int32Array {
  let next = seen.numGroups
  const groups = seen.groupsOf(
    keys.map((key) => batch.columns[key]),
    batch.numRows,
  )
  const rows = new Int32Array(batch.numRows)
  let count = 0
  for (let row = 0; row < batch.numRows; row++) {
    if (groups[row] !== next) continue
    rows[count++] = row
    next++
  }
  return rows.subarray(0, count)
}

function firstRows(batch: Batch, rows: Int32Array, needed: ReadonlySet<number>): Batch {
  return sparseBatch(batch.schema, rows.length, needed, (index) => gatherColumn(batch.columns[index], rows))
}
