import type { DataType, DecimalType } from '../../../protocol/columns'
import {
  rescaleDecimal,
  parseDecimal,
  parseDate,
  parseTimestamp,
  parseTimestampParts,
} from '../../expressions/casts/parse-values'
import { decodeBase64 } from './base64'
import { copyJson } from './copy-json'
import { compileDatetimePattern } from './datetime-pattern'
import type { JsonOptions } from './slow-parser'
import { FALSE, FLOAT, INT, NULL, STRING, TRUE } from './json-reader'
import type { JsonReader, Token } from './json-reader'

/** A value that does not fit its field's type. */
export class JsonConversionError extends Error {}

/** The value of the reader's current token, never NULL, as type's raw value: see `ColumnStore.write`. */
export type TokenConverter = (reader: JsonReader, token: Token) => unknown

/** The converter of a type that is not nested. */
export function atomicConverter(type: DataType, options: JsonOptions): TokenConverter {
  switch (type.kind) {
    case 'boolean':
      return (_reader, token) => (token === TRUE ? 1 : token === FALSE ? 0 : mismatch(type))
    case 'byte':
      // The reader's byte is -128..255, the column's wraps.
      return (reader, token) => (token === INT ? (integer(reader, -128n, 255n) << 24) >> 24 : mismatch(type))
    case 'short':
      return (reader, token) => (token === INT ? integer(reader, -32768n, 32767n) : mismatch(type))
    case 'integer':
      return (reader, token) => (token === INT ? integer(reader, -2147483648n, 2147483647n) : mismatch(type))
    case 'long':
      return (reader, token) => (token === INT ? long(reader) : mismatch(type))
    case 'float':
    case 'double':
      return (reader, token) => floating(reader, token, type, options.allowNonNumericNumbers)
    case 'decimal':
      return (reader, token) => decimal(reader, token, type)
    case 'string':
      return (reader, token) =>
        token === STRING ? wellFormed(reader.getText()) : copyJson(reader, options.exactStrings)
    case 'binary':
      return (reader, token) => {
        if (token !== STRING) return mismatch(type)
        return decodeBase64(reader.getText()) ?? mismatch(type)
      }
    case 'date':
      return dateConverter(type, options)
    case 'timestamp':
      return timestampConverter(type, options)
    case 'timestamp_ntz':
      return timestampNtzConverter(type, options)
    case 'void':
      return () => mismatch(type)
    default:
      return () => mismatch(type)
  }
}

/** Text of a timestamp to microseconds since 1970 UTC by the options; null when malformed. */
export function timestampParser(options: JsonOptions): (text: string) => bigint | null {
  const { timeZone, todayDays } = options
  if (options.timestampFormat !== null) {
    const pattern = compileDatetimePattern(options.timestampFormat)
    return (text) => pattern.parseInstant(text, timeZone)
  }
  return (text) =>
    parseTimestamp(text, timeZone, todayDays) ?? parseTimestamp(unusualTimestamp(text), timeZone, todayDays)
}

/** Hours alone, and the `GMT` that Spark 1.x wrote before an offset. */
function unusualTimestamp(text: string): string {
  return text.replaceAll('GMT', '').replace(/^([^ T]*[ T]\d{1,2})(?![\d:])/, '$1:00')
}

/** Text of a date to days since 1970 by the options; null when malformed. */
export function dateParser(options: JsonOptions): (text: string) => number | null {
  if (options.dateFormat !== null) {
    const pattern = compileDatetimePattern(options.dateFormat)
    return (text) => pattern.parseDays(text)
  }
  return (text) => {
    const days = parseDate(text) ?? (text.includes('GMT') ? parseDate(text.replaceAll('GMT', '')) : null)
    if (days !== null) return days
    // Spark 1.5 wrote dates as day numbers, and its readers still take them.
    if (!/^[+-]?\d{1,10}$/.test(text)) return null
    const number = Number(text)
    return number === (number | 0) ? number : null
  }
}

function timestampConverter(type: DataType, options: JsonOptions): TokenConverter {
  const parse = timestampParser(options)
  return (reader, token) => {
    if (token === INT) return BigInt.asIntN(64, long(reader) * 1_000_000n)
    if (token !== STRING) return mismatch(type)
    return parse(nonEmpty(reader, type)) ?? mismatch(type)
  }
}

function timestampNtzConverter(type: DataType, options: JsonOptions): TokenConverter {
  const pattern = options.timestampNtzFormat === null ? null : compileDatetimePattern(options.timestampNtzFormat)
  return (reader, token) => {
    if (token !== STRING) return mismatch(type)
    const text = nonEmpty(reader, type)
    if (pattern !== null) return pattern.parseLocal(text) ?? mismatch(type)
    const parts = parseTimestampParts(text)
    return parts !== null && parts.zone === null && parts.hasDate ? parts.localMicros : mismatch(type)
  }
}

function dateConverter(type: DataType, options: JsonOptions): TokenConverter {
  const parse = dateParser(options)
  return (reader, token) => {
    if (token !== STRING) return mismatch(type)
    return parse(nonEmpty(reader, type)) ?? mismatch(type)
  }
}

function integer(reader: JsonReader, min: bigint, max: bigint): number {
  const value = BigInt(reader.getText())
  if (value < min || value > max) throw new JsonConversionError(`${value} is out of range`)
  return Number(value)
}

function long(reader: JsonReader): bigint {
  const value = BigInt(reader.getText())
  if (BigInt.asIntN(64, value) !== value) throw new JsonConversionError(`${value} is out of range`)
  return value
}

const NON_NUMERIC: Readonly<Record<string, number>> = {
  NaN: NaN,
  INF: Infinity,
  '+INF': Infinity,
  Infinity: Infinity,
  '+Infinity': Infinity,
  '-INF': -Infinity,
  '-Infinity': -Infinity,
}

function floating(reader: JsonReader, token: Token, type: DataType, allowsNonNumeric: boolean): number {
  const text = token === INT || token === FLOAT || token === STRING ? reader.getText() : mismatch(type)
  const special = NON_NUMERIC[text]
  if (special !== undefined && allowsNonNumeric && !(token === STRING && text === 'INF')) return special
  if (token === STRING) return mismatch(type)
  // The integer -0 has no sign.
  const value = token === INT ? Number(text) + 0 : Number(text)
  return type.kind === 'float' ? Math.fround(value) : value
}

function decimal(reader: JsonReader, token: Token, type: DecimalType): bigint {
  if (token !== INT && token !== FLOAT && token !== STRING) return mismatch(type)
  const text = token === STRING ? nonEmpty(reader, type).replaceAll(',', '') : reader.getText()
  // Java's BigDecimal takes no blanks.
  const parsed = /\s/.test(text) ? null : parseDecimal(text)
  const value = parsed === null ? null : rescaleDecimal(parsed, type.precision, type.scale)
  return value ?? mismatch(type)
}

function nonEmpty(reader: JsonReader, type: DataType): string {
  const text = reader.getText()
  return text === '' ? mismatch(type) : text
}

/** Java writes half of a surrogate pair as a question mark. */
export function wellFormed(text: string): string {
  return text.isWellFormed()
    ? text
    : text.toWellFormed().replaceAll('\ufffd', (char, at: number) => (text[at] === '\ufffd' ? char : '?'))
}

export function mismatch(type: DataType): never {
  throw new JsonConversionError(`a value does not fit type ${type.kind}`)
}

export function isNullToken(token: Token): boolean {
  return token === NULL || token === 0
}
