import type { Batch, Column } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import { emptyColumn } from '../batch/empty'
import type { EvaluationContext } from './bound'
import { columnsUsed } from './node'
import type { Node } from './node'

/**
 * Evaluates an expression on some rows only: a CASE branch must not raise errors for rows it does not own.
 * Gathers no column the expression does not read.
 */
export function evaluateOnRows(
  expression: Node,
  batch: Batch,
  rows: Int32Array,
  count: number,
  context: EvaluationContext,
): Column {
  if (count === batch.numRows) return expression.evaluate(batch, context)
  const used = columnsUsed(expression)
  const columns = batch.columns.map((column, i) =>
    used.has(i) ? gatherColumn(column, rows, count) : emptyColumn(column.type),
  )
  return expression.evaluate({ schema: batch.schema, numRows: count, columns }, context)
}
