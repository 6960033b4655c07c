import type { SubqueryCell } from '../plan/node'
import type { Operator } from './operator'
import { collect } from './sort'

/**
 * Subqueries of expressions: each cell's plan runs to its end before the first batch of the input is pulled.
 *
 * Input   any
 * Output  the input unchanged
 * State   the rows of every subquery
 * Errors  those of the plans
 */
export function subqueries(
  input: Operator,
  cells: readonly { readonly cell: SubqueryCell; readonly run: Operator }[],
): Operator {
  return async function* (run) {
    for (const { cell, run: rows } of cells) {
      const all = await collect(rows(run), cell.plan.schema)
      cell.rows = { numRows: all.numRows, columns: all.columns }
    }
    yield* input(run)
  }
}
