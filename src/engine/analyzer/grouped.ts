import { userError } from '../../protocol/errors/runnel-error'
import type { Aggregate, Expression } from '../../protocol/spark-connect'
import { Aggregate_GroupType } from '../../protocol/spark-connect'
import type { BoundExpression } from '../expressions/bound'
import { childrenOf } from '../expressions/is-aggregate'
import type { PlanNode } from '../plan/node'
import { aggregateNode, fillPlaceholders, openGrouping, starColumns } from './aggregate'
import { addressable, alias, call, castTo, columnAt, functionName, literal, mapChildren } from './expression-tree'
import { bareName } from './identifiers'
import { groupingSetsNode, groupingSetsOf } from './grouping-sets'
import type { AnalysisContext } from './nodes'
import { planNode, rescope } from './nodes'
import { pivotNode } from './pivot'
import { projectRelation } from './project'
import { columnReference } from './scopes'
import { withTimeWindow } from './time-window'

/** `groupBy`, `rollup`, `cube`, `groupingSets` and `pivot`: output is the keys, then what is computed of each group. */
export function groupedRelation(aggregate: Aggregate, context: AnalysisContext): PlanNode {
  const input = context.analyze(aggregate.input!)
  const sets = groupingSetsOf(aggregate)
  const keys = sets?.keys ?? aggregate.groupingExpressions
  const windowed = withTimeWindow(input, [...keys, ...aggregate.aggregateExpressions], context)
  const groupings = windowed.items.slice(0, keys.length)
  const source = rescope(windowed.input, addressable(windowed.input.scope))
  const results = windowed.items.slice(keys.length).flatMap((item) => starColumns(item, source.scope))
  if (aggregate.groupType === Aggregate_GroupType.PIVOT)
    return pivotNode(source, groupings, results, aggregate.pivot!, context)
  if (sets === null) return aggregateNode(source, groupings, results, context)
  const { input: groups, rewritten } = grouped(source, groupings, results, sets.masks, context)
  const own = groupings.map((_, index) => columnAt(groups.scope, index))
  return projectRelation(groups, [...own, ...rewritten], context)
}

/** The rows of the groups, and the expressions over them. */
export function grouped(
  source: PlanNode,
  groupings: readonly Expression[],
  expressions: readonly Expression[],
  masks: readonly (readonly boolean[])[] | null,
  context: AnalysisContext,
): { input: PlanNode; rewritten: Expression[] } {
  const expanded = masks === null ? null : groupingSetsNode(source, groupings, masks, context)
  const input = expanded?.node ?? source
  const all = expanded === null ? groupings : [...groupings, expanded.idColumn]
  const grouping = openGrouping(input, all, context, expanded?.keys)
  // Whether a key is grouped away stands in the bits of the last key.
  const withGrouping = (expression: Expression): Expression => {
    const name = functionName(expression)
    if (expanded === null || (name !== 'grouping' && name !== 'grouping_id'))
      return mapChildren(expression, withGrouping)
    return groupingCall(expression, name, groupings, expanded.idColumn, grouping.keyIndexOf)
  }
  const rewritten = expressions.map((expression) => grouping.rewrite(withGrouping(expression)))
  const scope = grouping.scope()
  const results = scope.columns.map((_, index): BoundExpression => columnReference(scope, index))
  const { keys, aggregates } = grouping
  const node = planNode({ kind: 'aggregate', input, keys, aggregates, results }, scope, source.isStreaming)
  return { input: node, rewritten: rewritten.map((expression) => fillPlaceholders(expression, scope)) }
}

function groupingCall(
  expression: Expression,
  name: 'grouping' | 'grouping_id',
  groupings: readonly Expression[],
  id: Expression,
  keyIndexOf: (expression: Expression) => number | undefined,
): Expression {
  if (name === 'grouping_id') return alias(id, 'grouping_id()')
  const [argument] = childrenOf(expression)
  const index = argument === undefined ? undefined : keyIndexOf(argument)
  if (index === undefined) {
    throw userError('GROUPING_COLUMN_MISMATCH', `Column of grouping can't be found in grouping columns.`, {
      sqlState: '42803',
      hint: 'grouping() takes one of the columns of GROUP BY.',
    })
  }
  const shifted = call('shiftright', id, literal({ case: 'integer', value: groupings.length - 1 - index }))
  const bit = castTo(call('&', shifted, castTo(literal({ case: 'integer', value: 1 }), 'bigint')), 'tinyint')
  return alias(bit, `grouping(${bareName(argument) ?? ''})`)
}
