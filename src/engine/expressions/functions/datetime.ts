import type { DataType } from '../../../protocol/columns'
import type { RunnelError } from '../../../protocol/errors/runnel-error'
import { userError } from '../../../protocol/errors/runnel-error'
import { DATE, DOUBLE, INTEGER, LONG, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/atomic-types'
import { implicitCast } from '../casts/bind-cast'
import { civilFromDays, daysFromCivil, daysInMonth, floorDiv, isLeapYear, splitMicros } from '../casts/format-values'
import { arithmeticOverflow, sparkError, unexpectedInputType } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { offsetMicrosAt, utcFromLocal } from '../time-zone'
import { anyTimestamp, bool, date, int, integral, numeric, oneOf, text, timestamp, typed } from './argument-types'
import type { ArgumentType } from './argument-types'
import { addDays, addMonths } from './datetime-arithmetic'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

const MICROS_PER_DAY = 86_400_000_000n

/** Local microseconds of a timestamp value in the zone its type asks for. */
function localOf(micros: bigint, type: DataType, timeZone: string): bigint {
  return type.kind === 'timestamp' ? micros + offsetMicrosAt(timeZone, micros) : micros
}

/** A field of a date. */
function datePart(
  name: string,
  aliases: readonly string[],
  doc: string,
  part: (days: number) => number,
): FunctionEntry[] {
  return [name, ...aliases].map((alias) =>
    scalarFunction({ name: alias, args: [date], returns: INTEGER, doc, row: part }),
  )
}

/** A field of the local time of day. */
function timePart(name: string, doc: string, part: (seconds: number) => number): FunctionEntry {
  return scalarFunction({
    name,
    args: [anyTimestamp],
    returns: INTEGER,
    doc,
    open:
      ({ timeZone }, args) =>
      (micros: bigint) =>
        part(Math.floor(splitMicros(localOf(micros, args[0].type, timeZone)).microsOfDay / 1_000_000)),
  })
}

function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7
}

function dayOfYear(days: number): number {
  const { year } = civilFromDays(days)
  return days - daysFromCivil(year, 1, 1) + 1
}

/** ISO week and the year it belongs to. */
function isoWeek(days: number): { week: number; year: number } {
  const thursday = days - weekday(days) + 3
  const { year } = civilFromDays(thursday)
  return { week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1, year }
}

/** current_timestamp() and kin: the batch's one time. */
function now(
  name: string,
  type: DataType,
  doc: string,
  value: (nowMicros: bigint, timeZone: string) => Value,
): FunctionEntry {
  return scalarFunction({
    name,
    args: [],
    returns: type,
    nullable: false,
    doc,
    neverFails: true,
    rowWithNulls: ({ nowMicros, timeZone }) => value(nowMicros, timeZone),
  })
}

const today = (nowMicros: bigint, zone: string) =>
  Number(floorDiv(nowMicros + offsetMicrosAt(zone, nowMicros), MICROS_PER_DAY))

const TRUNC_DATE: Readonly<Record<string, (days: number) => number>> = {
  week: (days) => days - weekday(days),
  month: (days) => monthStart(days, 1),
  mon: (days) => monthStart(days, 1),
  mm: (days) => monthStart(days, 1),
  quarter: (days) => monthStart(days, 3),
  year: (days) => monthStart(days, 12),
  yyyy: (days) => monthStart(days, 12),
  yy: (days) => monthStart(days, 12),
}

function monthStart(days: number, months: number): number {
  const { year, month } = civilFromDays(days)
  return daysFromCivil(year, month - ((month - 1) % months), 1)
}

const UNIT_MICROS: Readonly<Record<string, bigint>> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
}

function truncTimestamp(unitText: string, micros: bigint, type: DataType, timeZone: string): Value {
  const unit = unitText.toLowerCase()
  const local = localOf(micros, type, timeZone)
  const back = (value: bigint) => (type.kind === 'timestamp' ? utcFromLocal(timeZone, value) : value)
  const size = UNIT_MICROS[unit]
  if (size !== undefined) return back(floorDiv(local, size) * size)
  const days = Number(floorDiv(local, MICROS_PER_DAY))
  if (unit === 'day' || unit === 'dd') return back(BigInt(days) * MICROS_PER_DAY)
  const trunc = TRUNC_DATE[unit]
  return trunc === undefined ? null : back(BigInt(trunc(days)) * MICROS_PER_DAY)
}

