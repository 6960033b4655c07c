import type { StructType } from '../../protocol/columns'
import { gatherBatch } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import { newRows } from './distinct'
import type { Operator } from './operator'

/**
 * Intersect and except, by all columns; NULL equals NULL.
 *
 * Input   two inputs of the same types
 * Output  rows of the left input, in its order. Without `isAll` each once; with it INTERSECT ALL keeps min(left, right) copies
 *         and EXCEPT ALL left - right
 * State   the right input's rows with their counts; without `isAll` also the rows given out
 */
export function setDifference(
  left: Operator,
  right: Operator,
  schema: StructType,
  keep: 'intersect' | 'except',
  isAll: boolean,
): Operator {
  const types = schema.fields.map((field) => field.type)
  const keys = types.map((_, index) => index)
  return async function* (run) {
    const other = new KeyGroups(types)
    let counts = new Int32Array(256)
    for await (const batch of right(run)) {
      const groups = other.groupsOf(batch.columns, batch.numRows)
      if (other.numGroups > counts.length) {
        const grown = new Int32Array(Math.max(other.numGroups, counts.length * 2))
        grown.set(counts)
        counts = grown
      }
      for (let row = 0; row < batch.numRows; row++) counts[groups[row]]++
    }
    const given = new KeyGroups(types)
    for await (const batch of left(run)) {
      const groups = other.findGroups(batch.columns, batch.numRows)
      const rows = new Int32Array(batch.numRows)
      let count = 0
      for (let row = 0; row < batch.numRows; row++) {
        const group = groups[row]
        const isThere = group >= 0 && (!isAll || counts[group] > 0)
        if (isAll && isThere) counts[group]--
        if (isThere === (keep === 'intersect')) rows[count++] = row
      }
      if (count === 0) continue
      const kept = gatherBatch(batch, rows, count)
      if (isAll) yield { ...kept, schema }
      else {
        const fresh = newRows(given, keys, kept)
        if (fresh.length > 0) yield { ...gatherBatch(kept, fresh), schema }
      }
    }
  }
}
