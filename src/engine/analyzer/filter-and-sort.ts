import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_SortOrder, Filter, Sort } from '../../protocol/spark-connect'
import { aggregateCallOf, bindAggregate, bindExpression, bindSortOrder, containsAggregate } from '../expressions/bind'
import type { BindContext, BoundExpression, Scope } from '../expressions/bound'
import { internalArguments } from '../expressions/internal-calls'
import { columnNode } from '../expressions/node'
import type { PlanNode } from '../plan/node'
import { sqlName } from '../types/type-names'
import { checkDataFrameColumns } from './data-frame-columns'
import { addressable, columnAt, functionName, makeExpression } from './expression-tree'
import { refuseOutsideSelect } from './generators'
import type { AnalysisContext } from './nodes'
import { planNode, projectNode, rescope } from './nodes'
import { integerOf, positionOutOfRange } from './positions'
import { columnReference } from './scopes'
import { isUnresolved } from './unresolved'
import { containsWindow, refuseWindows } from './window-functions'

export function filterRelation(relation: Filter, context: AnalysisContext): PlanNode {
  return filterNode(context.analyze(relation.input!), relation.condition!, context)
}

export function filterNode(input: PlanNode, expression: Expression, context: BindContext): PlanNode {
  refuseOutsideSelect(expression, 'Filter')
  if (containsWindow(expression)) {
    throw userError('_LEGACY_ERROR_TEMP_1034', 'It is not allowed to use window functions inside WHERE clause.', {
      parameters: { clauseName: 'WHERE' },
      hint: 'Compute the window function in a subquery, then filter on its column.',
    })
  }
  if (containsAggregate(expression)) throw aggregateInFilter(input, expression, context)
  const [condition] = bindWithMissing(input, 'Filter', context, [
    { expression, bind: (scope) => bindExpression(expression, scope, context) },
  ])
  const bound = condition.value
  if (bound.type.kind !== 'boolean' && bound.type.kind !== 'void') {
    throw userError(
      'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
      `Cannot resolve "${bound.name}" due to data type mismatch: Filter expression "${bound.name}" of type "${sqlName(bound.type)}" is not a boolean.`,
      { sqlState: '42K09', hint: 'Compare it with something: a filter keeps rows where its condition is true.' },
    )
  }
  const source = condition.node
  return narrowed(planNode({ kind: 'filter', input: source, condition: bound }, source.scope, input.isStreaming), input)
}

function aggregateInFilter(input: PlanNode, expression: Expression, context: BindContext): Error {
  const found: string[] = []
  const substitute = (part: Expression): BoundExpression | null => {
    if (aggregateCallOf(part) === null) return null
    const { name, type, nullable } = bindAggregate(part, input.scope, context)
    found.push(name)
    return columnNode({ name, type, nullable }, 0)
  }
  const { name } = bindExpression(expression, input.scope, context, { substitute })
  return userError(
    'INVALID_WHERE_CONDITION',
    `The WHERE condition "${name}" contains invalid expressions: ${found.join(', ')}.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.`,
    { sqlState: '42903', hint: 'Aggregate with groupBy(...).agg(...) first, then filter the result.' },
  )
}

export function sortRelation(relation: Sort, context: AnalysisContext): PlanNode {
  return sortNode(context.analyze(relation.input!), relation.order, relation.isGlobal !== false, context)
}

export function sortNode(
  given: PlanNode,
  orders: readonly Expression_SortOrder[],
  isGlobal: boolean,
  context: BindContext,
): PlanNode {
  const input = rescope(given, addressable(given.scope))
  const keys = sortKeys(input, orders)
  refuseWindows(
    input,
    keys.map((key) => key.child!),
    context,
  )
  const bound = bindWithMissing(
    input,
    'Sort',
    context,
    keys.map((order) => {
      const expression = makeExpression({ case: 'sortOrder', value: order })
      return { expression, bind: (scope: Scope) => bindSortOrder(expression, scope, context) }
    }),
  )
  const source = bound.find((key) => key.node !== input)?.node ?? input
  const order = bound.map((key) => key.value)
  for (const { expression, descending, nullsFirst } of order) {
    if (expression.type.kind !== 'map') continue
    throw userError(
      'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
      `Cannot resolve "${expression.name} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}" due to data type mismatch: The \`sortorder\` does not support ordering on type "${sqlName(expression.type)}".`,
      { sqlState: '42K09', hint: 'A map has no order: sort by one of its values, for example col("m")["key"].' },
    )
  }
  return narrowed(planNode({ kind: 'sort', input: source, order, isGlobal }, source.scope, input.isStreaming), given)
}

