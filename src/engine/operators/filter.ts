import { gatherColumn, selectTrue } from '../batch/gather'
import type { BoundExpression } from '../expressions/bound'
import type { Transform } from './operator'
import { sparseBatch } from './operator'

/**
 * Filter: keeps rows whose condition is true; false and NULL drop the row.
 *
 * Input   any batch
 * Output  0..input rows, input order; only needed columns are copied, none when every row stays
 * State   none
 */
export function filter(condition: BoundExpression, needed: ReadonlySet<number>): Transform {
  return (batch, context) => {
    const { rows, count } = selectTrue(condition.evaluate(batch, context))
    context.probe?.filtered(condition.name, batch.numRows, count)
    if (count === 0) return null
    if (count === batch.numRows) return batch
    return sparseBatch(batch.schema, count, needed, (index) => gatherColumn(batch.columns[index], rows, count))
  }
}
