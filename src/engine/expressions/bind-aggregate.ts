import { internalError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'
import { INTEGER } from '../types/atomic-types'
import { aggregateParts } from './aggregates/registry'
import { bindNode } from './bind-expression'
import type { BindOptions } from './bind-expression'
import type { BindContext, BoundAggregate, Scope } from './bound'
import { sparkError } from './errors'
import { aggregateCallOf, containsAggregate } from './is-aggregate'
import { literalNode } from './node'
import type { Node } from './node'

/**
 * Binds one aggregate call (`sum(amount)`, `count(*)`, `count(DISTINCT a, b)`) to the columns of a scope.
 * Aliases and surrounding expressions are the caller's: see `aggregateCallOf`.
 */
export function bindAggregate(
  call: Expression,
  scope: Scope,
  context: BindContext,
  options: BindOptions = {},
): BoundAggregate {
  const root =
    call.exprType.case === 'alias' && call.exprType.value.expr !== undefined ? call.exprType.value.expr : call
  const found = aggregateCallOf(root)
  if (found === null) throw internalError('the expression is no aggregate call')
  if (found.args.some(containsAggregate)) throw nestedAggregate()
  const env = { scope, context, options, variables: new Map<string, Node>(), numColumns: scope.columns.length }
  const isStar = (arg: Expression) => arg.exprType.case === 'unresolvedStar'
  const isDistinct = found.isDistinct || found.name === 'count_distinct' || found.name === 'sum_distinct'
  const name = found.name === 'count_distinct' ? 'count' : found.name === 'sum_distinct' ? 'sum' : found.name
  const args = found.args.flatMap((arg) =>
    isStar(arg) && !isDistinct
      ? [literalNode(INTEGER, 1, '1')]
      : isStar(arg)
        ? allColumns(env.scope, bindAll)
        : [bindNode(arg, env)],
  )
  const sql = aggregateSql(name, args, isDistinct)
  const parts = aggregateParts({ name, args, isDistinct, sql })
  if (found.filter === undefined) return { name: sql, isDistinct, filter: null, ...parts }
  const filter = bindNode(found.filter, env)
  return { isDistinct, ...parts, filter, name: `${sql} FILTER (WHERE ${filter.sql})` }

  function bindAll(index: number): Node {
    const { field } = scope.columns[index]
    return {
      ...literalNode(field.type, null, field.name),
      isConstant: false,
      nullable: field.nullable,
      inputIndex: index,
      evaluate: (batch) => batch.columns[index],
    }
  }
}

function allColumns(scope: Scope, bind: (index: number) => Node): Node[] {
  return scope.columns.map((_, index) => bind(index))
}

/** `mean` prints as `avg`, `first(a, true)` as `first(a)`: what Spark names the column. */
function aggregateSql(name: string, args: readonly Node[], isDistinct: boolean): string {
  const printed = PRINTED_NAMES[name] ?? name
  const shown = EDGES.has(name) ? args.slice(0, 1) : args
  return `${printed}(${isDistinct ? 'DISTINCT ' : ''}${shown.map((arg) => arg.sql).join(', ')})`
}

const EDGES = new Set(['first', 'last', 'any_value', 'first_value', 'last_value', 'approx_count_distinct'])
const PRINTED_NAMES: Readonly<Record<string, string>> = { array_agg: 'collect_list' }

function nestedAggregate() {
  return sparkError(
    'NESTED_AGGREGATE_FUNCTION',
    {},
    { hint: 'Aggregate in two steps: groupBy().agg() on the result of the first.' },
  )
}
