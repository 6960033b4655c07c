import type { DataType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_Alias, Expression_Cast, Expression_SortOrder } from '../../protocol/spark-connect'
import {
  Expression_Cast_EvalMode,
  Expression_SortOrder_NullOrdering,
  Expression_SortOrder_SortDirection,
} from '../../protocol/spark-connect'
import type { SortKey } from '../plan/node'
import { typeFromConnect } from '../types/connect-types'
import { parseTypeDdl } from '../types/type-ddl'
import type { BindContext, BoundExpression, Scope } from './bound'
import { bindCast } from './casts/bind-cast'
import type { CastMode } from './casts/convert-value'
import { extractValue } from './extract-value'
import { bindFunction } from './functions/registry'
import { bindHigherOrder, isHigherOrder } from './higher-order'
import { bindLiteral } from './literals'
import { node, renamed } from './node'
import type { Node } from './node'
import { resolveAttribute } from './resolve-attribute'
import { bindUpdateFields } from './update-fields'

/** Hooks of the caller; all optional. */
export type BindOptions = {
  /** Asked first for every sub-expression: aggregate results and grouping keys stand in here. */
  readonly substitute?: (expression: Expression) => BoundExpression | null
  /** Parses `expr("...")` text. */
  readonly parseExpression?: (text: string) => Expression
}

/** What binding carries down: the scope, and the lambda variables in sight. */
export type BindEnv = {
  readonly scope: Scope
  readonly context: BindContext
  readonly options: BindOptions
  /** Lambda variables by lower-case name. */
  readonly variables: ReadonlyMap<string, Node>
  /** Batch columns taken so far: the scope's and those of enclosing lambdas. */
  readonly numColumns: number
}

type ExpressionParser = (text: string, conf: BindContext['conf']) => Expression

let expressionParser: ExpressionParser | null = null

/** The SQL module registers its parser here, so that `expr("...")` and string predicates work everywhere. */
export function registerExpressionParser(parser: ExpressionParser): void {
  expressionParser = parser
}

/**
 * Binds an expression to the columns of a scope. Throws Spark's analysis errors: UNRESOLVED_COLUMN, AMBIGUOUS_REFERENCE,
 * UNRESOLVED_ROUTINE, WRONG_NUM_ARGS, DATATYPE_MISMATCH and their kin.
 */
export function bindExpression(
  expression: Expression,
  scope: Scope,
  context: BindContext,
  options: BindOptions = {},
): BoundExpression {
  return bindNode(expression, { scope, context, options, variables: new Map(), numColumns: scope.columns.length })
}

/** Binds a sort key; NULLs stand first when ascending and last when descending, unless the order says otherwise. */
export function bindSortOrder(
  expression: Expression | Expression_SortOrder,
  scope: Scope,
  context: BindContext,
  options: BindOptions = {},
): SortKey {
  const order = sortOrderOf(expression)
  return {
    expression: bindExpression(
      order === null ? (expression as Expression) : required(order.child),
      scope,
      context,
      options,
    ),
    descending: isDescending(order),
    nullsFirst: nullsFirst(order),
  }
}

function sortOrderOf(expression: Expression | Expression_SortOrder): Expression_SortOrder | null {
  if (expression.$typeName === 'spark.connect.Expression.SortOrder') return expression
  return expression.exprType.case === 'sortOrder' ? expression.exprType.value : null
}

function isDescending(order: Expression_SortOrder | null): boolean {
  return order?.direction === Expression_SortOrder_SortDirection.DESCENDING
}

function nullsFirst(order: Expression_SortOrder | null): boolean {
  if (order?.nullOrdering === Expression_SortOrder_NullOrdering.SORT_NULLS_FIRST) return true
  if (order?.nullOrdering === Expression_SortOrder_NullOrdering.SORT_NULLS_LAST) return false
  return !isDescending(order)
}

