import type { BytesColumn, DataType } from '../../protocol/columns'
import { compareBytes } from './compare'
import { copyBytes } from './gather'

const EMPTY = -1

/** Distinct byte strings to dense ids 0, 1, 2, ... in order of first appearance; equality is on the bytes. */
export class ByteInterner {
  #bytes = new Uint8Array(1024)
  #offsets = new Int32Array(65)
  #hashes = new Int32Array(64)
  #slots = new Int32Array(128).fill(EMPTY)
  #count = 0

  get size(): number {
    return this.#count
  }

  get sizeBytes(): number {
    return this.#bytes.byteLength + this.#offsets.byteLength + this.#hashes.byteLength + this.#slots.byteLength
  }

  /** Id of `source[start, end)`; -1 when unknown and `insert` is false. */
  idOf(source: Uint8Array, start: number, end: number, insert: boolean): number {
    const hash = hashBytes(source, start, end)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let id = this.#slots[slot]; id !== EMPTY; id = this.#slots[slot]!) {
      if (this.#hashes[id] === hash && this.#equals(id, source, start, end)) return id
      slot = (slot + 1) & mask
    }
    return insert ? this.#add(hash, slot, source, start, end) : -1
  }

  /** The entries as a column, id = row; valid until the next insert that grows the buffers. */
  entries(type: DataType): BytesColumn {
    return { layout: 'bytes', type, length: this.#count, validity: null, offsets: this.#offsets, bytes: this.#bytes }
  }

  #equals(id: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[id]
    const to = this.#offsets[id + 1]
    return to - from === end - start && compareBytes(this.#bytes, from, to, source, start, end) === 0
  }

  #add(hash: number, slot: number, source: Uint8Array, start: number, end: number): number {
    const id = this.#count++
    if (id === this.#hashes.length) {
      this.#hashes = copyTo(this.#hashes, new Int32Array(id * 2))
      this.#offsets = copyTo(this.#offsets, new Int32Array(id * 2 + 1))
    }
    const at = this.#offsets[id]
    const needed = at + end - start
    if (needed > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      bytes.set(this.#bytes)
      this.#bytes = bytes
    }
    copyBytes(source, start, end, this.#bytes, at)
    this.#offsets[id + 1] = needed
    this.#hashes[id] = hash
    this.#slots[slot] = id
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    return id
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(EMPTY)
    const mask = slots.length - 1
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id] & mask
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.#slots = slots
  }
}

function copyTo(source: Int32Array, target: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  target.set(source)
  return target
}

/** FNV-1a with a final mix; any int32. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
