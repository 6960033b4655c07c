import { grown } from '../../batch/hash-keys'

const EMPTY = -1
const INITIAL_PLACES = 8
const NOTHING = new Int32Array(0)

/** Sets of small numbers, one a group, each in the order in which its numbers came. A set takes 9 to 19 bytes a number. */
export class IdSets {
  /** Open addressing, by group; at most three quarters are taken. */
  readonly #places: Int32Array[] = []
  readonly #ids: Int32Array[] = []
  #sizes = new Int32Array(0)
  #numIds = 0
  #numBytes = 0

  get numSets(): number {
    return this.#places.length
  }

  /** Numbers of all sets together. */
  get numIds(): number {
    return this.#numIds
  }

  get sizeBytes(): number {
    return this.#numBytes + this.#sizes.byteLength
  }

  grow(numSets: number): void {
    if (numSets > this.#sizes.length) this.#sizes = grown(this.#sizes, Math.max(numSets, this.#sizes.length * 2))
    while (this.#places.length < numSets) {
      this.#places.push(NOTHING)
      this.#ids.push(NOTHING)
    }
  }

  /** Adds a number; false when the set has it. */
  add(set: number, id: number): boolean {
    const size = this.#sizes[set]
    let places = this.#places[set]
    if (size * 4 >= places.length * 3) places = this.#widen(set)
    const mask = places.length - 1
    let place = Math.imul(id, 0x9e3779b1) & mask
    while (places[place] !== EMPTY) {
      if (places[place] === id) return false
      place = (place + 1) & mask
    }
    places[place] = id
    this.#ids[set][size] = id
    this.#sizes[set] = size + 1
    this.#numIds++
    return true
  }

  clear(set: number): void {
    this.#numIds -= this.#sizes[set]
    this.#numBytes -= this.#places[set].byteLength + this.#ids[set].byteLength
    this.#places[set] = NOTHING
    this.#ids[set] = NOTHING
    this.#sizes[set] = 0
  }

  /** The numbers of a set as they came; a view, true until the set changes. */
  idsOf(set: number): Int32Array {
    return this.#ids[set].subarray(0, this.#sizes[set])
  }

  /** Gives every number another name. */
  renumber(nameOf: Int32Array): void {
    for (let set = 0; set < this.#places.length; set++) {
      const ids = this.idsOf(set)
      for (let i = 0; i < ids.length; i++) ids[i] = nameOf[ids[i]]
      this.#places[set] = placed(ids, this.#places[set].length)
    }
  }

  #widen(set: number): Int32Array {
    const numPlaces = Math.max(INITIAL_PLACES, this.#places[set].length * 2)
    const places = placed(this.idsOf(set), numPlaces)
    const ids = grown(this.#ids[set], (numPlaces * 3) / 4)
    this.#numBytes += places.byteLength - this.#places[set].byteLength + ids.byteLength - this.#ids[set].byteLength
    this.#places[set] = places
    this.#ids[set] = ids
    return places
  }
}

function placed(ids: Int32Array, numPlaces: number): Int32Array {
  const places = new Int32Array(numPlaces).fill(EMPTY)
  const mask = numPlaces - 1
  for (const id of ids) {
    let place = Math.imul(id, 0x9e3779b1) & mask
    while (places[place] !== EMPTY) place = (place + 1) & mask
    places[place] = id
  }
  return places
}
