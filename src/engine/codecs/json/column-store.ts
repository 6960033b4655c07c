import type {
  ArrayType,
  BytesColumn,
  Column,
  DataType,
  FixedValues,
  MapType,
  StructType,
} from '../../../protocol/columns'
import { fixedValuesOf, growTo } from '../../batch/builders'
import { plainColumn, setLineage } from '../../batch/dictionary'
import type { MapValue, StructValue } from './slow-parser'

/**
 * Where parsed rows go: one store a schema node, written by row number, so that a row may be written again.
 *
 * Generated code reads and writes the public fields; keep them plain. A row starts where the row before ended
 * (`offsets[row]`), so to write a row again nothing has to be undone. `begin` makes fresh arrays, `finish` gives them away.
 */
export interface ColumnStore {
  readonly type: DataType
  valid: Uint8Array
  hasNull: boolean
  capacity: number
  begin(capacity: number): void
  grow(capacity: number): void
  /** Writes a slow-parser value. */
  write(row: number, value: unknown): void
  writeNull(row: number): void
  finish(length: number): Column
}

abstract class Store {
  valid = new Uint8Array(0)
  hasNull = false
  capacity = 0

  protected beginRows(capacity: number): void {
    this.capacity = Math.max(capacity, 16)
    this.hasNull = false
  }

  protected growRows(capacity: number): void {
    if (this.hasNull) {
      const valid = new Uint8Array(capacity).fill(1)
      valid.set(this.valid)
      this.valid = valid
    }
    this.capacity = capacity
  }

  /** The first NULL of a batch makes the validity; until then there is none to write. */
  markNull(row: number): void {
    if (!this.hasNull) {
      this.valid = new Uint8Array(this.capacity).fill(1)
      this.hasNull = true
    }
    this.valid[row] = 0
  }

  protected markValid(row: number): void {
    if (this.hasNull) this.valid[row] = 1
  }

  protected validity(): Uint8Array | null {
    return this.hasNull ? this.valid : null
  }
}

/** Numbers, booleans, times; `words` sees 8-byte integers as two int32. */
export class FixedStore extends Store implements ColumnStore {
  readonly type: DataType
  values!: FixedValues
  words = new Int32Array(0)

  constructor(type: DataType) {
    super()
    this.type = type
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    this.#take(fixedValuesOf(this.type, this.capacity))
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    this.#take(growTo(this.values, capacity))
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    this.markValid(row)
    ;(this.values as { [row: number]: unknown })[row] = value
  }

  writeNull(row: number): void {
    this.markNull(row)
  }

  finish(length: number): Column {
    return { layout: 'fixed', type: this.type, length, validity: this.validity(), values: this.values }
  }

  #take(values: FixedValues): void {
    this.values = values
    if (values instanceof BigInt64Array) this.words = new Int32Array(values.buffer as ArrayBuffer)
  }
}

export class Decimal128Store extends Store implements ColumnStore {
  readonly type: Extract<DataType, { kind: 'decimal' }>
  values = new BigInt64Array(0)

  constructor(type: Extract<DataType, { kind: 'decimal' }>) {
    super()
    this.type = type
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    this.values = new BigInt64Array(this.capacity * 2)
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    this.values = growTo(this.values, capacity * 2)
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    this.markValid(row)
    this.values[row * 2] = value as bigint
    this.values[row * 2 + 1] = (value as bigint) >> 64n
  }

  writeNull(row: number): void {
    this.markNull(row)
  }

  finish(length: number): Column {
    return { layout: 'decimal128', type: this.type, length, validity: this.validity(), values: this.values }
  }
}

const encoder = new TextEncoder()
/** Past this many entries a dictionary no longer pays. */
const MAX_DICTIONARY = 65_536
/** Rows to see before the share of new strings says anything. */
const MIN_ROWS_TO_JUDGE = 256

/**
 * Strings and binary. A string column starts as dictionary codes, whose dictionary lives as long as the parser, and turns
 * to plain bytes for good when the dictionary passes 64k entries or more than half of the rows bring a new string.
 */
