import type { Expression } from '../../protocol/spark-connect'
import type { Grammar, ParseOptions } from './cursor'
import { Cursor } from './cursor'
import { expression, namedExpression, valueExpression } from './expressions'
import { parseError } from './parse-error'
import { query } from './query'

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

export function openCursor(text: string, options: ParseOptions): Cursor {
  const cursor = new Cursor(text, GRAMMAR, options)
  if (cursor.token.kind === 'end') {
    throw parseError(text, cursor.token, 'PARSE_EMPTY_STATEMENT', 'Syntax error, unexpected empty statement.', {
      sqlState: '42617',
      hint: 'Write an expression or a statement.',
    })
  }
  return cursor
}