export function bindNode(expression: Expression, env: BindEnv): Node {
  const substituted = env.options.substitute?.(expression)
  if (substituted) return asNode(substituted)
  const { exprType } = expression
  switch (exprType.case) {
    case 'literal':
      return bindLiteral(exprType.value)
    case 'unresolvedAttribute':
      return bindAttribute(exprType.value.unparsedIdentifier, exprType.value.planId, env)
    case 'unresolvedFunction': {
      const { functionName, arguments: args, isUserDefinedFunction } = exprType.value
      return bindCall(functionName, args, env, isUserDefinedFunction)
    }
    case 'callFunction':
      return bindCall(exprType.value.functionName, exprType.value.arguments, env, false)
    case 'alias':
      return bindAlias(exprType.value, env)
    case 'cast':
      return bindCastMessage(exprType.value, env)
    case 'unresolvedExtractValue':
      return extractValue(
        bindNode(required(exprType.value.child), env),
        bindNode(required(exprType.value.extraction), env),
      )
    case 'updateFields':
      return bindUpdateFields(exprType.value, env, bindNode)
    case 'sortOrder':
      return bindNode(required(exprType.value.child), env)
    case 'unresolvedNamedLambdaVariable':
      return bindVariable(exprType.value.nameParts, env)
    case 'expressionString':
      return bindNode(parseText(exprType.value.expression, env), env)
    case 'namedArgumentExpression':
      return bindNode(required(exprType.value.value), env)
    case 'lambdaFunction':
      throw unsupported('LAMBDA', 'A lambda stands only inside a higher-order function such as transform or filter.')
    case 'commonInlineUserDefinedFunction':
      throw unsupported(
        `PYTHON_UDF ${exprType.value.functionName}`,
        'Python functions on columns do not run here yet; use a built-in function, or foreachBatch.',
      )
    case 'window':
      throw unsupported('WINDOW FUNCTION', 'over(...) does not run here yet; on a stream Spark refuses it too.')
    case 'subqueryExpression':
      if (env.context.subquery !== undefined)
        return asNode(env.context.subquery(exprType.value, { bind: (inner) => bindNode(inner, env) }))
      throw unsupported('SUBQUERY', 'Subqueries inside expressions do not run here yet; join instead.')
    case 'unresolvedStar':
    case 'unresolvedRegex':
      throw userError('INVALID_USAGE_OF_STAR_OR_REGEX', 'Invalid usage of * in expression.', {
        sqlState: '42000',
        parameters: { elem: '*', prettyName: 'expression' },
        hint: 'A star stands alone in select(), or inside struct() and count().',
      })
    case 'directShufflePartitionId':
    case undefined:
      throw unsupported(
        exprType.case ?? 'UNKNOWN EXPRESSION',
        'The plan holds an expression of a newer or foreign client.',
      )
  }
}

function asNode(expression: BoundExpression): Node {
  return 'sql' in expression
    ? (expression as Node)
    : node({
        ...expression,
        sql: expression.name,
        children: [],
        evaluate: (batch, context) => expression.evaluate(batch, context),
      })
}

function required(expression: Expression | undefined): Expression {
  if (expression === undefined) throw internalError('a plan message lacks one of its expressions')
  return expression
}

function unsupported(feature: string, hint: string) {
  return userError('UNSUPPORTED_FEATURE', `The feature is not supported: ${feature}.`, {
    sqlState: '0A000',
    parameters: { feature },
    hint,
  })
}

function bindAttribute(name: string, planId: bigint | undefined, env: BindEnv): Node {
  if (env.variables.size > 0 && planId === undefined) {
    const parts = name.split('.')
    if (env.variables.has(parts[0].toLowerCase())) return bindVariable(parts, env)
  }
  return resolveAttribute(name, env.scope, planId)
}

function bindVariable(parts: readonly string[], env: BindEnv): Node {
  const variable = env.variables.get(parts[0].toLowerCase())
  if (variable === undefined) return resolveAttribute(parts.join('.'), env.scope)
  return parts.slice(1).reduce((value, part) => extractValue(value, bindLiteralText(part)), variable)
}

function bindLiteralText(text: string): Node {
  return node({
    type: { kind: 'string' },
    nullable: false,
    sql: text,
    isConstant: true,
    literal: { value: text },
    evaluate: () => {
      throw internalError('a field name is not evaluated')
    },
  })
}

function bindCall(name: string, args: readonly Expression[], env: BindEnv, isUserDefined: boolean): Node {
  if (isUserDefined) throw unsupported(`FUNCTION ${name}`, 'User-defined functions do not run here yet.')
  if (isHigherOrder(name, args)) return bindHigherOrder(name, args, env, bindNode)
  return bindFunction({ name, args: args.map((arg) => bindNode(arg, env)), context: env.context })
}

function bindAlias(alias: Expression_Alias, env: BindEnv): Node {
  if (alias.name.length !== 1) {
    throw unsupported(
      'MULTI_ALIAS',
      'Several names in one alias fit only functions that make several columns, such as posexplode.',
    )
  }
  const child = bindNode(required(alias.expr), env)
  const name = alias.name[0]
  const metadata =
    alias.metadata === undefined || alias.metadata === ''
      ? child.metadata
      : (JSON.parse(alias.metadata) as Record<string, unknown>)
  return {
    ...renamed(child, { name, sql: `${child.sql} AS ${name}` }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function bindCastMessage(cast: Expression_Cast, env: BindEnv): Node {
  const { castToType } = cast
  let type: DataType
  if (castToType.case === 'type') type = typeFromConnect(castToType.value)
  else if (castToType.case === 'typeStr') type = parseTypeDdl(castToType.value)
  else throw internalError('a cast without a type')
  const mode: CastMode = cast.evalMode === Expression_Cast_EvalMode.TRY ? 'try' : 'ansi'
  return bindCast(bindNode(required(cast.expr), env), type, mode)
}

function parseText(text: string, env: BindEnv): Expression {
  const parser = env.options.parseExpression ?? expressionParser
  if (parser === null)
    throw unsupported(
      'EXPRESSION TEXT',
      `expr("${text}") needs the SQL parser, which is not loaded; write it with col() and functions.`,
    )
  return parser(text, env.context.conf)
}
