import { toJsonString } from '@bufbuild/protobuf'
import { userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'
import { bindAggregate, bindExpression, containsAggregate, expandStar } from '../expressions/bind'
import type { BindContext, BoundAggregate, BoundExpression, Scope, ScopeColumn } from '../expressions/bound'
import { internalArguments } from '../expressions/internal-calls'
import { aggregateCallOf } from '../expressions/is-aggregate'
import type { PlanNode } from '../plan/node'
import { checkDataFrameColumns } from './data-frame-columns'
import { addressable, columnAt, functionName, makeExpression, mapChildren } from './expression-tree'
import { refuseOutsideSelect } from './generators'
import { isPlainColumn, planNode } from './nodes'
import { fieldOf, fieldOfExpression, newColumn } from './scopes'

/** Stars in an aggregation name columns, which then have to be keys. */
export function starColumns(item: Expression, scope: Scope): Expression[] {
  const columns = expandStar(item, scope)
  return columns === null
    ? [item]
    : columns.flatMap((column) => (column.inputIndex === undefined ? [] : [columnAt(scope, column.inputIndex)]))
}

/**
 * Keys and aggregate calls are bound over the input; each result is bound over `[keys..., aggregates...]`, where a part equal
 * to a key means the key and an aggregate call means its value.
 */
export function aggregateNode(
  input: PlanNode,
  groupings: readonly Expression[],
  items: readonly Expression[],
  context: BindContext,
): PlanNode {
  checkDataFrameColumns([...groupings, ...items], input.scope, 'Aggregate', context)
  const grouping = openGrouping(input, groupings, context)
  const { keys, keyColumns } = grouping
  const rewritten = items.map(grouping.rewrite)
  const scope = grouping.scope()
  const bound = rewritten.map((item) => bindExpression(fillPlaceholders(item, scope), scope, context))
  const results: BoundExpression[] = [
    ...keys.map((_, index) => bindExpression(columnAt(scope, index), scope, context)),
    ...bound,
  ]
  const columns = results.map((result, index): ScopeColumn => {
    if (index < keys.length) return keyColumns[index]
    const source = items[index - keys.length]
    const key = result.inputIndex
    if (isPlainColumn(source) && key !== undefined && key < keys.length) return keyColumns[key]
    return newColumn(fieldOfExpression(result))
  })
  const { aggregates } = grouping
  return planNode({ kind: 'aggregate', input, keys, aggregates, results }, { columns }, input.isStreaming)
}

/**
 * The groups of an aggregation, to which expressions add the aggregate calls they hold. `rewrite` turns an expression over the
 * input into one over `scope()`, to be finished by `fillPlaceholders` once all are rewritten.
 * `boundKeys` stand in for the keys' own values: grouping sets see NULL in place of a key.
 */
export function openGrouping(
  input: PlanNode,
  groupings: readonly Expression[],
  context: BindContext,
  boundKeys?: readonly BoundExpression[],
) {
  const keys = boundKeys ?? groupings.map((grouping) => bindKey(grouping, input, context))
  const aggregates: BoundAggregate[] = []
  const slots = new Map<string, number>()
  const keyByText = new Map(groupings.map((grouping, index) => [canonical(grouping, input.scope, context), index]))
  const keyColumns = keys.map((key, index) =>
    groupings[index] === undefined ? newColumn(fieldOfExpression(key)) : keyColumn(key, groupings[index], input.scope),
  )
  // Aggregates stand behind the keys; their positions are known only when all items are rewritten.
  const slotOf = (aggregate: Expression): number => {
    const text = canonical(aggregate, input.scope, context)
    const known = slots.get(text)
    if (known !== undefined) return known
    refuseNestedAggregate(aggregate)
    aggregates.push(bindAggregate(aggregate, input.scope, context))
    slots.set(text, aggregates.length - 1)
    return aggregates.length - 1
  }
  const keyIndexOf = (expression: Expression) => keyByText.get(canonical(expression, input.scope, context))
  const keyScope = addressable({ columns: keyColumns })
  const rewrite = (expression: Expression): Expression => {
    if (expression.exprType.case === 'window') return rewriteWindow(expression, rewrite)
    if (aggregateCallOf(expression) !== null) return placeholder(keys.length + slotOf(expression))
    const key = expression.exprType.case === 'alias' ? undefined : keyIndexOf(expression)
    if (key !== undefined) return columnAt(keyScope, key)
    if (expression.exprType.case === 'unresolvedAttribute')
      return groupedAttribute(expression, input.scope, keyScope, context)
    return mapChildren(expression, rewrite)
  }
  const scope = (): Scope =>
    addressable({
      columns: [
        ...keyColumns,
        ...aggregates.map(({ name, type, nullable }): ScopeColumn => newColumn(fieldOf(name, type, nullable))),
      ],
    })
  return { keys, keyColumns, aggregates, rewrite, scope, keyIndexOf }
}

/** The function of a window is no aggregate of the group: `sum(count(*)) OVER ()` sums the groups' counts. */
function rewriteWindow(expression: Expression, rewrite: (part: Expression) => Expression): Expression {
  if (expression.exprType.case !== 'window') return expression
  const { windowFunction } = expression.exprType.value
  let isFunction = true
  return mapChildren(expression, (child) => {
    if (!isFunction || child !== windowFunction) return rewrite(child)
    isFunction = false
    return rewriteCall(child, rewrite)
  })
}

/** Wrappers such as FILTER around the call belong to the window function too. */
function rewriteCall(call: Expression, rewrite: (part: Expression) => Expression): Expression {
  if (internalArguments(call, 'filter_where') === null && internalArguments(call, 'ignore_nulls') === null)
    return mapChildren(call, rewrite)
  let isFirst = true
  return mapChildren(call, (child) => {
    if (!isFirst) return rewrite(child)
    isFirst = false
    return rewriteCall(child, rewrite)
  })
}

function bindKey(grouping: Expression, input: PlanNode, context: BindContext): BoundExpression {
  if (containsAggregate(grouping)) {
    throw userError(
      'GROUP_BY_AGGREGATE',
      `Aggregate functions are not allowed in GROUP BY, but found ${functionName(grouping) ?? 'an aggregate'}.`,
      {
        sqlState: '42903',
        hint: 'Aggregate in agg(...); group by plain columns or expressions of one row.',
      },
    )
  }
  refuseOutsideSelect(grouping, 'Aggregate')
  const key = bindExpression(grouping, input.scope, context)
  return key
}

function keyColumn(key: BoundExpression, grouping: Expression, scope: Scope): ScopeColumn {
  const field = fieldOfExpression(key)
  if (!isPlainColumn(grouping) || key.inputIndex === undefined) return newColumn(field)
  const source = scope.columns[key.inputIndex]
  return { field, qualifier: source.qualifier, planIds: source.planIds }
}

/** A column outside every aggregate: it must come from a key. */
function groupedAttribute(expression: Expression, scope: Scope, keyScope: Scope, context: BindContext): Expression {
  const bound = bindExpression(expression, scope, context)
  try {
    bindExpression(expression, keyScope, context)
    return expression
  } catch {
    // Not a key: the error below names the column and the ways out.
    throw userError(
      'MISSING_AGGREGATION',
      `The non-aggregating expression "${bound.name}" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(${bound.name})" if you do not care which of the values within a group is returned.`,
      {
        sqlState: '42803',
        parameters: { expression: `"${bound.name}"`, expressionAnyValue: `"any_value(${bound.name})"` },
        hint: `Add "${bound.name}" to groupBy(...), or wrap it: first("${bound.name}").`,
      },
    )
  }
}

function refuseNestedAggregate(aggregate: Expression): void {
  if (!aggregateCallOf(aggregate)!.args.some(containsAggregate)) return
  throw userError(
    'NESTED_AGGREGATE_FUNCTION',
    'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
    {
      sqlState: '42607',
      hint: 'Aggregate twice: groupBy(...).agg(inner), then agg(outer) on the result.',
    },
  )
}

/** Text equal for expressions that mean the same columns: names become positions, function names lose their case, aliases fall away. */
export function canonical(expression: Expression, scope: Scope, context: BindContext): string {
  const normal = (part: Expression): Expression => {
    const kind = part.exprType
    if (kind.case === 'alias') return normal(kind.value.expr!)
    if (kind.case === 'unresolvedAttribute') {
      try {
        const index = bindExpression(part, scope, context).inputIndex
        if (index !== undefined)
          return columnAt(
            { columns: scope.columns.map((column) => ({ ...column, field: { ...column.field, name: '' } })) },
            index,
          )
      } catch {
        // Unresolvable here: it stays as written, and binding it for real raises Spark's error.
      }
      return part
    }
    const children = mapChildren(part, normal)
    if (children.exprType.case !== 'unresolvedFunction') return children
    return makeExpression({
      case: 'unresolvedFunction',
      value: { ...children.exprType.value, functionName: children.exprType.value.functionName.toLowerCase() },
    })
  }
  return toJsonString(ExpressionSchema, normal(expression))
}

const PLACEHOLDER = ' aggregate '

function placeholder(index: number): Expression {
  return makeExpression({
    case: 'unresolvedAttribute',
    value: { $typeName: 'spark.connect.Expression.UnresolvedAttribute', unparsedIdentifier: `${PLACEHOLDER}${index}` },
  })
}

export function fillPlaceholders(expression: Expression, scope: Scope): Expression {
  const kind = expression.exprType
  if (kind.case === 'unresolvedAttribute' && kind.value.unparsedIdentifier.startsWith(PLACEHOLDER)) {
    return columnAt(scope, Number(kind.value.unparsedIdentifier.slice(PLACEHOLDER.length)))
  }
  return mapChildren(expression, (child) => fillPlaceholders(child, scope))
}
