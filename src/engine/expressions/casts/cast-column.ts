import type { BytesColumn, Column, DataType, FixedColumn } from '../../../protocol/columns'
import { fixedValuesOf } from '../../batch/builders'
import { plainColumn } from '../../batch/dictionary'
import { nullColumn } from '../../batch/empty'
import { STRING } from '../../types/atomic-types'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import { converterOf, textOf } from './convert-value'
import type { CastMode, Converter } from './convert-value'

export type { CastMode } from './convert-value'

/**
 * The column cast to another type, same length. `ansi` throws CAST_INVALID_INPUT, CAST_OVERFLOW or
 * NUMERIC_VALUE_OUT_OF_RANGE at the first bad value; `try` makes it NULL.
 */
export function castColumn(column: Column, to: DataType, mode: CastMode, timeZone = 'UTC', nowMicros = 0n): Column {
  if (column.layout === 'void') return nullColumn(to, column.length)
  const fast = castWithoutConversion(column, to) ?? castNumbers(column, to)
  if (fast !== null) return fast
  const convert = converterOf(column.type, to, { mode, timeZone, nowMicros })
  if (column.layout === 'dictionary') return convertDictionary(column, to, convert)
  const read = readerOf(column)
  return columnOfRows(to, column.length, (row) => {
    const value = read(row)
    return value === null ? null : convert(value)
  })
}

/** What `show()` prints for each row before it cuts: NULL becomes `NULL`, binary `[41 42]`. */
export function formatColumn(column: Column, timeZone = 'UTC'): BytesColumn {
  const text = column.type.kind === 'binary' ? hexText : textOf(column.type, timeZone)
  const read = readerOf(column)
  const formatted = columnOfRows(STRING, column.length, (row) => {
    const value = read(row)
    return value === null ? 'NULL' : text(value)
  })
  return plainColumn(formatted)
}

function hexText(value: Exclude<Value, null>): string {
  const bytes = [...(value as Uint8Array)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
  return `[${bytes.join(' ')}]`
}

function castWithoutConversion(column: Column, to: DataType): Column | null {
  const from = column.type
  if (from.kind === to.kind && !['decimal', 'array', 'map', 'struct'].includes(from.kind))
    return { ...column, type: to } as Column
  if (from.kind === 'decimal' && to.kind === 'decimal' && from.precision === to.precision && from.scale === to.scale)
    return column
  if ((from.kind === 'string' && to.kind === 'binary') || (from.kind === 'binary' && to.kind === 'string')) {
    return { ...plainColumn(column), type: to }
  }
  return null
}

/** Widening of numbers, as one loop over the values; NULL rows carry whatever stands there. */
function castNumbers(column: Column, to: DataType): Column | null {
  if (column.layout !== 'fixed') return null
  const { length, validity, values } = column
  const from = column.type.kind
  const wide = (target: FixedColumn['values']): Column => ({
    layout: 'fixed',
    type: to,
    length,
    validity,
    values: target,
  })
  const isSmall = from === 'byte' || from === 'short' || from === 'integer' || from === 'boolean'
  if (isSmall && to.kind === 'long') {
    const out = new BigInt64Array(length)
    // Sign and value as two 32-bit halves: no bigint is made per row.
    const halves = new Int32Array(out.buffer)
    for (let i = 0; i < length; i++) {
      const value = values[i] as number
      halves[i * 2] = value
      halves[i * 2 + 1] = value >> 31
    }
    return wide(out)
  }
  const widens =
    isSmall &&
    (to.kind === 'double' ||
      (to.kind === 'integer' && from !== 'integer') ||
      (to.kind === 'short' && (from === 'byte' || from === 'boolean')))
  if (widens || (from === 'float' && to.kind === 'double') || (isSmall && to.kind === 'float')) {
    const out = fixedValuesOf(to, length) as Float64Array
    const source = values as Float64Array
    for (let i = 0; i < length; i++) out[i] = source[i]!
    return wide(out)
  }
  if (from === 'long' && to.kind === 'double') return wide(longToDouble(values as BigInt64Array, length))
  return null
}

/** hi * 2^32 + lo is rounded once, so it is the nearest double as `Number(bigint)` gives it. */
export function longToDouble(values: BigInt64Array, length: number): Float64Array {
  const out = new Float64Array(length)
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  for (let i = 0; i < length; i++) out[i] = halves[i * 2 + 1] * 4294967296 + (halves[i * 2] >>> 0)
  return out
}

/** Each dictionary entry is converted at most once, and only when a row names it. */
function convertDictionary(
  column: Extract<Column, { layout: 'dictionary' }>,
  to: DataType,
  convert: Converter,
): Column {
  const { codes, validity, dictionary } = column
  const read = readerOf(dictionary)
  const converted = new Array<Value | undefined>(dictionary.length)
  return columnOfRows(to, column.length, (row) => {
    if (validity !== null && validity[row] === 0) return null
    const code = codes[row]
    let value = converted[code]
    if (value === undefined) converted[code] = value = convert(read(code)!)
    return value
  })
}
