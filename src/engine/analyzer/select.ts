import { userError } from '../../protocol/errors/runnel-error'
import type { Aggregate, Expression, Expression_SortOrder, Relation } from '../../protocol/spark-connect'
import { containsAggregate } from '../expressions/bind'
import type { Scope } from '../expressions/bound'
import { findColumn } from '../expressions/resolve-attribute'
import { internalArguments } from '../expressions/internal-calls'
import { aggregateCallOf } from '../expressions/is-aggregate'
import type { PlanNode } from '../plan/node'
import { starColumns } from './aggregate'
import { addressable, alias, columnAt, mapChildren } from './expression-tree'
import { filterNode, sortNode } from './filter-and-sort'
import { grouped } from './grouped'
import { groupingSetsOf } from './grouping-sets'
import { bareName } from './identifiers'
import type { AnalysisContext } from './nodes'
import { projectNode, rescope } from './nodes'
import { projectRelation } from './project'
import { integerOf, positionOutOfRange } from './positions'
import { columnReference, sameName } from './scopes'
import { withTimeWindow } from './time-window'
import { containsWindow } from './window-functions'

/**
 * SELECT with GROUP BY or HAVING, and the ORDER BY above it: one unit, since HAVING and ORDER BY may aggregate what the select
 * list does not hold, and GROUP BY may name the list's aliases and positions.
 */
export type Select = {
  readonly aggregate: Aggregate
  readonly items: readonly Expression[]
  readonly having: Expression | null
  readonly orders: readonly Expression_SortOrder[]
  readonly isGlobal: boolean
}

/** The select a relation is the top of; null when it is none. */
export function selectOf(relation: Relation): Select | null {
  const kind = relation.relType
  if (kind.case === 'sort') {
    const below = kind.value.input === undefined ? null : selectOf(kind.value.input)
    if (below === null || below.orders.length > 0) return null
    return { ...below, orders: kind.value.order, isGlobal: kind.value.isGlobal !== false }
  }
  if (kind.case === 'filter') {
    const having = internalArguments(kind.value.condition, 'having')
    const below = having === null || kind.value.input === undefined ? null : selectOf(kind.value.input)
    return below === null || having === null ? null : { ...below, having: having[0] }
  }
  if (kind.case !== 'aggregate') return null
  const items = internalArguments(kind.value.aggregateExpressions[0], 'select_list')
  return items === null ? null : { aggregate: kind.value, items, having: null, orders: [], isGlobal: true }
}

export function selectRelation(select: Select, context: AnalysisContext): PlanNode {
  const given = context.analyze(select.aggregate.input!)
  const stars = select.items.flatMap((item) => starColumns(item, addressable(given.scope)))
  const sets = groupingSetsOf(select.aggregate)
  const keys = groupingKeys(sets?.keys ?? select.aggregate.groupingExpressions, stars, given.scope)
  const windowed = withTimeWindow(rescope(given, addressable(given.scope)), [...keys, ...stars], context)
  const groupings = windowed.items.slice(0, keys.length)
  const items = windowed.items.slice(keys.length)
  const source = rescope(windowed.input, addressable(windowed.input.scope))
  const aliases = aliasesOf(items)
  const orders = select.orders.flatMap((order) =>
    internalArguments(order.child, 'order_by_all') === null
      ? [order]
      : items.map((item) => ({ ...order, child: withoutAlias(item) })),
  )
  const extras = [
    ...(select.having === null ? [] : [withAliases(select.having, aliases, source.scope)]),
    ...orders.map((order) => orderKey(order.child!, items, aliases, source.scope)),
  ]
  const { input, rewritten } = grouped(source, groupings, [...items, ...extras], sets?.masks ?? null, context)
  const outputs = rewritten.slice(0, items.length)
  const hidden = rewritten.slice(items.length).map((extra, index) => alias(extra, `${HIDDEN}${index}`))
  const all = projectRelation(input, [...outputs, ...hidden], context)
  return finished(all, items.length, { ...select, orders }, context)
}

const HIDDEN = ' hidden '

