import type { DataType } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { parseTypeDdl } from '../types/type-ddl'
import type { Cursor } from './cursor'
import { parseError } from './parse-error'

/** A type: its extent is found here, its meaning by the DDL parser, whose errors are moved to their place in this text. */
export function parseType(cursor: Cursor): DataType {
  const start = cursor.token
  skipType(cursor)
  const end = cursor.previous.end
  try {
    return parseTypeDdl(cursor.text.slice(start.start, end))
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    const { condition, message, sqlState, parameters, hint, contexts } = error.shape
    const [place] = contexts
    const token =
      place === undefined
        ? { start: start.start, end }
        : { start: start.start + place.startIndex, end: start.start + place.stopIndex + 1 }
    throw parseError(cursor.text, token, condition, message, {
      parameters,
      ...(sqlState === null ? {} : { sqlState }),
      ...(hint === null ? {} : { hint }),
    })
  }
}

function skipType(cursor: Cursor): void {
  if (cursor.token.kind !== 'word') throw cursor.error()
  const name = cursor.next().key
  if (name === 'INTERVAL') {
    if (cursor.token.kind === 'word') cursor.next()
    if (cursor.accept('TO')) cursor.next()
    return
  }
  if (cursor.accept('<>')) return
  if (cursor.token.key === '<' && (name === 'ARRAY' || name === 'MAP' || name === 'STRUCT')) skipAngles(cursor)
  else if (cursor.token.key === '(') skipParentheses(cursor)
  else if (name === 'TIMESTAMP') cursor.accept('WITHOUT', 'TIME', 'ZONE')
}

function skipParentheses(cursor: Cursor): void {
  cursor.expect('(')
  while (!cursor.accept(')')) {
    if (cursor.token.kind === 'end') throw cursor.error()
    cursor.next()
  }
}

/** `>>` closes two brackets. */
function skipAngles(cursor: Cursor): void {
  let depth = 0
  do {
    const { kind, key } = cursor.next()
    if (kind === 'end') throw cursor.error()
    if (key === '<') depth++
    else if (key === '>') depth--
    else if (key === '>>') depth -= 2
    else if (key === '>>>') depth -= 3
  } while (depth > 0)
}
