import type { Expression } from '../../protocol/spark-connect'
import type { Cursor } from './cursor'
import { literal } from './messages'
import type { Token } from './tokens'
import { stringValue } from './tokens'

/** INTERVAL literals: `INTERVAL 1 DAY`, `INTERVAL '1 day 2 hours'`, `INTERVAL '1-2' YEAR TO MONTH`. */

const YEAR_MONTH = ['YEAR', 'MONTH']
const DAY_TIME = ['DAY', 'HOUR', 'MINUTE', 'SECOND']
const MICROS: Readonly<Record<string, bigint>> = {
  WEEK: 604_800_000_000n,
  DAY: 86_400_000_000n,
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1_000n,
  MICROSECOND: 1n,
}

type Part = { readonly unit: string; readonly value: string }

export function isIntervalUnit(token: Token): boolean {
  return token.kind === 'word' && (unitOf(token.key) in MICROS || YEAR_MONTH.includes(unitOf(token.key)))
}

function unitOf(word: string): string {
  return word.endsWith('S') ? word.slice(0, -1) : word
}

/** The cursor stands on INTERVAL. */
export function parseIntervalLiteral(cursor: Cursor): Expression {
  const start = cursor.next()
  if (cursor.token.kind === 'string' && !isIntervalUnit(cursor.peek())) return unitsInText(cursor, start)
  const parts: Part[] = []
  do {
    const value = intervalValue(cursor)
    if (!isIntervalUnit(cursor.token)) throw cursor.error()
    const unit = unitOf(cursor.next().key)
    if (parts.length === 0 && cursor.is('TO') && isIntervalUnit(cursor.peek())) {
      cursor.next()
      const to = unitOf(cursor.next().key)
      return fromTo(cursor, start, value, unit, to)
    }
    parts.push({ unit, value })
  } while (isValue(cursor))
  return literalOf(cursor, start, parts)
}

function isValue(cursor: Cursor): boolean {
  const { token } = cursor
  const next = cursor.peek()
  if (token.kind === 'number' || token.kind === 'string') return isIntervalUnit(next)
  return (token.key === '-' || token.key === '+') && next.kind === 'number' && isIntervalUnit(cursor.peek(2))
}

function intervalValue(cursor: Cursor): string {
  const sign = cursor.accept('-') ? '-' : cursor.accept('+') ? '' : ''
  const token = cursor.token
  if (token.kind !== 'number' && token.kind !== 'string') throw cursor.error()
  cursor.next()
  const text = token.kind === 'string' ? stringValue(token.text).trim() : token.text
  return sign === '-' ? (text.startsWith('-') ? text.slice(1) : `-${text}`) : text
}

/** `'1 day 2 hours'`, also with the word interval in front. */
function unitsInText(cursor: Cursor, start: Token): Expression {
  const text = stringValue(cursor.next().text)
  const words = text
    .trim()
    .toUpperCase()
    .replace(/^INTERVAL\s+/, '')
  const parts: Part[] = []
  const pattern = /([+-]?)\s*(\d+(?:\.\d*)?|\.\d+)\s+([A-Z]+)\s*/y
  while (pattern.lastIndex < words.length) {
    const match = pattern.exec(words)
    if (match === null || !(unitOf(match[3]) in MICROS || YEAR_MONTH.includes(unitOf(match[3]))))
      throw invalid(cursor, start, text)
    parts.push({ unit: unitOf(match[3]), value: `${match[1] === '-' ? '-' : ''}${match[2]}` })
  }
  if (parts.length === 0) throw invalid(cursor, start, text)
  return literalOf(cursor, start, parts)
}

function literalOf(cursor: Cursor, start: Token, parts: readonly Part[]): Expression {
  const months = parts.filter(({ unit }) => YEAR_MONTH.includes(unit))
  if (months.length > 0 && months.length < parts.length) {
    const literalText = cursor.text.slice(start.start, cursor.previous.end)
    throw cursor.problem(
      { start: start.start, end: cursor.previous.end },
      '_LEGACY_ERROR_TEMP_0029',
      `Cannot mix year-month and day-time fields: ${literalText.toLowerCase().startsWith('interval') ? literalText : `interval ${literalText}`}`,
      { literal: literalText },
      { hint: 'Add two intervals one after the other: + INTERVAL 1 MONTH + INTERVAL 1 DAY.' },
    )
  }
  if (months.length > 0) {
    const indexes = months.map(({ unit }) => YEAR_MONTH.indexOf(unit))
    const total = months.reduce((sum, { unit, value }) => {
      if (!/^-?\d+$/.test(value)) throw invalid(cursor, start, value)
      return sum + Number(value) * (unit === 'YEAR' ? 12 : 1)
    }, 0)
    return yearMonths(total, Math.min(...indexes), Math.max(...indexes))
  }
  const fieldOf = (unit: string) => {
    const field = DAY_TIME.indexOf(unit)
    return field >= 0 ? field : unit === 'WEEK' ? 0 : 3
  }
  const fields = parts.map(({ unit }) => fieldOf(unit))
  const micros = parts.reduce((sum, { unit, value }) => sum + microsOf(cursor, start, value, unit), 0n)
  return dayTimes(micros, Math.min(...fields), Math.max(...fields))
}

