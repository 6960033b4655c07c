import type { Column, DataType } from '../../protocol/columns'
import { grown, hashWords, sameWords } from '../batch/hash-keys'
import { KeyEncoder } from '../batch/key-encoder'

const EMPTY = -1
const REMOVED = -2
const INITIAL_PLACES = 256
/** Places of an outgrown table that move for each row of a batch. */
const MOVED_PLACES_PER_ROW = 4
/** An outgrown table of up to this many places moves at once, in about a millisecond: two tables at a time take more room. */
const PLACES_MOVED_AT_ONCE = 131_072
/** Arrays by slot grow by this. */
const SLACK = 1.25
/** Interned strings may outnumber the keys by this much before the index forgets the unused ones. */
const SPARE_INTERNED = 65_536

/**
 * Keys to slots that can be freed again: the numbers of the state's columns. A new key takes a freed slot before a new one.
 *
 * Equality as GROUP BY has it (NULL with NULL, NaN with NaN, -0.0 with 0.0), word by word; a hash only finds the place, and is
 * made anew when a key moves. Growth moves a large old table bit by bit, so no batch pays for a whole rehash. Per key: its words
 * (flags, then values) and at most 2.7 places of 4 bytes in the table, 4 while it moves.
 */
export class SlotIndex {
  readonly types: readonly DataType[]
  #encoder: KeyEncoder
  #width: number
  #numKeys = 0
  /** Slots ever used: live ones and freed ones are below it. */
  #numSlots = 0
  /** Words of a live slot's key; of a freed slot the first is the next freed one, or -1. */
  #words: Int32Array
  #firstFree = EMPTY
  #places = newPlaces(INITIAL_PLACES)
  /** Places that are not EMPTY. */
  #numTaken = 0
  #oldPlaces: Int32Array | null = null
  #moved = 0

  constructor(types: readonly DataType[]) {
    this.types = types
    this.#encoder = new KeyEncoder(types)
    this.#width = this.#encoder.wordsPerKey
    this.#words = new Int32Array(this.#width * (INITIAL_PLACES / 2))
  }

  get numKeys(): number {
    return this.#numKeys
  }

  /** Slots are below this. */
  get numSlots(): number {
    return this.#numSlots
  }

  get sizeBytes(): number {
    return (
      this.#words.byteLength + this.#places.byteLength + (this.#oldPlaces?.byteLength ?? 0) + this.#encoder.sizeBytes
    )
  }

  /** Slot of every row; keys that were not there get one. `fresh` takes each row whose key is new, in order. */
  upsert(
    columns: readonly Column[],
    numRows: number,
    fresh: Int32Array | null = null,
  ): { slots: Int32Array; numFresh: number } {
    const slots = new Int32Array(numRows)
    const keys = this.#encoder.encode(columns, numRows, true)
    const numFresh = this.#find(keys, numRows, slots, true, fresh)
    return { slots, numFresh }
  }

  /** Slot of every row, -1 where the key is not known; adds nothing. */
  find(columns: readonly Column[], numRows: number): Int32Array {
    const slots = new Int32Array(numRows)
    this.#find(this.#encoder.encode(columns, numRows, false), numRows, slots, false, null)
    return slots
  }

  /** Key columns of the slots, in the order given. */
  keysOf(slots: Int32Array): Column[] {
    return this.#encoder.decode(this.#words, slots)
  }