export class BytesStore extends Store implements ColumnStore {
  readonly type: DataType
  isDictionary: boolean
  offsets = new Int32Array(0)
  bytes = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  codes = new Int32Array(0)
  // The dictionary: open addressing over slots of four words, the hash, code (-1: free), length and first word of an entry.
  // An entry's bytes are padded with zeros to `paddedSize`, so that pairs of words compare.
  slots = new Int32Array(4 * 256).fill(-1)
  slotMask = 255
  numEntries = 0
  #entrySlots = new Int32Array(4 * 64)
  entryBytes = new Uint8Array(1024)
  entryWords = new Int32Array(this.entryBytes.buffer)
  #entriesEnd = 0
  #judgedEntries = 0
  #judgedRows = 0
  #snapshot: BytesColumn | null = null
  readonly #lineage = {}
  #usedBytesPerRow = 16

  constructor(type: DataType, useDictionary: boolean) {
    super()
    this.type = type
    this.isDictionary = useDictionary
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    if (this.isDictionary) {
      this.codes = new Int32Array(this.capacity)
      return
    }
    this.offsets = new Int32Array(this.capacity + 1)
    this.#takeBytes(new Uint8Array(Math.ceil(this.capacity * this.#usedBytesPerRow * 1.125) + 64))
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    if (this.isDictionary) this.codes = growTo(this.codes, capacity)
    else this.offsets = growTo(this.offsets, capacity + 1)
  }

  /** Room for `size` bytes in all. */
  growBytes(size: number): void {
    this.#takeBytes(growTo(this.bytes, Math.max(size, this.bytes.length * 2)))
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    const bytes = value instanceof Uint8Array ? value : encoder.encode(value as string)
    this.markValid(row)
    this.writeBytes(row, bytes, 0, bytes.length)
  }

  /** Writes `source[start, end)` as the value of the row. */
  writeBytes(row: number, source: Uint8Array, start: number, end: number): void {
    const size = end - start
    if (this.isDictionary) {
      this.codes[row] = this.codeOf(source, start, size)
      return
    }
    const at = this.offsets[row]
    if (at + size + 16 > this.bytes.length) this.growBytes(at + size + 16)
    this.bytes.set(source.subarray(start, end), at)
    this.offsets[row + 1] = at + size
  }

  writeNull(row: number): void {
    this.markNull(row)
    if (this.isDictionary) this.codes[row] = 0
    else this.offsets[row + 1] = this.offsets[row]!
  }

