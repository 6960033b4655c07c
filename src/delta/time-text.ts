/** Dates and times as the Delta log writes them, proleptic Gregorian. */
export function civilDate(days: number): string {
  // Shifted so that a cycle of 400 years (146,097 days) starts on 0000-03-01: leap days come last.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${yearText(year)}-${two(month)}-${two(day)}`
}

/** Days since 1970 of `yyyy-MM-dd`. */
export function daysOfCivil(text: string): number {
  const match = /^([+-]?\d+)-(\d{1,2})-(\d{1,2})/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is no date`)
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** `yyyy-MM-ddTHH:mm:ss.fff`, the fraction cut (not rounded) to `digits`. */
export function isoTimestamp(micros: bigint, digits: 3 | 6): string {
  const days = floorDiv(micros, 86_400_000_000n)
  const rest = micros - days * 86_400_000_000n
  const seconds = Number(rest / 1_000_000n)
  const fraction = String(rest % 1_000_000n)
    .padStart(6, '0')
    .slice(0, digits)
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${civilDate(Number(days))}T${clock}.${fraction}`
}

/** Microseconds since 1970 of ISO text or `yyyy-MM-dd HH:mm:ss[.SSSSSS]`; without a zone it is read as UTC. */
export function parseTimestampMicros(text: string): bigint {
  const match =
    /^([+-]?\d+-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/.exec(
      text,
    )
  if (match === null) throw new RangeError(`"${text}" is no timestamp`)
  const [, date, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const micros = BigInt(fraction.slice(0, 6).padEnd(6, '0'))
  const seconds =
    BigInt(daysOfCivil(date)) * 86_400n + BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second))
  return (seconds - BigInt(zoneSeconds(zone))) * 1_000_000n + micros
}

function zoneSeconds(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
  if (match === null) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60)
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function yearText(year: number): string {
  if (year < 0) return `-${String(-year).padStart(4, '0')}`
  return year > 9999 ? `+${year}` : String(year).padStart(4, '0')
}

/** A session time as Java's `Timestamp` prints it in Delta's messages: `2026-01-01 10:00:00.5`. */
export function sqlTimestamp(timestampMs: number): string {
  const [seconds, fraction = ''] = isoTimestamp(BigInt(timestampMs) * 1000n, 3)
    .replace('T', ' ')
    .split('.')
  return `${seconds}.${fraction.replace(/0+$/, '') || '0'}`
}
