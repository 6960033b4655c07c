import type { StructType } from '../../protocol/columns'
import type { BoundExpression } from '../expressions/bound'
import type { Transform } from './operator'
import { sparseBatch } from './operator'

/**
 * Project: one output column an expression, all of the same row count.
 *
 * Input   any batch
 * Output  as many rows; expressions nobody needs are not evaluated, so their run-time errors do not occur (as in Spark)
 * State   none
 * Errors  those of the expressions
 */
export function project(
  schema: StructType,
  expressions: readonly BoundExpression[],
  needed: ReadonlySet<number>,
): Transform {
  const parsed = expressions.flatMap((expression, index) => (expression.parsesJson && needed.has(index) ? [index] : []))
  return (batch, context) => {
    const output = sparseBatch(schema, batch.numRows, needed, (index) => expressions[index].evaluate(batch, context))
    if (context.probe !== undefined)
      for (const index of parsed) context.probe.parsed(schema.fields[index].name, output.columns[index])
    return output
  }
}