  /** Code of the string, hashed here exactly as the generated scan hashes it: pairs of words, the last pair padded with zeros. */
  codeOf(source: Uint8Array, start: number, size: number): number {
    let hash = 0
    for (let at = 0; at <= size; at += 8)
      hash = mixWords(hash, wordAt(source, start, at, size), wordAt(source, start, at + 4, size))
    hash = mixSize(hash, size)
    let slot = hash & this.slotMask
    for (let at = slot * 4; this.slots[at + 1] >= 0; at = slot * 4) {
      if (this.slots[at] === hash && this.#entryEquals(at, source, start, size)) return this.slots[at + 1]
      slot = (slot + 1) & this.slotMask
    }
    return this.addEntry(hash, slot, source, start, size)
  }

  addEntry(hash: number, slot: number, source: Uint8Array, start: number, size: number): number {
    const code = this.numEntries++
    if (code * 4 === this.#entrySlots.length) this.#entrySlots = growTo(this.#entrySlots, code * 8)
    const at = this.#entriesEnd
    this.#entriesEnd = at + paddedSize(size)
    if (this.#entriesEnd > this.entryBytes.length) {
      this.entryBytes = growTo(this.entryBytes, Math.max(this.#entriesEnd, this.entryBytes.length * 2))
      this.entryWords = new Int32Array(this.entryBytes.buffer)
    }
    this.entryBytes.set(source.subarray(start, start + size), at)
    const entry = [hash, code, size, at >> 2]
    this.#entrySlots.set(entry, code * 4)
    this.slots.set(entry, slot * 4)
    if (this.numEntries * 8 > this.slots.length) this.#rehash()
    return code
  }

  finish(length: number): Column {
    const shared = { type: this.type, length, validity: this.validity() }
    if (!this.isDictionary) {
      if (length > 0) this.#usedBytesPerRow = Math.max(1, this.offsets[length] / length)
      return { layout: 'bytes', ...shared, offsets: this.offsets, bytes: this.bytes }
    }
    const column: Column =
      this.numEntries === 0
        ? { layout: 'bytes', ...shared, offsets: new Int32Array(length + 1), bytes: new Uint8Array(0) }
        : { layout: 'dictionary', ...shared, codes: this.codes, dictionary: this.#dictionary() }
    return this.#isTooDiverse(length) && column.layout === 'dictionary' ? this.#leaveDictionary(column) : column
  }

  #isTooDiverse(length: number): boolean {
    if (this.numEntries > MAX_DICTIONARY) return true
    this.#judgedRows += length
    if (this.#judgedRows < MIN_ROWS_TO_JUDGE) return false
    const isDiverse = (this.numEntries - this.#judgedEntries) * 2 > this.#judgedRows
    this.#judgedRows = 0
    this.#judgedEntries = this.numEntries
    return isDiverse
  }

  #leaveDictionary(column: Extract<Column, { layout: 'dictionary' }>): Column {
    this.isDictionary = false
    this.#snapshot = null
    this.entryBytes = new Uint8Array(0)
    this.entryWords = new Int32Array(0)
    this.slots = new Int32Array(0)
    return plainColumn(column)
  }

  /** A copy of the entries that may leave with the column; the same one while nothing was added and it was not transferred. */
  #dictionary(): BytesColumn {
    const last = this.#snapshot
    if (last !== null && last.length === this.numEntries && last.offsets.length > 0) return last
    const offsets = new Int32Array(this.numEntries + 1)
    const entries = this.#entrySlots
    for (let code = 0; code < this.numEntries; code++) offsets[code + 1] = offsets[code] + entries[code * 4 + 2]
    const bytes = new Uint8Array(offsets[this.numEntries])
    for (let code = 0; code < this.numEntries; code++) {
      const start = entries[code * 4 + 3] * 4
      bytes.set(this.entryBytes.subarray(start, start + entries[code * 4 + 2]), offsets[code])
    }
    const snapshot: BytesColumn = {
      layout: 'bytes',
      type: this.type,
      length: this.numEntries,
      validity: null,
      offsets,
      bytes,
    }
    setLineage(snapshot, this.#lineage)
    return (this.#snapshot = snapshot)
  }

  #entryEquals(slotAt: number, source: Uint8Array, start: number, size: number): boolean {
    if (this.slots[slotAt + 2] !== size) return false
    const at = this.slots[slotAt + 3] * 4
    for (let i = 0; i < size; i++) if (this.entryBytes[at + i] !== source[start + i]) return false
    return true
  }

  #rehash(): void {
    const size = this.slots.length / 2
    this.slots = new Int32Array(4 * size).fill(-1)
    this.slotMask = size - 1
    for (let code = 0; code < this.numEntries; code++) {
      const entry = this.#entrySlots.subarray(code * 4, code * 4 + 4)
      let slot = entry[0] & this.slotMask
      while (this.slots[slot * 4 + 1] >= 0) slot = (slot + 1) & this.slotMask
      this.slots.set(entry, slot * 4)
    }
  }

  #takeBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}

/** Two words of a string into its hash; the generated scan holds the same lines. */
function mixWords(hash: number, first: number, second: number): number {
  const mixed = Math.imul(hash ^ first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

function mixSize(hash: number, size: number): number {
  const mixed = Math.imul(hash ^ size, 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

/** Four bytes of a string from `at` on, zeros behind its end. */
function wordAt(source: Uint8Array, start: number, at: number, size: number): number {
  let word = 0
  for (let i = Math.min(at + 3, size - 1); i >= at; i--) word |= source[start + i] << ((i - at) * 8)
  return word
}

/** Bytes an entry takes: whole pairs of words, the last one with at least one zero. */
function paddedSize(size: number): number {
  return (size + 8) & ~7
}

export class StructStore extends Store implements ColumnStore {
  readonly type: StructType
  readonly children: readonly ColumnStore[]

  constructor(type: StructType, children: readonly ColumnStore[]) {
    super()
    this.type = type
    this.children = children
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    for (const child of this.children) child.begin(capacity)
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    for (const child of this.children) child.grow(capacity)
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    this.markValid(row)
    this.children.forEach((child, i) => child.write(row, (value as StructValue)[i] ?? null))
  }

  writeNull(row: number): void {
    this.markNull(row)
    for (const child of this.children) child.writeNull(row)
  }

  finish(length: number): Column {
    return {
      layout: 'struct',
      type: this.type,
      length,
      validity: this.validity(),
      children: this.children.map((child) => child.finish(length)),
    }
  }
}

export class ListStore extends Store implements ColumnStore {
  readonly type: ArrayType
  readonly child: ColumnStore
  offsets = new Int32Array(0)

  constructor(type: ArrayType, child: ColumnStore) {
    super()
    this.type = type
    this.child = child
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    this.offsets = new Int32Array(this.capacity + 1)
    this.child.begin(this.capacity * 2)
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    this.offsets = growTo(this.offsets, capacity + 1)
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    this.markValid(row)
    let at = this.offsets[row]
    for (const element of value as unknown[]) {
      if (at === this.child.capacity) this.child.grow(at * 2)
      this.child.write(at++, element ?? null)
    }
    this.offsets[row + 1] = at
  }

  writeNull(row: number): void {
    this.markNull(row)
    this.offsets[row + 1] = this.offsets[row]!
  }

  finish(length: number): Column {
    return {
      layout: 'list',
      type: this.type,
      length,
      validity: this.validity(),
      offsets: this.offsets,
      child: this.child.finish(this.offsets[length]),
    }
  }
}

export class MapStore extends Store implements ColumnStore {
  readonly type: MapType
  readonly keys: ColumnStore
  readonly child: ColumnStore
  offsets = new Int32Array(0)

  constructor(type: MapType, keys: ColumnStore, child: ColumnStore) {
    super()
    this.type = type
    this.keys = keys
    this.child = child
  }

  begin(capacity: number): void {
    this.beginRows(capacity)
    this.offsets = new Int32Array(this.capacity + 1)
    this.keys.begin(this.capacity * 2)
    this.child.begin(this.capacity * 2)
  }

  grow(capacity: number): void {
    this.growRows(capacity)
    this.offsets = growTo(this.offsets, capacity + 1)
  }

  write(row: number, value: unknown): void {
    if (value === null) return this.writeNull(row)
    this.markValid(row)
    const { keys, values } = value as MapValue
    let at = this.offsets[row]
    for (const [i, key] of keys.entries()) {
      if (at === this.child.capacity) {
        this.keys.grow(at * 2)
        this.child.grow(at * 2)
      }
      this.keys.write(at, key)
      this.child.write(at++, values[i] ?? null)
    }
    this.offsets[row + 1] = at
  }

  writeNull(row: number): void {
    this.markNull(row)
    this.offsets[row + 1] = this.offsets[row]!
  }

  finish(length: number): Column {
    const numEntries = this.offsets[length]
    return {
      layout: 'map',
      type: this.type,
      length,
      validity: this.validity(),
      offsets: this.offsets,
      keys: this.keys.finish(numEntries),
      values: this.child.finish(numEntries),
    }
  }
}

class VoidStore extends Store implements ColumnStore {
  readonly type: DataType = { kind: 'void' }

  begin(capacity: number): void {
    this.beginRows(capacity)
  }

  grow(capacity: number): void {
    this.growRows(capacity)
  }

  write(): void {}
  writeNull(): void {}

  finish(length: number): Column {
    return { layout: 'void', type: this.type, length, validity: null }
  }
}

/** The stores of a type, nested ones included. */
export function storeOf(type: DataType): ColumnStore {
  switch (type.kind) {
    case 'string':
      return new BytesStore(type, true)
    case 'binary':
      return new BytesStore(type, false)
    case 'decimal':
      return type.precision <= 18 ? new FixedStore(type) : new Decimal128Store(type)
    case 'struct':
      return new StructStore(
        type,
        type.fields.map((field) => storeOf(field.type)),
      )
    case 'array':
      return new ListStore(type, storeOf(type.elementType))
    case 'map':
      return new MapStore(type, storeOf(type.keyType), storeOf(type.valueType))
    case 'void':
      return new VoidStore()
    default:
      return new FixedStore(type)
  }
}
