import { isKnownZone, utcFromLocal } from '../time-zone'
import { daysFromCivil, daysInMonth } from './format-values'

/** Java's whitespace for numbers and times: everything up to and with the space, and the ISO controls. */
export function trimJava(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code <= 0x20 || (code >= 0x7f && code <= 0x9f)
}

/** Decimal digits with an optional sign, nothing else; null when malformed. No range check. */
export function parseIntegral(text: string): bigint | null {
  const trimmed = trimJava(text)
  if (!/^[+-]?\d+$/.test(trimmed)) return null
  return BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed)
}

const SPECIAL: Readonly<Record<string, number>> = {
  inf: Infinity,
  '+inf': Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-inf': -Infinity,
  '-infinity': -Infinity,
  nan: NaN,
}

/** What Java's Double.parseDouble takes (a `d` or `f` suffix included) and Spark's infinities; null when malformed. */
export function parseDouble(text: string): number | null {
  const trimmed = trimJava(text)
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ''))
  const special = trimmed.toLowerCase()
  return Object.hasOwn(SPECIAL, special) ? SPECIAL[special] : null
}

export type ParsedDecimal = { readonly unscaled: bigint; readonly scale: number }

/** What Java's BigDecimal takes; the scale may be negative (`1E3`). */
export function parseDecimal(text: string): ParsedDecimal | null {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(trimJava(text))
  if (parts === null || (parts[2] === '' && (parts[3] ?? '') === '')) return null
  const fraction = parts[3] ?? ''
  const digits = BigInt(`${parts[2]}${fraction}`)
  return { unscaled: parts[1] === '-' ? -digits : digits, scale: fraction.length - Number(parts[4] ?? 0) }
}

/** Half up to `scale`; null when the result needs more than `precision` digits. */
export function rescaleDecimal(
  { unscaled, scale: from }: ParsedDecimal,
  precision: number,
  scale: number,
): bigint | null {
  // A huge exponent must not build a huge number first.
  if (scale - from > 100) return unscaled === 0n ? 0n : null
  const result =
    from - scale > 400
      ? 0n
      : scale >= from
        ? unscaled * 10n ** BigInt(scale - from)
        : divideHalfUp(unscaled, 10n ** BigInt(from - scale))
  const limit = 10n ** BigInt(precision)
  return result < limit && result > -limit ? result : null
}

/** Quotient rounded half away from zero. */
export function divideHalfUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  const rest = value % divisor
  const twice = (rest < 0n ? -rest : rest) * 2n
  const size = divisor < 0n ? -divisor : divisor
  if (twice < size) return quotient
  return value < 0n !== divisor < 0n ? quotient - 1n : quotient + 1n
}

export function parseBoolean(text: string): boolean | null {
  switch (trimJava(text).toLowerCase()) {
    case 't':
    case 'true':
    case 'y':
    case 'yes':
    case '1':
      return true
    case 'f':
    case 'false':
    case 'n':
    case 'no':
    case '0':
      return false
    default:
      return null
  }
}

/** `yyyy`, `yyyy-[m]m`, `yyyy-[m]m-[d]d`, anything after a `T` or blank; days since 1970, null when malformed. */
export function parseDate(text: string): number | null {
  const parts = /^([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(trimJava(text))
  if (parts === null) return null
  return dayNumber(signedYear(parts[1], parts[2]), Number(parts[3] ?? 1), Number(parts[4] ?? 1))
}

const TIMESTAMP =
  /^(?:([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?)?(?:(^|[ T])(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9})\d*)?)?)?)?\s*([A-Za-z+-].*|)$/

export type ParsedTimestamp = { readonly localMicros: bigint; readonly zone: string | null; readonly hasDate: boolean }

/** Date, time and zone of a timestamp text as Spark reads it; null when malformed. A missing date is day 0. */
export function parseTimestampParts(text: string): ParsedTimestamp | null {
  const trimmed = trimJava(text)
  const parts = TIMESTAMP.exec(trimmed.startsWith('T') && /^T\d{1,2}:/.test(trimmed) ? trimmed.slice(1) : trimmed)
  if (parts === null) return null
  const [, sign, year, month, day, , hour, minute, second, fraction, zone] = parts
  const hasDate = year !== undefined
  if (!hasDate && hour === undefined) return null
  if (hour !== undefined && hasDate && day === undefined) return null
  if (zone !== '' && hour === undefined) return null
  const days = hasDate ? dayNumber(signedYear(sign, year), Number(month ?? 1), Number(day ?? 1)) : 0
  if (days === null) return null
  const [h, m, s] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)]
  if (h > 23 || m > 59 || s > 59) return null
  const micros = Number((fraction ?? '').slice(0, 6).padEnd(6, '0'))
  const localMicros = BigInt(days) * 86_400_000_000n + BigInt(((h * 60 + m) * 60 + s) * 1_000_000 + micros)
  if (zone === '' || zone === undefined) return { localMicros, zone: null, hasDate }
  const name = zoneName(zone)
  return name === null ? null : { localMicros, zone: name, hasDate }
}

/** Microseconds since 1970 UTC; a time without a date is today's. */
export function parseTimestamp(text: string, timeZone: string, todayDays: () => number): bigint | null {
  const parts = parseTimestampParts(text)
  if (parts === null) return null
  const local = parts.hasDate ? parts.localMicros : parts.localMicros + BigInt(todayDays()) * 86_400_000_000n
  return utcFromLocal(parts.zone ?? timeZone, local)
}

/** Local microseconds of a timestamp without zone; a zone in the text is ignored, a bare time refused. */
export function parseTimestampNtz(text: string): bigint | null {
  const parts = parseTimestampParts(text)
  return parts === null || !parts.hasDate ? null : parts.localMicros
}

function zoneName(text: string): string | null {
  const name = text.trim()
  return isKnownZone(name) ? name : null
}

function signedYear(sign: string, digits: string): number {
  return sign === '-' ? -Number(digits) : Number(digits)
}

function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return daysFromCivil(year, month, day)
}
