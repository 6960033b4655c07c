import type { Expression } from '../../protocol/spark-connect'
import { SubqueryExpression_SubqueryType } from '../../protocol/spark-connect'
import { internalCall } from '../expressions/internal-calls'
import type { Cursor } from './cursor'
import { parseFunctionCall, specialCall } from './function-calls'
import { isTypedLiteral, numberLiteral, stringTokens, typedLiteral } from './literals'
import { isIntervalUnit, parseIntervalLiteral } from './interval-literals'
import {
  alias,
  attribute,
  call,
  cast,
  extract,
  lambda,
  literal,
  nullLiteral,
  star,
  stringLiteral,
  subquery,
} from './messages'
import { isQueryStart } from './query-start'
import { identifierValue, stringValue } from './tokens'
import { parseType } from './types'

/** The Pratt parser of expressions. Binding powers, tight to loose, are those of Spark's grammar. */

const OR = 1
const AND = 2
const NOT = 3
const PREDICATE = 4
const COMPARISON = 5
const UNARY = 12

const BINARY: Readonly<
  Record<string, { readonly power: number; readonly build: (a: Expression, b: Expression) => Expression }>
> = {
  '=': operator(COMPARISON, '='),
  '==': operator(COMPARISON, '='),
  '<=>': operator(COMPARISON, '<=>'),
  '<>': { power: COMPARISON, build: (a, b) => call('not', call('=', a, b)) },
  '!=': { power: COMPARISON, build: (a, b) => call('not', call('=', a, b)) },
  '<': operator(COMPARISON, '<'),
  '<=': operator(COMPARISON, '<='),
  '!>': operator(COMPARISON, '<='),
  '>': operator(COMPARISON, '>'),
  '>=': operator(COMPARISON, '>='),
  '!<': operator(COMPARISON, '>='),
  '|': operator(6, '|'),
  '^': operator(7, '^'),
  '&': operator(8, '&'),
  '<<': operator(9, '<<'),
  '>>': operator(9, '>>'),
  '>>>': operator(9, '>>>'),
  '+': operator(10, '+'),
  '-': operator(10, '-'),
  '||': operator(10, 'concat'),
  '*': operator(11, '*'),
  '/': operator(11, '/'),
  '%': operator(11, '%'),
  DIV: operator(11, 'div'),
}

function operator(power: number, name: string) {
  return { power, build: (a: Expression, b: Expression) => call(name, a, b) }
}

export function expression(cursor: Cursor): Expression {
  return booleanExpression(cursor, OR)
}

function booleanExpression(cursor: Cursor, power: number): Expression {
  let left: Expression
  if (cursor.is('NOT') || cursor.token.key === '!') {
    cursor.next()
    left = call('not', booleanExpression(cursor, NOT))
  } else {
    left = predicate(cursor)
  }
  for (;;) {
    if (power <= AND && cursor.peek().kind !== 'end' && cursor.accept('AND'))
      left = call('and', left, booleanExpression(cursor, NOT))
    else if (power <= OR && cursor.peek().kind !== 'end' && cursor.accept('OR'))
      left = call('or', left, booleanExpression(cursor, AND))
    else return left
  }
}

/** One value and at most one of BETWEEN, IN, LIKE, IS behind it. */
function predicate(cursor: Cursor): Expression {
  const value = valueExpression(cursor, PREDICATE)
  const start = cursor.position
  const isNot = cursor.accept('NOT')
  const not = (test: Expression) => (isNot ? call('not', test) : test)
  if (cursor.accept('BETWEEN')) {
    const low = valueExpression(cursor, PREDICATE)
    cursor.expect('AND')
    return not(call('between', value, low, valueExpression(cursor, PREDICATE)))
  }
  if (cursor.accept('IN')) return not(inList(cursor, value))
  for (const name of ['LIKE', 'ILIKE'] as const) if (cursor.accept(name)) return like(cursor, value, name, not)
  if (cursor.acceptOne('RLIKE', 'REGEXP') !== null) return not(call('rlike', value, valueExpression(cursor, PREDICATE)))
  if (!isNot && cursor.accept('IS')) return isTest(cursor, value)
  if (isNot) cursor.rewind(start)
  return value
}

