import { userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { BindContext, Scope, ScopeColumn } from '../expressions/bound'
import { childrenOf } from '../expressions/is-aggregate'
import { parseIdentifier } from './identifiers'
import { sameName } from './scopes'

/**
 * `df["x"]` in an operation on another DataFrame. Classic PySpark resolved it when it was written, so what fails here is never
 * the name: the column is not in the input any more, or stands in it twice after a self-join.
 */
export function checkDataFrameColumns(
  expressions: readonly Expression[],
  scope: Scope,
  operator: string,
  context: BindContext,
): void {
  const attributes = expressions.flatMap(dataFrameAttributes)
  const ambiguous = attributes.filter((attribute) => matches(attribute, scope).length > 1)
  if (ambiguous.length > 0) throw ambiguousSelfJoin(ambiguous.map((attribute) => attribute.name))
  const missing = attributes.filter((attribute) => matches(attribute, scope).length === 0)
  if (missing.length > 0)
    throw missingAttributes(
      missing.map((attribute) => attribute.name),
      scope,
      operatorText(expressions, missing, scope, operator, context),
    )
}

export type DataFrameAttribute = { readonly name: string; readonly planId: bigint }

export function dataFrameAttributes(expression: Expression): DataFrameAttribute[] {
  const kind = expression.exprType
  if (kind.case !== 'unresolvedAttribute') return childrenOf(expression).flatMap(dataFrameAttributes)
  const { planId, unparsedIdentifier } = kind.value
  // Negative ids are the analyzer's own addresses.
  if (planId === undefined || planId < 0n) return []
  return [{ name: parseIdentifier(unparsedIdentifier)[0], planId }]
}

function matches({ name, planId }: DataFrameAttribute, scope: Scope): number[] {
  const found: number[] = []
  scope.columns.forEach((column, index) => {
    if (sameName(column.field.name, name) && column.planIds.includes(planId)) found.push(index)
  })
  return found
}

export function ambiguousSelfJoin(names: readonly string[]): Error {
  const name = names[0]
  return userError(
    '_LEGACY_ERROR_TEMP_1182',
    `Column ${names.join(', ')} are ambiguous. It's probably because you joined several Datasets together, and some of these Datasets are the same. This column points to one of the Datasets but Spark is unable to figure out which one. Please alias the Datasets with different names via \`Dataset.as\` before joining them, and specify the column using qualified name, e.g. \`df.as("a").join(df.as("b"), $"a.id" > $"b.id")\`. You can also set spark.sql.analyzer.failAmbiguousSelfJoin to false to disable this check.`,
    { hint: `Give both sides a name: df.alias("a").join(df.alias("b"), col("a.${name}") == col("b.${name}")).` },
  )
}

/** `Filter (n > 1)`, `Project [n, m]`: the missing columns stand in it as if they were there. */
function operatorText(
  expressions: readonly Expression[],
  missing: readonly DataFrameAttribute[],
  scope: Scope,
  operator: string,
  context: BindContext,
): string {
  const absent = missing.map(({ name, planId }): ScopeColumn => ({
    field: { name, type: { kind: 'void' }, nullable: true },
    qualifier: [],
    planIds: [planId],
  }))
  const wide = { columns: [...scope.columns, ...absent] }
  const texts = expressions.map((expression) => {
    try {
      return bindExpression(expression, wide, context).name
    } catch {
      // The text only decorates the error at hand: an expression that fails otherwise is named by its columns.
      return dataFrameAttributes(expression)
        .map((attribute) => attribute.name)
        .join(', ')
    }
  })
  return operator === 'Filter' || operator === 'Join'
    ? `${operator} ${texts.join(', ')}`
    : `${operator} [${texts.join(', ')}]`
}

function missingAttributes(missing: readonly string[], scope: Scope, operator: string): Error {
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
  const input = scope.columns.map((column) => column.field.name)
  const sameNames = missing.filter((name) => input.some((other) => sameName(other, name)))
  const start = `Resolved attribute(s) ${quoted(missing)} missing from ${quoted(input)} in operator !${operator}.`
  const hint = `Use col("${missing[0]}"), which looks in the DataFrame at hand, or select it before this step. Columns here: ${input.join(', ')}.`
  if (sameNames.length === 0)
    return userError('MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT', `${start} `, {
      sqlState: 'XX000',
      hint,
    })
  return userError(
    'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION',
    `${start} Attribute(s) with the same name appear in the operation: ${quoted(sameNames)}.\nPlease check if the right attribute(s) are used.`,
    { sqlState: 'XX000', hint },
  )
}
