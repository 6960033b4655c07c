import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, Join } from '../../protocol/spark-connect'
import { Join_JoinType } from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { BoundExpression, Scope, ScopeColumn } from '../expressions/bound'
import type { JoinType, PlanNode } from '../plan/node'
import { findWiderType } from '../types/coercion'
import { typeToConnect } from '../types/connect-types'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { sqlName } from '../types/type-names'
import { internalArguments } from '../expressions/internal-calls'
import { columnsUsed } from '../expressions/node'
import { checkDataFrameColumns, dataFrameAttributes } from './data-frame-columns'
import {
  addressable,
  alias,
  call,
  castToType,
  columnAt,
  functionArguments,
  functionName,
  mapChildren,
} from './expression-tree'
import type { AnalysisContext, ProjectionItem } from './nodes'
import { planNode, projectNode } from './nodes'
import { columnReference, indexesOfName, isCaseSensitive, sameName } from './scopes'

/** Joins: equality conjuncts between the sides become hash keys, the rest stays a condition over left then right columns. */
export function joinRelation(relation: Join, context: AnalysisContext): PlanNode {
  const joinType = joinTypeOf(relation.joinType)
  const left = context.analyze(relation.left!)
  const right = context.analyze(relation.right!)
  if (internalArguments(relation.joinCondition, 'natural_join') !== null)
    return naturalJoin(left, right, joinType, context)
  if (relation.usingColumns.length > 0) return usingJoin(left, right, joinType, relation.usingColumns, context)
  return conditionJoin(left, right, joinType, relation.joinCondition ?? null, context)
}

/** NATURAL: equal in all columns whose names both sides have; without one, every row with every row. */
function naturalJoin(left: PlanNode, right: PlanNode, joinType: JoinType, context: AnalysisContext): PlanNode {
  const caseSensitive = isCaseSensitive(context.conf)
  const names = left.schema.fields
    .map((field) => field.name)
    .filter((name) => indexesOfName(right.scope, name, caseSensitive).length > 0)
  if (names.length === 0) return conditionJoin(left, right, joinType, null, context)
  return usingJoin(left, right, joinType, names, context)
}

function joinTypeOf(type: Join_JoinType): JoinType {
  switch (type) {
    case Join_JoinType.INNER:
    case Join_JoinType.UNSPECIFIED:
      return 'inner'
    case Join_JoinType.CROSS:
      return 'cross'
    case Join_JoinType.LEFT_OUTER:
      return 'leftOuter'
    case Join_JoinType.RIGHT_OUTER:
      return 'rightOuter'
    case Join_JoinType.FULL_OUTER:
      return 'fullOuter'
    case Join_JoinType.LEFT_SEMI:
      return 'leftSemi'
    case Join_JoinType.LEFT_ANTI:
      return 'leftAnti'
  }
}

function usingJoin(
  left: PlanNode,
  right: PlanNode,
  joinType: JoinType,
  names: readonly string[],
  context: AnalysisContext,
): PlanNode {
  const caseSensitive = isCaseSensitive(context.conf)
  const leftKeys = names.map((name) => usingColumn(left, name, 'left', caseSensitive))
  const rightKeys = names.map((name) => usingColumn(right, name, 'right', caseSensitive))
  const both = addressable({ columns: [...left.scope.columns, ...right.scope.columns] })
  const width = left.scope.columns.length
  const equalities = names.map((_, index) =>
    call('==', columnAt(both, leftKeys[index]), columnAt(both, width + rightKeys[index])),
  )
  const joined = joinNode(left, right, joinType, both, equalities, context)
  const isHalf = joinType === 'leftSemi' || joinType === 'leftAnti'
  const keyItems = names.map((_, index): ProjectionItem => {
    const leftIndex = leftKeys[index]
    const rightIndex = width + rightKeys[index]
    if (joinType === 'rightOuter') return { expression: columnReference(joined.scope, rightIndex), keepsName: true }
    if (joinType !== 'fullOuter') return { expression: columnReference(joined.scope, leftIndex), keepsName: true }
    const scope = addressable(joined.scope)
    const name = left.schema.fields[leftIndex].name
    return {
      expression: bindExpression(
        alias(call('coalesce', columnAt(scope, leftIndex), columnAt(scope, rightIndex)), name),
        scope,
        context,
      ),
      keepsName: false,
    }
  })
  const rest = joined.scope.columns
    .map((_, index) => index)
    .filter((index) => (index < width ? !leftKeys.includes(index) : !isHalf && !rightKeys.includes(index - width)))
  return projectNode(joined, [
    ...keyItems,
    ...rest.map((index) => ({ expression: columnReference(joined.scope, index), keepsName: true })),
  ])
}

