import type { DecodedArray } from 'hyparquet'
import { fixedValuesOf } from '../../engine/batch/builders'
import type { BytesColumn, DataType, FixedValues } from '../../protocol/columns'
import { outsideError } from '../../protocol/errors/runnel-error'
import type { LeafChunk, PageValues } from './page-reader'

/** A leaf's values without NULLs, already in the layout of the wanted type. */
export type Dense =
  | { readonly layout: 'fixed'; readonly values: FixedValues }
  | { readonly layout: 'decimal128'; readonly values: BigInt64Array }
  | { readonly layout: 'bytes'; readonly offsets: Int32Array; readonly bytes: Uint8Array }
  | { readonly layout: 'dictionary'; readonly codes: Int32Array; readonly dictionary: BytesColumn }

/** Reads a chunk's values as `type`; throws `FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH` when Parquet stores another kind. */
export function denseValues(chunk: LeafChunk, type: DataType): Dense {
  const count = chunk.pages.reduce((sum, page) => sum + page.count, 0)
  if (type.kind === 'string' || type.kind === 'binary') return denseBytes(chunk, type, count)
  if (type.kind === 'decimal') return denseDecimal(chunk, type, count)
  const convert = converter(chunk, type)
  const values = fixedValuesOf(type, count)
  let at = 0
  for (const page of chunk.pages) {
    const source =
      page.kind === 'codes' ? decode(page, chunk) : page.kind === 'values' ? page.values : mismatch(chunk, type)
    if (convert === null && source.constructor === values.constructor)
      (values as Int32Array).set(source as Int32Array, at)
    else if (convert === null)
      for (let i = 0; i < source.length; i++) (values as Int32Array)[at + i] = source[i] as number
    else for (let i = 0; i < source.length; i++) (values as Int32Array)[at + i] = convert(source[i] as never) as number
    at += page.count
  }
  return { layout: 'fixed', values }
}

type Convert = ((value: never) => number | bigint) | null

/** How one stored value becomes one value of the column; `null` when they are the same thing. */
function converter(chunk: LeafChunk, type: DataType): Convert {
  const { element } = chunk.node
  const physical = element.type
  switch (type.kind) {
    case 'boolean':
      return physical === 'BOOLEAN' ? (value: boolean) => (value ? 1 : 0) : mismatch(chunk, type)
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year-month-interval':
      return physical === 'INT32' ? null : mismatch(chunk, type)
    case 'long':
    case 'day-time-interval':
      if (physical === 'INT64') return null
      if (physical === 'INT32')
        return element.converted_type === 'UINT_32'
          ? (value: number) => BigInt(value >>> 0)
          : (value: number) => BigInt(value)
      return mismatch(chunk, type)
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampConverter(chunk, type)
    case 'float':
      return physical === 'FLOAT' ? null : mismatch(chunk, type)
    case 'double':
      return physical === 'DOUBLE' || physical === 'FLOAT' || physical === 'INT32' ? null : mismatch(chunk, type)
    default:
      return mismatch(chunk, type)
  }
}

/** Julian day number of 1970-01-01, the zero of INT96 timestamps' day part. */
const JULIAN_EPOCH_DAY = 2_440_588n

