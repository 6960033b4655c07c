import type { BytesColumn, Column, DataType, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { fixedValuesOf, layoutOf } from './builders'
import { concatColumns } from './concat'
import { sharesCodes } from './dictionary'
import { gatherColumn } from './gather'
import { ByteInterner } from './interner'
import { RowBytes } from './row-bytes'

/**
 * Key columns to int32 words and back. A key is `wordsPerKey` words: NULL flags first (32 columns a word), then each column:
 * one word for up to 4 bytes, two for 8, four for decimal128, one interned id for strings, binary and arrays; a struct is
 * laid out in place like a key of its own. Words are equal exactly when the values are.
 */
export class KeyEncoder {
  readonly wordsPerKey: number
  readonly #tuple: TupleCoder
  #buffer = new Int32Array(0)

  constructor(types: readonly DataType[]) {
    this.#tuple = new TupleCoder(types)
    this.wordsPerKey = Math.max(1, this.#tuple.words)
  }

  /** Words of `numRows` rows; the array is reused by the next call. Unknown values get id -1 unless `insert`. */
  encode(columns: readonly Column[], numRows: number, insert: boolean): Int32Array {
    const width = this.wordsPerKey
    if (this.#buffer.length < numRows * width) this.#buffer = new Int32Array(numRows * width)
    if (columns.length === 0) this.#buffer.fill(0, 0, numRows * width)
    this.#tuple.encode(columns, numRows, this.#buffer, 0, width, insert)
    return this.#buffer
  }

  decode(words: Int32Array, groups: Int32Array): Column[] {
    return this.#tuple.decode(words, groups, 0, this.wordsPerKey)
  }

  /** Where the value of a column stands in a key: `[column]`, or `[column, field, ...]` inside structs. */
  wordOf(path: readonly number[]): number {
    return this.#tuple.wordOf(path)
  }

  /** Distinct strings and arrays kept for decoding; they stay when their keys go. */
  get numInterned(): number {
    return this.#tuple.numInterned
  }

  get sizeBytes(): number {
    return this.#buffer.byteLength + this.#tuple.sizeBytes
  }
}

/** Several columns side by side: their NULL flags, then their words. */
class TupleCoder {
  readonly words: number
  readonly #types: readonly DataType[]
  readonly #starts: number[] = []
  readonly #coders: readonly WordCoder[]

  constructor(types: readonly DataType[]) {
    this.#types = types
    let at = Math.ceil(types.length / 32)
    this.#coders = types.map((type) => {
      const coder = coderOf(type)
      this.#starts.push(at)
      at += coder.words
      return coder
    })
    this.words = at
  }

  get numInterned(): number {
    return this.#coders.reduce((sum, coder) => sum + (coder.numInterned ?? 0), 0)
  }

  get sizeBytes(): number {
    return this.#coders.reduce((sum, coder) => sum + (coder.sizeBytes ?? 0), 0)
  }

  wordOf([column, ...rest]: readonly number[]): number {
    const coder = this.#coders[column]
    return this.#starts[column] + (rest.length === 0 ? 0 : coder.wordOf!(rest))
  }

  encode(
    columns: readonly Column[],
    numRows: number,
    words: Int32Array,
    start: number,
    width: number,
    insert: boolean,
  ): void {
    for (let flags = 0; flags * 32 < columns.length; flags++) {
      for (let row = 0, at = start + flags; row < numRows; row++, at += width) words[at] = 0
    }
    columns.forEach((column, c) => {
      this.#coders[c].encode(column, numRows, words, start + this.#starts[c], width, insert)
      this.#markNulls(column, c, numRows, words, start, width)
    })
  }

  decode(words: Int32Array, groups: Int32Array, start: number, width: number): Column[] {
    return this.#types.map((_, c) => {
      const flag = 1 << (c & 31)
      const word = start + (c >> 5)
      let validity: Uint8Array | null = null
      for (let i = 0; i < groups.length; i++) {
        if ((words[groups[i] * width + word] & flag) === 0) continue
        validity ??= new Uint8Array(groups.length).fill(1)
        validity[i] = 0
      }
      return this.#coders[c].decode(words, groups, start + this.#starts[c], width, validity)
    })
  }

  #markNulls(column: Column, c: number, numRows: number, words: Int32Array, start: number, width: number): void {
    const flag = 1 << (c & 31)
    const first = start + this.#starts[c]
    const size = this.#coders[c].words
    const { validity } = column
    if (validity === null && column.layout !== 'void') return
    for (let row = 0; row < numRows; row++) {
      if (validity !== null && validity[row] === 1) continue
      const at = row * width
      words[at + start + (c >> 5)] |= flag
      // What stands under a NULL is unspecified, and must not tell two NULLs apart.
      for (let w = 0; w < size; w++) words[at + first + w] = 0
    }
  }
}

interface WordCoder {
  readonly words: number
  readonly numInterned?: number
  readonly sizeBytes?: number
  wordOf?(path: readonly number[]): number
  encode(column: Column, numRows: number, words: Int32Array, start: number, width: number, insert: boolean): void
  decode(words: Int32Array, groups: Int32Array, start: number, width: number, validity: Uint8Array | null): Column
}

