import type { DataType } from '../../../protocol/columns'
import type { RunnelError } from '../../../protocol/errors/runnel-error'
import { userError } from '../../../protocol/errors/runnel-error'
import { compileDatetimePattern } from '../../codecs/json/datetime-pattern'
import type { DatetimePattern } from '../../codecs/json/datetime-pattern'
import { DATE, DOUBLE, INTEGER, LONG, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/atomic-types'
import { bindCast, implicitCast } from '../casts/bind-cast'
import { civilFromDays, daysFromCivil, daysInMonth, floorDiv, isLeapYear, splitMicros } from '../casts/format-values'
import { arithmeticOverflow, sparkError, unexpectedInputType } from '../errors'
import { literalNode, node } from '../node'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { offsetMicrosAt, utcFromLocal } from '../time-zone'
import { bool, date, int, integral, long, numeric, oneOf, text, timestamp, typed } from './argument-types'
import type { ArgumentType } from './argument-types'
import { addDays, addMonths } from './datetime-arithmetic'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

const MICROS_PER_DAY = 86_400_000_000n
const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss'
/** A timestamp of either kind, as it is; everything else that casts becomes TIMESTAMP. */
const anyTimestamp: ArgumentType = {
  required: '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"',
  accept: (type) => (type.kind === 'timestamp_ntz' ? type : timestamp.accept(type)),
}

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

/** The compiled pattern of a constant argument, else one compiled at each new pattern. */
function patternOf(): (pattern: string) => DatetimePattern {
  const compiled = new Map<string, DatetimePattern>()
  return (pattern) => {
    let found = compiled.get(pattern)
    if (found === undefined) compiled.set(pattern, (found = compileDatetimePattern(pattern)))
    return found
  }
}

function cannotParse(value: string, func: string) {
  return sparkError(
    'CANNOT_PARSE_TIMESTAMP',
    { func: `\`${func}\``, message: `Text '${value}' could not be parsed at index 0` },
    {
      exception: 'DateTimeException',
      hint: `The text does not match the pattern; ${func} gives NULL instead.`,
    },
  )
}

/** to_timestamp and its kin: a cast without a pattern, else the pattern. */
function toTimestampEntry(name: string, target: DataType | 'session', isTry: boolean, doc: string): FunctionEntry {
  return {
    name,
    arity: [1, 2],
    doc,
    bind(call) {
      const [value, pattern] = call.args as readonly [Node, Node | undefined]
      const type = target === 'session' ? TIMESTAMP : target
      const sql = callSql(name, call.args)
      if (pattern === undefined) return castAs(value, type, isTry, sql)
      if (value.type.kind !== 'string' && value.type.kind !== 'void') return castAs(value, type, isTry, sql)
      return parsed(name, sql, value, pattern, type, isTry)
    },
  }
}

function castAs(value: Node, type: DataType, isTry: boolean, sql: string): Node {
  const cast = bindCast(value, type, isTry ? 'try' : 'ansi')
  return { ...cast, sql, name: sql, evaluate: (batch, context) => cast.evaluate(batch, context) }
}

function parsed(name: string, sql: string, value: Node, pattern: Node, type: DataType, isTry: boolean): Node {
  const entry = scalarFunction({
    name,
    args: [text, text],
    returns: type,
    doc: '',
    sql: () => sql,
    nullable: (args) => isTry || args.some((arg) => arg.nullable),
    open({ timeZone }) {
      const patterns = patternOf()
      return (given: string, format: string) => {
        const compiled = patterns(format)
        const result =
          type.kind === 'date'
            ? compiled.parseDays(given)
            : type.kind === 'timestamp_ntz'
              ? compiled.parseLocal(given)
              : compiled.parseInstant(given, timeZone)
        if (result !== null || isTry) return result
        throw cannotParse(given, type.kind === 'date' ? 'try_to_date' : 'try_to_timestamp')
      }
    },
  })
  return entry.bind({
    name,
    args: [value, pattern],
    context: { conf: {}, isStreaming: false, lenient: () => undefined },
  })
}

/** unix_timestamp(time[, pattern]): whole seconds; without arguments the batch's time. */
function bindUnixTimestamp(call: FunctionCall): Node {
  const name = call.name
  if (call.args.length === 0) {
    return node({
      type: LONG,
      nullable: false,
      sql: `${name}(current_timestamp(), ${DEFAULT_PATTERN})`,
      isConstant: true,
      evaluate: (batch, context) => ({
        layout: 'fixed',
        type: LONG,
        length: batch.numRows,
        validity: null,
        values: new BigInt64Array(batch.numRows).fill(floorDiv(context.nowMicros, 1_000_000n)),
      }),
    })
  }
  const value = call.args[0]
  const pattern = call.args[1] ?? literalNode(STRING, DEFAULT_PATTERN, DEFAULT_PATTERN)
  const sql = callSql(name, [value, pattern])
  const accepted = oneOf(text, date, anyTimestamp).accept(value.type)
  if (accepted === null)
    throw unexpectedInputType(sql, 0, '("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")', value)
  const entry = scalarFunction({
    name,
    args: [{ required: '', accept: () => accepted }, text],
    returns: LONG,
    doc: '',
    sql: () => sql,
    nullable: (args) => args.some((arg) => arg.nullable),
    open({ timeZone }, args) {
      const patterns = patternOf()
      const { type } = args[0]
      return (given: Value, format: string) => {
        if (type.kind === 'date')
          return floorDiv(utcFromLocal(timeZone, BigInt(given as number) * MICROS_PER_DAY), 1_000_000n)
        // Spark cuts the fraction off, also before 1970.
        if (type.kind === 'timestamp') return (given as bigint) / 1_000_000n
        if (type.kind === 'timestamp_ntz') return floorDiv(utcFromLocal(timeZone, given as bigint), 1_000_000n)
        const micros = patterns(format).parseInstant(given as string, timeZone)
        if (micros === null) throw cannotParse(given as string, 'try_to_timestamp')
        return floorDiv(micros, 1_000_000n)
      }
    },
  })
  return entry.bind({ ...call, args: [value, pattern] })
}

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
  toTimestampEntry('to_timestamp', 'session', false, 'A timestamp from text, by a pattern or as a cast.'),
  toTimestampEntry('try_to_timestamp', 'session', true, 'As to_timestamp, NULL for text that does not match.'),
  toTimestampEntry('to_timestamp_ltz', TIMESTAMP, false, 'A timestamp with time zone from text.'),
  toTimestampEntry('to_timestamp_ntz', TIMESTAMP_NTZ, false, 'A timestamp without time zone from text.'),
  toTimestampEntry('to_date', DATE, false, 'A date from text, by a pattern or as a cast.'),
  toTimestampEntry('try_to_date', DATE, true, 'As to_date, NULL for text that does not match.'),
  scalarFunction({
    name: 'date_format',
    args: [timestamp, text],
    returns: STRING,
    doc: 'Text of a time by a pattern.',
    open({ timeZone }) {
      const patterns = patternOf()
      return (micros: bigint, pattern: string) => patterns(pattern).format(micros, timeZone)
    },
  }),
  ...['unix_timestamp', 'to_unix_timestamp'].map((name) => ({
    name,
    arity: [name === 'unix_timestamp' ? 0 : 1, 2] as const,
    doc: 'Seconds since 1970.',
    bind: bindUnixTimestamp,
  })),
  scalarFunction({
    name: 'from_unixtime',
    args: [long, text],
    required: 1,
    returns: STRING,
    doc: 'Local time text of seconds since 1970.',
    sql: (args) => `from_unixtime(${args[0].sql}, ${args[1]?.sql ?? DEFAULT_PATTERN})`,
    nullable: true,
    open({ timeZone }) {
      const patterns = patternOf()
      return (seconds: bigint, pattern = DEFAULT_PATTERN) => patterns(pattern).format(seconds * 1_000_000n, timeZone)
    },
  }),
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
