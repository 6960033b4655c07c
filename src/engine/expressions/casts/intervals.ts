import type { DataType } from '../../../protocol/columns'

type DayTime = Extract<DataType, { kind: 'day-time-interval' }>
type YearMonth = Extract<DataType, { kind: 'year-month-interval' }>

const DAY_TIME_UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const
const UNIT_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const

/** `INTERVAL '1 02:03:04.5' DAY TO SECOND`. */
export function dayTimeIntervalSql(micros: bigint, { startField, endField }: DayTime): string {
  const sign = micros < 0n ? '-' : ''
  let rest = micros < 0n ? -micros : micros
  let text = ''
  for (let unit = startField as number; unit <= endField; unit++) {
    const size = UNIT_MICROS[unit]
    const amount = rest / size
    rest -= amount * size
    const padded = unit === 0 ? String(amount) : String(amount).padStart(2, '0')
    text += unit === startField ? padded : unit === 1 ? ` ${padded}` : `:${padded}`
  }
  if (endField === 3 && rest > 0n) text += `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`
  return `INTERVAL '${sign}${text}' ${unitRange(DAY_TIME_UNITS, startField, endField)}`
}

/** `INTERVAL '1-2' YEAR TO MONTH`. */
export function yearMonthIntervalSql(months: number, { startField, endField }: YearMonth): string {
  const sign = months < 0 ? '-' : ''
  const total = Math.abs(months)
  const years = Math.floor(total / 12)
  const text = startField === 1 ? String(total) : endField === 0 ? String(years) : `${years}-${total % 12}`
  return `INTERVAL '${sign}${text}' ${unitRange(['YEAR', 'MONTH'], startField, endField)}`
}

function unitRange(units: readonly string[], start: number, end: number): string {
  return start === end ? units[start] : `${units[start]} TO ${units[end]}`
}

const UNIT_NAMES: Readonly<Record<string, bigint>> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: 86_400_000_000n,
  week: 604_800_000_000n,
}
const MONTH_UNITS: Readonly<Record<string, number>> = { month: 1, year: 12 }

/** `"5 minutes"`, `"interval 1 day 2 hours"`, `"-1 month"`: months and microseconds, or null when it is not an interval. */
export function parseInterval(text: string): { months: number; micros: bigint } | null {
  const body = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
  if (body === '') return null
  const pattern = /\s*([+-]?)\s*(\d+)?(?:\.(\d{0,9}))?\s+([a-z]+)/y
  let months = 0
  let micros = 0n
  while (pattern.lastIndex < body.length) {
    const at = pattern.lastIndex
    const part = pattern.exec(body)
    if (part === null || part.index !== at) return null
    const [, sign, whole, fraction, unitText] = part
    if (whole === undefined && fraction === undefined) return null
    const unit = unitText.replace(/s$/, '')
    const factor = sign === '-' ? -1 : 1
    if (Object.hasOwn(MONTH_UNITS, unit)) {
      if (fraction !== undefined) return null
      months += factor * Number(whole) * MONTH_UNITS[unit]
      continue
    }
    if (!Object.hasOwn(UNIT_NAMES, unit) || (fraction !== undefined && unit !== 'second')) return null
    const nanos = BigInt((fraction ?? '').padEnd(9, '0'))
    micros += BigInt(factor) * (BigInt(whole ?? 0) * UNIT_NAMES[unit] + (unit === 'second' ? nanos / 1000n : 0n))
  }
  return { months, micros }
}
