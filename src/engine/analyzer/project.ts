import { RunnelError, userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'
import { bindExpression, containsAggregate, expandStar } from '../expressions/bind'
import type { BindContext, BoundExpression, Scope, ScopeColumn } from '../expressions/bound'
import { internalArguments } from '../expressions/internal-calls'
import type { PlanNode } from '../plan/node'
import { aggregateNode, fillPlaceholders, openGrouping } from './aggregate'
import { parseIdentifier } from './identifiers'
import { isUnresolved } from './unresolved'
import { checkDataFrameColumns } from './data-frame-columns'
import { addressable, columnAt, functionArguments, functionName, mapChildren } from './expression-tree'
import { generateNode, generatorOf, isGenerator } from './generators'
import type { ProjectionItem } from './nodes'
import { isPlainColumn, planNode, projectNode, rescope } from './nodes'
import { columnReference, fieldOf, indexesOfName, newColumn, sameName } from './scopes'
import { withTimeWindow } from './time-window'
import { containsWindow, pullOutWindows } from './window-functions'

/**
 * `select`: stars widen to columns, a time window becomes a column of its own below, one generator becomes a `generate` node
 * below, aggregates without groupBy make one group of everything.
 */
export function projectRelation(input: PlanNode, items: readonly Expression[], context: BindContext): PlanNode {
  const view = lateralView(items)
  if (view !== null) return lateralViewNode(input, view, context)
  const timed = withTimeWindow(input, items, context)
  if (timed.items.some(containsAggregate)) return globalAggregate(timed.input, timed.items, context)
  const windowed = pullOutWindows(timed.input, timed.items, context)
  checkDataFrameColumns(windowed.items, windowed.input.scope, 'Project', context)
  const generated = pullOutGenerators(windowed.input, windowed.items, context)
  return projectNode(generated.input, bindItems(generated.items, timed.input.scope, generated.input, context))
}

/** `LATERAL VIEW explode(x) t AS a`: all columns, then the generator's, reached through `t`. */
function lateralView(items: readonly Expression[]) {
  if (items.length !== 2) return null
  const { exprType } = items[1]
  const names = exprType.case === 'alias' ? exprType.value.name : []
  const view = internalArguments(exprType.case === 'alias' ? exprType.value.expr : items[1], 'lateral_view')
  return view === null ? null : { generator: view[0], alias: functionText(view[1]), names }
}

function functionText({ exprType }: Expression): string {
  return exprType.case === 'unresolvedFunction' ? exprType.value.functionName : ''
}

function lateralViewNode(
  input: PlanNode,
  { generator, alias, names }: NonNullable<ReturnType<typeof lateralView>>,
  context: BindContext,
): PlanNode {
  const { node, first } = generateNode(input, { call: generator, aliases: names }, context)
  const qualifier = alias === '' ? [] : [alias]
  const columns = node.scope.columns.map((column, index) => (index < first ? column : { ...column, qualifier }))
  return rescope(node, { columns })
}

/** A star means the columns from before a generator beside it; an item may use the aliases of items before it. */
function bindItems(
  items: readonly Expression[],
  starScope: Scope,
  input: PlanNode,
  context: BindContext,
): ProjectionItem[] {
  const bound: ProjectionItem[] = []
  for (const item of items) {
    const columns = expandStar(item, starScope)
    if (columns !== null) bound.push(...columns.map((expression) => ({ expression, keepsName: true })))
    else bound.push({ expression: bindItem(item, bound, input, context), keepsName: isPlainColumn(item) })
  }
  return bound
}

/** A name the input does not have may be an alias given earlier in the same projection (a lateral column alias). */
function bindItem(
  item: Expression,
  earlier: readonly ProjectionItem[],
  input: PlanNode,
  context: BindContext,
): BoundExpression {
  try {
    return bindExpression(item, input.scope, context)
  } catch (error) {
    if (!isUnresolved(error)) throw error
    let isUsed = false
    const substitute = (part: Expression): BoundExpression | null => {
      if (part.exprType.case !== 'unresolvedAttribute' || part.exprType.value.planId !== undefined) return null
      const parts = parseIdentifier(part.exprType.value.unparsedIdentifier)
      if (parts.length !== 1 || indexesOfName(input.scope, parts[0], false).length > 0) return null
      const aliased = earlier.filter((other) => !other.keepsName && sameName(other.expression.name, parts[0]))
      if (aliased.length !== 1) return null
      isUsed = true
      const { expression } = aliased[0]
      return { ...expression, sql: expression.name } as BoundExpression
    }
    const bound = bindExpression(item, input.scope, context, { substitute })
    if (!isUsed) throw error
    return bound
  }
}

/** `select(count("*"))` is one group of everything; a plain column beside it needs a groupBy. */
function globalAggregate(input: PlanNode, items: readonly Expression[], context: BindContext): PlanNode {
  try {
    if (!items.some(containsWindow)) return aggregateNode(input, [], items, context)
    const grouping = openGrouping(input, [], context)
    const rewritten = items.map(grouping.rewrite)
    const scope = grouping.scope()
    const results = scope.columns.map((_, index) => columnReference(scope, index))
    const { aggregates } = grouping
    const groups = planNode({ kind: 'aggregate', input, keys: [], aggregates, results }, scope, input.isStreaming)
    const over = rewritten.map((item) => fillPlaceholders(item, scope))
    return projectRelation(groups, over, context)
  } catch (error) {
    if (!(error instanceof RunnelError) || error.condition !== 'MISSING_AGGREGATION') throw error
    throw userError(
      'MISSING_GROUP_BY',
      'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.',
      { sqlState: '42803', hint: 'A plain column beside an aggregate needs groupBy("column").agg(...).' },
    )
  }
}

/** Moves the projection's generators below it, the first lowest; their items become references to the generated columns. */
export function pullOutGenerators(
  input: PlanNode,
  items: readonly Expression[],
  context: BindContext,
): { input: PlanNode; items: Expression[] } {
  const generators = items.map((item) => generatorOf(item, (expression) => generatorText(expression, input, context)))
  if (generators.every((generator) => generator === null)) return { input, items: [...items] }
  let node = input
  const ranges = generators.map((generator) => {
    if (generator === null) return null
    const generated = generateNode(node, generator, context)
    node = generated.node
    return generated
  })
  const scope = addressable(node.scope)
  const expanded = items.flatMap((item, index) => {
    const range = ranges[index]
    return range == null
      ? [item]
      : Array.from({ length: range.count }, (_, offset) => columnAt(scope, range.first + offset))
  })
  return { input: rescope(node, scope), items: expanded }
}

/** `(explode(a) + 1)`: the generator reads as its argument would with the generator's name around. */
function generatorText(expression: Expression, input: PlanNode, context: BindContext): string {
  if (isGenerator(expression)) {
    const args = functionArguments(expression).map((argument) => bindExpression(argument, input.scope, context).name)
    return `${functionName(expression)}(${args.join(', ')})`
  }
  const columns: ScopeColumn[] = [...input.scope.columns]
  const withoutGenerators = mapChildren(expression, (child) => {
    if (!isGenerator(child)) return child
    columns.push(newColumn(fieldOf(generatorText(child, input, context), { kind: 'void' }, true)))
    return columnAt(addressable({ columns }), columns.length - 1)
  })
  return bindExpression(withoutGenerators, addressable({ columns }), context).name
}

/** Columns of the input as projection items, unchanged. */
export function allColumns(input: PlanNode): ProjectionItem[] {
  return input.scope.columns.map((_, index) => ({ expression: columnReference(input.scope, index), keepsName: true }))
}