function inList(cursor: Cursor, value: Expression): Expression {
  if (cursor.is('(') && cursor.peek().key === ')') throw cursor.error(cursor.previous)
  cursor.expect('(')
  if (isQueryStart(cursor)) {
    const id = subqueryId(cursor)
    cursor.expect(')')
    const kind = value.exprType
    const isRow = kind.case === 'unresolvedFunction' && kind.value.functionName === 'struct'
    return subquery(id, SubqueryExpression_SubqueryType.IN, isRow ? kind.value.arguments : [value])
  }
  const values = cursor.commas(() => expression(cursor))
  cursor.expect(')')
  return call('in', value, ...values)
}

function like(
  cursor: Cursor,
  value: Expression,
  name: 'LIKE' | 'ILIKE',
  not: (test: Expression) => Expression,
): Expression {
  const functionName = name.toLowerCase()
  const quantifier = cursor.acceptOne('ANY', 'SOME', 'ALL')
  if (quantifier !== null) {
    // NOT LIKE ALL: like none of them; NOT LIKE ANY: unlike at least one.
    const tests = cursor.list(() => not(call(functionName, value, expression(cursor))))
    return tests.reduce((a, b) => call(quantifier === 'ALL' ? 'and' : 'or', a, b))
  }
  const pattern = valueExpression(cursor, PREDICATE)
  if (!cursor.accept('ESCAPE')) return not(call(functionName, value, pattern))
  const { token } = cursor
  if (token.kind !== 'string') throw cursor.error()
  const escape = stringTokens(cursor)
  const text = stringValue(token.text)
  if ([...text].length !== 1) {
    throw cursor.problem(
      token,
      'INVALID_ESCAPE_CHAR',
      `\`EscapeChar\` should be a string literal of length one, but got ${token.text}.`,
      { sqlExpr: token.text },
      { sqlState: '42604', hint: "Give one character: ESCAPE '/'." },
    )
  }
  return not(call(functionName, value, pattern, escape))
}

function isTest(cursor: Cursor, value: Expression): Expression {
  const isNot = cursor.accept('NOT')
  if (cursor.acceptOne('NULL', 'UNKNOWN') !== null) return call(isNot ? 'isnotnull' : 'isnull', value)
  const truth = cursor.acceptOne('TRUE', 'FALSE')
  if (truth !== null) {
    const test = call('<=>', value, literal({ case: 'boolean', value: truth === 'TRUE' }))
    return isNot ? call('not', test) : test
  }
  if (cursor.accept('DISTINCT', 'FROM')) {
    const same = call('<=>', value, valueExpression(cursor, PREDICATE))
    return isNot ? same : call('not', same)
  }
  throw cursor.error()
}

/** Everything that binds tighter than predicates. */
export function valueExpression(cursor: Cursor, power: number = PREDICATE): Expression {
  let left = unary(cursor)
  for (;;) {
    const binary = Object.hasOwn(BINARY, cursor.token.key) ? BINARY[cursor.token.key] : undefined
    cursor.want('operator')
    if (binary === undefined || binary.power < power) return left
    if (cursor.token.key === 'DIV' && !startsValue(cursor)) return left
    cursor.next()
    left = binary.build(left, valueExpression(cursor, binary.power + 1))
  }
}

/** `div` is also a name: it is an operator only when a value follows. */
function startsValue(cursor: Cursor): boolean {
  const { kind, key } = cursor.peek()
  return (
    kind !== 'end' && (kind !== 'symbol' || key === '(' || key === '-' || key === '+' || key === '?' || key === ':')
  )
}

function unary(cursor: Cursor): Expression {
  if (cursor.token.key === '-') {
    if (cursor.peek().kind === 'number') {
      cursor.next()
      return postfix(cursor, numberLiteral(cursor, cursor.next(), true))
    }
    cursor.next()
    return call('-', valueExpression(cursor, UNARY))
  }
  if (cursor.accept('+')) return call('positive', valueExpression(cursor, UNARY))
  if (cursor.accept('~')) return call('~', valueExpression(cursor, UNARY))
  return postfix(cursor, primary(cursor))
}

function postfix(cursor: Cursor, base: Expression): Expression {
  let value = base
  for (;;) {
    if (cursor.accept('[')) {
      value = extract(value, valueExpression(cursor))
      cursor.expect(']')
    } else if (cursor.accept('::')) {
      value = cast(value, parseType(cursor))
    } else if (cursor.token.key === '.' && isName(cursor.peek().kind)) {
      cursor.next()
      value = extract(value, stringLiteral(identifierValue(cursor.next())))
    } else if (cursor.token.key === 'COLLATE' && isName(cursor.peek().kind)) {
      throw cursor.refused('COLLATE', 'Strings compare by their bytes; use lower() to ignore case.', cursor.token)
    } else {
      return value
    }
  }
}

