import type { Column, DataType } from '../../protocol/columns'
import { concatColumns } from '../batch/concat'
import { SlotIndex } from './slot-index'
import type { StateValues } from './state-values'

const FREE = -1

/** What a batch did to a table: rows that went, then rows that came or changed. A snapshot has no `removedKeys`. */
export type TableChanges = {
  readonly numRemoved: number
  readonly removedKeys: readonly Column[]
  readonly numRows: number
  readonly keys: readonly Column[]
  readonly values: readonly Column[]
}

/** Where the time of a key stands: a key column, or a field inside one (`[0, 1]` is the end of a window in key column 0). */
export type KeyPath = readonly number[]

/**
 * One operator's keyed state: key columns -> slot -> values. Rows live in slots, small numbers that are used again once freed;
 * a slot is meant only until the next `remove`. It notes what a batch touches, which is what the checkpoint writes.
 *
 * Units   times are TIMESTAMP microseconds since 1970; watermarks milliseconds
 * State   at most 32 bytes a row beside the bytes of its key and values
 */
export class StateTable<Values extends StateValues = StateValues> {
  readonly values: Values
  readonly #index: SlotIndex
  /** Batch that last touched the slot; FREE when it holds nothing. */
  #stamps = new Int32Array(64).fill(FREE)
  #batch = 1
  #touched = new Int32Array(64)
  #numTouched = 0
  #removed: Column[][] = []

  constructor(keyTypes: readonly DataType[], values: Values) {
    this.#index = new SlotIndex(keyTypes)
    this.values = values
  }

  get keyTypes(): readonly DataType[] {
    return this.#index.types
  }

  /** Rows held. */
  get numRows(): number {
    return this.#index.numKeys
  }

  /** Slots are below this: how long an array by slot has to be. */
  get numSlots(): number {
    return this.#index.numSlots
  }

  get sizeBytes(): number {
    return this.#index.sizeBytes + this.#stamps.byteLength + this.#touched.byteLength + this.values.sizeBytes
  }

  /** Slots inserted, updated or touched in this batch and still held. */
  get numTouched(): number {
    return this.touchedSlots().length
  }

  /** Slot of each row's key, made when it was missing, and touched. */
  upsert(keys: readonly Column[], numRows: number): Int32Array {
    const { slots } = this.#index.upsert(keys, numRows)
    this.#grow()
    this.touch(slots)
    return slots
  }

  /** Slot of each row's key, -1 where it is missing; touches nothing. */
  find(keys: readonly Column[], numRows: number): Int32Array {
    return this.#index.find(keys, numRows)
  }

  /**
   * Adds the keys that are missing: the first row of each wins. Gives the rows that were added, in order, and their slots;
   * keys that were there are neither changed nor touched.
   */
  insertMissing(keys: readonly Column[], numRows: number): { rows: Int32Array; slots: Int32Array } {
    const fresh = new Int32Array(numRows)
    const { slots, numFresh } = this.#index.upsert(keys, numRows, fresh)
    this.#grow()
    const rows = fresh.subarray(0, numFresh)
    const added = rows.map((row) => slots[row])
    this.touch(added)
    return { rows, slots: added }
  }

