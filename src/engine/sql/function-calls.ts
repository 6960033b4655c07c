import type { Expression } from '../../protocol/spark-connect'
import { internalCall } from '../expressions/internal-calls'

import type { Cursor } from './cursor'
import { call, cast, distinctCall, literal, namedArgument, sortOrderExpression, star, stringLiteral } from './messages'
import { sortItems } from './sort-items'
import { parseType } from './types'
import { overClause } from './windows'

/** `f(a, b)` with everything SQL allows around it: DISTINCT, named arguments, FILTER, WITHIN GROUP, IGNORE NULLS, OVER. */
export function parseFunctionCall(cursor: Cursor): Expression {
  const start = cursor.token
  const name = functionName(cursor)
  cursor.expect('(')
  const isDistinct = cursor.accept('DISTINCT')
  if (!isDistinct && cursor.is('ALL') && cursor.peek().key !== ')') cursor.next()
  const args = cursor.token.key === ')' ? [] : cursor.commas(() => argument(cursor))
  let ignoresNulls: boolean | null = null
  if (cursor.accept('IGNORE', 'NULLS')) ignoresNulls = true
  else if (cursor.accept('RESPECT', 'NULLS')) ignoresNulls = false
  cursor.expect(')')
  if (start.kind === 'word' && name.toLowerCase() === 'struct') return structCall(args)
  return trailing(cursor, isDistinct ? distinctCall(name, args) : call(name, ...args), ignoresNulls)
}

/** `db.f` keeps its dots, `` `f` `` loses its quotes; IDENTIFIER('f') is what it says. */
function functionName(cursor: Cursor): string {
  const parts = cursor.nameParts()
  return parts.join('.')
}

function argument(cursor: Cursor): Expression {
  if (cursor.token.key === '*') {
    const next = cursor.peek().key
    if (next === ')' || next === ',') {
      cursor.next()
      return star()
    }
  }
  if (cursor.isName() && cursor.peek().key === '=>') {
    const name = cursor.name()
    cursor.next()
    return namedArgument(name, cursor.grammar.expression(cursor))
  }
  return cursor.grammar.namedExpression(cursor)
}

function structCall(args: Expression[]): Expression {
  return call('struct', ...args)
}

const NULLS_ARGUMENT = new Set(['first', 'last', 'any_value', 'first_value', 'last_value'])

function trailing(cursor: Cursor, given: Expression, givenNulls: boolean | null): Expression {
  let value = given
  let ignoresNulls = givenNulls
  if (cursor.accept('WITHIN', 'GROUP')) {
    cursor.expect('(')
    cursor.expect('ORDER', 'BY')
    const orders = sortItems(cursor)
    cursor.expect(')')
    value = internalCall('within_group', value, ...orders.map(sortOrderExpression))
  }
  if (cursor.is('FILTER') && cursor.peek().key === '(' && cursor.peek(2).key === 'WHERE') {
    cursor.expect('FILTER', '(', 'WHERE')
    const condition = cursor.grammar.expression(cursor)
    cursor.expect(')')
    value = internalCall('filter_where', value, condition)
  }
  if (cursor.accept('IGNORE', 'NULLS')) ignoresNulls = true
  else if (cursor.accept('RESPECT', 'NULLS')) ignoresNulls = false
  if (ignoresNulls === true) value = withoutNulls(value)
  return cursor.is('OVER') && (cursor.peek().key === '(' || cursor.peek().kind === 'word')
    ? (cursor.next(), overClause(cursor, value))
    : value
}

function withoutNulls(value: Expression): Expression {
  const kind = value.exprType
  if (kind.case !== 'unresolvedFunction') return value
  const { functionName: name, arguments: args } = kind.value
  if (NULLS_ARGUMENT.has(name.toLowerCase())) return call(name, args[0], literal({ case: 'boolean', value: true }))
  return internalCall('ignore_nulls', value)
}

const SPECIAL: Readonly<Record<string, (cursor: Cursor) => Expression | null>> = {
  CAST: (cursor) => castCall(cursor, false),
  TRY_CAST: (cursor) => castCall(cursor, true),
  EXTRACT: extractCall,
  TRIM: trimCall,
  SUBSTRING: substringCall,
  SUBSTR: substringCall,
  POSITION: positionCall,
  OVERLAY: overlayCall,
  TIMESTAMPADD: unitCall,
  DATEADD: unitCall,
  DATE_ADD: unitCall,
  TIMESTAMPDIFF: unitCall,
  DATEDIFF: unitCall,
  DATE_DIFF: unitCall,
  IDENTIFIER: identifierCall,
}

