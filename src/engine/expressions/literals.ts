import type { DataType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { Expression_Literal } from '../../protocol/spark-connect'
import { decimalText } from '../batch/to-values'
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
  arrayOf,
  decimal,
  field,
  mapOf,
} from '../types/atomic-types'
import { typeFromConnect } from '../types/connect-types'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { formatDate, formatDouble, formatFloat, formatTimestamp } from './casts/format-values'
import { dayTimeIntervalSql, yearMonthIntervalSql } from './casts/intervals'
import { literalNode } from './node'
import type { Node } from './node'
import type { Value } from './row-values'

type TypedValue = { readonly type: DataType; readonly value: Value }

/** A literal message as a constant. Throws for literals without a column type here. */
export function bindLiteral(literal: Expression_Literal): Node {
  const { type, value } = literalValue(literal)
  return literalNode(type, value, literalSql(type, value))
}

/** How Spark prints a literal in column names: strings bare, dates and times as typed literals. */
export function literalSql(type: DataType, value: Value): string {
  if (value === null) return 'NULL'
  switch (type.kind) {
    case 'float':
      return formatFloat(value as number)
    case 'double':
      return formatDouble(value as number)
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'date':
      return `DATE '${formatDate(value as number)}'`
    case 'timestamp':
      return `TIMESTAMP '${formatTimestamp(value as bigint, 'UTC')}'`
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${formatTimestamp(value as bigint, 'UTC')}'`
    case 'binary':
      return `X'${[...(value as Uint8Array)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}'`
    case 'day-time-interval':
      return dayTimeIntervalSql(value as bigint, type)
    case 'year-month-interval':
      return yearMonthIntervalSql(value as number, type)
    case 'array':
      return `ARRAY(${(value as readonly Value[]).map((element) => nestedSql(type.elementType, element)).join(', ')})`
    case 'map': {
      const entries = value as readonly (readonly Value[])[]
      const list = (side: 0 | 1, sideType: DataType) =>
        entries.map((entry) => nestedSql(sideType, entry[side])).join(', ')
      return `MAP_FROM_ARRAYS(ARRAY(${list(0, type.keyType)}), ARRAY(${list(1, type.valueType)}))`
    }
    case 'struct':
      return `NAMED_STRUCT(${type.fields.map((f, i) => `'${f.name}', ${nestedSql(f.type, (value as readonly Value[])[i])}`).join(', ')})`
    default:
      return String(value)
  }
}

