import type { BytesColumn, DictionaryColumn } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import { ByteSink } from './byte-sink'
import { decimalBytes } from './parquet-schema'
import type { Leaf } from './shred'

/** Rows that hold values: `rows[0 .. count)`, or `start ..` when `rows` is null. */
export type Present = { readonly count: number; readonly rows: Int32Array | null; readonly start: number }

export function presentRows(leaf: Leaf): Present {
  const { slots } = leaf
  if (slots.definition === null) return { count: slots.count, rows: slots.rows, start: slots.start }
  const rows = new Int32Array(slots.count)
  let count = 0
  for (let slot = 0; slot < slots.count; slot++) if (slots.rows![slot] >= 0) rows[count++] = slots.rows![slot]!
  return { count, rows, start: 0 }
}

/** PLAIN bytes of one leaf's values over all its parts. */
export function plainValues(parts: readonly Leaf[], present: readonly Present[]): Uint8Array {
  const type = parts[0].type
  if (type.kind === 'boolean') return packBooleans(parts, present)
  if (parts.length === 1) return plainPart(parts[0], present[0])
  const sink = new ByteSink(1024)
  for (const [index, part] of parts.entries()) sink.bytes(plainPart(part, present[index]))
  return sink.view()
}

function plainPart(leaf: Leaf, present: Present): Uint8Array {
  const { column } = leaf
  switch (column.layout) {
    case 'fixed':
      return plainFixed(column.values, leaf.type.kind === 'decimal' ? leaf.type.precision : null, present)
    case 'decimal128':
      return plainDecimals(column.values, decimalBytes(column.type.precision), present)
    case 'bytes':
      return plainBytes(column, present)
    case 'dictionary':
      return plainDictionary(column, present)
    case 'void':
      return new Uint8Array(0)
    default:
      throw internalError(`A ${column.layout} column is no Parquet leaf.`)
  }
}

function plainFixed(
  values: ArrayLike<number | bigint> & ArrayBufferView,
  precision: number | null,
  present: Present,
): Uint8Array {
  const { count, rows, start } = present
  if (values instanceof BigInt64Array) {
    if (precision !== null && precision <= 9) {
      const out = new Int32Array(count)
      for (let i = 0; i < count; i++) out[i] = Number(values[rows === null ? start + i : rows[i]])
      return bytesOf(out)
    }
    if (rows === null) return bytesOf(values.subarray(start, start + count))
    const out = new BigInt64Array(count)
    for (let i = 0; i < count; i++) out[i] = values[rows[i]]!
    return bytesOf(out)
  }
  const source = values as Float64Array | Float32Array | Int32Array | Int16Array | Int8Array
  const isWide = source instanceof Float64Array || source instanceof Float32Array || source instanceof Int32Array
  if (rows === null && isWide) return bytesOf(source.subarray(start, start + count))
  // Parquet has no integer below 32 bits.
  const out = isWide ? new (source.constructor as new (length: number) => Int32Array)(count) : new Int32Array(count)
  if (rows === null) for (let i = 0; i < count; i++) out[i] = source[start + i]!
  else for (let i = 0; i < count; i++) out[i] = source[rows[i]]!
  return bytesOf(out)
}

/** Big-endian two's complement in `size` bytes, as FIXED_LEN_BYTE_ARRAY decimals are stored. */
function plainDecimals(values: BigInt64Array, size: number, present: Present): Uint8Array {
  const { count, rows, start } = present
  const source = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const out = new Uint8Array(count * size)
  for (let i = 0; i < count; i++) {
    const from = (rows === null ? start + i : rows[i]) * 16
    for (let byte = 0; byte < size; byte++) out[i * size + byte] = source[from + size - 1 - byte]!
  }
  return out
}

