import { create } from '@bufbuild/protobuf'
import type { Expression, Relation, SQL } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'
import type { Grammar, ParseOptions } from './cursor'
import { Cursor } from './cursor'
import { expression, namedExpression, valueExpression } from './expressions'
import { parseError } from './parse-error'
import { query } from './query'
import type { Statement } from './statement'
import { statement } from './statements'

const GRAMMAR: Grammar = { query, expression, namedExpression, valueExpression }

/** `expr("...")`, `selectExpr("...")`, `filter("...")`: one expression, with or without an alias. */
export function parseExpression(text: string, options: ParseOptions = {}): Expression {
  const cursor = openCursor(text, options)
  const parsed = namedExpression(cursor)
  if (cursor.token.kind !== 'end') throw cursor.error()
  if (cursor.subqueries.length > 0)
    throw cursor.refused('a subquery in expr()', 'Write the whole query with spark.sql("SELECT ...").')
  return parsed
}

/** One statement, with any number of semicolons behind it. Throws ParseException errors in Spark's words. */
export function parseStatement(text: string, options: ParseOptions = {}): Statement {
  const cursor = openCursor(text, options)
  const parsed = statement(cursor)
  while (cursor.accept(';'));
  const { token } = cursor
  if (token.kind === 'end') return parsed
  // A single token too many has a name in Spark's parser.
  const isExtra = cursor.peek().kind === 'end' || cursor.previous.key === ';'
  throw cursor.error(token, isExtra ? `: extra input '${token.text}'` : '')
}

/** `spark.sql(text, args)` in a plan: its query as a relation. A command is refused: it runs when it is given, not in a plan. */
export function relationOfSql(sql: SQL, options: ParseOptions = {}): Relation {
  const parsed = parseStatement(sql.query, { ...options, ...argumentsOf(sql) })
  if (parsed.kind === 'query') return parsed.relation
  throw parseError(
    sql.query,
    { start: 0, end: sql.query.length },
    'UNSUPPORTED_FEATURE.SQL_COMMAND_IN_PLAN',
    `The feature is not supported: the statement ${parsed.kind} inside a DataFrame plan.`,
    { sqlState: '0A000', hint: 'Only queries stand inside a plan; run the statement with spark.sql(...).' },
  )
}

/** The values of `:name` and `?` that a SQL message carries. */
export function argumentsOf(sql: SQL): Pick<ParseOptions, 'namedArguments' | 'positionalArguments'> {
  const literals = (value: SQL['posArguments'][number] | SQL['posArgs'][number]): Expression =>
    value.$typeName === 'spark.connect.Expression'
      ? value
      : create(ExpressionSchema, { exprType: { case: 'literal', value } })
  const named = [...Object.entries(sql.args), ...Object.entries(sql.namedArguments)]
  return {
    namedArguments: new Map(named.map(([name, value]) => [name, literals(value)])),
    positionalArguments: [...sql.posArgs, ...sql.posArguments].map(literals),
  }
}

/** Reads what may stand at `offset` and beyond: for completion. */
export function openCursor(text: string, options: ParseOptions = {}): Cursor {
  const cursor = new Cursor(text, GRAMMAR, options)
  if (cursor.token.kind === 'end' || (cursor.token.key === ';' && cursor.peek().kind === 'end')) {
    throw parseError(text, cursor.token, 'PARSE_EMPTY_STATEMENT', 'Syntax error, unexpected empty statement.', {
      sqlState: '42617',
      hint: 'Write an expression or a statement.',
    })
  }
  return cursor
}