function isName(kind: string): boolean {
  return kind === 'word' || kind === 'quoted'
}

function primary(cursor: Cursor): Expression {
  const { token } = cursor
  for (const kind of ['name', 'literal', '(', 'CASE', 'CAST', 'NOT', 'EXISTS']) cursor.want(kind)
  switch (token.kind) {
    case 'number':
      return numberLiteral(cursor, cursor.next(), false)
    case 'string':
      return stringTokens(cursor)
    case 'symbol':
      return symbolPrimary(cursor)
    case 'quoted':
      return nameOrCall(cursor)
    case 'word':
      return wordPrimary(cursor)
    default:
      throw cursor.error()
  }
}

function symbolPrimary(cursor: Cursor): Expression {
  const { token } = cursor
  if (token.key === '(') return parenthesised(cursor)
  if (token.key === '*') {
    cursor.next()
    return starWithExcept(cursor)
  }
  if (token.key === '?') {
    cursor.next()
    const value = cursor.options.positionalArguments?.[cursor.newPositional()]
    if (value === undefined) throw unbound(cursor, `_${token.start}`)
    return value
  }
  if (token.key === ':' && isName(cursor.peek().kind)) {
    cursor.next()
    const name = cursor.name()
    const value = cursor.options.namedArguments?.get(name)
    if (value === undefined) throw unbound(cursor, name)
    return value
  }
  throw cursor.error()
}

function unbound(cursor: Cursor, name: string) {
  const { previous } = cursor
  return cursor.analysisProblem(
    previous,
    'UNBOUND_SQL_PARAMETER',
    `Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`,
    { name },
    { sqlState: '42P02', hint: `Call spark.sql(query, args={"${name}": value}).` },
  )
}

function parenthesised(cursor: Cursor): Expression {
  const names = lambdaNames(cursor)
  if (names !== null) return lambda(expression(cursor), names)
  cursor.expect('(')
  if (isQueryStart(cursor)) {
    const id = subqueryId(cursor)
    cursor.expect(')')
    return subquery(id, SubqueryExpression_SubqueryType.SCALAR)
  }
  const values = cursor.commas(() => namedExpression(cursor))
  cursor.expect(')')
  const [value] = values
  if (values.length > 1) return call('struct', ...values)
  if (value.exprType.case === 'alias') return call('struct', value)
  return value
}

/** `(a, b) ->`: the names, read; null when no lambda starts here. */
function lambdaNames(cursor: Cursor): string[] | null {
  const start = cursor.position
  cursor.next()
  const names: string[] = []
  while (cursor.isName()) {
    names.push(cursor.name())
    if (!cursor.accept(',')) break
  }
  if (names.length > 0 && cursor.accept(')') && cursor.accept('->')) return names
  cursor.rewind(start)
  return null
}

/** The query that starts here becomes a reference of the select being read. */
export function subqueryId(cursor: Cursor): bigint {
  const outer = cursor.subqueries
  const query = cursor.grammar.query(cursor)
  cursor.subqueries = outer
  const id = cursor.newSubqueryId()
  outer.push({ ...query, common: { $typeName: 'spark.connect.RelationCommon', sourceInfo: '', planId: id } })
  return id
}

const CONSTANTS: Readonly<Record<string, () => Expression>> = {
  NULL: nullLiteral,
  TRUE: () => literal({ case: 'boolean', value: true }),
  FALSE: () => literal({ case: 'boolean', value: false }),
}
const BARE_CALLS = new Set([
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'CURRENT_TIME',
  'CURRENT_USER',
  'LOCALTIMESTAMP',
  'SESSION_USER',
  'USER',
])

function wordPrimary(cursor: Cursor): Expression {
  const { key } = cursor.token
  const next = cursor.peek()
  if (isTypedLiteral(cursor)) return typedLiteral(cursor)
  if (key === 'INTERVAL' && startsInterval(cursor)) return parseIntervalLiteral(cursor)
  if (next.key === '->') {
    const name = cursor.name()
    cursor.next()
    return lambda(expression(cursor), [name])
  }
  if (next.key === '(') {
    if (key === 'EXISTS') {
      const start = cursor.position
      cursor.next()
      cursor.next()
      if (isQueryStart(cursor)) {
        const id = subqueryId(cursor)
        cursor.expect(')')
        return subquery(id, SubqueryExpression_SubqueryType.EXISTS)
      }
      cursor.rewind(start)
    }
    const special = specialCall(cursor)
    if (special !== null) return special
    return parseFunctionCall(cursor)
  }
  if (next.key !== '.') {
    if (Object.hasOwn(CONSTANTS, key)) {
      cursor.next()
      return CONSTANTS[key]()
    }
    if (key === 'CASE' && next.kind !== 'end' && next.key !== ',' && next.key !== ')') return caseExpression(cursor)
    if (BARE_CALLS.has(key)) {
      cursor.next()
      return call(key === 'USER' ? 'current_user' : key.toLowerCase())
    }
  }
  return nameOrCall(cursor)
}

