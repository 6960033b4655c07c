/**
 * Random numbers as a pure function of (seed, event number, how many were drawn for that event): any event can be made
 * again without the ones before it.
 */
export class Draws {
  readonly #base: number
  #slot = 0

  constructor(seed: number, event: number) {
    this.#base = mix(mix(seed | 0) ^ Math.imul(event + 1, 0x9e3779b1))
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.#bits() / 0x1_0000_0000
  }

  /** Integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]
  }

  /** One of the values; `weights` add up to 1. */
  weighted<T>(values: readonly T[], weights: readonly number[]): T {
    let left = this.next()
    for (let i = 0; i < values.length - 1; i++) {
      left -= weights[i]
      if (left < 0) return values[i]
    }
    return values[values.length - 1]
  }

  /** UUID version 4, lower case. */
  uuid(): string {
    const hex = [0, 0, 0, 0].map(() => this.#bits().toString(16).padStart(8, '0')).join('')
    const variant = '89ab'[Number.parseInt(hex[16], 16) & 3]
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
  }

  #bits(): number {
    return mix(this.#base ^ Math.imul(++this.#slot, 0x85ebca77)) >>> 0
  }
}

function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return bits ^ (bits >>> 16)
}
