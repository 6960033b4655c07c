import { compareBytes } from '../engine/batch/compare'
import { decimalText } from '../engine/batch/to-values'
import type {
  Batch,
  BytesColumn,
  Column,
  DataType,
  DictionaryColumn,
  StructField,
  StructType,
} from '../protocol/columns'
import { javaDouble } from './partition-values'
import { civilDate, isoTimestamp } from './time-text'

/** Columns that get statistics, counted over leaves (Delta's `delta.dataSkippingNumIndexedCols`). */
const INDEXED_COLUMNS = 32

/** Characters a string's bounds keep. */
const BOUND_LENGTH = 32

/**
 * A data file's statistics as Delta's JSON text: row count, NULL counts, bounds of what can be compared. The text is built by
 * hand because longs and decimals stand in it digit by digit, which `JSON.stringify` cannot do. Timestamps are cut to
 * milliseconds, so a reader takes a maximum as "less than one millisecond more".
 */
export function fileStats(schema: StructType, batches: readonly Batch[]): string {
  const numRecords = batches.reduce((sum, batch) => sum + batch.numRows, 0)
  const budget = { left: INDEXED_COLUMNS }
  const columns = schema.fields.map((_, index) => batches.map((batch) => batch.columns[index]))
  const parts = structStats(schema.fields, columns, budget)
  return `{"numRecords":${numRecords},"minValues":{${parts.min}},"maxValues":{${parts.max}},"nullCount":{${parts.nulls}}}`
}

type Parts = { readonly min: string; readonly max: string; readonly nulls: string }

function structStats(
  fields: readonly StructField[],
  columns: readonly (readonly Column[])[],
  budget: { left: number },
  present: readonly (Uint8Array | null)[] = [],
): Parts {
  const min: string[] = []
  const max: string[] = []
  const nulls: string[] = []
  for (const [index, field] of fields.entries()) {
    if (budget.left <= 0) break
    if (field.type.kind === 'void') continue
    const key = `${JSON.stringify(field.name)}:`
    const parts = columns[index]
    if (field.type.kind === 'struct') {
      const children = field.type.fields.map((_, child) =>
        parts.map((part) => (part as Extract<Column, { layout: 'struct' }>).children[child]),
      )
      const inner = structStats(
        field.type.fields,
        children,
        budget,
        parts.map((part, at) => both(part.validity, present[at] ?? null, part.length)),
      )
      if (inner.min !== '') min.push(`${key}{${inner.min}}`)
      if (inner.max !== '') max.push(`${key}{${inner.max}}`)
      if (inner.nulls !== '') nulls.push(`${key}{${inner.nulls}}`)
      continue
    }
    budget.left--
    nulls.push(`${key}${parts.reduce((sum, part, at) => sum + countNulls(part, present[at] ?? null), 0)}`)
    const bounds = columnBounds(field.type, parts, present)
    if (bounds === null) continue
    min.push(`${key}${bounds.min}`)
    // A string that no short bound covers has a minimum only.
    if (bounds.max !== null) max.push(`${key}${bounds.max}`)
  }
  return { min: min.join(','), max: max.join(','), nulls: nulls.join(',') }
}

/** Rows valid in both; a struct's NULL makes its fields NULL. */
function both(a: Uint8Array | null, b: Uint8Array | null, length: number): Uint8Array | null {
  if (a === null || b === null) return a ?? b
  const out = new Uint8Array(length)
  for (let row = 0; row < length; row++) out[row] = a[row] & b[row]
  return out
}

function countNulls(column: Column, present: Uint8Array | null): number {
  const validity = both(column.validity, present, column.length)
  if (validity === null) return 0
  let nulls = 0
  for (let row = 0; row < column.length; row++) nulls += 1 - validity[row]
  return nulls
}

function columnBounds(
  type: DataType,
  parts: readonly Column[],
  present: readonly (Uint8Array | null)[],
): { min: string; max: string | null } | null {
  switch (type.kind) {
    case 'string':
      return stringBounds(parts, present)
    case 'byte':
    case 'short':
    case 'integer':
      return numberBounds(parts, present, String)
    case 'date':
      return numberBounds(parts, present, (days) => `"${civilDate(days)}"`)
    case 'float':
    case 'double':
      return doubleBounds(type.kind, parts, present)
    case 'long':
      return bigBounds(parts, present, String)
    case 'timestamp':
      return bigBounds(parts, present, (micros) => `"${isoTimestamp(micros, 3)}Z"`)
    case 'timestamp_ntz':
      return bigBounds(parts, present, (micros) => `"${isoTimestamp(micros, 3)}"`)
    case 'decimal':
      return type.precision <= 18
        ? bigBounds(parts, present, (unscaled) => decimalText(unscaled, type.scale))
        : decimal128Bounds(parts, present, type.scale)
    default:
      return null
  }
}

