import { alias, attribute, call, stringLiteral } from '../engine/analyzer/expression-tree'
import type { Expression, Relation } from '../protocol/spark-connect'
import { Aggregate_GroupType } from '../protocol/spark-connect'
import { int, relation } from './plan-builder'

/** `df.withWatermark(column, delay)`. */
export function withWatermark(input: Relation, eventTime: string, delayThreshold: string): Relation {
  return relation({ case: 'withWatermark', value: { input, eventTime, delayThreshold } })
}

/** `window(column, duration[, slide[, start]])`. */
export function windowOf(column: string | Expression, ...durations: string[]): Expression {
  return call('window', typeof column === 'string' ? attribute(column) : column, ...durations.map(stringLiteral))
}

/** `df.groupBy(keys).agg(items)`. */
export function groupBy(
  input: Relation,
  keys: readonly (Expression | string)[],
  ...items: readonly Expression[]
): Relation {
  return relation({
    case: 'aggregate',
    value: {
      input,
      groupType: Aggregate_GroupType.GROUPBY,
      groupingExpressions: keys.map((key) => (typeof key === 'string' ? attribute(key) : key)),
      aggregateExpressions: [...items],
    },
  })
}

export const countAll = (name = 'n'): Expression => alias(call('count', int(1)), name)
export const aggregateOf = (name: string, column: string, as: string): Expression =>
  alias(call(name, attribute(column)), as)