/** HAVING and ORDER BY over the columns behind the output, which then go. */
function finished(all: PlanNode, width: number, select: Select, context: AnalysisContext): PlanNode {
  if (all.scope.columns.length === width) return all
  const scope = addressable(all.scope)
  let node = rescope(all, scope)
  let at = width
  if (select.having !== null) node = filterNode(node, columnAt(scope, at++), context)
  if (select.orders.length > 0) {
    const orders = select.orders.map((order) => ({ ...order, child: columnAt(scope, at++) }))
    node = sortNode(node, orders, select.isGlobal, context)
  }
  const outputs = Array.from({ length: width }, (_, index) => ({
    expression: columnReference(node.scope, index),
    keepsName: true,
  }))
  return projectNode(node, outputs)
}

/** Keys of GROUP BY: positions and aliases become what they stand for; ALL means the items without aggregates. */
function groupingKeys(keys: readonly Expression[], items: readonly Expression[], scope: Scope): Expression[] {
  if (internalArguments(keys[0], 'group_by_all') !== null)
    return items.filter((item) => !containsAggregate(item) && !containsWindow(item)).map(withoutAlias)
  return keys.map((key) => {
    const expression = internalArguments(key, 'group_key')?.[0] ?? key
    const position = integerOf(expression)
    if (position !== null) return itemAt(position, items)
    const name = bareName(expression)
    if (name === null || findColumn([name], scope) !== null) return expression
    return aliasesOf(items).get(name.toLowerCase()) ?? expression
  })
}

function itemAt(position: number, items: readonly Expression[]): Expression {
  const item = position >= 1 && position <= items.length ? items[position - 1] : undefined
  if (item === undefined) throw positionOutOfRange('GROUP', position, items.length)
  if (containsAggregate(item)) {
    const named = item.exprType.case === 'alias' ? item.exprType.value.name[0] : null
    const aggExpr = named === null ? String(position) : named
    throw userError(
      'GROUP_BY_POS_AGGREGATE',
      `GROUP BY ${position} refers to an expression ${aggExpr} that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.`,
      {
        sqlState: '42903',
        parameters: { index: String(position), aggExpr },
        hint: 'Group by the plain columns of the select list.',
      },
    )
  }
  return withoutAlias(item)
}

/** A key of ORDER BY above a grouped select: a position or an alias of the list, or an expression over the groups. */
function orderKey(
  child: Expression,
  items: readonly Expression[],
  aliases: ReadonlyMap<string, Expression>,
  scope: Scope,
): Expression {
  const expression = internalArguments(child, 'order_key')?.[0] ?? child
  const position = integerOf(expression)
  if (position === null) return withAliases(expression, aliases, scope)
  const item = position >= 1 && position <= items.length ? items[position - 1] : undefined
  if (item === undefined) throw positionOutOfRange('ORDER', position, items.length)
  return withoutAlias(item)
}

/** Names of the select list's aliases become their expressions; inside an aggregate the input's own columns come first. */
function withAliases(expression: Expression, aliases: ReadonlyMap<string, Expression>, scope: Scope): Expression {
  const replace = (part: Expression, isInAggregate: boolean): Expression => {
    const name = bareName(part)
    if (name !== null) {
      const aliased = aliases.get(name.toLowerCase())
      if (aliased === undefined) return part
      const isOwn = scope.columns.some((column) => sameName(column.field.name, name))
      return isInAggregate && (isOwn || containsAggregate(aliased)) ? part : aliased
    }
    const isAggregate = isInAggregate || aggregateCallOf(part) !== null
    return mapChildren(part, (child) => replace(child, isAggregate))
  }
  return replace(expression, false)
}

function aliasesOf(items: readonly Expression[]): ReadonlyMap<string, Expression> {
  const aliases = new Map<string, Expression>()
  for (const item of items)
    if (item.exprType.case === 'alias' && item.exprType.value.name.length === 1)
      aliases.set(item.exprType.value.name[0].toLowerCase(), item.exprType.value.expr!)
  return aliases
}

function withoutAlias(item: Expression): Expression {
  return item.exprType.case === 'alias' ? item.exprType.value.expr! : item
}
