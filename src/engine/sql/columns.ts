import type { Cursor } from './cursor'
import { parseType } from './types'
import { stringText } from './table-names'
import type { ColumnDefinition } from './statement'

/** `(a INT NOT NULL COMMENT 'x', b STRING DEFAULT 'y')` of CREATE TABLE and ADD COLUMNS. */
export function columnDefinitions(cursor: Cursor): ColumnDefinition[] {
  return cursor.list(() => columnDefinition(cursor))
}

export function columnDefinition(cursor: Cursor): ColumnDefinition {
  const parts = cursor.nameParts()
  const type = parseType(cursor)
  let nullable = true
  let comment: string | null = null
  let defaultValue: string | null = null
  let generatedAs: string | null = null
  for (;;) {
    if (cursor.accept('NOT', 'NULL')) nullable = false
    else if (cursor.accept('NULL')) nullable = true
    else if (cursor.accept('COMMENT')) comment = stringText(cursor)
    else if (cursor.accept('DEFAULT')) defaultValue = expressionText(cursor)
    else if (cursor.accept('GENERATED', 'ALWAYS', 'AS')) {
      if (cursor.token.key !== '(') throw cursor.refused('IDENTITY columns', 'Number the rows yourself.')
      cursor.expect('(')
      generatedAs = expressionText(cursor)
      cursor.expect(')')
    } else if (cursor.acceptOne('FIRST', 'AFTER') !== null) {
      if (cursor.previous.key === 'AFTER') cursor.name()
    } else if (cursor.is('GENERATED'))
      throw cursor.refused('IDENTITY columns', 'Number the rows yourself.', cursor.token)
    else if (cursor.accept('PRIMARY', 'KEY')) continue
    else break
  }
  const metadata = comment === null ? {} : { metadata: { comment } }
  return { name: parts.join('.'), type, nullable, ...metadata, comment, defaultValue, generatedAs }
}

/** The text of the expression that stands here. */
export function expressionText(cursor: Cursor): string {
  const { start } = cursor.token
  cursor.grammar.expression(cursor)
  return cursor.text.slice(start, cursor.previous.end)
}