function timestampConverter(chunk: LeafChunk, type: DataType): Convert {
  const { type: physical, logical_type: logical, converted_type: converted } = chunk.node.element
  // hyparquet gives INT96 as one 96-bit integer: nanoseconds of the day in the low 64 bits, the Julian day above.
  if (physical === 'INT96') {
    return (value: bigint) =>
      ((value >> 64n) - JULIAN_EPOCH_DAY) * 86_400_000_000n + (value & 0xffffffffffffffffn) / 1000n
  }
  if (physical === 'INT32' && (converted === 'DATE' || logical?.type === 'DATE') && type.kind === 'timestamp_ntz') {
    return (value: number) => BigInt(value) * 86_400_000_000n
  }
  if (physical !== 'INT64') return mismatch(chunk, type)
  const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : 'MICROS'
  if (unit === 'MILLIS') return (value: bigint) => value * 1000n
  if (unit === 'NANOS') return (value: bigint) => (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n
  return null
}

function denseDecimal(chunk: LeafChunk, type: Extract<DataType, { kind: 'decimal' }>, count: number): Dense {
  const { element } = chunk.node
  const storedScale = (element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : element.scale) ?? 0
  const isInteger = element.type === 'INT32' || element.type === 'INT64'
  if (element.type === 'DOUBLE' || element.type === 'FLOAT' || element.type === 'BOOLEAN' || storedScale > type.scale)
    mismatch(chunk, type)
  const factor = 10n ** BigInt(type.scale - storedScale)
  const isWide = type.precision > 18
  const values = new BigInt64Array(isWide ? count * 2 : count)
  let at = 0
  for (const page of chunk.pages) {
    const source = page.kind === 'codes' ? decode(page, chunk) : page.kind === 'values' ? page.values : splitBytes(page)
    if (!isWide && factor === 1n && source instanceof BigInt64Array) {
      values.set(source, at)
      at += page.count
      continue
    }
    for (let i = 0; i < source.length; i++, at++) {
      const unscaled = (isInteger ? BigInt(source[i] as number | bigint) : bigEndian(source[i] as Uint8Array)) * factor
      if (!isWide) values[at] = unscaled
      else {
        values[at * 2] = unscaled
        values[at * 2 + 1] = unscaled >> 64n
      }
    }
  }
  return isWide ? { layout: 'decimal128', values } : { layout: 'fixed', values }
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

function denseBytes(chunk: LeafChunk, type: DataType, count: number): Dense {
  const { type: physical } = chunk.node.element
  if (physical !== 'BYTE_ARRAY' && physical !== 'FIXED_LEN_BYTE_ARRAY') mismatch(chunk, type)
  if (type.kind === 'string' && chunk.dictionary !== null && chunk.pages.every((page) => page.kind === 'codes')) {
    const entries = chunk.dictionary as Uint8Array[]
    const codes = new Int32Array(count)
    let at = 0
    for (const page of chunk.pages) {
      if (page.kind !== 'codes') continue
      codes.set(page.codes, at)
      at += page.count
    }
    return {
      layout: 'dictionary',
      codes,
      dictionary: { layout: 'bytes', type, length: entries.length, validity: null, ...joinBytes(entries) },
    }
  }
  const [only] = chunk.pages
  if (chunk.pages.length === 1 && only.kind === 'bytes')
    return { layout: 'bytes', offsets: only.offsets, bytes: only.bytes }
  const parts = chunk.pages.map((page) => {
    if (page.kind === 'bytes') return page
    return joinBytes((page.kind === 'codes' ? decode(page, chunk) : page.values) as Uint8Array[])
  })
  return { layout: 'bytes', ...joinParts(parts, count) }
}

type BytesPart = { readonly offsets: Int32Array; readonly bytes: Uint8Array }

function joinBytes(values: readonly Uint8Array[]): BytesPart {
  const offsets = new Int32Array(values.length + 1)
  for (let i = 0; i < values.length; i++) offsets[i + 1] = offsets[i] + values[i].length
  const bytes = new Uint8Array(offsets[values.length])
  for (let i = 0; i < values.length; i++) bytes.set(values[i], offsets[i])
  return { offsets, bytes }
}

function joinParts(parts: readonly BytesPart[], count: number): BytesPart {
  const offsets = new Int32Array(count + 1)
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.offsets[part.offsets.length - 1], 0))
  let row = 0
  let end = 0
  for (const part of parts) {
    const size = part.offsets[part.offsets.length - 1]
    bytes.set(part.bytes.subarray(0, size), end)
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = end + part.offsets[i]
    end += size
  }
  return { offsets, bytes }
}

function splitBytes(page: Extract<PageValues, { kind: 'bytes' }>): Uint8Array[] {
  return Array.from({ length: page.count }, (_, i) => page.bytes.subarray(page.offsets[i], page.offsets[i + 1]))
}

function decode(page: Extract<PageValues, { kind: 'codes' }>, chunk: LeafChunk): DecodedArray {
  const { dictionary } = chunk
  if (dictionary === null)
    throw outsideError('CORRUPT_FILE', `Parquet column ${chunk.node.path.join('.')} has codes but no dictionary.`)
  const out: unknown[] = new Array(page.count)
  for (let i = 0; i < page.count; i++) out[i] = dictionary[page.codes[i]]
  return out as DecodedArray
}

function mismatch(chunk: LeafChunk, type: DataType): never {
  const name = chunk.node.path.join('.')
  throw outsideError(
    'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH',
    `Data type mismatches when reading Parquet column \`${name}\`. Expected Spark type ${type.kind}, actual Parquet type ${chunk.node.element.type}.`,
    {
      sqlState: 'KD001',
      parameters: { column: name, expectedType: type.kind, actualType: String(chunk.node.element.type) },
    },
  )
}
