import { userError } from '../../protocol/errors/runnel-error'
import type { ExceptionName, RunnelError } from '../../protocol/errors/runnel-error'

const LONG_MAX = 9_223_372_036_854_775_807n
const INT_MAX = 2_147_483_647n

/** A bad value of an option: the words of the Java call that reads it, and what would have been right. */
export function badOption(
  option: string,
  value: string,
  expected: string,
  words: string,
  exception: ExceptionName = 'IllegalArgumentException',
): RunnelError {
  return userError('_LEGACY_OPTION_VALUE', words, {
    exception,
    parameters: { option, value, expected },
    hint: `The option ${option} must be ${expected}, got "${value}".`,
  })
}

/** Java's Long.parseLong, then the range the option allows. */
export function parseLong(option: string, value: string, expected: string, min: bigint): bigint {
  return parseInteger(option, value, expected, min, LONG_MAX)
}

/** Java's Integer.parseInt, then the range the option allows. */
export function parseInt32(option: string, value: string, expected: string, min: number): number {
  return Number(parseInteger(option, value, expected, BigInt(min), INT_MAX))
}

function parseInteger(option: string, value: string, expected: string, min: bigint, max: bigint): bigint {
  const number = /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : null
  if (number === null || number > max || number < -max - 1n)
    throw badOption(option, value, expected, `For input string: "${value}"`, 'NumberFormatException')
  if (number < min) throw badOption(option, value, expected, `The option ${option} must be ${expected}, got ${value}.`)
  return number
}

/** Scala's toBoolean. */
export function parseBoolean(option: string, value: string): boolean {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  throw badOption(option, value, '"true" or "false"', `For input string: "${value}"`)
}

const ISO =
  /^([+-]?)P(?:([+-]?\d+)D)?(?:T(?=[\d+-])(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i

/** Java's Duration.parse in milliseconds; null where Java throws. */
export function parseIsoDurationMs(value: string): number | null {
  const match = ISO.exec(value)
  if (match === null || /^[+-]?P$/i.test(value)) return null
  const [, sign, days, hours, minutes, seconds, fraction] = match
  const part = (text: string | undefined, unitMs: number) => (text === undefined ? 0 : Number(text) * unitMs)
  const fractionMs = part(fraction === undefined || fraction === '' ? undefined : `0.${fraction}`, 1000)
  const signedFraction = seconds?.startsWith('-') ? -fractionMs : fractionMs
  const total =
    part(days, 86_400_000) + part(hours, 3_600_000) + part(minutes, 60_000) + part(seconds, 1000) + signedFraction
  return sign === '-' ? -total : total
}

const PLAIN = /^(\d+)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)?$/i

/** `120s`, `2 min`, `90` (seconds): what people write where Java wants `PT120S`. Null when that is not it either. */
export function isoOfPlainDuration(value: string): string | null {
  const match = PLAIN.exec(value.trim())
  if (match === null) return null
  const [, amount, unit = 's'] = match
  if (unit.toLowerCase() === 'ms') return `PT${Number(amount) / 1000}S`
  return `PT${amount}${unit[0].toUpperCase()}`
}