function coderOf(type: DataType): WordCoder {
  switch (layoutOf(type)) {
    case 'void':
      return {
        words: 0,
        encode: () => {},
        decode: (_words, groups) => ({ layout: 'void', type, length: groups.length, validity: null }),
      }
    case 'fixed':
      return fixedCoder(type)
    case 'decimal128':
      return pairCoder(type, 4)
    case 'bytes':
      return new StringCoder(type)
    case 'struct':
      return new StructCoder(type as StructType)
    default:
      return new NestedCoder(type)
  }
}

/** A struct in place: window keys are four words of times, not an interned value. */
class StructCoder implements WordCoder {
  readonly words: number
  readonly #type: StructType
  readonly #tuple: TupleCoder

  constructor(type: StructType) {
    this.#type = type
    this.#tuple = new TupleCoder(type.fields.map((field) => field.type))
    this.words = this.#tuple.words
  }

  get numInterned(): number {
    return this.#tuple.numInterned
  }

  get sizeBytes(): number {
    return this.#tuple.sizeBytes
  }

  wordOf(path: readonly number[]): number {
    return this.#tuple.wordOf(path)
  }

  encode(column: Column, numRows: number, words: Int32Array, start: number, width: number, insert: boolean): void {
    if (column.layout === 'struct') this.#tuple.encode(column.children, numRows, words, start, width, insert)
  }

  decode(words: Int32Array, groups: Int32Array, start: number, width: number, validity: Uint8Array | null): Column {
    const children = this.#tuple.decode(words, groups, start, width)
    return { layout: 'struct', type: this.#type, length: groups.length, validity, children }
  }
}

function fixedCoder(type: DataType): WordCoder {
  switch (type.kind) {
    case 'double':
      return {
        words: 2,
        encode(column, numRows, words, start, width) {
          if (column.layout !== 'fixed') return
          // Adding zero turns -0.0 into 0.0; a NaN written by JavaScript has one bit pattern.
          const normal = new Float64Array(numRows)
          const values = column.values as Float64Array
          for (let i = 0; i < numRows; i++) normal[i] = Number.isNaN(values[i]) ? NaN : values[i] + 0
          copyWords(new Int32Array(normal.buffer), numRows, 2, words, start, width)
        },
        decode: (words, groups, start, width, validity) => decodeWords(type, 2, words, groups, start, width, validity),
      }
    case 'float':
      return {
        words: 1,
        encode(column, numRows, words, start, width) {
          if (column.layout !== 'fixed') return
          const normal = new Float32Array(numRows)
          const values = column.values as Float32Array
          for (let i = 0; i < numRows; i++) normal[i] = Number.isNaN(values[i]) ? NaN : values[i] + 0
          copyWords(new Int32Array(normal.buffer), numRows, 1, words, start, width)
        },
        decode: (words, groups, start, width, validity) => decodeWords(type, 1, words, groups, start, width, validity),
      }
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day-time-interval':
    case 'decimal':
      return pairCoder(type, 2)
    default:
      return {
        words: 1,
        encode(column, numRows, words, start, width) {
          if (column.layout === 'fixed') copyWords(column.values as Int32Array, numRows, 1, words, start, width)
        },
        decode(words, groups, start, width, validity) {
          const values = fixedValuesOf(type, groups.length) as Int32Array
          for (let i = 0; i < groups.length; i++) values[i] = words[groups[i] * width + start]!
          return { layout: 'fixed', type, length: groups.length, validity, values }
        },
      }
  }
}

function pairCoder(type: DataType, size: 2 | 4): WordCoder {
  return {
    words: size,
    encode(column, numRows, words, start, width) {
      if (column.layout !== 'fixed' && column.layout !== 'decimal128') return
      const { buffer, byteOffset, length } = column.values
      copyWords(new Int32Array(buffer, byteOffset, length * 2), numRows, size, words, start, width)
    },
    decode: (words, groups, start, width, validity) => decodeWords(type, size, words, groups, start, width, validity),
  }
}

function copyWords(
  source: Int32Array,
  numRows: number,
  size: number,
  words: Int32Array,
  start: number,
  width: number,
): void {
  if (size === 1) for (let row = 0, to = start; row < numRows; row++, to += width) words[to] = source[row]!
  else if (size === 2) {
    for (let row = 0, to = start; row < numRows; row++, to += width) {
      words[to] = source[row * 2]!
      words[to + 1] = source[row * 2 + 1]!
    }
  } else
    for (let row = 0; row < numRows; row++)
      for (let w = 0; w < size; w++) words[row * width + start + w] = source[row * size + w]!
}

function decodeWords(
  type: DataType,
  size: number,
  words: Int32Array,
  groups: Int32Array,
  start: number,
  width: number,
  validity: Uint8Array | null,
): Column {
  const length = groups.length
  const raw = new Int32Array(length * size)
  for (let i = 0; i < length; i++)
    for (let w = 0; w < size; w++) raw[i * size + w] = words[groups[i] * width + start + w]!
  if (type.kind === 'decimal' && size === 4) {
    return { layout: 'decimal128', type, length, validity, values: new BigInt64Array(raw.buffer) }
  }
  const values =
    type.kind === 'double'
      ? new Float64Array(raw.buffer)
      : type.kind === 'float'
        ? new Float32Array(raw.buffer)
        : new BigInt64Array(raw.buffer)
  return { layout: 'fixed', type, length, validity, values }
}

/** Strings and binary by interned id; a dictionary is translated once an entry, not once a row. */
class StringCoder implements WordCoder {
  readonly words = 1
  readonly #type: DataType
  readonly #interner = new ByteInterner()
  #dictionary: BytesColumn | null = null
  #idOfCode = new Int32Array(0)

