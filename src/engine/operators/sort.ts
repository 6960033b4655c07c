import type { Batch, StructType } from '../../protocol/columns'
import { concatColumns } from '../batch/concat'
import { sortRows } from '../batch/compare'
import { gatherColumn } from '../batch/gather'
import type { SortKey } from '../plan/node'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, placeholder, sparseBatch, throwIfCanceled } from './operator'

/**
 * Sort: all rows by the keys, stable: equal rows keep their input order.
 *
 * Input   batches of any row count
 * Output  all rows, in batches of at most `ROWS_PER_BATCH`
 * State   the whole input
 * Errors  none at run time; types without an order are refused by analysis
 */
export function sort(
  input: Operator,
  schema: StructType,
  order: readonly SortKey[],
  needed: ReadonlySet<number>,
): Operator {
  return async function* (run) {
    const all = await collect(input(run), schema)
    if (all.numRows === 0) return
    const keys = order.map((key) => key.expression.evaluate(all, run.context))
    const rows = sortRows(keys, all.numRows, order)
    for (let start = 0; start < rows.length; start += ROWS_PER_BATCH) {
      throwIfCanceled(run.context)
      const part = rows.subarray(start, start + ROWS_PER_BATCH)
      yield sparseBatch(schema, part.length, needed, (index) => gatherColumn(all.columns[index], part))
    }
  }
}

/** Every row of an input as one batch; placeholders stay placeholders. */
export async function collect(input: AsyncIterable<Batch>, schema: StructType): Promise<Batch> {
  const batches: Batch[] = []
  for await (const batch of input) batches.push(batch)
  const numRows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
  const columns = schema.fields.map((field, index) => {
    const parts = batches.map((batch) => batch.columns[index])
    if (parts.length === 0) return placeholder(0)
    return parts.length === 1 ? parts[0] : concatColumns(field.type, parts)
  })
  return { schema, numRows, columns }
}
