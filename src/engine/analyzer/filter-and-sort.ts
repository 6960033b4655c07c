import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, Filter, Sort } from '../../protocol/spark-connect'
import { bindExpression, bindSortOrder, containsAggregate } from '../expressions/bind'
import type { BindContext, Scope } from '../expressions/bound'
import type { PlanNode } from '../plan/node'
import { sqlName } from '../types/type-names'
import { isUnresolved } from './columns-by-name'
import { makeExpression } from './expression-tree'
import { refuseOutsideSelect } from './generators'
import type { AnalysisContext } from './nodes'
import { planNode, projectNode } from './nodes'
import { columnReference } from './scopes'

export function filterRelation(relation: Filter, context: AnalysisContext): PlanNode {
  return filterNode(context.analyze(relation.input!), relation.condition!, context)
}

export function filterNode(input: PlanNode, expression: Expression, context: BindContext): PlanNode {
  refuseOutsideSelect(expression, 'Filter')
  if (containsAggregate(expression)) {
    throw userError(
      'INVALID_WHERE_CONDITION',
      'The WHERE condition contains invalid expressions: an aggregate function.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.',
      { sqlState: '42903', hint: 'Aggregate with groupBy(...).agg(...) first, then filter the result.' },
    )
  }
  const [condition] = bindWithMissing(input, [(scope) => bindExpression(expression, scope, context)])
  const bound = condition!.value
  if (bound.type.kind !== 'boolean' && bound.type.kind !== 'void') {
    throw userError(
      'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
      `Cannot resolve "${bound.name}" due to data type mismatch: Filter expression "${bound.name}" of type "${sqlName(bound.type)}" is not a boolean.`,
      { sqlState: '42K09', hint: 'Compare it with something: a filter keeps rows where its condition is true.' },
    )
  }
  const source = condition!.node
  return narrowed(planNode({ kind: 'filter', input: source, condition: bound }, source.scope, input.isStreaming), input)
}

export function sortRelation(relation: Sort, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const bound = bindWithMissing(
    input,
    relation.order.map((order) => (scope: Scope) => bindSortOrder(makeExpression({ case: 'sortOrder', value: order }), scope, context)),
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
  return narrowed(
    planNode({ kind: 'sort', input: source, order, isGlobal: relation.isGlobal !== false }, source.scope, input.isStreaming),
    input,
  )
}

/**
 * Spark lets `select("a").orderBy("b")` and `select("a").filter(df.b > 1)` reach columns the projection dropped: they are
 * added below, used, and dropped again. Each binder is tried on the output first, then on the widened one.
 */
function bindWithMissing<T>(input: PlanNode, binders: readonly ((scope: Scope) => T)[]): { node: PlanNode; value: T }[] {
  let wide: PlanNode | null | undefined
  return binders.map((bind) => {
    try {
      return { node: input, value: bind(input.scope) }
    } catch (error) {
      if (!isUnresolved(error)) throw error
      wide ??= widened(input)
      if (wide === null) throw error
      try {
        return { node: wide, value: bind(wide.scope) }
      } catch (second) {
        if (isUnresolved(second)) throw error
        throw second
      }
    }
  })
}

/** The node with the columns its projection dropped appended, or null when there is none below. */
function widened(node: PlanNode): PlanNode | null {
  switch (node.kind) {
    case 'project': {
      const input = widened(node.input) ?? node.input
      const passed = new Set(node.expressions.map((expression) => expression.inputIndex))
      const missing = input.scope.columns.map((_, index) => index).filter((index) => !passed.has(index))
      if (missing.length === 0) return null
      const extras = missing.map((index) => columnReference(input.scope, index))
      const scope = { columns: [...node.scope.columns, ...missing.map((index) => input.scope.columns[index]!)] }
      return planNode({ kind: 'project', input, expressions: [...node.expressions, ...extras] }, scope, node.isStreaming)
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
  const items = Array.from({ length: width }, (_, index) => ({ expression: columnReference(node.scope, index), keepsName: true }))
  return projectNode(node, items)
}