function microsOf(cursor: Cursor, start: Token, value: string, unit: string): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(value)
  if (match === null || (match[3] !== undefined && unit !== 'SECOND')) throw invalid(cursor, start, value)
  const whole = BigInt(match[2] || '0') * MICROS[unit]
  const fraction = match[3] === undefined ? 0n : BigInt(match[3].padEnd(6, '0').slice(0, 6))
  return match[1] === '-' ? -(whole + fraction) : whole + fraction
}

function fromTo(cursor: Cursor, start: Token, text: string, from: string, to: string): Expression {
  if (from === 'YEAR' && to === 'MONTH') {
    const match = /^([+-]?)(\d+)-(\d+)$/.exec(text)
    if (match === null) throw unmatched(cursor, start, text, from, to)
    const months = Number(match[2]) * 12 + Number(match[3])
    return yearMonths(match[1] === '-' ? -months : months, 0, 1)
  }
  const first = DAY_TIME.indexOf(from)
  const last = DAY_TIME.indexOf(to)
  if (first < 0 || last <= first) {
    throw cursor.problem(
      { start: start.start, end: cursor.previous.end },
      '_LEGACY_ERROR_TEMP_0028',
      `Intervals FROM ${from} TO ${to} are not supported.`,
      { from, to },
      { hint: 'From the longer unit to the shorter: DAY TO SECOND, YEAR TO MONTH.' },
    )
  }
  const shapes = ['(\\d+)', '(\\d{1,2})', '(\\d{1,2})', '(\\d{1,2}(?:\\.\\d{1,9})?)']
  const separators = ['', '[ T]+', ':', ':']
  let pattern = '^([+-]?)'
  for (let field = first; field <= last; field++)
    pattern += `${field > first ? separators[field] : ''}${field === first && field > 0 && field < 3 ? '(\\d+)' : shapes[field]}`
  const match = new RegExp(`${pattern}$`).exec(text)
  if (match === null) throw unmatched(cursor, start, text, from, to)
  let micros = 0n
  for (let field = first; field <= last; field++)
    micros += microsOf(cursor, start, match[2 + field - first], DAY_TIME[field])
  return dayTimes(match[1] === '-' ? -micros : micros, first, last)
}

function yearMonths(value: number, startField: number, endField: number): Expression {
  const type = { kind: 'year-month-interval', startField: startField as 0 | 1, endField: endField as 0 | 1 } as const
  return literal({ case: 'yearMonthInterval', value }, type)
}

function dayTimes(value: bigint, startField: number, endField: number): Expression {
  const type = {
    kind: 'day-time-interval',
    startField: startField as 0 | 1 | 2 | 3,
    endField: endField as 0 | 1 | 2 | 3,
  } as const
  return literal({ case: 'dayTimeInterval', value }, type)
}

function invalid(cursor: Cursor, start: Token, text: string) {
  return cursor.problem(
    { start: start.start, end: cursor.previous.end },
    'INVALID_TYPED_LITERAL',
    `The value of the typed literal "INTERVAL" is invalid: '${text}'.`,
    { valueType: '"INTERVAL"', value: `'${text}'` },
    { sqlState: '42604', hint: "Write INTERVAL 10 MINUTES or INTERVAL '1 day 2 hours'." },
  )
}

function unmatched(cursor: Cursor, start: Token, text: string, from: string, to: string) {
  const format =
    from === 'YEAR' ? "`[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH`" : '`[+|-]d h:m:s.n` and its parts'
  return cursor.problem(
    { start: start.start, end: cursor.previous.end },
    'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING',
    `Error parsing '${text}' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval string does not match ${from === 'YEAR' ? 'year-month' : 'day-time'} format of ${format} when cast to interval ${from.toLowerCase()} to ${to.toLowerCase()}: ${text}.`,
    { input: text },
    { sqlState: '22006', hint: "Write INTERVAL '1-2' YEAR TO MONTH or INTERVAL '1 02:03:04' DAY TO SECOND." },
  )
}