const DAY_NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const LONG_DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

function nextDay(days: number, name: string): number {
  const upper = name.trim().toUpperCase()
  const target =
    upper.length === 2
      ? DAY_NAMES.indexOf(upper)
      : LONG_DAYS.findIndex((day) => day === upper || day.slice(0, 3) === upper)
  if (target < 0)
    throw sparkError(
      'ILLEGAL_DAY_OF_WEEK',
      { string: name },
      { exception: 'IllegalArgumentException', hint: 'Write a day such as Mon or Monday.' },
    )
  const ahead = (target - weekday(days) + 7) % 7
  return days + (ahead === 0 ? 7 : ahead)
}

/** Whole months when the days agree or both are last days, else with a fraction of a 31-day month. */
function monthsBetween(later: bigint, earlier: bigint, roundOff: boolean, timeZone: string): number {
  const [a, b] = [
    splitMicros(later + offsetMicrosAt(timeZone, later)),
    splitMicros(earlier + offsetMicrosAt(timeZone, earlier)),
  ]
  const [x, y] = [civilFromDays(a.days), civilFromDays(b.days)]
  const months = (x.year - y.year) * 12 + x.month - y.month
  const isLast = (d: { year: number; month: number; day: number }) => d.day === daysInMonth(d.year, d.month)
  if (x.day === y.day || (isLast(x) && isLast(y))) return months
  const seconds = (x.day - y.day) * 86_400 + Math.floor(a.microsOfDay / 1e6) - Math.floor(b.microsOfDay / 1e6)
  const diff = months + seconds / (31 * 86_400)
  return roundOff ? Math.round(diff * 1e8) / 1e8 : diff
}

function outOfBounds(message: string, suggestion = true) {
  const config = { rangeMessage: message, ansiConfig: '"spark.sql.ansi.enabled"' }
  return sparkError(
    suggestion ? 'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION' : 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION',
    config,
    { exception: 'DateTimeException', hint: 'A date field is outside its range.' },
  )
}

function makeDate(year: number, month: number, day: number): number {
  if (month < 1 || month > 12) throw outOfBounds(`Invalid value for MonthOfYear (valid values 1 - 12): ${month}`)
  if (day < 1 || day > 31) throw outOfBounds(`Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`)
  if (day > daysInMonth(year, month)) {
    throw outOfBounds(
      month === 2 && day === 29 && !isLeapYear(year)
        ? `Invalid date 'February 29' as '${year}' is not a leap year`
        : `Invalid date '${MONTH_NAMES[month - 1]} ${day}'`,
    )
  }
  return daysFromCivil(year, month, day)
}

const MONTH_NAMES = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
]

function makeLocal(year: number, month: number, day: number, hour: number, minute: number, seconds: bigint): bigint {
  const days = makeDate(year, month, day)
  if (hour < 0 || hour > 23) throw outOfBounds(`Invalid value for HourOfDay (valid values 0 - 23): ${hour}`)
  if (minute < 0 || minute > 59) throw outOfBounds(`Invalid value for MinuteOfHour (valid values 0 - 59): ${minute}`)
  const whole = seconds / 1_000_000n
  if (whole > 60n || seconds < 0n || (whole === 60n && seconds % 1_000_000n !== 0n)) {
    throw whole === 60n
      ? sparkError(
          'INVALID_FRACTION_OF_SECOND',
          { secAndMicros: String(Number(seconds) / 1e6) },
          { exception: 'DateTimeException' },
        )
      : outOfBounds(`Invalid value for SecondOfMinute (valid values 0 - 59): ${whole}`)
  }
  return BigInt(days) * MICROS_PER_DAY + BigInt(hour * 60 + minute) * 60_000_000n + seconds
}

const secondsArgument = typed({ kind: 'decimal', precision: 16, scale: 6 })