  /** Frees live slots, each given once. */
  remove(slots: Int32Array): void {
    for (const slot of slots) {
      const hash = this.#hashOf(slot)
      this.#unplace(this.#places, hash, slot)
      if (this.#oldPlaces !== null) this.#unplace(this.#oldPlaces, hash, slot)
      this.#words[slot * this.#width] = this.#firstFree
      this.#firstFree = slot
    }
    this.#numKeys -= slots.length
  }

  /** Forgets strings that no key uses any more, when there are many. `live` are all live slots. */
  compact(live: () => Int32Array): void {
    if (this.#encoder.numInterned <= 2 * this.#numKeys * this.types.length + SPARE_INTERNED) return
    const slots = live()
    const columns = this.keysOf(slots)
    this.#encoder = new KeyEncoder(this.types)
    const keys = this.#encoder.encode(columns, slots.length, true)
    const width = this.#width
    this.#places = newPlaces(this.#places.length)
    this.#oldPlaces = null
    slots.forEach((slot, row) => {
      for (let w = 0; w < width; w++) this.#words[slot * width + w] = keys[row * width + w]!
      this.#place(slot)
    })
    this.#numTaken = slots.length
  }

  /** The keys' words and where a value stands in them: for loops over one fixed-width key column. */
  wordsAt(path: readonly number[]): { words: Int32Array; width: number; offset: number } {
    return { words: this.#words, width: this.#width, offset: this.#encoder.wordOf(path) }
  }

  #find(keys: Int32Array, numRows: number, slots: Int32Array, insert: boolean, fresh: Int32Array | null): number {
    if (insert) this.#reserve(numRows)
    const width = this.#width
    const [words, places] = [this.#words, this.#places]
    const mask = places.length - 1
    let numFresh = 0
    for (let row = 0, at = 0; row < numRows; row++, at += width) {
      const hash = hashWords(keys, at, width)
      let place = hash & mask
      let slot = places[place]
      while (slot !== EMPTY && !(slot >= 0 && sameWords(words, slot * width, keys, at, width))) {
        place = (place + 1) & mask
        slot = places[place]!
      }
      if (slot === EMPTY) {
        if (this.#oldPlaces !== null) slot = this.#findOld(hash, keys, at)
        if (insert) {
          if (slot === EMPTY) {
            slot = this.#takeSlot()
            for (let w = 0, to = slot * width; w < width; w++) words[to + w] = keys[at + w]!
            if (fresh !== null) fresh[numFresh] = row
            numFresh++
          }
          places[place] = slot
          this.#numTaken++
        }
      }
      slots[row] = slot
    }
    return numFresh
  }

  #takeSlot(): number {
    this.#numKeys++
    if (this.#firstFree === EMPTY) return this.#numSlots++
    const slot = this.#firstFree
    this.#firstFree = this.#words[slot * this.#width]
    return slot
  }

  #findOld(hash: number, keys: Int32Array, at: number): number {
    const [places, words, width] = [this.#oldPlaces!, this.#words, this.#width]
    const mask = places.length - 1
    let place = hash & mask
    let slot = places[place]
    while (slot !== EMPTY && !(slot >= 0 && sameWords(words, slot * width, keys, at, width))) {
      place = (place + 1) & mask
      slot = places[place]!
    }
    return slot
  }

  #unplace(places: Int32Array, hash: number, slot: number): void {
    const mask = places.length - 1
    let place = hash & mask
    while (places[place] !== slot) {
      if (places[place] === EMPTY) return
      place = (place + 1) & mask
    }
    places[place] = REMOVED
  }

  #hashOf(slot: number): number {
    return hashWords(this.#words, slot * this.#width, this.#width)
  }

  #place(slot: number): void {
    const mask = this.#places.length - 1
    let place = this.#hashOf(slot) & mask
    while (this.#places[place] !== EMPTY && this.#places[place] !== slot) place = (place + 1) & mask
    if (this.#places[place] === EMPTY) this.#numTaken++
    this.#places[place] = slot
  }

  /** Room for `numRows` more keys: at least a quarter of the places stays empty. */
  #reserve(numRows: number): void {
    const numSlots = this.#numSlots + numRows
    const width = this.#width
    if (numSlots * width > this.#words.length)
      this.#words = grown(this.#words, Math.max(numSlots, Math.ceil((this.#words.length / width) * SLACK)) * width)
    if (this.#oldPlaces !== null) this.#move(numRows * MOVED_PLACES_PER_ROW + 1024)
    if ((this.#numTaken + numRows) * 4 <= this.#places.length * 3) return
    // The next growth waits for the last move to end. Places of removed keys do not move along.
    if (this.#oldPlaces !== null) this.#move(this.#oldPlaces.length)
    if ((this.#numTaken + numRows) * 4 <= this.#places.length * 3) return
    let size = INITIAL_PLACES
    while (size * 3 < (this.#numKeys + numRows) * 4) size *= 2
    this.#oldPlaces = this.#numKeys === 0 ? null : this.#places
    this.#moved = 0
    this.#numTaken = 0
    this.#places = newPlaces(size)
    if (this.#oldPlaces !== null && this.#oldPlaces.length <= PLACES_MOVED_AT_ONCE) this.#move(PLACES_MOVED_AT_ONCE)
  }

  #move(count: number): void {
    const old = this.#oldPlaces!
    const end = Math.min(old.length, this.#moved + count)
    for (let i = this.#moved; i < end; i++) if (old[i] >= 0) this.#place(old[i])
    this.#moved = end
    if (end === old.length) this.#oldPlaces = null
  }
}

function newPlaces(size: number): Int32Array {
  return new Int32Array(size).fill(EMPTY)
}