function numberBounds(
  parts: readonly Column[],
  present: readonly (Uint8Array | null)[],
  text: (value: number) => string,
) {
  let min = Infinity
  let max = -Infinity
  for (const [at, part] of parts.entries()) {
    if (part.layout !== 'fixed') continue
    const validity = both(part.validity, present[at] ?? null, part.length)
    const values = part.values as Int32Array
    for (let row = 0; row < part.length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  return min > max ? null : { min: text(min), max: text(max) }
}

/** NaN is greater than every number, as in Spark; bounds that JSON has no number for are text. */
function doubleBounds(kind: 'float' | 'double', parts: readonly Column[], present: readonly (Uint8Array | null)[]) {
  let min = NaN
  let max = -Infinity
  let any = false
  let nan = false
  for (const [at, part] of parts.entries()) {
    if (part.layout !== 'fixed') continue
    const validity = both(part.validity, present[at] ?? null, part.length)
    const values = part.values as Float64Array
    for (let row = 0; row < part.length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]
      any = true
      if (value !== value) nan = true
      else {
        if (!(value >= min)) min = value
        if (value > max) max = value
      }
    }
  }
  if (!any) return null
  return { min: doubleJson(kind, min), max: doubleJson(kind, nan ? NaN : max) }
}

function doubleJson(kind: 'float' | 'double', value: number): string {
  const shown = kind === 'float' && Number.isFinite(value) ? shortestFloat(value) : value
  const text = javaDouble(shown)
  return Number.isFinite(value) ? text : `"${text}"`
}

/** The shortest decimal that reads back as the same float, as a double. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

function bigBounds(parts: readonly Column[], present: readonly (Uint8Array | null)[], text: (value: bigint) => string) {
  let min: bigint | null = null
  let max: bigint | null = null
  for (const [at, part] of parts.entries()) {
    if (part.layout !== 'fixed') continue
    const validity = both(part.validity, present[at] ?? null, part.length)
    const values = part.values as BigInt64Array
    for (let row = 0; row < part.length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]
      if (min === null || value < min) min = value
      if (max === null || value > max) max = value
    }
  }
  return min === null || max === null ? null : { min: text(min), max: text(max) }
}

function decimal128Bounds(parts: readonly Column[], present: readonly (Uint8Array | null)[], scale: number) {
  let min: bigint | null = null
  let max: bigint | null = null
  for (const [at, part] of parts.entries()) {
    if (part.layout !== 'decimal128') continue
    const validity = both(part.validity, present[at] ?? null, part.length)
    for (let row = 0; row < part.length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = (part.values[row * 2 + 1] << 64n) | BigInt.asUintN(64, part.values[row * 2])
      if (min === null || value < min) min = value
      if (max === null || value > max) max = value
    }
  }
  return min === null || max === null ? null : { min: decimalText(min, scale), max: decimalText(max, scale) }
}

type Slice = { readonly bytes: Uint8Array; readonly start: number; readonly end: number }

function stringBounds(
  parts: readonly Column[],
  present: readonly (Uint8Array | null)[],
): { min: string; max: string | null } | null {
  let min: Slice | null = null
  let max: Slice | null = null
  const offer = (entries: BytesColumn, row: number) => {
    const slice = { bytes: entries.bytes, start: entries.offsets[row], end: entries.offsets[row + 1] }
    if (min === null || compareSlices(slice, min) < 0) min = slice
    if (max === null || compareSlices(slice, max) > 0) max = slice
  }
  for (const [at, part] of parts.entries()) {
    const validity = both(part.validity, present[at] ?? null, part.length)
    if (part.layout === 'dictionary') {
      for (const code of usedCodes(part, validity)) offer(part.dictionary, code)
    } else if (part.layout === 'bytes') {
      for (let row = 0; row < part.length; row++) if (validity === null || validity[row] === 1) offer(part, row)
    }
  }
  if (min === null || max === null) return null
  const low = cutPoints(textOf(min))
  const high = upperBound(textOf(max))
  return { min: JSON.stringify(low), max: high === null ? null : JSON.stringify(high) }
}

function usedCodes(column: DictionaryColumn, validity: Uint8Array | null): Set<number> {
  const used = new Set<number>()
  for (let row = 0; row < column.length; row++)
    if (validity === null || validity[row] === 1) used.add(column.codes[row])
  return used
}

function compareSlices(a: Slice, b: Slice): number {
  return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function textOf({ bytes, start, end }: Slice): string {
  // Bounds keep 32 characters: 160 bytes hold them and show that more follow.
  return decoder.decode(bytes.slice(start, Math.min(end, start + 160)))
}

function cutPoints(text: string): string {
  const points = [...text]
  return points.length <= BOUND_LENGTH ? text : points.slice(0, BOUND_LENGTH).join('')
}

/** A cut maximum gets a last character above all others, so that it still covers what was cut. */
function upperBound(text: string): string | null {
  const points = [...text]
  if (points.length <= BOUND_LENGTH) return text
  return `${points.slice(0, BOUND_LENGTH).join('')}\u{10ffff}`
}