/** seconds, milliseconds or microseconds since 1970 as a timestamp. */
function fromEpoch(name: string, argument: ArgumentType, perUnit: bigint, doc: string): FunctionEntry {
  return scalarFunction({
    name,
    args: [argument],
    returns: TIMESTAMP,
    doc,
    nullable: (args) => args.some((arg) => arg.nullable || arg.type.kind === 'float' || arg.type.kind === 'double'),
    open: (_context, args) => (value: number | bigint) => {
      const { type } = args[0]
      if (type.kind === 'decimal') return ((value as bigint) * perUnit) / 10n ** BigInt(type.scale)
      if (type.kind === 'double' || type.kind === 'float')
        return Number.isFinite(value) ? BigInt(Math.trunc((value as number) * Number(perUnit))) : null
      const micros = BigInt(value) * perUnit
      if (micros !== BigInt.asIntN(64, micros)) throw arithmeticOverflow('long overflow')
      return micros
    },
  })
}

function toEpoch(name: string, perUnit: bigint, doc: string): FunctionEntry {
  return scalarFunction({
    name,
    args: [timestamp],
    returns: LONG,
    doc,
    neverFails: true,
    row: (micros: bigint) => floorDiv(micros, perUnit),
  })
}

/** The part names of EXTRACT and date_part, as functions. */
const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  y: 'year',
  years: 'year',
  yr: 'year',
  quarter: 'quarter',
  qtr: 'quarter',
  month: 'month',
  mon: 'month',
  months: 'month',
  week: 'weekofyear',
  w: 'weekofyear',
  weeks: 'weekofyear',
  day: 'dayofmonth',
  d: 'dayofmonth',
  days: 'dayofmonth',
  dayofweek: 'dayofweek',
  dow: 'dayofweek',
  doy: 'dayofyear',
  hour: 'hour',
  h: 'hour',
  hours: 'hour',
  minute: 'minute',
  m: 'minute',
  min: 'minute',
  minutes: 'minute',
  second: 'second',
  s: 'second',
  sec: 'second',
  seconds: 'second',
}

function bindDatePart(call: FunctionCall): Node {
  const [part, value] = call.args as readonly [Node, Node]
  const name = part.literal === undefined ? undefined : PARTS[String(part.literal.value).toLowerCase()]
  const sql = call.name === 'extract' ? `extract(${part.sql} FROM ${value.sql})` : callSql(call.name, call.args)
  const entry = DATETIMES.find((candidate) => candidate.name === name)
  if (entry === undefined) {
    throw sparkError(
      'NON_FOLDABLE_ARGUMENT',
      { funcName: `\`${call.name}\``, paramName: '`field`', paramType: '"STRING"' },
      { hint: 'The part is a text literal such as "year" or "hour".' },
    )
  }
  const bound = entry.bind({ ...call, name: name!, args: [value] })
  return { ...bound, sql, name: sql, evaluate: (batch, context) => bound.evaluate(batch, context) }
}

function dateSum(name: string, aliases: readonly string[], sign: 1 | -1, doc: string): FunctionEntry[] {
  return [name, ...aliases].map((alias) => ({
    name: alias,
    arity: [2, 2] as const,
    doc,
    bind({ args }: FunctionCall) {
      const sql = callSql(name, args)
      const [day, amount] = args as readonly [Node, Node]
      if (date.accept(day.type) === null) throw unexpectedInputType(sql, 0, '"DATE"', day)
      const small = oneOf(int, typed({ kind: 'short' }), typed({ kind: 'byte' }))
      if (amount.type.kind === 'long' || small.accept(amount.type) === null)
        throw unexpectedInputType(sql, 1, '("INT" or "SMALLINT" or "TINYINT")', amount)
      return addDays(implicitCast(day, DATE), implicitCast(amount, INTEGER), sign, sql)
    },
  }))
}