/** Calls with a grammar of their own: CAST, EXTRACT, TRIM, ...; null when the call is an ordinary one after all. */
export function specialCall(cursor: Cursor): Expression | null {
  const { key } = cursor.token
  if (!Object.hasOwn(SPECIAL, key)) return null
  const start = cursor.position
  const found = SPECIAL[key](cursor)
  if (found === null) cursor.rewind(start)
  return found
}

function open(cursor: Cursor): void {
  cursor.next()
  cursor.expect('(')
}

function castCall(cursor: Cursor, isTry: boolean): Expression {
  open(cursor)
  const value = cursor.grammar.expression(cursor)
  cursor.expect('AS')
  const type = parseType(cursor)
  cursor.expect(')')
  return cast(value, type, isTry)
}

function extractCall(cursor: Cursor): Expression | null {
  open(cursor)
  if (cursor.peek().key !== 'FROM') return null
  const field = cursor.name()
  cursor.expect('FROM')
  const source = cursor.grammar.valueExpression(cursor)
  cursor.expect(')')
  return call('extract', stringLiteral(field), source)
}

const TRIMS: Readonly<Record<string, string>> = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' }

function trimCall(cursor: Cursor): Expression | null {
  open(cursor)
  const side = cursor.acceptOne('BOTH', 'LEADING', 'TRAILING')
  const characters = cursor.is('FROM') ? null : cursor.grammar.valueExpression(cursor)
  if (!cursor.accept('FROM')) return null
  const source = cursor.grammar.valueExpression(cursor)
  cursor.expect(')')
  const name = TRIMS[side ?? 'BOTH']
  return characters === null ? call(name, source) : call(name, characters, source)
}

function substringCall(cursor: Cursor): Expression | null {
  open(cursor)
  const text = cursor.grammar.valueExpression(cursor)
  if (!cursor.accept('FROM')) return null
  const args = [text, cursor.grammar.valueExpression(cursor)]
  if (cursor.accept('FOR')) args.push(cursor.grammar.valueExpression(cursor))
  cursor.expect(')')
  return call('substring', ...args)
}

function positionCall(cursor: Cursor): Expression | null {
  open(cursor)
  const part = cursor.grammar.valueExpression(cursor)
  if (!cursor.accept('IN')) return null
  const text = cursor.grammar.valueExpression(cursor)
  cursor.expect(')')
  return call('locate', part, text)
}

function overlayCall(cursor: Cursor): Expression | null {
  open(cursor)
  const text = cursor.grammar.valueExpression(cursor)
  if (!cursor.accept('PLACING')) return null
  const args = [text, cursor.grammar.valueExpression(cursor)]
  cursor.expect('FROM')
  args.push(cursor.grammar.valueExpression(cursor))
  if (cursor.accept('FOR')) args.push(cursor.grammar.valueExpression(cursor))
  cursor.expect(')')
  return call('overlay', ...args)
}

const UNITS = new Set('YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND'.split(' '))

/** `TIMESTAMPADD(HOUR, 2, t)`: the unit is a word of the grammar; with two arguments these are ordinary date functions. */
function unitCall(cursor: Cursor): Expression | null {
  const name = cursor.token.key
  open(cursor)
  const unit = cursor.token
  if (!UNITS.has(unit.key) || cursor.peek().key !== ',') return null
  cursor.next()
  cursor.next()
  const amount = cursor.grammar.valueExpression(cursor)
  if (!cursor.accept(',')) return null
  const time = cursor.grammar.valueExpression(cursor)
  cursor.expect(')')
  return call(name.endsWith('DIFF') ? 'timestampdiff' : 'timestampadd', stringLiteral(unit.key), amount, time)
}

/** `IDENTIFIER('t.a')` names what its text says. */
function identifierCall(cursor: Cursor): Expression | null {
  const text = identifierText(cursor)
  if (text === null) return null
  if (!cursor.accept('(')) return namedByText(text)
  const args = cursor.is(')') ? [] : cursor.commas(() => argument(cursor))
  cursor.expect(')')
  return trailing(cursor, call(text, ...args), null)
}

function namedByText(text: string): Expression {
  return {
    ...star(),
    exprType: {
      case: 'unresolvedAttribute',
      value: { $typeName: 'spark.connect.Expression.UnresolvedAttribute', unparsedIdentifier: text },
    },
  }
}

/** The name in `IDENTIFIER(...)`: text, or a parameter that is text; null when it is computed. */
export function identifierText(cursor: Cursor): string | null {
  open(cursor)
  const value = cursor.grammar.expression(cursor)
  cursor.expect(')')
  const kind = value.exprType
  return kind.case === 'literal' && kind.value.literalType.case === 'string' ? kind.value.literalType.value : null
}
