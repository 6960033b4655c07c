import type { DataType } from '../../../protocol/columns'
import { compileDatetimePattern } from '../../codecs/json/datetime-pattern'
import type { DatetimePattern } from '../../codecs/json/datetime-pattern'
import { DATE, LONG, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/atomic-types'
import { bindCast } from '../casts/bind-cast'
import { floorDiv } from '../casts/format-values'
import { sparkError, unexpectedInputType } from '../errors'
import { literalNode, node } from '../node'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { utcFromLocal } from '../time-zone'
import { anyTimestamp, date, long, oneOf, text, timestamp } from './argument-types'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

const MICROS_PER_DAY = 86_400_000_000n
const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss'

/** Dates and timestamps from text and to text, by a pattern. */
export const DATETIME_TEXTS: readonly FunctionEntry[] = [
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
]

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