/** Inside complex literals Spark prints SQL text: quoted strings, typed numbers. */
function nestedSql(type: DataType, value: Value): string {
  if (value === null) return 'NULL'
  switch (type.kind) {
    case 'string':
      return `'${(value as string).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'byte':
      return `${value as number}Y`
    case 'short':
      return `${value as number}S`
    case 'long':
      return `${value as bigint}L`
    case 'double':
      return `${formatDouble(value as number)}D`
    case 'decimal':
      return `${decimalText(value as bigint, type.scale)}BD`
    default:
      return literalSql(type, value)
  }
}

function literalValue(literal: Expression_Literal): TypedValue {
  const kind = literal.literalType
  switch (kind.case) {
    case 'null':
      return { type: typeFromConnect(kind.value), value: null }
    case 'boolean':
      return { type: BOOLEAN, value: kind.value }
    case 'byte':
      return { type: BYTE, value: kind.value }
    case 'short':
      return { type: SHORT, value: kind.value }
    case 'integer':
      return { type: INTEGER, value: kind.value }
    case 'long':
      return { type: LONG, value: kind.value }
    case 'float':
      return { type: FLOAT, value: kind.value }
    case 'double':
      return { type: DOUBLE, value: kind.value }
    case 'string':
      return { type: STRING, value: kind.value }
    case 'binary':
      return { type: BINARY, value: kind.value }
    case 'date':
      return { type: DATE, value: kind.value }
    case 'timestamp':
      return { type: TIMESTAMP, value: kind.value }
    case 'timestampNtz':
      return { type: TIMESTAMP_NTZ, value: kind.value }
    case 'decimal':
      return decimalLiteral(kind.value.value, kind.value.precision, kind.value.scale)
    case 'yearMonthInterval':
      return {
        type:
          literal.dataType === undefined
            ? { kind: 'year-month-interval', startField: 0, endField: 1 }
            : typeFromConnect(literal.dataType),
        value: kind.value,
      }
    case 'dayTimeInterval':
      return { type: intervalTypeOf(literal), value: kind.value }
    case 'array':
      return arrayLiteral(kind.value.elements, kind.value.elementType && typeFromConnect(kind.value.elementType))
    case 'map': {
      const keys = kind.value.keys.map(literalValue)
      const values = kind.value.values.map(literalValue)
      const type = mapOf(
        kind.value.keyType ? typeFromConnect(kind.value.keyType) : (keys[0]?.type ?? VOID),
        kind.value.valueType ? typeFromConnect(kind.value.valueType) : (values[0]?.type ?? VOID),
        values.some((value) => value.value === null),
      )
      return { type, value: keys.map((key, i) => [key.value, values[i].value]) }
    }
    case 'struct': {
      const elements = kind.value.elements.map(literalValue)
      const declared = kind.value.structType && typeFromConnect(kind.value.structType)
      const type: DataType =
        declared?.kind === 'struct'
          ? declared
          : { kind: 'struct', fields: elements.map((e, i) => field(`col${i + 1}`, e.type, e.value === null)) }
      return { type, value: elements.map((element) => element.value) }
    }
    case 'calendarInterval':
    case 'time':
      throw userError(
        'UNSUPPORTED_DATATYPE',
        `Unsupported data type "${kind.case === 'time' ? 'TIME(6)' : 'INTERVAL'}".`,
        {
          sqlState: '0A000',
          hint: 'Use an INTERVAL of days to seconds, or of years to months.',
        },
      )
    case undefined:
      throw internalError('a literal without a value')
  }
}

function intervalTypeOf(literal: Expression_Literal): DataType {
  if (literal.dataType !== undefined) return typeFromConnect(literal.dataType)
  return { kind: 'day-time-interval', startField: 0, endField: 3 }
}

function arrayLiteral(elements: readonly Expression_Literal[], declared: DataType | undefined): TypedValue {
  const values = elements.map(literalValue)
  const elementType = declared ?? values[0]?.type ?? VOID
  const mismatch = values.find((v) => v.value !== null && !typesEqualIgnoringNullability(v.type, elementType))
  if (mismatch !== undefined)
    throw internalError(`an array literal of ${elementType.kind} holds a ${mismatch.type.kind}`)
  return {
    type: arrayOf(
      elementType,
      values.some((v) => v.value === null),
    ),
    value: values.map((v) => v.value),
  }
}

/** `"1.50"` without precision and scale takes both from its digits, as Java's BigDecimal does. */
function decimalLiteral(text: string, precision: number | undefined, scale: number | undefined): TypedValue {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim())
  if (parts === null) throw internalError(`'${text}' is not a decimal`)
  const fraction = parts[3] ?? ''
  const exponent = Number(parts[4] ?? 0)
  const digits = BigInt(`${parts[2]}${fraction}` || '0')
  const ownScale = Math.max(0, fraction.length - exponent)
  const shift = exponent - fraction.length + ownScale
  const ownUnscaled = digits * 10n ** BigInt(Math.max(0, shift))
  const toScale = scale ?? ownScale
  const unscaled =
    toScale >= ownScale
      ? ownUnscaled * 10n ** BigInt(toScale - ownScale)
      : ownUnscaled / 10n ** BigInt(ownScale - toScale)
  const toPrecision = precision ?? Math.max(unscaled.toString().length, toScale, 1)
  return { type: decimal(toPrecision, toScale), value: parts[1] === '-' ? -unscaled : unscaled }
}