function usingColumn(node: PlanNode, name: string, side: 'left' | 'right', caseSensitive: boolean): number {
  const index = indexesOfName(node.scope, name, caseSensitive)[0]
  if (index !== undefined) return index
  const columns = node.schema.fields.map((field) => `\`${field.name}\``).sort()
  throw userError(
    'UNRESOLVED_USING_COLUMN_FOR_JOIN',
    `USING column \`${name}\` cannot be resolved on the ${side} side of the join. The ${side}-side columns: [${columns.join(', ')}].`,
    {
      sqlState: '42703',
      parameters: { colName: `\`${name}\``, side, suggestion: columns.join(', ') },
      hint: `The ${side} side has: ${columns.join(', ')}.`,
    },
  )
}

function conditionJoin(
  left: PlanNode,
  right: PlanNode,
  joinType: JoinType,
  condition: Expression | null,
  context: AnalysisContext,
): PlanNode {
  const { columns, twins } = joinedColumns(left.scope, right.scope)
  const both = addressable({ columns })
  const resolved = condition === null ? [] : conjunctsOf(resolveSelfJoin(condition, both, twins, context))
  return joinNode(left, right, joinType, both, resolved, context)
}

/**
 * A self-join has one DataFrame on both sides: a column and its twin are then both reachable by every id of either, which makes
 * `df["x"]` ambiguous above the join, as in Spark.
 */
function joinedColumns(left: Scope, right: Scope): { columns: ScopeColumn[]; twins: ReadonlyMap<number, number> } {
  const columns = [...left.columns, ...right.columns]
  const twins = new Map<number, number>()
  right.columns.forEach((column, offset) => {
    const leftIndex = left.columns.findIndex(
      (other) =>
        other.field.name === column.field.name && other.planIds.some((id) => id >= 0n && column.planIds.includes(id)),
    )
    if (leftIndex < 0) return
    const rightIndex = left.columns.length + offset
    const planIds = [...new Set([...columns[leftIndex].planIds, ...column.planIds])]
    columns[leftIndex] = { ...columns[leftIndex], planIds }
    columns[rightIndex] = { ...columns[rightIndex], planIds }
    twins.set(leftIndex, rightIndex)
  })
  return { columns, twins }
}

/** `df["id"] == df["id"]` in a self-join means the left one equals the right one; any other use of a twin is ambiguous. */
function resolveSelfJoin(
  condition: Expression,
  scope: Scope,
  twins: ReadonlyMap<number, number>,
  context: AnalysisContext,
): Expression {
  const twinOf = (expression: Expression): number | null => {
    const [attribute] = expression.exprType.case === 'unresolvedAttribute' ? dataFrameAttributes(expression) : []
    if (attribute === undefined) return null
    for (const leftIndex of twins.keys()) {
      const column = scope.columns[leftIndex]
      if (sameName(attribute.name, column.field.name) && column.planIds.includes(attribute.planId)) return leftIndex
    }
    return null
  }
  const resolve = (expression: Expression): Expression => {
    const name = functionName(expression)
    const [a, b] = functionArguments(expression)
    if ((name === '==' || name === '=' || name === '<=>') && a !== undefined && b !== undefined) {
      const leftIndex = twinOf(a)
      if (leftIndex !== null && leftIndex === twinOf(b)) {
        return call(name, columnAt(scope, leftIndex), columnAt(scope, twins.get(leftIndex)!))
      }
    }
    return mapChildren(expression, resolve)
  }
  const resolved = resolve(condition)
  checkDataFrameColumns([resolved], scope, 'Join', context)
  return resolved
}