export const DATETIMES: readonly FunctionEntry[] = [
  now('current_timestamp', TIMESTAMP, 'The time of the batch.', (micros) => micros),
  now('now', TIMESTAMP, 'The time of the batch.', (micros) => micros),
  now(
    'localtimestamp',
    TIMESTAMP_NTZ,
    'The local time of the batch.',
    (micros, zone) => micros + offsetMicrosAt(zone, micros),
  ),
  now('current_date', DATE, 'The local date of the batch.', today),
  now('curdate', DATE, 'The local date of the batch.', today),
  now('current_timezone', STRING, 'The session time zone.', (_micros, zone) => zone),
  ...datePart('year', [], 'Year.', (days) => civilFromDays(days).year),
  ...datePart('quarter', [], 'Quarter 1 to 4.', (days) => Math.ceil(civilFromDays(days).month / 3)),
  ...datePart('month', [], 'Month 1 to 12.', (days) => civilFromDays(days).month),
  ...datePart('dayofmonth', ['day'], 'Day of the month.', (days) => civilFromDays(days).day),
  ...datePart('dayofyear', [], 'Day of the year.', dayOfYear),
  ...datePart('dayofweek', [], 'Day of the week, 1 is Sunday.', (days) => ((weekday(days) + 1) % 7) + 1),
  ...datePart('weekday', [], 'Day of the week, 0 is Monday.', weekday),
  ...datePart('weekofyear', [], 'ISO week.', (days) => isoWeek(days).week),
  timePart('hour', 'Hour 0 to 23.', (seconds) => Math.floor(seconds / 3600)),
  timePart('minute', 'Minute.', (seconds) => Math.floor(seconds / 60) % 60),
  timePart('second', 'Second.', (seconds) => seconds % 60),
  ...['date_part', 'datepart', 'extract'].map((name) => ({
    name,
    arity: [2, 2] as const,
    doc: 'A part of a date or timestamp by name.',
    bind: bindDatePart,
  })),
  fromEpoch('timestamp_seconds', numeric, 1_000_000n, 'Timestamp of seconds since 1970.'),
  fromEpoch('timestamp_millis', integral, 1000n, 'Timestamp of milliseconds since 1970.'),
  fromEpoch('timestamp_micros', integral, 1n, 'Timestamp of microseconds since 1970.'),
  toEpoch('unix_seconds', 1_000_000n, 'Seconds since 1970.'),
  toEpoch('unix_millis', 1000n, 'Milliseconds since 1970.'),
  toEpoch('unix_micros', 1n, 'Microseconds since 1970.'),
  scalarFunction({
    name: 'unix_date',
    args: [date],
    returns: INTEGER,
    doc: 'Days since 1970.',
    row: (days: number) => days,
  }),
  scalarFunction({
    name: 'date_from_unix_date',
    args: [int],
    returns: DATE,
    doc: 'Date of days since 1970.',
    row: (days: number) => days,
  }),
  ...dateSum('date_add', ['dateadd'], 1, 'The date some days later.'),
  ...dateSum('date_sub', [], -1, 'The date some days earlier.'),
  ...['datediff', 'date_diff'].map((name) =>
    scalarFunction({
      name,
      args: [date, date],
      returns: INTEGER,
      doc: 'Days from the second date to the first.',
      row: (end: number, start: number) => end - start,
    }),
  ),
  scalarFunction({
    name: 'add_months',
    args: [date, int],
    returns: DATE,
    doc: 'The date some months later.',
    row: addMonths,
  }),
  scalarFunction({
    name: 'months_between',
    args: [timestamp, timestamp, bool],
    required: 2,
    returns: DOUBLE,
    doc: 'Months between two times.',
    sql: (args) => `months_between(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', true' : ''})`,
    open:
      ({ timeZone }) =>
      (later: bigint, earlier: bigint, roundOff = true) =>
        monthsBetween(later, earlier, roundOff, timeZone),
  }),
  scalarFunction({
    name: 'last_day',
    args: [date],
    returns: DATE,
    doc: 'Last day of the month.',
    row: (days: number) => {
      const { year, month } = civilFromDays(days)
      return daysFromCivil(year, month, daysInMonth(year, month))
    },
  }),
  scalarFunction({ name: 'next_day', args: [date, text], returns: DATE, doc: 'The next such weekday.', row: nextDay }),
  scalarFunction({
    name: 'trunc',
    args: [date, text],
    returns: DATE,
    nullable: true,
    doc: 'First day of the unit.',
    row: (days: number, unit: string) => TRUNC_DATE[unit.toLowerCase()]?.(days) ?? null,
  }),
  scalarFunction({
    name: 'date_trunc',
    args: [text, timestamp],
    returns: (args) => args[1].type,
    nullable: true,
    doc: 'Start of the unit.',
    open:
      ({ timeZone }, args) =>
      (unit: string, micros: bigint) =>
        truncTimestamp(unit, micros, args[1].type, timeZone),
  }),
  scalarFunction({
    name: 'make_date',
    args: [int, int, int],
    returns: DATE,
    doc: 'Date of year, month, day.',
    row: makeDate,
  }),
  ...['make_timestamp', 'make_timestamp_ltz', 'make_timestamp_ntz'].map((name) =>
    scalarFunction({
      name,
      args: [int, int, int, int, int, secondsArgument, text],
      required: 6,
      returns: name === 'make_timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP,
      doc: 'Timestamp of its fields.',
      open:
        ({ timeZone }) =>
        (year: number, month: number, day: number, hour: number, minute: number, seconds: bigint, zone = timeZone) => {
          const local = makeLocal(year, month, day, hour, minute, seconds)
          return name === 'make_timestamp_ntz' ? local : utcFromLocal(zone, local)
        },
    }),
  ),
  scalarFunction({
    name: 'from_utc_timestamp',
    args: [timestamp, text],
    returns: TIMESTAMP,
    doc: 'A UTC time as local time of a zone.',
    row: (micros: bigint, zone: string) => micros + offsetMicrosAt(zone, micros),
  }),
  scalarFunction({
    name: 'to_utc_timestamp',
    args: [timestamp, text],
    returns: TIMESTAMP,
    doc: 'A local time of a zone as UTC.',
    row: (micros: bigint, zone: string) => utcFromLocal(zone, micros),
  }),
  scalarFunction({
    name: 'convert_timezone',
    args: [text, text, typed(TIMESTAMP_NTZ)],
    returns: TIMESTAMP_NTZ,
    doc: 'Local time of one zone in another.',
    row: (from: string, to: string, local: bigint) => {
      const utc = utcFromLocal(from, local)
      return utc + offsetMicrosAt(to, utc)
    },
  }),
  scalarFunction({
    name: 'dayname',
    args: [date],
    returns: STRING,
    doc: 'Short name of the weekday.',
    row: (days: number) => ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][weekday(days)],
  }),
  scalarFunction({
    name: 'monthname',
    args: [date],
    returns: STRING,
    doc: 'Short name of the month.',
    row: (days: number) => {
      const name = MONTH_NAMES[civilFromDays(days).month - 1]
      return name[0] + name.slice(1, 3).toLowerCase()
    },
  }),
  {
    name: 'window_time',
    arity: [1, 1],
    doc: 'Event time of a window: one microsecond before its end.',
    bind({ args }) {
      const child = args[0]
      const sql = callSql('window_time', args)
      if (child.type.kind !== 'struct' || child.type.fields.length !== 2)
        throw unexpectedInputType(sql, 0, '"STRUCT"', child)
      if (child.metadata?.['spark.timeWindow'] !== true) throw notAWindow(sql)
      const { type } = child.type.fields[1]
      return node({
        type,
        nullable: true,
        sql,
        children: [child],
        ...withoutWindowMark(child.metadata),
        evaluate(batch, context) {
          const column = child.evaluate(batch, context)
          if (column.layout !== 'struct') return column
          const end = column.children[1]
          if (end.layout !== 'fixed' || !(end.values instanceof BigInt64Array)) return end
          return { ...end, values: end.values.map((value) => value - 1n), validity: column.validity ?? end.validity }
        },
      })
    },
  },
]

function notAWindow(windowTime: string): RunnelError {
  return userError('_LEGACY_ERROR_TEMP_3101', `The input is not a correct window column: ${windowTime}`, {
    parameters: { windowTime },
    hint: 'window_time takes the column that window(...) made.',
  })
}

/** The time of a window is no window, but still the event time of its stream. */
function withoutWindowMark(metadata: Node['metadata']): { metadata?: NonNullable<Node['metadata']> } {
  const kept = Object.entries(metadata ?? {}).filter(([key]) => key !== 'spark.timeWindow')
  return kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }
}
