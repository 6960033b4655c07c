import { decimalText } from '../../batch/to-values'
import { offsetMicrosAt } from '../time-zone'

const MICROS_PER_DAY = 86_400_000_000n

/** A DOUBLE as Java prints it: `1.0`, `1.0E7`, `9.99E-4`, `NaN`, `Infinity`. */
export function formatDouble(value: number): string {
  return javaNumber(value, (positive) => positive.toExponential())
}

/** A FLOAT as Java prints it: the fewest digits that read back as the same float. */
export function formatFloat(value: number): string {
  return javaNumber(value, (positive) => {
    for (let digits = 0; digits < 9; digits++) {
      const text = positive.toExponential(digits)
      if (Math.fround(Number(text)) === positive) return text
    }
    return positive.toExponential()
  })
}

function javaNumber(value: number, shortest: (positive: number) => string): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const positive = Math.abs(value)
  if (positive === Infinity) return `${sign}Infinity`
  if (positive === 0) return `${sign}0.0`
  const [mantissa, exponentText] = shortest(positive).split('e') as [string, string]
  const exponent = Number(exponentText)
  const digits = mantissa.replace('.', '')
  if (exponent < -3 || exponent >= 7) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** A decimal as Java's BigDecimal prints it in SQL text: plain, or scientific for very small values (`1E-7`). */
export function formatDecimalSql(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
  const adjusted = digits.length - 1 - scale
  if (adjusted >= -6) return decimalText(unscaled, scale)
  const fraction = digits.slice(1)
  return `${unscaled < 0n ? '-' : ''}${digits[0]}${fraction === '' ? '' : `.${fraction}`}E${adjusted}`
}

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number }

/** Days since 1970-01-01 to year, month 1..12, day 1..31, proleptic Gregorian, any year. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

/** The inverse of `civilFromDays`; month and day must be in range. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

export function daysInMonth(year: number, month: number): number {
  return month === 2
    ? isLeapYear(year)
      ? 29
      : 28
    : month === 4 || month === 6 || month === 9 || month === 11
      ? 30
      : 31
}

export function formatYear(year: number): string {
  if (year > 9999) return `+${year}`
  return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0')
}

/** `2024-01-02`. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${formatYear(year)}-${pad2(month)}-${pad2(day)}`
}

/** `2024-01-02 03:04:05.12`: microseconds without trailing zeros, in the zone. */
export function formatTimestamp(micros: bigint, timeZone: string): string {
  const { days, microsOfDay } = splitMicros(micros + offsetMicrosAt(timeZone, micros))
  const seconds = Math.floor(microsOfDay / 1_000_000)
  const fraction = microsOfDay % 1_000_000
  const time = `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`
  return `${formatDate(days)} ${time}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`}`
}

/** Days since 1970 and microseconds of the day of a local time. */
export function splitMicros(local: bigint): { days: number; microsOfDay: number } {
  const days = floorDiv(local, MICROS_PER_DAY)
  return { days: Number(days), microsOfDay: Number(local - days * MICROS_PER_DAY) }
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

export function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
