import type { Expression } from '../../protocol/spark-connect'
import { internalArguments } from './internal-calls'

/** Names of aggregate functions, lower case. */
export const AGGREGATE_NAMES: ReadonlySet<string> = new Set([
  'count',
  'count_distinct',
  'sum',
  'sum_distinct',
  'try_sum',
  'avg',
  'mean',
  'try_avg',
  'min',
  'max',
  'first',
  'first_value',
  'last',
  'last_value',
  'any_value',
  'collect_list',
  'array_agg',
  'collect_set',
  'count_if',
  'bool_and',
  'every',
  'bool_or',
  'some',
  'any',
  'stddev',
  'std',
  'stddev_samp',
  'stddev_pop',
  'variance',
  'var_samp',
  'var_pop',
  'skewness',
  'kurtosis',
  'min_by',
  'max_by',
  'approx_count_distinct',
  'product',
  'median',
  'percentile',
  'percentile_approx',
  'approx_percentile',
  'mode',
  'corr',
  'covar_pop',
  'covar_samp',
  'bit_and',
  'bit_or',
  'bit_xor',
  'listagg',
  'string_agg',
  'regr_count',
  'regr_avgx',
  'regr_avgy',
  'regr_slope',
  'regr_intercept',
  'regr_r2',
  'regr_sxx',
  'regr_syy',
  'regr_sxy',
  'grouping',
  'grouping_id',
  'histogram_numeric',
  'count_min_sketch',
])

/** The aggregate call at the root of an expression, under any number of aliases; null when the root is something else. */
export function aggregateCallOf(expression: Expression): {
  readonly name: string
  readonly args: readonly Expression[]
  readonly isDistinct: boolean
  readonly filter?: Expression
} | null {
  const { exprType } = expression
  const filtered = internalArguments(expression, 'filter_where')
  if (filtered !== null) {
    const call = aggregateCallOf(filtered[0])
    return call === null ? null : { ...call, filter: filtered[1] }
  }
  switch (exprType.case) {
    case 'unresolvedFunction': {
      const { functionName, arguments: args, isDistinct } = exprType.value
      return isAggregateCall(functionName, args) ? { name: functionName.toLowerCase(), args, isDistinct } : null
    }
    case 'callFunction': {
      const { functionName, arguments: args } = exprType.value
      return isAggregateCall(functionName, args) ? { name: functionName.toLowerCase(), args, isDistinct: false } : null
    }
    default:
      return null
  }
}

function isAggregateCall(name: string, args: readonly Expression[]): boolean {
  const lower = name.toLowerCase()
  // `any(array, x -> ...)` is a test of elements, not an aggregate.
  return AGGREGATE_NAMES.has(lower) && !args.some((arg) => arg.exprType.case === 'lambdaFunction')
}

/** Whether the expression holds an aggregate call anywhere; those under OVER do not count. */
export function containsAggregate(expression: Expression): boolean {
  if (expression.exprType.case === 'window') return false
  if (aggregateCallOf(expression) !== null) return true
  return childrenOf(expression).some(containsAggregate)
}

/** Direct sub-expressions of an expression message. */
export function childrenOf(expression: Expression): readonly Expression[] {
  const { exprType } = expression
  const present = (...list: (Expression | undefined)[]) =>
    list.filter((child): child is Expression => child !== undefined)
  switch (exprType.case) {
    case 'unresolvedFunction':
    case 'callFunction':
    case 'commonInlineUserDefinedFunction':
      return exprType.value.arguments
    case 'alias':
    case 'cast':
      return present(exprType.value.expr)
    case 'sortOrder':
      return present(exprType.value.child)
    case 'unresolvedExtractValue':
      return present(exprType.value.child, exprType.value.extraction)
    case 'updateFields':
      return present(exprType.value.structExpression, exprType.value.valueExpression)
    case 'lambdaFunction':
      return present(exprType.value.function)
    case 'namedArgumentExpression':
      return present(exprType.value.value)
    case 'subqueryExpression':
      return exprType.value.inSubqueryValues
    case 'window':
      return present(exprType.value.windowFunction, ...exprType.value.partitionSpec)
    default:
      return []
  }
}