  constructor(type: DataType) {
    this.#type = type
  }

  get numInterned(): number {
    return this.#interner.size
  }

  get sizeBytes(): number {
    return this.#interner.sizeBytes
  }

  encode(column: Column, numRows: number, words: Int32Array, start: number, width: number, insert: boolean): void {
    if (column.layout === 'bytes') {
      const { offsets, bytes, validity } = column
      for (let row = 0, to = start; row < numRows; row++, to += width) {
        if (validity === null || validity[row] === 1)
          words[to] = this.#interner.idOf(bytes, offsets[row], offsets[row + 1], insert)
      }
    } else if (column.layout === 'dictionary') {
      const { codes, validity, dictionary } = column
      const ids = this.#idsOf(dictionary)
      for (let row = 0, to = start; row < numRows; row++, to += width) {
        if (validity !== null && validity[row] === 0) continue
        const code = codes[row]
        // Only codes that occur are interned: a dictionary may hold entries of rows that were filtered out.
        if (ids[code] === -1)
          ids[code] = this.#interner.idOf(
            dictionary.bytes,
            dictionary.offsets[code],
            dictionary.offsets[code + 1],
            insert,
          )
        words[to] = ids[code]!
      }
    }
  }

  decode(words: Int32Array, groups: Int32Array, start: number, width: number, validity: Uint8Array | null): Column {
    const ids = new Int32Array(groups.length)
    for (let i = 0; i < groups.length; i++)
      ids[i] = validity !== null && validity[i] === 0 ? -1 : words[groups[i] * width + start]
    const gathered = gatherColumn(this.#interner.entries(this.#type), ids)
    return { ...gathered, validity }
  }

  /** Snapshots of one growing dictionary keep the ids of their shared codes. */
  #idsOf(dictionary: BytesColumn): Int32Array {
    if (this.#dictionary === null || !sharesCodes(this.#dictionary, dictionary))
      this.#idOfCode = new Int32Array(dictionary.length).fill(-1)
    else if (dictionary.length > this.#idOfCode.length) {
      const ids = new Int32Array(Math.max(dictionary.length, this.#idOfCode.length * 2)).fill(-1)
      ids.set(this.#idOfCode)
      this.#idOfCode = ids
    }
    this.#dictionary = dictionary
    return this.#idOfCode
  }
}

/** Arrays: the value's bytes are interned, and the first row of each id is kept to give the value back. */
class NestedCoder implements WordCoder {
  readonly words = 1
  readonly #type: DataType
  readonly #interner = new ByteInterner()
  readonly #bytes = new RowBytes()
  #values: Column[] = []

  constructor(type: DataType) {
    if (hasMap(type)) {
      throw userError('GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE', 'A map cannot be a key.', {
        sqlState: '42822',
        hint: 'Maps have no equality in Spark; group by map_entries sorted, or by one of the values.',
      })
    }
    this.#type = type
  }

  get numInterned(): number {
    return this.#interner.size
  }

  get sizeBytes(): number {
    return this.#interner.sizeBytes
  }

  encode(column: Column, numRows: number, words: Int32Array, start: number, width: number, insert: boolean): void {
    const fresh = new Int32Array(numRows)
    let numFresh = 0
    for (let row = 0, to = start; row < numRows; row++, to += width) {
      if (column.validity !== null && column.validity[row] === 0) continue
      this.#bytes.reset()
      this.#bytes.add(column, row)
      const known = this.#interner.size
      words[to] = this.#interner.idOf(this.#bytes.bytes, 0, this.#bytes.length, insert)
      if (this.#interner.size > known) fresh[numFresh++] = row
    }
    if (numFresh > 0) this.#values.push(gatherColumn(column, fresh, numFresh))
  }

  decode(words: Int32Array, groups: Int32Array, start: number, width: number, validity: Uint8Array | null): Column {
    if (this.#values.length !== 1) this.#values = [concatColumns(this.#type, this.#values)]
    const ids = new Int32Array(groups.length)
    for (let i = 0; i < groups.length; i++)
      ids[i] = validity !== null && validity[i] === 0 ? -1 : words[groups[i] * width + start]
    return gatherColumn(this.#values[0], ids)
  }
}

function hasMap(type: DataType): boolean {
  if (type.kind === 'map') return true
  if (type.kind === 'array') return hasMap(type.elementType)
  return type.kind === 'struct' && type.fields.some((field) => hasMap(field.type))
}
