import type { StructType } from '../../protocol/columns'
import type { BoundExpression } from '../expressions/bound'
import type { Operator } from './operator'
import { sparseBatch, throwIfCanceled } from './operator'

/**
 * Expand: every row once for each projection; what ROLLUP, CUBE and GROUPING SETS are made of.
 *
 * Input   any batch
 * Output  a batch a projection, each of as many rows; an expression that stands in all of them is evaluated once
 * State   none
 * Errors  those of the expressions
 * Source  Spark 4.1 ExpandExec
 */
export function expand(
  input: Operator,
  schema: StructType,
  projections: readonly (readonly BoundExpression[])[],
  needed: ReadonlySet<number>,
): Operator {
  return async function* (run) {
    for await (const batch of input(run)) {
      throwIfCanceled(run.context)
      const known = new Map<BoundExpression, ReturnType<BoundExpression['evaluate']>>()
      for (const expressions of projections)
        yield sparseBatch(schema, batch.numRows, needed, (index) => {
          const expression = expressions[index]
          const column = known.get(expression) ?? expression.evaluate(batch, run.context)
          known.set(expression, column)
          return column
        })
    }
  }
}
