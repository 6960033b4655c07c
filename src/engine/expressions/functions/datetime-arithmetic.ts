import type { Column, DataType } from '../../../protocol/columns'
import { DATE, INTEGER, TIMESTAMP, isIntegral } from '../../types/atomic-types'
import { implicitCast } from '../casts/bind-cast'
import { civilFromDays, daysFromCivil, daysInMonth, floorDiv } from '../casts/format-values'
import { arithmeticOverflow } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import { offsetMicrosAt, utcFromLocal } from '../time-zone'

const MICROS_PER_DAY = 86_400_000_000n
const isTime = (type: DataType) => type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
const isInterval = (type: DataType) => type.kind === 'day-time-interval' || type.kind === 'year-month-interval'

type Compute = (a: Exclude<Value, null>, b: Exclude<Value, null>, timeZone: string) => Value

/** `+`, `-`, `*`, `/` where a side is a date, a timestamp or an interval; null when neither is. */
export function bindDatetimeArithmetic(operator: string, left: Node, right: Node, sql: string): Node | null {
  const [a, b] = [left.type, right.type]
  if (operator === '-' && isTime(a) && (isTime(b) || b.kind === 'string')) return difference(left, right, sql)
  if (operator === '-' && a.kind === 'string' && isTime(b)) return difference(left, right, sql)
  if (operator === '+' && isIntegral(a) && b.kind === 'date')
    return addDays(right, left, 1, `date_add(${right.sql}, ${left.sql})`)
  if (a.kind === 'date' && isIntegral(b)) {
    if (operator === '+') return addDays(left, right, 1, `date_add(${left.sql}, ${right.sql})`)
    if (operator === '-') return addDays(left, right, -1, `date_sub(${left.sql}, ${right.sql})`)
  }
  if ((operator === '+' || operator === '-') && isTime(a) && isInterval(b))
    return addInterval(left, right, operator === '+' ? 1 : -1, `${left.sql} ${operator} ${right.sql}`)
  if (operator === '+' && isInterval(a) && isTime(b)) return addInterval(right, left, 1, `${right.sql} + ${left.sql}`)
  if ((operator === '+' || operator === '-') && isInterval(a) && a.kind === b.kind)
    return sumIntervals(operator, left, right, sql)
  if ((operator === '*' || operator === '/') && isInterval(a))
    return scaleInterval(operator, left, right, `(${left.sql} ${operator} ${right.sql})`)
  if (operator === '*' && isInterval(b)) return scaleInterval(operator, right, left, `(${left.sql} * ${right.sql})`)
  return null
}

function rows(type: DataType, left: Node, right: Node, sql: string, compute: Compute): Node {
  return node({
    type,
    nullable: left.nullable || right.nullable,
    sql,
    children: [left, right],
    evaluate(batch, context): Column {
      const [x, y] = [readerOf(left.evaluate(batch, context)), readerOf(right.evaluate(batch, context))]
      return columnOfRows(type, batch.numRows, (i) => {
        const [p, q] = [x(i), y(i)]
        return p === null || q === null ? null : compute(p, q, context.timeZone)
      })
    },
  })
}

function difference(left: Node, right: Node, sql: string): Node {
  if (left.type.kind === 'date' && right.type.kind === 'date') {
    const days: DataType = { kind: 'day-time-interval', startField: 0, endField: 0 }
    return rows(days, left, right, sql, (a, b) => BigInt((a as number) - (b as number)) * MICROS_PER_DAY)
  }
  const target = left.type.kind === 'timestamp_ntz' && right.type.kind === 'timestamp_ntz' ? left.type : TIMESTAMP
  const [a, b] = [implicitCast(left, target), implicitCast(right, target)]
  const span: DataType = { kind: 'day-time-interval', startField: 0, endField: 3 }
  // Spark counts local time, so that a day with a clock change has 24 hours.
  return rows(span, a, b, sql, (x, y, zone) => {
    const [from, to] = [y as bigint, x as bigint]
    return target.kind === 'timestamp' ? to + offsetMicrosAt(zone, to) - from - offsetMicrosAt(zone, from) : to - from
  })
}

