import type { Column, DataType } from '../../protocol/columns'
import { KeyEncoder } from './key-encoder'

const EMPTY = -1
const INITIAL_SLOTS = 256
/** Slots of an outgrown table that move for each row of a batch: the old table is gone after a few batches. */
const MOVED_SLOTS_PER_ROW = 4

/**
 * Keys (tuples of column values) to dense group ids 0, 1, 2, ... in order of first appearance.
 *
 * Two rows are one group when GROUP BY says so: NULL with NULL, NaN with NaN, -0.0 with 0.0. Keys are compared whole, word
 * by word; a hash only finds the place. Grows by moving an old table bit by bit, so no single batch pays for a rehash.
 */
export class KeyGroups {
  readonly types: readonly DataType[]
  #encoder: KeyEncoder
  #numGroups = 0
  /** Encoded keys, `wordsPerKey` entries a group. */
  #words = new Int32Array(0)
  #hashes = new Int32Array(INITIAL_SLOTS / 2)
  #slots = newSlots(INITIAL_SLOTS)
  #oldSlots: Int32Array | null = null
  #movedSlots = 0

  constructor(types: readonly DataType[]) {
    this.types = types
    this.#encoder = new KeyEncoder(types)
    this.#words = new Int32Array(this.#encoder.wordsPerKey * (INITIAL_SLOTS / 2))
  }

  get numGroups(): number {
    return this.#numGroups
  }

  get sizeBytes(): number {
    const { byteLength } = this.#words
    return byteLength + this.#hashes.byteLength + this.#slots.byteLength + this.#encoder.sizeBytes
  }

  /** Group id of every row; new keys get new ids, so ids at or above the former `numGroups` are first seen here. */
  groupsOf(columns: readonly Column[], numRows: number): Int32Array {
    const groups = new Int32Array(numRows)
    this.#find(this.#encoder.encode(columns, numRows, true), numRows, groups, true)
    return groups
  }

  /** Group id of every row, -1 where the key is not known; adds nothing. */
  findGroups(columns: readonly Column[], numRows: number): Int32Array {
    const groups = new Int32Array(numRows)
    this.#find(this.#encoder.encode(columns, numRows, false), numRows, groups, false)
    return groups
  }

  /** Key columns of the groups, in the order given. */
  keysOf(groups: Int32Array): Column[] {
    return this.#encoder.decode(this.#words, groups)
  }

  /** Keeps only these groups (ascending ids) and renumbers them 0, 1, ... in that order. */
  retain(groups: Int32Array): void {
    const keys = this.keysOf(groups)
    this.clear()
    this.groupsOf(keys, groups.length)
  }

  clear(): void {
    this.#encoder = new KeyEncoder(this.types)
    this.#numGroups = 0
    this.#hashes = new Int32Array(INITIAL_SLOTS / 2)
    this.#words = new Int32Array(this.#encoder.wordsPerKey * (INITIAL_SLOTS / 2))
    this.#slots = newSlots(INITIAL_SLOTS)
    this.#oldSlots = null
  }

  #find(keys: Int32Array, numRows: number, groups: Int32Array, insert: boolean): void {
    if (insert) this.#reserve(numRows)
    const width = this.#encoder.wordsPerKey
    const { hashes, words } = { hashes: this.#hashes, words: this.#words }
    const slots = this.#slots
    const mask = slots.length - 1
    const oldSlots = this.#oldSlots
    let numGroups = this.#numGroups
    for (let row = 0, at = 0; row < numRows; row++, at += width) {
      const hash = hashWords(keys, at, width)
      let slot = hash & mask
      let group = slots[slot]
      while (group !== EMPTY && !(hashes[group] === hash && sameWords(words, group * width, keys, at, width))) {
        slot = (slot + 1) & mask
        group = slots[slot]!
      }
      if (group === EMPTY && oldSlots !== null) {
        group = findIn(oldSlots, hash, hashes, words, keys, at, width)
        if (group !== EMPTY && insert) slots[slot] = group
      }
      if (group === EMPTY && insert) {
        group = numGroups++
        slots[slot] = group
        hashes[group] = hash
        for (let w = 0, to = group * width; w < width; w++) words[to + w] = keys[at + w]!
      }
      groups[row] = group
    }
    this.#numGroups = numGroups
  }

  /** Room for `numRows` more groups: at most half of the slots are taken afterwards. */
  #reserve(numRows: number): void {
    const needed = this.#numGroups + numRows
    if (needed > this.#hashes.length) {
      const capacity = Math.max(needed, this.#hashes.length * 2)
      this.#hashes = grown(this.#hashes, capacity)
      this.#words = grown(this.#words, capacity * this.#encoder.wordsPerKey)
    }
    if (this.#oldSlots !== null) this.#moveSlots(numRows * MOVED_SLOTS_PER_ROW + 1024)
    if (needed * 2 <= this.#slots.length) return
    // The next growth waits for the last move to end.
    if (this.#oldSlots !== null) this.#moveSlots(this.#oldSlots.length)
    let size = this.#slots.length
    while (size < needed * 2) size *= 2
    this.#oldSlots = this.#numGroups === 0 ? null : this.#slots
    this.#movedSlots = 0
    this.#slots = newSlots(size)
  }

  #moveSlots(count: number): void {
    const old = this.#oldSlots!
    const slots = this.#slots
    const mask = slots.length - 1
    const end = Math.min(old.length, this.#movedSlots + count)
    for (let i = this.#movedSlots; i < end; i++) {
      const group = old[i]
      if (group === EMPTY) continue
      let slot = this.#hashes[group] & mask
      while (slots[slot] !== EMPTY && slots[slot] !== group) slot = (slot + 1) & mask
      slots[slot] = group
    }
    this.#movedSlots = end
    if (end === old.length) this.#oldSlots = null
  }
}

function findIn(
  slots: Int32Array,
  hash: number,
  hashes: Int32Array,
  words: Int32Array,
  keys: Int32Array,
  at: number,
  width: number,
): number {
  const mask = slots.length - 1
  let slot = hash & mask
  let group = slots[slot]
  while (group !== EMPTY && !(hashes[group] === hash && sameWords(words, group * width, keys, at, width))) {
    slot = (slot + 1) & mask
    group = slots[slot]!
  }
  return group
}

function newSlots(size: number): Int32Array {
  return new Int32Array(size).fill(EMPTY)
}

/** A longer copy, zeros at its end. */
export function grown(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length)
  copy.set(values)
  return copy
}

export function sameWords(a: Int32Array, aStart: number, b: Int32Array, bStart: number, width: number): boolean {
  for (let w = 0; w < width; w++) if (a[aStart + w] !== b[bStart + w]) return false
  return true
}

/** Murmur3-style mix; any int32. */
export function hashWords(words: Int32Array, start: number, width: number): number {
  let hash = 0x9747b28c | 0
  for (let w = start; w < start + width; w++) {
    let k = Math.imul(words[w], 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    hash ^= Math.imul(k, 0x1b873593)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
