import { create } from '@bufbuild/protobuf'
import type { DataType } from '../../protocol/columns'
import type { Aggregate_Pivot, Expression, Expression_Literal } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'
import { implicitCast } from '../expressions/casts/bind-cast'
import { bindLiteral } from '../expressions/literals'
import type { BindContext } from '../expressions/bound'
import { sparkError } from '../expressions/errors'
import { internalCall } from '../expressions/internal-calls'
import { aggregateCallOf, childrenOf } from '../expressions/is-aggregate'
import { FOLDING_CONTEXT, constantValue } from '../expressions/node'
import type { PlanNode } from '../plan/node'
import { STRING } from '../types/atomic-types'
import { aggregateNode } from './aggregate'
import { unsupportedFeature } from './analysis-errors'
import { addressable, alias, call, columnAt, functionName, literal, mapChildren, nullLiteral } from './expression-tree'
import { rescope } from './nodes'

/**
 * A column for each value of the pivot column. Aggregates of numbers and booleans are computed for each value and then picked, so a
 * value that a key does not have is NULL, also where the aggregate is a count; others look at the value's rows alone, so it is
 * whatever the aggregate says of no rows.
 *
 * Source  Spark 4.1 ResolvePivot, PivotFirst
 */
export function pivotNode(
  input: PlanNode,
  groupings: readonly Expression[],
  items: readonly Expression[],
  { col, values }: Aggregate_Pivot,
  context: BindContext,
): PlanNode {
  if (values.length === 0)
    throw unsupportedFeature('pivot() without values', "Name them: pivot('column', ['first', 'second']).")
  if (items.some(hasStar))
    throw sparkError(
      'INVALID_USAGE_OF_STAR_OR_REGEX',
      { elem: "'*'", prettyName: 'Pivot' },
      { hint: 'Write count(lit(1)), or .count().' },
    )
  const below = aggregateNode(input, [...groupings, col!], items, context)
  const results = below.schema.fields.slice(groupings.length + 1)
  const named = (value: Expression_Literal, item: number, picked: Expression) =>
    alias(picked, items.length === 1 ? valueName(value) : `${valueName(value)}_${results[item].name}`)
  if (!results.every(({ type }) => PICKED.has(type.kind))) {
    const columns = values.flatMap((value) => {
      const isValue = call('<=>', col!, literalOf(value))
      return items.map((item, index) => named(value, index, onlyWhere(isValue, item)))
    })
    return aggregateNode(input, groupings, columns, context)
  }
  const scope = addressable(below.scope)
  const columns = values.flatMap((value) => {
    const isValue = call('<=>', columnAt(scope, groupings.length), literalOf(value))
    return items.map((_, index) => {
      const group = call('first', columnAt(scope, groupings.length + 1 + index))
      return named(value, index, internalCall('filter_where', group, isValue))
    })
  })
  const keys = groupings.map((_, index) => columnAt(scope, index))
  return aggregateNode(rescope(below, scope), keys, columns, context)
}

/** Types that Spark picks out of finished groups. */
const PICKED = new Set<DataType['kind']>(['boolean', 'byte', 'short', 'integer', 'long', 'float', 'double', 'decimal'])

/** The aggregates of an expression over the rows where the condition holds: their arguments are NULL elsewhere. */
function onlyWhere(isValue: Expression, expression: Expression): Expression {
  const { exprType } = expression
  if (exprType.case === 'alias') return onlyWhere(isValue, exprType.value.expr!)
  if (aggregateCallOf(expression) === null) return mapChildren(expression, (child) => onlyWhere(isValue, child))
  const masked = (argument: Expression) => call('if', isValue, argument, nullLiteral())
  const name = functionName(expression) ?? ''
  const [first] = childrenOf(expression)
  if (/^(first|last)(_value)?$/i.test(name)) return call(name, masked(first), literal({ case: 'boolean', value: true }))
  // What stands behind the first argument as a literal tells how to aggregate: a percentage, an accuracy.
  return mapChildren(expression, (argument) =>
    argument !== first && argument.exprType.case === 'literal' ? argument : masked(argument),
  )
}

/** A value as the cast to STRING gives it: the name of its column. */
function valueName(value: Expression_Literal): string {
  return (constantValue(implicitCast(bindLiteral(value), STRING), FOLDING_CONTEXT) as string | null) ?? 'null'
}

function hasStar(expression: Expression): boolean {
  return expression.exprType.case === 'unresolvedStar' || childrenOf(expression).some(hasStar)
}

function literalOf(value: Expression_Literal): Expression {
  return create(ExpressionSchema, { exprType: { case: 'literal', value } })
}
