import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, StatDescribe, StatSummary } from '../../protocol/spark-connect'
import { Expression_Cast_EvalMode } from '../../protocol/spark-connect'
import type { Scope } from '../expressions/bound'
import type { PlanNode } from '../plan/node'
import { unresolvedColumn } from '../expressions/resolve-attribute'
import { isNumeric } from '../types/atomic-types'
import { aggregateNode } from './aggregate'
import { unsupportedFeature } from './analysis-errors'
import { addressable, alias, call, castTo, columnAt, literal, stringLiteral } from './expression-tree'
import type { AnalysisContext } from './nodes'
import { rescope } from './nodes'
import { projectRelation } from './project'
import { indexesOfName, isCaseSensitive } from './scopes'

/** `describe()` and `summary()`: one global aggregate, turned into one row a statistic, every cell as text. */

const DESCRIBE = ['count', 'mean', 'stddev', 'min', 'max']
const SUMMARY = ['count', 'mean', 'stddev', 'min', '25%', '50%', '75%', 'max']

export function describeRelation(relation: StatDescribe, context: AnalysisContext): PlanNode {
  return statistics(context.analyze(relation.input!), DESCRIBE, relation.cols, context)
}

export function summaryRelation(relation: StatSummary, context: AnalysisContext): PlanNode {
  return statistics(
    context.analyze(relation.input!),
    relation.statistics.length === 0 ? SUMMARY : relation.statistics,
    [],
    context,
  )
}

function statistics(
  input: PlanNode,
  names: readonly string[],
  columns: readonly string[],
  context: AnalysisContext,
): PlanNode {
  const scope = addressable(input.scope)
  const described = describedColumns(scope, columns, context)
  const cells = names.flatMap((name) => described.map((index) => alias(statistic(name, scope, index), `cell`)))
  const aggregated = cells.length === 0 ? null : aggregateNode(rescope(input, scope), [], cells, context)
  const cellScope = aggregated === null ? addressable({ columns: [] }) : addressable(aggregated.scope)
  const rows = names.map((name, row) =>
    call(
      'struct',
      alias(stringLiteral(name), 'summary'),
      ...described.map((index, column) =>
        alias(castTo(columnAt(cellScope, row * described.length + column), 'string'), scope.columns[index].field.name),
      ),
    ),
  )
  const source = aggregated ?? rescope(input, scope)
  const table = projectRelation(
    rescope(source, aggregated === null ? scope : cellScope),
    [call('inline', call('array', ...rows))],
    context,
  )
  // Spark makes the table from a local relation of nullable text columns.
  return rescope(table, {
    columns: table.scope.columns.map((column) => ({ ...column, field: { ...column.field, nullable: true } })),
  })
}

function describedColumns(scope: Scope, names: readonly string[], context: AnalysisContext): number[] {
  const indexes =
    names.length === 0
      ? scope.columns.map((_, index) => index)
      : names.map((name) => {
          const index = indexesOfName(scope, name, isCaseSensitive(context.conf))[0]
          if (index === undefined) throw unresolvedColumn([name], scope)
          return index
        })
  return indexes.filter((index) => {
    const { type } = scope.columns[index].field
    return isNumeric(type) || type.kind === 'string'
  })
}

function statistic(name: string, scope: Scope, index: number): Expression {
  const column = columnAt(scope, index)
  const isText = scope.columns[index].field.type.kind === 'string'
  const number = isText ? tryDouble(column) : column
  switch (name) {
    case 'count':
      return call('count', column)
    case 'count_distinct':
      return countDistinct(column)
    case 'approx_count_distinct':
      return call('approx_count_distinct', column)
    case 'mean':
      return call('avg', number)
    case 'stddev':
      return call('stddev', number)
    case 'min':
    case 'max':
      return call(name, column)
  }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(name)?.[1]
  if (percent === undefined)
    throw userError('', `${name} is not a recognised statistic`, {
      exception: 'IllegalArgumentException',
      hint: `Statistics: ${SUMMARY.join(', ')}.`,
    })
  if (Number(percent) > 100) throw unsupportedFeature(`percentile ${name}`, 'Percentiles lie between 0% and 100%.')
  return call(
    'percentile_approx',
    number,
    literal({ case: 'double', value: Number(percent) / 100 }),
    literal({ case: 'integer', value: 10000 }),
  )
}

function tryDouble(column: Expression): Expression {
  const cast = castTo(column, 'double')
  if (cast.exprType.case === 'cast') cast.exprType.value.evalMode = Expression_Cast_EvalMode.TRY
  return cast
}

function countDistinct(column: Expression): Expression {
  const counted = call('count', column)
  if (counted.exprType.case === 'unresolvedFunction') counted.exprType.value.isDistinct = true
  return counted
}