function startsInterval(cursor: Cursor): boolean {
  const first = cursor.peek()
  if (first.key === '-' || first.key === '+') {
    const value = cursor.peek(2)
    return (value.kind === 'number' || value.kind === 'string') && isIntervalUnit(cursor.peek(3))
  }
  return (first.kind === 'number' || first.kind === 'string') && isIntervalUnit(cursor.peek(2))
}

function caseExpression(cursor: Cursor): Expression {
  cursor.next()
  const subject = cursor.is('WHEN') ? null : expression(cursor)
  const args: Expression[] = []
  cursor.expect('WHEN')
  do {
    const condition = expression(cursor)
    cursor.expect('THEN')
    args.push(subject === null ? condition : call('=', subject, condition), expression(cursor))
  } while (cursor.accept('WHEN'))
  if (cursor.accept('ELSE')) args.push(expression(cursor))
  cursor.expect('END')
  return call('when', ...args)
}

/** `a`, `a.b.c`, `t.*`, `db.f(x)`. Fields of a column stay in its name: the analyzer tells tables from structs. */
function nameOrCall(cursor: Cursor): Expression {
  const start = cursor.position
  const parts = cursor.nameParts()
  if (cursor.token.key === '(') {
    cursor.rewind(start)
    return parseFunctionCall(cursor)
  }
  if (cursor.token.key === '.' && cursor.peek().key === '*') {
    cursor.next()
    cursor.next()
    return starWithExcept(cursor, parts)
  }
  return attribute(parts)
}

function starWithExcept(cursor: Cursor, target?: readonly string[]): Expression {
  const all = star(target)
  if (!(cursor.is('EXCEPT') && cursor.peek().key === '(') || isQueryAfter(cursor)) return all
  cursor.next()
  return internalCall('star_except', all, ...cursor.list(() => attribute(cursor.nameParts())))
}

/** `SELECT * EXCEPT (SELECT ...)` is a set operation. */
function isQueryAfter(cursor: Cursor): boolean {
  const start = cursor.position
  cursor.next()
  cursor.next()
  const isQuery = isQueryStart(cursor)
  cursor.rewind(start)
  return isQuery
}

/** An expression with an optional alias: `a + b AS c`, `posexplode(x) AS (i, v)`. */
export function namedExpression(cursor: Cursor): Expression {
  const value = expression(cursor)
  // `SELECT a AS FROM t`: with no name behind it AS is the name.
  if (cursor.is('AS', 'FROM') && isName(cursor.peek(2).kind)) return alias(value, cursor.name())
  if (cursor.accept('AS')) {
    if (cursor.token.key === '(') return alias(value, ...cursor.list(() => cursor.name()))
    return alias(value, cursor.name())
  }
  if (cursor.isName() && !stopsAlias(cursor)) return alias(value, cursor.name())
  return value
}

const CLAUSES = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'SORT',
  'CLUSTER',
  'DISTRIBUTE',
  'LIMIT',
  'OFFSET',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'WINDOW',
  'LATERAL',
  'QUALIFY',
  'ASC',
  'DESC',
  'NULLS',
  'IGNORE',
  'RESPECT',
  'WHEN',
  'THEN',
  'ELSE',
  'END',
  'AND',
  'OR',
  'BETWEEN',
  'IN',
  'LIKE',
  'IS',
])

/** Nearly every word may be a name: a word that starts a clause is one only when nothing of the clause follows. */
export function stopsAlias(cursor: Cursor, words: ReadonlySet<string> = CLAUSES): boolean {
  const { token } = cursor
  if (token.kind !== 'word' || !words.has(token.key)) return false
  const next = cursor.peek()
  if (BEFORE_BY.has(token.key)) return next.key === 'BY'
  return next.kind !== 'end' && next.key !== ',' && next.key !== ')' && next.key !== ';'
}

const BEFORE_BY = new Set(['GROUP', 'ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'])
