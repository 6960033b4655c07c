/**
 * Interval texts such as `10 minutes`, `1 hour 30 minutes`, `interval 5 seconds`: durations of windows, watermarks, triggers.
 * Units and their spelling as Spark's string-to-interval conversion takes them; months stay apart since their length varies.
 */
export type Interval = { readonly months: number; readonly days: number; readonly micros: number }

const MICROS: Readonly<Record<string, number>> = {
  microsecond: 1,
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
}

/** null when the text is no interval. */
export function parseInterval(text: string): Interval | null {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
  const parts = [...words.matchAll(/([+-]?)\s*(\d+(?:\.\d*)?|\.\d+)\s+([a-z]+)\s*/g)]
  if (
    parts.length === 0 ||
    parts
      .map((part) => part[0])
      .join('')
      .trim() !== words
  )
    return null
  let months = 0
  let days = 0
  let micros = 0
  for (const [, sign, digits, unitWord] of parts) {
    const value = Number(digits) * (sign === '-' ? -1 : 1)
    const unit = unitWord.replace(/s$/, '')
    if (unit !== 'second' && !Number.isInteger(value)) return null
    if (unit === 'year') months += 12 * value
    else if (unit === 'month') months += value
    else if (unit === 'week') days += 7 * value
    else if (unit === 'day') days += value
    else if (MICROS[unit] !== undefined) micros += Math.round(value * MICROS[unit])
    else return null
  }
  return { months, days, micros }
}

export const MICROS_PER_DAY = 86_400_000_000

/** Microseconds of an interval without months. */
export function intervalMicros(interval: Interval): number {
  return interval.days * MICROS_PER_DAY + interval.micros
}
