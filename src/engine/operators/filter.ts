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
  const notNull = notNullColumn(condition)
  return (batch, context) => {
    if (notNull !== null && batch.columns[notNull].layout !== 'void' && batch.columns[notNull].validity === null) {
      context.probe?.filtered(condition.name, batch.numRows, batch.numRows)
      return batch
    }
    const { rows, count } = selectTrue(condition.evaluate(batch, context))
    context.probe?.filtered(condition.name, batch.numRows, count)
    if (count === 0) return null
    if (count === batch.numRows) return batch
    return sparseBatch(batch.schema, count, needed, (index) => gatherColumn(batch.columns[index], rows, count))
  }
}

/** The column of `column IS NOT NULL`, which every window asks for: most batches have no NULL there. */
function notNullColumn({ children, name }: BoundExpression): number | null {
  if (children.length !== 1 || name !== `(${children[0].name} IS NOT NULL)`) return null
  return children[0].inputIndex ?? null
}
