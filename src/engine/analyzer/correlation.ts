import { create } from '@bufbuild/protobuf'
import type { Expression, Relation } from '../../protocol/spark-connect'
import {
  AggregateSchema,
  Aggregate_GroupType,
  FilterSchema,
  ProjectSchema,
  RelationSchema,
  SubqueryExpression_SubqueryType,
} from '../../protocol/spark-connect'
import { bindExpression, containsAggregate } from '../expressions/bind'
import type { Scope, SubqueryBinding } from '../expressions/bound'
import { internalArguments, internalCall } from '../expressions/internal-calls'
import type { Node } from '../expressions/node'
import type { PlanNode } from '../plan/node'
import { findWiderType } from '../types/coercion'
import { typeToConnect } from '../types/connect-types'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { unsupportedFeature } from './analysis-errors'
import { alias, castToType, functionArguments, functionName, literal } from './expression-tree'
import type { AnalysisContext } from './nodes'
import { isUnresolved } from './unresolved'

/** A subquery that names columns of the query around it, turned into rows to be looked up by key. */
export type Correlation = {
  /** Values of the outer row; equal in number and order to the plan's key columns. */
  readonly outerKeys: readonly Node[]
  /** The subquery's columns, then its keys. */
  readonly plan: PlanNode
  readonly numValues: number
  /** An aggregate has a value for no rows too: the count is 0. One row. */
  readonly whenEmpty: PlanNode | null
}

type Shape = {
  readonly items: readonly Expression[]
  readonly isAggregate: boolean
  readonly conditions: readonly Expression[]
  readonly source: Relation
}

/**
 * Outer columns may stand in the subquery's own WHERE, compared by `=` (or `<=>`-free equality) with something of its own.
 * `missing` is the error to throw when the name is simply nowhere.
 */
export function correlationOf(
  relation: Relation,
  kind: SubqueryExpression_SubqueryType,
  binding: SubqueryBinding,
  context: AnalysisContext,
  missing: Error,
): Correlation {
  const shape = shapeOf(relation)
  if (shape === null) throw refusedOr(missing)
  const inner = context.analyze(shape.source)
  const local: Expression[] = []
  const innerKeys: Expression[] = []
  const outerKeys: Node[] = []
  for (const conjunct of shape.conditions.flatMap(conjunctsOf)) {
    if (binds(conjunct, inner.scope, context)) {
      local.push(conjunct)
      continue
    }
    const [own, other] = sides(conjunct, inner.scope, context) ?? []
    if (own === undefined || other === undefined) throw refusedOr(missing)
    const outer = outerValue(other, binding, missing)
    innerKeys.push(asType(own, outer, inner.scope, context))
    outerKeys.push(outer)
  }
  if (innerKeys.length === 0) throw missing
  const filtered = (condition: readonly Expression[]) =>
    condition.reduce(
      (input, one) => relationOf({ case: 'filter', value: create(FilterSchema, { input, condition: one }) }),
      shape.source,
    )
  const isExists = kind === SubqueryExpression_SubqueryType.EXISTS
  const items = isExists ? [] : shape.items
  const keyItems = innerKeys.map((key, index) => alias(key, ` key ${index}`))
  const input = filtered(local)
  const never = filtered([literal({ case: 'boolean', value: false })])
  const rows =
    shape.isAggregate && !isExists
      ? grouped(input, innerKeys, [...items, ...keyItems])
      : project(input, [...items, ...keyItems])
  const isScalar = kind === SubqueryExpression_SubqueryType.SCALAR
  return {
    outerKeys,
    plan: context.analyze(rows),
    numValues: items.length,
    whenEmpty: shape.isAggregate && isScalar ? context.analyze(project(never, [...items])) : null,
  }
}

/** SELECT items FROM source WHERE conditions, with or without aggregates but without GROUP BY; null for another shape. */
function shapeOf(relation: Relation): Shape | null {
  const kind = relation.relType
  switch (kind.case) {
    case 'subqueryAlias':
    case 'deduplicate':
    case 'sort':
      return kind.value.input === undefined ? null : shapeOf(kind.value.input)
    case 'project': {
      const conditions: Expression[] = []
      let source = kind.value.input
      while (
        source?.relType.case === 'filter' &&
        internalArguments(source.relType.value.condition, 'having') === null
      ) {
        conditions.push(source.relType.value.condition!)
        source = source.relType.value.input
      }
      if (source === undefined || conditions.length === 0) return null
      const items = kind.value.expressions
      return { items, isAggregate: items.some(containsAggregate), conditions, source }
    }
    default:
      return null
  }
}

function conjunctsOf(expression: Expression): Expression[] {
  return functionName(expression) === 'and' ? functionArguments(expression).flatMap(conjunctsOf) : [expression]
}

function binds(expression: Expression, scope: Scope, context: AnalysisContext): boolean {
  try {
    bindExpression(expression, scope, context)
    return true
  } catch (error) {
    if (isUnresolved(error)) return false
    throw error
  }
}

/** The subquery's side of an equality, then the outer one. */
function sides(
  conjunct: Expression,
  scope: Scope,
  context: AnalysisContext,
): [Expression | undefined, Expression | undefined] | null {
  const name = functionName(conjunct)
  if (name !== '=' && name !== '==') return null
  const [left, right] = functionArguments(conjunct)
  if (binds(left, scope, context)) return [left, right]
  return binds(right, scope, context) ? [right, left] : null
}

function outerValue(expression: Expression, binding: SubqueryBinding, missing: Error): Node {
  try {
    return binding.bind(expression) as Node
  } catch (error) {
    throw isUnresolved(error) ? missing : error
  }
}

/** The key cast to the type in which both sides compare. */
function asType(own: Expression, outer: Node, scope: Scope, context: AnalysisContext): Expression {
  const { type } = bindExpression(own, scope, context)
  if (typesEqualIgnoringNullability(type, outer.type)) return own
  const wider = findWiderType(type, outer.type)
  return wider === null ? own : castToType(own, typeToConnect(wider))
}

function relationOf(relType: Relation['relType']): Relation {
  return create(RelationSchema, { relType })
}

function project(input: Relation, expressions: Expression[]): Relation {
  return relationOf({ case: 'project', value: create(ProjectSchema, { input, expressions }) })
}

function grouped(input: Relation, groupingExpressions: Expression[], items: Expression[]): Relation {
  return relationOf({
    case: 'aggregate',
    value: create(AggregateSchema, {
      input,
      groupType: Aggregate_GroupType.GROUPBY,
      groupingExpressions,
      aggregateExpressions: [internalCall('select_list', ...items)],
    }),
  })
}

function refusedOr(missing: Error): Error {
  const name = /`[^`]+`(?:\.`[^`]+`)*/.exec(missing.message)?.[0]
  return unsupportedFeature(
    `a correlated subquery of this shape${name === undefined ? '' : ` (outer or unknown column ${name})`}`,
    'Compare outer columns with = in the WHERE of a plain SELECT; for anything else join the tables.',
  )
}
