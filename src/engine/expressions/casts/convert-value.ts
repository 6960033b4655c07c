import type { DataType, DecimalType, StructType } from '../../../protocol/columns'
import { internalError } from '../../../protocol/errors/runnel-error'
import type { ExceptionName } from '../../../protocol/errors/runnel-error'
import { decimalText } from '../../batch/to-values'
import { isIntegral } from '../../types/atomic-types'
import { sqlName } from '../../types/type-names'
import { ANSI_CONF, quoteType, sparkError } from '../errors'
import { decodeText } from '../row-values'
import type { Value } from '../row-values'
import { offsetMicrosAt, utcFromLocal } from '../time-zone'
import { floorDiv, formatDate, formatDouble, formatFloat, formatTimestamp } from './format-values'
import { dayTimeIntervalSql, yearMonthIntervalSql } from './intervals'
import {
  parseBoolean,
  parseDate,
  parseDecimal,
  parseDouble,
  parseIntegral,
  parseTimestamp,
  parseTimestampNtz,
  rescaleDecimal,
} from './parse-values'

/** `ansi` throws Spark's error for a value that does not fit; `try` gives NULL. */
export type CastMode = 'ansi' | 'try'
export type CastEnvironment = { readonly mode: CastMode; readonly timeZone: string; readonly nowMicros: bigint }
/** Converts a value that is not NULL. */
export type Converter = (value: Exclude<Value, null>) => Value