  /** Says that the values of these slots change: they go into the next version. */
  touch(slots: Int32Array): void {
    const [stamps, batch] = [this.#stamps, this.#batch]
    if (this.#numTouched + slots.length > this.#touched.length) {
      const touched = new Int32Array((this.#numTouched + slots.length) * 2)
      touched.set(this.#touched)
      this.#touched = touched
    }
    const touched = this.#touched
    let count = this.#numTouched
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]
      if (stamps[slot] === batch) continue
      stamps[slot] = batch
      touched[count++] = slot
    }
    this.#numTouched = count
  }

  /** Slots touched in this batch and still held, in order of their first touch. */
  touchedSlots(): Int32Array {
    const live = new Int32Array(this.#numTouched)
    let count = 0
    // A slot that was freed and taken again in one batch stands twice: its first mark is gone with the first owner.
    const seen = this.#batch
    for (let i = 0; i < this.#numTouched; i++) {
      const slot = this.#touched[i]
      if (this.#stamps[slot] !== seen) continue
      this.#stamps[slot] = -2 - seen
      live[count++] = slot
    }
    for (let i = 0; i < count; i++) this.#stamps[live[i]] = seen
    return live.subarray(0, count)
  }

  /** All slots held, ascending. */
  slots(): Int32Array {
    const slots = new Int32Array(this.numRows)
    for (let slot = 0, count = 0; slot < this.numSlots; slot++) if (this.#stamps[slot] !== FREE) slots[count++] = slot
    return slots
  }

  keysOf(slots: Int32Array): Column[] {
    return this.#index.keysOf(slots)
  }

  /** Slots whose key time is at or before the watermark: those that leave. A NULL time never leaves. */
  expired(path: KeyPath, watermarkMs: number): Int32Array {
    const { words, width, offset } = this.#index.wordsAt(path)
    const limit = BigInt(watermarkMs) * 1000n
    const [limitHigh, limitLow] = [Number(limit >> 32n), Number(limit & 0xffffffffn)]
    const [column] = path
    const found = new Int32Array(this.numRows)
    let count = 0
    for (let slot = 0, at = 0; slot < this.numSlots; slot++, at += width) {
      if (this.#stamps[slot] === FREE) continue
      const high = words[at + offset + 1]
      if (high > limitHigh || (high === limitHigh && words[at + offset] >>> 0 > limitLow)) continue
      // NULL flags of the key columns stand in front, 32 a word.
      if ((words[at + (column >> 5)] & (1 << (column & 31))) !== 0) continue
      found[count++] = slot
    }
    return found.subarray(0, count)
  }

  /** Forgets these rows (each slot once); their keys go into the next version as removed. */
  remove(slots: Int32Array): void {
    if (slots.length === 0) return
    this.#removed.push(this.#index.keysOf(slots))
    this.#free(slots)
  }

  #free(slots: Int32Array): void {
    this.values.reset(slots)
    for (const slot of slots) this.#stamps[slot] = FREE
    this.#index.remove(slots)
    this.#index.compact(() => this.slots())
  }

  /** What this batch changed so far. */
  changes(): TableChanges {
    const slots = this.touchedSlots()
    const parts = this.#removed
    const removedKeys =
      parts.length === 0
        ? []
        : this.keyTypes.map((type, k) =>
            concatColumns(
              type,
              parts.map((part) => part[k]),
            ),
          )
    return {
      ...this.#rowsOf(slots),
      numRemoved: parts.reduce((sum, part) => sum + (part[0]?.length ?? 0), 0),
      removedKeys,
    }
  }

  /** Everything it holds. */
  snapshot(): TableChanges {
    return { ...this.#rowsOf(this.slots()), numRemoved: 0, removedKeys: [] }
  }

  #rowsOf(slots: Int32Array) {
    return { numRows: slots.length, keys: this.#index.keysOf(slots), values: this.values.save(slots) }
  }

  /** Brings in what a version file says, on top of what is there; nothing of it counts as touched. */
  apply(changes: TableChanges): void {
    if (changes.numRemoved > 0) {
      const slots = this.#index.find(changes.removedKeys, changes.numRemoved)
      // A row that came and went within one batch was never in an earlier version.
      this.#free(slots.filter((slot) => slot >= 0))
    }
    if (changes.numRows === 0) return
    const { slots } = this.#index.upsert(changes.keys, changes.numRows)
    this.#grow()
    for (const slot of slots) this.#stamps[slot] = 0
    this.values.reset(slots)
    this.values.restore(slots, changes.values)
  }

  /** What was touched is written: the next batch begins. */
  nextBatch(): void {
    this.#batch++
    this.#numTouched = 0
    this.#removed = []
  }

  #grow(): void {
    const { numSlots } = this.#index
    if (numSlots > this.#stamps.length) {
      const stamps = new Int32Array(Math.max(numSlots, Math.ceil(this.#stamps.length * 1.25))).fill(FREE)
      stamps.set(this.#stamps)
      this.#stamps = stamps
    }
    this.values.grow(numSlots)
  }
}
