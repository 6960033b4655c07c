import type { Expression, Relation } from '../../protocol/spark-connect'
import type { BindContext, BoundExpression, Scope, ScopeColumn } from '../expressions/bound'
import type { PlanKind, PlanNode } from '../plan/node'
import { fieldOfExpression, newColumn, schemaOf } from './scopes'

/** What every relation's analysis needs. */
export type AnalysisContext = BindContext & {
  /** Analyses an input relation. */
  readonly analyze: (relation: Relation) => PlanNode
}

export function planNode(kind: PlanKind, scope: Scope, isStreaming: boolean): PlanNode {
  return { ...kind, schema: schemaOf(scope), scope, isStreaming }
}

/** The same rows under another scope: aliases and plan ids change names, not data. */
export function rescope(node: PlanNode, scope: Scope): PlanNode {
  return { ...node, scope, schema: schemaOf(scope) }
}

/** One output column of a projection. `keepsName` is set for a plain column: it stays reachable by alias and DataFrame. */
export type ProjectionItem = { readonly expression: BoundExpression; readonly keepsName: boolean }

export function projectNode(input: PlanNode, items: readonly ProjectionItem[]): PlanNode {
  const columns = items.map(({ expression, keepsName }): ScopeColumn => {
    const field = fieldOfExpression(expression)
    if (!keepsName || expression.inputIndex === undefined) return newColumn(field)
    const source = input.scope.columns[expression.inputIndex]
    return { field, qualifier: source.qualifier, planIds: source.planIds }
  })
  return planNode(
    { kind: 'project', input, expressions: items.map((item) => item.expression) },
    { columns },
    input.isStreaming,
  )
}

export function isPlainColumn(expression: Expression): boolean {
  return expression.exprType.case === 'unresolvedAttribute'
}
