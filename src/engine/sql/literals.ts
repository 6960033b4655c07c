import type { Expression } from '../../protocol/spark-connect'
import { parseDate, parseTimestamp, parseTimestampNtz, parseTimestampParts } from '../expressions/casts/parse-values'
import type { Cursor } from './cursor'
import { parseIntervalLiteral } from './interval-literals'
import { literal, stringLiteral } from './messages'
import type { Token } from './tokens'
import { stringValue } from './tokens'

const NUMBER = /^(\d*)(?:(\.)(\d*))?(?:[eE]([+-]?\d+))?(BD|[LSYFD])?$/i

const INTEGERS: Readonly<
  Record<string, { readonly case: 'long' | 'short' | 'byte'; readonly bits: bigint; readonly type: string }>
> = {
  L: { case: 'long', bits: 63n, type: 'bigint' },
  S: { case: 'short', bits: 15n, type: 'smallint' },
  Y: { case: 'byte', bits: 7n, type: 'tinyint' },
}

/** `12`, `1.5`, `1e3`, `2L`, `1.5BD`: the smallest type Spark gives it. `isNegative` when a minus stands in front. */
export function numberLiteral(cursor: Cursor, token: Token, isNegative: boolean): Expression {
  const parts = NUMBER.exec(token.text)
  if (parts === null) throw cursor.error(token)
  const [, whole, dot, fraction, exponent] = parts
  const suffix = parts[5]?.toUpperCase()
  const sign = isNegative ? '-' : ''
  const digits = suffix === undefined ? token.text : token.text.slice(0, -suffix.length)
  if (suffix !== undefined && suffix in INTEGERS) {
    const { case: kind, bits, type } = INTEGERS[suffix]
    const value = BigInt(`${sign}${digits}`)
    if (value < -(1n << bits) || value >= 1n << bits)
      throw outOfRange(cursor, token, `${sign}${digits}`, -(1n << bits), (1n << bits) - 1n, type)
    return kind === 'long' ? literal({ case: kind, value }) : literal({ case: kind, value: Number(value) })
  }
  if (suffix === 'F') return literal({ case: 'float', value: Math.fround(Number(`${sign}${digits}`)) })
  if (suffix === 'D' || (exponent !== undefined && suffix === undefined))
    return literal({ case: 'double', value: Number(`${sign}${digits}`) })
  if (suffix === 'BD' || dot !== undefined) return decimalLiteral(cursor, token, `${sign}${digits}`)
  const value = BigInt(`${sign}${whole}${fraction ?? ''}`)
  if (value >= -(1n << 31n) && value < 1n << 31n) return literal({ case: 'integer', value: Number(value) })
  if (value >= -(1n << 63n) && value < 1n << 63n) return literal({ case: 'long', value })
  return decimalLiteral(cursor, token, `${sign}${digits}`)
}

function decimalLiteral(cursor: Cursor, token: Token, text: string): Expression {
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
  if (digits.length > 38) {
    throw cursor.problem(
      token,
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      `Decimal precision ${digits.length} exceeds max precision 38.`,
      { precision: String(digits.length), maxPrecision: '38' },
      { sqlState: '22003', hint: 'A decimal has 38 digits at most; write an exponent for a DOUBLE.' },
    )
  }
  return literal({ case: 'decimal', value: { $typeName: 'spark.connect.Expression.Literal.Decimal', value: text } })
}

function outOfRange(cursor: Cursor, token: Token, raw: string, min: bigint, max: bigint, type: string) {
  const parameters = { rawStrippedQualifier: raw, minValue: String(min), maxValue: String(max), typeName: type }
  return cursor.problem(
    token,
    'INVALID_NUMERIC_LITERAL_RANGE',
    `Numeric literal ${raw} is outside the valid range for ${type} with minimum value of ${min} and maximum value of ${max}. Please adjust the value accordingly.`,
    parameters,
    { sqlState: '22003', hint: 'Leave the suffix away, or take a wider type.' },
  )
}

const TYPED = new Set(['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'X', 'INTERVAL', 'TIME'])

export function isTypedLiteral(cursor: Cursor): boolean {
  return TYPED.has(cursor.token.key) && cursor.peek().kind === 'string'
}

/** `DATE '2024-01-31'`, `TIMESTAMP '...'`, `X'1F'`, `INTERVAL '...'`. */
export function typedLiteral(cursor: Cursor): Expression {
  if (cursor.token.key === 'INTERVAL') return parseIntervalLiteral(cursor)
  const type = cursor.next()
  const token = cursor.next()
  const text = stringValue(token.text)
  const zone = cursor.options.timeZone ?? 'UTC'
  const noToday = (): number => {
    throw cannotParse(cursor, type, token, text)
  }
  switch (type.key) {
    case 'DATE': {
      const days = parseDate(text)
      if (days !== null) return literal({ case: 'date', value: days })
      break
    }
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const micros = parseTimestampParts(text) === null ? null : parseTimestamp(text, zone, noToday)
      if (micros !== null) return literal({ case: 'timestamp', value: micros })
      break
    }
    case 'TIMESTAMP_NTZ': {
      const micros = parseTimestampNtz(text)
      if (micros !== null) return literal({ case: 'timestampNtz', value: micros })
      break
    }
    case 'X': {
      const padded = text.length % 2 === 1 ? `0${text}` : text
      if (/^[0-9a-fA-F]*$/.test(padded))
        return literal({
          case: 'binary',
          value: Uint8Array.from({ length: padded.length / 2 }, (_, i) => parseInt(padded.slice(2 * i, 2 * i + 2), 16)),
        })
      break
    }
    case 'TIME':
      throw cursor.refused('the type TIME', 'Use a TIMESTAMP, or text.', type)
  }
  throw cannotParse(cursor, type, token, text)
}

function cannotParse(cursor: Cursor, type: Token, token: Token, text: string) {
  const valueType = `"${type.key === 'X' ? 'X' : type.key.replace('_LTZ', '')}"`
  return cursor.problem(
    { start: type.start, end: token.end },
    'INVALID_TYPED_LITERAL',
    `The value of the typed literal ${valueType} is invalid: '${text}'.`,
    { valueType, value: `'${text}'` },
    { sqlState: '42604', hint: "Write DATE '2024-01-31', TIMESTAMP '2024-01-31 10:00:00' or X'1F'." },
  )
}

/** Strings that stand side by side are one. */
export function stringTokens(cursor: Cursor): Expression {
  let value = ''
  while (cursor.token.kind === 'string') value += stringValue(cursor.next().text)
  return stringLiteral(value)
}