/** date_add and date_sub. */
export function addDays(date: Node, days: Node, sign: 1 | -1, sql: string): Node {
  return rows(DATE, implicitCast(date, DATE), implicitCast(days, INTEGER), sql, (a, b) => {
    const result = (a as number) + sign * (b as number)
    if (result > 2147483647 || result < -2147483648) throw arithmeticOverflow('integer overflow')
    return result
  })
}

function addInterval(time: Node, interval: Node, sign: 1 | -1, sql: string): Node {
  const { type } = time
  if (interval.type.kind === 'year-month-interval') {
    if (type.kind === 'date')
      return rows(DATE, time, interval, sql, (a, b) => addMonths(a as number, sign * (b as number)))
    return rows(type, time, interval, sql, (a, b, zone) =>
      addMonthsToTimestamp(a as bigint, sign * (b as number), type.kind === 'timestamp' ? zone : 'UTC'),
    )
  }
  const unit = BigInt(sign)
  if (type.kind === 'date') {
    if (interval.type.kind === 'day-time-interval' && interval.type.endField === 0) {
      const days = sign === 1 ? interval.sql : `(- ${interval.sql})`
      return rows(
        DATE,
        time,
        interval,
        `date_add(${time.sql}, extractansiintervaldays(${days}))`,
        (a, b) => (a as number) + Number((unit * (b as bigint)) / MICROS_PER_DAY),
      )
    }
    return addInterval(implicitCast(time, TIMESTAMP), interval, sign, sql)
  }
  return rows(type, time, interval, sql, (a, b, zone) =>
    addMicros(a as bigint, unit * (b as bigint), type.kind === 'timestamp' ? zone : 'UTC'),
  )
}

/** Whole days move the local date, the rest moves the instant. */
function addMicros(micros: bigint, amount: bigint, zone: string): bigint {
  if (zone === 'UTC') return micros + amount
  const days = amount / MICROS_PER_DAY
  const local = micros + offsetMicrosAt(zone, micros) + days * MICROS_PER_DAY
  return utcFromLocal(zone, local) + (amount - days * MICROS_PER_DAY)
}

/** The same day of another month, or its last day. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days)
  const total = year * 12 + (month - 1) + months
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1]
  return daysFromCivil(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)))
}

function addMonthsToTimestamp(micros: bigint, months: number, zone: string): bigint {
  const local = micros + offsetMicrosAt(zone, micros)
  const day = floorDiv(local, MICROS_PER_DAY)
  return utcFromLocal(zone, BigInt(addMonths(Number(day), months)) * MICROS_PER_DAY + (local - day * MICROS_PER_DAY))
}

function sumIntervals(operator: string, left: Node, right: Node, sql: string): Node {
  const [a, b] = [left.type, right.type] as [
    Extract<DataType, { kind: 'day-time-interval' }>,
    Extract<DataType, { kind: 'day-time-interval' }>,
  ]
  const type = {
    kind: a.kind,
    startField: Math.min(a.startField, b.startField),
    endField: Math.max(a.endField, b.endField),
  } as DataType
  const sign = operator === '+' ? 1 : -1
  if (type.kind === 'year-month-interval')
    return rows(type, left, right, sql, (x, y) => (x as number) + sign * (y as number))
  return rows(type, left, right, sql, (x, y) => (x as bigint) + BigInt(sign) * (y as bigint))
}

function scaleInterval(operator: string, interval: Node, factor: Node, sql: string): Node {
  const type: DataType =
    interval.type.kind === 'year-month-interval'
      ? { kind: 'year-month-interval', startField: 0, endField: 1 }
      : { kind: 'day-time-interval', startField: 0, endField: 3 }
  const number = implicitCast(factor, { kind: 'double' })
  const apply = (size: number, by: number) =>
    Math.sign(size * by) * Math.round(Math.abs(operator === '*' ? size * by : size / by))
  return rows(type, interval, number, sql, (x, y) => {
    const result = apply(Number(x), y as number)
    return type.kind === 'year-month-interval' ? result : BigInt(result)
  })
}