function plainBytes(column: BytesColumn, present: Present): Uint8Array {
  const { offsets, bytes } = column
  const { count, rows, start } = present
  let size = count * 4
  if (rows === null) size += count === 0 ? 0 : offsets[start + count] - offsets[start]
  else for (let i = 0; i < count; i++) size += offsets[rows[i] + 1] - offsets[rows[i]]
  const out = new Uint8Array(size)
  for (let i = 0, at = 0; i < count; i++) {
    const row = rows === null ? start + i : rows[i]
    at = putBytes(out, at, bytes, offsets[row], offsets[row + 1])
  }
  return out
}

function plainDictionary(column: DictionaryColumn, present: Present): Uint8Array {
  const { count, rows, start } = present
  const codes = new Int32Array(count)
  for (let i = 0; i < count; i++) codes[i] = column.codes[rows === null ? start + i : rows[i]]!
  return plainBytes(column.dictionary, { count, rows: codes, start: 0 })
}

function packBooleans(parts: readonly Leaf[], present: readonly Present[]): Uint8Array {
  const total = present.reduce((sum, part) => sum + part.count, 0)
  const out = new Uint8Array(Math.ceil(total / 8))
  let at = 0
  for (const [index, { column }] of parts.entries()) {
    if (column.layout !== 'fixed') continue
    const { count, rows, start } = present[index]
    for (let i = 0; i < count; i++, at++) {
      if (column.values[rows === null ? start + i : rows[i]] !== 0) out[at >> 3] |= 1 << (at & 7)
    }
  }
  return out
}

function putBytes(out: Uint8Array, at: number, source: Uint8Array, start: number, end: number): number {
  const size = end - start
  out[at] = size & 0xff
  out[at + 1] = (size >>> 8) & 0xff
  out[at + 2] = (size >>> 16) & 0xff
  out[at + 3] = size >>> 24
  if (size < 32) for (let i = 0; i < size; i++) out[at + 4 + i] = source[start + i]!
  else out.set(source.subarray(start, end), at + 4)
  return at + 4 + size
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

export type DictionaryPages = { readonly entries: Uint8Array; readonly numEntries: number; readonly codes: Int32Array }

/**
 * A shared dictionary for a leaf whose parts all arrive as dictionary columns; only entries in use are written.
 * `null` when the parts have other layouts, or when codes would not save space.
 */
export function dictionaryOf(parts: readonly Leaf[], present: readonly Present[]): DictionaryPages | null {
  if (parts.some(({ column }) => column.layout !== 'dictionary')) return null
  const total = present.reduce((sum, part) => sum + part.count, 0)
  if (total === 0) return null
  const codes = new Int32Array(total)
  const entries = new ByteSink(1024)
  const byText = new Map<string, number>()
  const remaps = new Map<BytesColumn, Int32Array>()
  let at = 0
  for (const [index, part] of parts.entries()) {
    const { codes: source, dictionary } = part.column as DictionaryColumn
    const remap = remaps.get(dictionary) ?? new Int32Array(dictionary.length).fill(-1)
    remaps.set(dictionary, remap)
    const { count, rows, start } = present[index]
    for (let i = 0; i < count; i++) {
      const code = source[rows === null ? start + i : rows[i]]
      if (remap[code] === -1) remap[code] = addEntry(entries, byText, dictionary, code)
      codes[at++] = remap[code]!
    }
    if (byText.size * 2 > total && total > 32) return null
  }
  return { entries: entries.view(), numEntries: byText.size, codes }
}

function addEntry(entries: ByteSink, byText: Map<string, number>, dictionary: BytesColumn, code: number): number {
  const value = dictionary.bytes.subarray(dictionary.offsets[code], dictionary.offsets[code + 1])
  // Bytes as characters: the key is exact whatever the bytes are.
  let key = ''
  for (const byte of value) key += String.fromCharCode(byte)
  const known = byText.get(key)
  if (known !== undefined) return known
  entries.int32(value.length)
  entries.bytes(value)
  byText.set(key, byText.size)
  return byText.size - 1
}
