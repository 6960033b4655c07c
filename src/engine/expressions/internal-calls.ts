import { create } from '@bufbuild/protobuf'
import type { Expression } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'

/**
 * What SQL says and a Connect message has no field for travels as a call marked internal, so that plans stay plain messages:
 *
 * filter_where(call, condition)      `agg(...) FILTER (WHERE ...)`
 * ignore_nulls(call)                 `lag(...) IGNORE NULLS`
 * within_group(call, orders...)      `listagg(...) WITHIN GROUP (ORDER BY ...)`
 * select_list(items...)              all of Aggregate's output: the keys are not added
 * group_by_all()                     the one grouping of GROUP BY ALL
 * group_key(expression)              a grouping that may be a position or an alias of the select list
 * having(condition)                  a Filter that may aggregate and name the select list's aliases
 * order_by_all()                     the one key of ORDER BY ALL
 * order_key(expression)              a sort key that may be a position
 * natural_join()                     the condition of a NATURAL join
 * star_except(star, columns...)      `* EXCEPT (a, b)`
 * lateral_view(generator, alias)     a generator whose columns are reached through a table alias
 */
export type InternalName =
  | 'filter_where'
  | 'ignore_nulls'
  | 'within_group'
  | 'select_list'
  | 'group_by_all'
  | 'group_key'
  | 'having'
  | 'order_by_all'
  | 'order_key'
  | 'natural_join'
  | 'star_except'
  | 'lateral_view'

export function internalCall(functionName: InternalName, ...args: Expression[]): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedFunction', value: { functionName, arguments: args, isInternal: true } },
  })
}

/** Arguments of the named internal call; null when the expression is something else. */
export function internalArguments(
  expression: Expression | undefined,
  name: InternalName,
): readonly Expression[] | null {
  const kind = expression?.exprType
  if (kind?.case !== 'unresolvedFunction' || kind.value.isInternal !== true) return null
  return kind.value.functionName === name ? kind.value.arguments : null
}