/** SQL's keys: ALL means every column, a number the column at this place. */
function sortKeys(input: PlanNode, orders: readonly Expression_SortOrder[]): readonly Expression_SortOrder[] {
  if (!orders.some((order) => functionName(order.child!)?.startsWith('order_'))) return orders
  const scope = addressable(input.scope)
  const width = scope.columns.length
  return orders.flatMap((order) => {
    if (internalArguments(order.child, 'order_by_all') !== null)
      return scope.columns.map((_, index) => ({ ...order, child: columnAt(scope, index) }))
    const child = internalArguments(order.child, 'order_key')?.[0]
    if (child === undefined) return [order]
    const position = integerOf(child)
    if (position === null) return [{ ...order, child }]
    if (position < 1 || position > width) throw positionOutOfRange('ORDER', position, width)
    return [{ ...order, child: columnAt(scope, position - 1) }]
  })
}

/**
 * Spark lets `select("a").orderBy("b")` and `select("a").filter(df.b > 1)` reach columns the projection dropped: they are
 * added below, used, and dropped again. Each binder is tried on the output first, then on the widened one.
 */
function bindWithMissing<T>(
  input: PlanNode,
  operator: string,
  context: BindContext,
  binders: readonly { readonly expression: Expression; readonly bind: (scope: Scope) => T }[],
): { node: PlanNode; value: T }[] {
  let wide: PlanNode | null | undefined
  const attempt = (node: PlanNode, { expression, bind }: (typeof binders)[number]) => {
    checkDataFrameColumns([expression], node.scope, operator, context)
    return { node, value: bind(node.scope) }
  }
  return binders.map((binder) => {
    try {
      return attempt(input, binder)
    } catch (error) {
      if (!isUnresolved(error)) throw error
      wide ??= widened(input)
      if (wide === null) throw error
      try {
        return attempt(wide, binder)
      } catch (second) {
        throw isUnresolved(second) ? error : second
      }
    }
  })
}

/** The node with the columns its projection dropped appended, or null when there is none below. */
function widened(node: PlanNode): PlanNode | null {
  switch (node.kind) {
    case 'project': {
      const input = widened(node.input) ?? node.input
      // A renamed column is still to be had under its own name.
      const passed = new Set(
        node.expressions.flatMap(({ inputIndex }, index) => {
          if (inputIndex === undefined) return []
          const [own, below] = [node.scope.columns[index], input.scope.columns[inputIndex]]
          return own.field.name === below.field.name ? [inputIndex] : []
        }),
      )
      const missing = input.scope.columns.map((_, index) => index).filter((index) => !passed.has(index))
      if (missing.length === 0) return null
      const extras = missing.map((index) => columnReference(input.scope, index))
      const scope = { columns: [...node.scope.columns, ...missing.map((index) => input.scope.columns[index])] }
      return planNode(
        { kind: 'project', input, expressions: [...node.expressions, ...extras] },
        scope,
        node.isStreaming,
      )
    }
    case 'filter':
    case 'sort':
    case 'limit':
    case 'watermark': {
      const input = widened(node.input)
      return input === null ? null : planNode({ ...node, input }, input.scope, node.isStreaming)
    }
    default:
      return null
  }
}

function narrowed(node: PlanNode, original: PlanNode): PlanNode {
  const width = original.scope.columns.length
  if (node.scope.columns.length === width) return node
  const items = Array.from({ length: width }, (_, index) => ({
    expression: columnReference(node.scope, index),
    keepsName: true,
  }))
  return projectNode(node, items)
}