function conjunctsOf(expression: Expression): Expression[] {
  return functionName(expression) === 'and' ? functionArguments(expression).flatMap(conjunctsOf) : [expression]
}

function joinNode(
  left: PlanNode,
  right: PlanNode,
  joinType: JoinType,
  both: Scope,
  conjuncts: readonly Expression[],
  context: AnalysisContext,
): PlanNode {
  const width = left.scope.columns.length
  const leftKeys: BoundExpression[] = []
  const rightKeys: BoundExpression[] = []
  const rest: Expression[] = []
  for (const conjunct of conjuncts) {
    const pair = equalityKeys(conjunct, both, width, context)
    if (pair === null) rest.push(conjunct)
    else {
      leftKeys.push(pair[0])
      rightKeys.push(pair[1])
    }
  }
  const condition =
    rest.length === 0
      ? null
      : bindExpression(
          rest.reduce((a, b) => call('and', a, b)),
          both,
          context,
        )
  if (condition !== null && condition.type.kind !== 'boolean') {
    throw userError(
      'JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE',
      `The join condition "${condition.name}" has the invalid type "${sqlName(condition.type)}", expected "BOOLEAN".`,
      {
        sqlState: '42K0E',
        hint: 'Compare two columns, for example left["id"] == right["id"], or name the common column: join(other, "id").',
      },
    )
  }
  return planNode(
    { kind: 'join', left, right, joinType, leftKeys, rightKeys, condition },
    { columns: outputColumns(both, width, joinType) },
    left.isStreaming || right.isStreaming,
  )
}

/** Both sides of `left expression = right expression`, cast to one type; null when the conjunct is something else. */
function equalityKeys(
  conjunct: Expression,
  both: Scope,
  width: number,
  context: AnalysisContext,
): [BoundExpression, BoundExpression] | null {
  const name = functionName(conjunct)
  if (name !== '==' && name !== '=') return null
  const [a, b] = functionArguments(conjunct)
  if (a === undefined || b === undefined) return null
  const [boundA, boundB] = [bindExpression(a, both, context), bindExpression(b, both, context)]
  const [sideA, sideB] = [sideOf(boundA, width), sideOf(boundB, width)]
  if (sideA === null || sideB === null || sideA === sideB) return null
  if (boundA.type.kind === 'map' || boundB.type.kind === 'map') return null
  if (!typesEqualIgnoringNullability(boundA.type, boundB.type)) {
    const common = findWiderType(boundA.type, boundB.type)
    // Binding the whole comparison raises Spark's error for types that do not meet.
    if (common === null) return null
    const castA = bindExpression(castToType(a, typeToConnect(common)), both, context)
    const castB = bindExpression(castToType(b, typeToConnect(common)), both, context)
    return sideA === 'left' ? [castA, castB] : [castB, castA]
  }
  return sideA === 'left' ? [boundA, boundB] : [boundB, boundA]
}

function sideOf(expression: BoundExpression, width: number): 'left' | 'right' | null {
  const inputs = [...columnsUsed(expression)]
  if (inputs.length === 0) return null
  if (inputs.every((index) => index < width)) return 'left'
  return inputs.every((index) => index >= width) ? 'right' : null
}

function outputColumns(both: Scope, width: number, joinType: JoinType): ScopeColumn[] {
  const nullable = (column: ScopeColumn): ScopeColumn => ({ ...column, field: { ...column.field, nullable: true } })
  const [left, right] = [both.columns.slice(0, width), both.columns.slice(width)]
  switch (joinType) {
    case 'leftSemi':
    case 'leftAnti':
      return left
    case 'leftOuter':
      return [...left, ...right.map(nullable)]
    case 'rightOuter':
      return [...left.map(nullable), ...right]
    case 'fullOuter':
      return [...left, ...right].map(nullable)
    default:
      return [...left, ...right]
  }
}
