import type { DataType, StructField, StructType } from '../../protocol/columns'
import type { BoundExpression, Scope, ScopeColumn } from '../expressions/bound'
import { columnNode } from '../expressions/node'

/** Scopes: the output columns of a relation with the names and plan ids that reach them. */

export function scopeOf(schema: StructType, qualifier: readonly string[] = []): Scope {
  return { columns: schema.fields.map((field) => ({ field, qualifier, planIds: [] })) }
}

export function schemaOf(scope: Scope): StructType {
  return { kind: 'struct', fields: scope.columns.map((column) => column.field) }
}

export function withQualifier(scope: Scope, qualifier: readonly string[]): Scope {
  return { columns: scope.columns.map((column) => ({ ...column, qualifier })) }
}

/** Marks every column as reachable through `df["x"]` of the DataFrame with this plan id. */
export function withPlanId(scope: Scope, planId: bigint): Scope {
  return {
    columns: scope.columns.map((column) =>
      column.planIds.includes(planId) ? column : { ...column, planIds: [...column.planIds, planId] },
    ),
  }
}

/** A column that is new here: no table alias and no DataFrame names it yet. */
export function newColumn(field: StructField): ScopeColumn {
  return { field, qualifier: [], planIds: [] }
}

export function fieldOf(
  name: string,
  type: DataType,
  nullable: boolean,
  metadata?: StructField['metadata'],
): StructField {
  return metadata === undefined ? { name, type, nullable } : { name, type, nullable, metadata }
}

/** The field an expression makes when it becomes a column. */
export function fieldOfExpression(expression: BoundExpression): StructField {
  return fieldOf(expression.name, expression.type, expression.nullable, expression.metadata)
}

/** Input column `index`, unchanged. */
export function columnReference(scope: Scope, index: number): BoundExpression {
  return columnNode(scope.columns[index].field, index)
}

/** Spark compares column names without case (`spark.sql.caseSensitive` unset). */
export function sameName(a: string, b: string, caseSensitive = false): boolean {
  return caseSensitive ? a === b : a.toLowerCase() === b.toLowerCase()
}

export function isCaseSensitive(conf: Readonly<Record<string, string>>): boolean {
  return conf['spark.sql.caseSensitive'] === 'true'
}

export function indexesOfName(scope: Scope, name: string, caseSensitive: boolean): number[] {
  const indexes: number[] = []
  scope.columns.forEach((column, index) => {
    if (sameName(column.field.name, name, caseSensitive)) indexes.push(index)
  })
  return indexes
}

/** Every column of the scope, unchanged. */
export function allColumnsOf(scope: Scope): BoundExpression[] {
  return scope.columns.map((_, index) => columnReference(scope, index))
}