const MICROS = 1_000_000n
const MICROS_PER_DAY = 86_400_000_000n
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  integer: [-2147483648n, 2147483647n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** The conversion of single values; casts that types forbid must have been refused before. */
export function converterOf(from: DataType, to: DataType, env: CastEnvironment): Converter {
  if (from.kind === to.kind && from.kind !== 'decimal' && !isNestedKind(from.kind)) return (value) => value
  switch (to.kind) {
    case 'string':
      return textOf(from, env.timeZone)
    case 'binary':
      return toBinary(from)
    case 'boolean':
      return toBoolean(from, env)
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return toIntegral(from, to, env)
    case 'float':
    case 'double':
      return toFractional(from, to, env)
    case 'decimal':
      return toDecimal(from, to, env)
    case 'date':
      return toDate(from, env)
    case 'timestamp':
      return toTimestamp(from, env)
    case 'timestamp_ntz':
      return toTimestampNtz(from, env)
    case 'year-month-interval':
    case 'day-time-interval':
      return (value) => value
    case 'array':
      return arrayConverter(from, to.elementType, env)
    case 'map':
      return mapConverter(from, to, env)
    case 'struct':
      return structConverter(from, to, env)
    case 'void':
      return () => null
  }
}

function isNestedKind(kind: string): boolean {
  return kind === 'array' || kind === 'map' || kind === 'struct'
}

/** Text of a value as CAST(x AS STRING) gives it; inside complex values NULL is `null`. */
export function textOf(from: DataType, timeZone: string): Converter {
  switch (from.kind) {
    case 'string':
      return (value) => value
    case 'float':
      return (value) => formatFloat(value as number)
    case 'double':
      return (value) => formatDouble(value as number)
    case 'decimal':
      return (value) => decimalText(value as bigint, from.scale)
    case 'date':
      return (value) => formatDate(value as number)
    case 'timestamp':
      return (value) => formatTimestamp(value as bigint, timeZone)
    case 'timestamp_ntz':
      return (value) => formatTimestamp(value as bigint, 'UTC')
    case 'binary':
      return (value) => decodeText(value as Uint8Array, 0, (value as Uint8Array).length)
    case 'day-time-interval':
      return (value) => dayTimeIntervalSql(value as bigint, from)
    case 'year-month-interval':
      return (value) => yearMonthIntervalSql(value as number, from)
    case 'array': {
      const element = nullableText(from.elementType, timeZone)
      return (value) => `[${(value as readonly Value[]).map(element).join(', ')}]`
    }
    case 'map': {
      const key = nullableText(from.keyType, timeZone)
      const entry = nullableText(from.valueType, timeZone)
      return (value) =>
        `{${(value as readonly (readonly Value[])[]).map((pair) => `${key(pair[0])} -> ${entry(pair[1])}`).join(', ')}}`
    }
    case 'struct': {
      const members = from.fields.map((member) => nullableText(member.type, timeZone))
      return (value) => `{${members.map((member, i) => member((value as readonly Value[])[i])).join(', ')}}`
    }
    default:
      return (value) => String(value)
  }
}

function nullableText(type: DataType, timeZone: string): (value: Value) => string {
  const text = textOf(type, timeZone)
  return (value) => (value === null ? 'null' : (text(value) as string))
}

const encoder = new TextEncoder()

function toBinary(from: DataType): Converter {
  if (from.kind === 'string') return (value) => encoder.encode(value as string)
  const sizes: Readonly<Record<string, number>> = { byte: 1, short: 2, integer: 4, long: 8 }
  const size = sizes[from.kind]
  if (size === undefined) throw forbidden(from, { kind: 'binary' })
  return (value) => {
    const bits = BigInt.asUintN(size * 8, BigInt(value as number | bigint))
    return Uint8Array.from({ length: size }, (_, i) => Number((bits >> BigInt(8 * (size - 1 - i))) & 255n))
  }
}

function toBoolean(from: DataType, env: CastEnvironment): Converter {
  if (from.kind === 'string')
    return (value) => parseBoolean(value as string) ?? invalidInput(value, from, { kind: 'boolean' }, env)
  return (value) => value !== 0 && value !== 0n
}

function toIntegral(from: DataType, to: DataType, env: CastEnvironment): Converter {
  const [low, high] = RANGES[to.kind]
  const wrap = to.kind === 'long' ? (value: bigint): Value => value : (value: bigint): Value => Number(value)
  const fit = (whole: bigint, value: Value): Value =>
    whole < low || whole > high ? overflow(value, from, to, env) : wrap(whole)
  switch (from.kind) {
    case 'string':
      return (value) => {
        const parsed = parseIntegral(value as string)
        return parsed === null || parsed < low || parsed > high ? invalidInput(value, from, to, env) : wrap(parsed)
      }
    case 'boolean':
      return (value) => wrap(value === true ? 1n : 0n)
    case 'float':
    case 'double':
      return (value) => {
        const whole = Math.trunc(value as number)
        return Number.isFinite(whole) ? fit(BigInt(whole), value) : overflow(value, from, to, env)
      }
    case 'decimal':
      return (value) => fit((value as bigint) / 10n ** BigInt(from.scale), value)
    case 'timestamp':
      return (value) => fit(floorDiv(value as bigint, MICROS), value)
    default:
      return (value) => fit(BigInt(value as number | bigint), value)
  }
}

function toFractional(from: DataType, to: DataType, env: CastEnvironment): Converter {
  const round = to.kind === 'float' ? Math.fround : (value: number) => value
  switch (from.kind) {
    case 'string':
      return (value) => {
        const parsed = parseDouble(value as string)
        return parsed === null ? invalidInput(value, from, to, env) : round(parsed)
      }
    case 'boolean':
      return (value) => (value === true ? 1 : 0)
    case 'decimal':
      return (value) => round(Number(decimalText(value as bigint, from.scale)))
    case 'timestamp':
      return (value) => round(Number(value) / 1e6)
    default:
      return (value) => round(Number(value))
  }
}

function toDecimal(from: DataType, to: DecimalType, env: CastEnvironment): Converter {
  const { precision, scale } = to
  const fit = (unscaled: bigint, fromScale: number): Value =>
    rescaleDecimal({ unscaled, scale: fromScale }, precision, scale) ?? outOfRange(unscaled, fromScale, to, env)
  switch (from.kind) {
    case 'string':
      return (value) => {
        const parsed = parseDecimal(value as string)
        return parsed === null ? invalidInput(value, from, to, env) : fit(parsed.unscaled, parsed.scale)
      }
    case 'boolean':
      return (value) => fit(value === true ? 1n : 0n, 0)
    case 'decimal':
      return (value) => fit(value as bigint, from.scale)
    case 'float':
    case 'double':
      return (value) => {
        // Spark goes through the number's printed digits.
        const parsed = parseDecimal(
          from.kind === 'float' ? formatDouble(value as number) : formatDouble(value as number),
        )
        return parsed === null ? overflowDecimal(value, from, to, env) : fit(parsed.unscaled, parsed.scale)
      }
    case 'timestamp':
      return (value) => {
        const parsed = parseDecimal(formatDouble(Number(value) / 1e6))!
        return fit(parsed.unscaled, parsed.scale)
      }
    default:
      return (value) => fit(BigInt(value as number | bigint), 0)
  }
}

function toDate(from: DataType, env: CastEnvironment): Converter {
  switch (from.kind) {
    case 'string':
      return (value) =>
        specialDay(value as string, env) ??
        parseDate(value as string) ??
        invalidInput(value, from, { kind: 'date' }, env)
    case 'timestamp':
      return (value) =>
        Number(floorDiv((value as bigint) + offsetMicrosAt(env.timeZone, value as bigint), MICROS_PER_DAY))
    default:
      return (value) => Number(floorDiv(value as bigint, MICROS_PER_DAY))
  }
}

/** `epoch`, `now`, `today`, `yesterday`, `tomorrow` are dates only as literals in Spark 4: a cast refuses them. */
function specialDay(_text: string, _env: CastEnvironment): null {
  return null
}

function toTimestamp(from: DataType, env: CastEnvironment): Converter {
  const { timeZone } = env
  const today = () => Number(floorDiv(env.nowMicros + offsetMicrosAt(timeZone, env.nowMicros), MICROS_PER_DAY))
  switch (from.kind) {
    case 'string':
      return (value) =>
        parseTimestamp(value as string, timeZone, today) ?? invalidInput(value, from, { kind: 'timestamp' }, env)
    case 'date':
      return (value) => utcFromLocal(timeZone, BigInt(value as number) * MICROS_PER_DAY)
    case 'timestamp_ntz':
      return (value) => utcFromLocal(timeZone, value as bigint)
    case 'float':
    case 'double':
      return (value) => {
        const micros = (value as number) * 1e6
        return Number.isFinite(micros)
          ? clampLong(BigInt(Math.trunc(micros)))
          : overflow(value, from, { kind: 'timestamp' }, env)
      }
    case 'decimal':
      return (value) => ((value as bigint) * MICROS) / 10n ** BigInt(from.scale)
    default:
      return (value) => clampLong(BigInt(value as number | bigint) * MICROS)
  }
}

function clampLong(value: bigint): bigint {
  const [low, high] = RANGES.long
  return value < low ? low : value > high ? high : value
}

function toTimestampNtz(from: DataType, env: CastEnvironment): Converter {
  switch (from.kind) {
    case 'string':
      return (value) => parseTimestampNtz(value as string) ?? invalidInput(value, from, { kind: 'timestamp_ntz' }, env)
    case 'date':
      return (value) => BigInt(value as number) * MICROS_PER_DAY
    default:
      return (value) => (value as bigint) + offsetMicrosAt(env.timeZone, value as bigint)
  }
}

function arrayConverter(from: DataType, elementType: DataType, env: CastEnvironment): Converter {
  if (from.kind !== 'array') throw forbidden(from, { kind: 'array', elementType, containsNull: true })
  const element = nullable(converterOf(from.elementType, elementType, env))
  return (value) => (value as readonly Value[]).map(element)
}

function mapConverter(from: DataType, to: Extract<DataType, { kind: 'map' }>, env: CastEnvironment): Converter {
  if (from.kind !== 'map') throw forbidden(from, to)
  const key = nullable(converterOf(from.keyType, to.keyType, env))
  const entry = nullable(converterOf(from.valueType, to.valueType, env))
  return (value) => (value as readonly (readonly Value[])[]).map((pair) => [key(pair[0]), entry(pair[1])])
}

function structConverter(from: DataType, to: StructType, env: CastEnvironment): Converter {
  if (from.kind !== 'struct') throw forbidden(from, to)
  const members = from.fields.map((member, i) => nullable(converterOf(member.type, to.fields[i].type, env)))
  return (value) => members.map((member, i) => member((value as readonly Value[])[i]))
}

function nullable(convert: Converter): (value: Value) => Value {
  return (value) => (value === null ? null : convert(value))
}

function forbidden(from: DataType, to: DataType) {
  return internalError(`no cast from ${sqlName(from)} to ${sqlName(to)} should reach evaluation`)
}

/** A value as messages print it: a SQL literal. */
export function sqlValue(type: DataType, value: Value): string {
  if (value === null) return 'NULL'
  switch (type.kind) {
    case 'string':
      return `'${value as string}'`
    case 'byte':
      return `${value as number}Y`
    case 'short':
      return `${value as number}S`
    case 'long':
      return `${value as bigint}L`
    case 'double':
    case 'float':
      return fractionalSql(type, value as number)
    case 'decimal':
      return `${decimalText(value as bigint, type.scale)}BD`
    case 'date':
      return `DATE '${formatDate(value as number)}'`
    case 'timestamp':
      return `TIMESTAMP '${formatTimestamp(value as bigint, 'UTC')}'`
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${formatTimestamp(value as bigint, 'UTC')}'`
    default:
      return String(textOf(type, 'UTC')(value))
  }
}

function fractionalSql(type: DataType, value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  return type.kind === 'float' ? `CAST(${formatFloat(value)} AS FLOAT)` : `${formatDouble(value)}D`
}

function invalidInput(value: Value, from: DataType, to: DataType, env: CastEnvironment): null {
  if (env.mode === 'try') return null
  throw castInvalidInput(value, from, to)
}

/** CAST_INVALID_INPUT with the Java exception Spark throws for the target. */
export function castInvalidInput(value: Value, from: DataType, to: DataType) {
  const isTime = to.kind === 'date' || to.kind === 'timestamp' || to.kind === 'timestamp_ntz'
  const exception: ExceptionName = isTime
    ? 'DateTimeException'
    : to.kind === 'boolean'
      ? 'SparkRuntimeException'
      : 'NumberFormatException'
  return sparkError(
    'CAST_INVALID_INPUT',
    {
      expression: sqlValue(from, value),
      sourceType: quoteType(from),
      targetType: quoteType(to),
      ansiConfig: ANSI_CONF,
    },
    { exception, hint: `Use try_cast to get NULL for text that is not a ${sqlName(to)}.` },
  )
}

function overflow(value: Value, from: DataType, to: DataType, env: CastEnvironment): null {
  if (env.mode === 'try') return null
  throw sparkError(
    'CAST_OVERFLOW',
    { value: sqlValue(from, value), sourceType: quoteType(from), targetType: quoteType(to), ansiConfig: ANSI_CONF },
    {
      exception: 'ArithmeticException',
      hint: `The value does not fit into ${sqlName(to)}; cast to a wider type, or use try_cast.`,
    },
  )
}

function overflowDecimal(value: Value, from: DataType, to: DataType, env: CastEnvironment): null {
  return overflow(value, from, to, env)
}

function outOfRange(unscaled: bigint, scale: number, to: DecimalType, env: CastEnvironment): null {
  if (env.mode === 'try') return null
  throw decimalOutOfRange(
    scale >= 0 ? decimalText(unscaled, scale) : decimalText(unscaled * 10n ** BigInt(-scale), 0),
    to,
  )
}

export function decimalOutOfRange(value: string, to: DecimalType) {
  return sparkError(
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
    { value, precision: String(to.precision), scale: String(to.scale), config: ANSI_CONF },
    {
      exception: 'ArithmeticException',
      hint: `DECIMAL(${to.precision},${to.scale}) holds ${to.precision - to.scale} digits before the point.`,
    },
  )
}

/** True when some value of the type may fail to convert: the cast needs its rows selected first. */
export function castCanFail(from: DataType, to: DataType): boolean {
  if (from.kind === to.kind && from.kind !== 'decimal') return isNestedKind(from.kind)
  if (from.kind === 'void' || to.kind === 'string') return false
  const order = ['byte', 'short', 'integer', 'long', 'float', 'double']
  if (isIntegral(from) && order.includes(to.kind)) return order.indexOf(to.kind) < order.indexOf(from.kind)
  return !(from.kind === 'float' && to.kind === 'double') && !(from.kind === 'boolean' && to.kind !== 'decimal')
}
