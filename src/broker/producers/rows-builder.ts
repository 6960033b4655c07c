import type { EventRows } from '../log/event-rows'

/** Collects events of one partition into columns. */
export class RowsBuilder {
  readonly #encoder = new TextEncoder()
  readonly #ends: number[] = [0]
  readonly #enqueuedMicros: number[] = []
  readonly #keys: (string | null)[] = []
  #values = new Uint8Array(1024)
  #hasKeys = false

  get numRows(): number {
    return this.#enqueuedMicros.length
  }

  add(text: string, enqueuedMicros: number, key: string | null): void {
    const start = this.#ends[this.#ends.length - 1]
    // UTF-8 needs at most three bytes for each UTF-16 unit.
    if (this.#values.length < start + text.length * 3) {
      const larger = new Uint8Array(Math.max(this.#values.length * 2, start + text.length * 3))
      larger.set(this.#values.subarray(0, start))
      this.#values = larger
    }
    this.#ends.push(start + this.#encoder.encodeInto(text, this.#values.subarray(start)).written)
    this.#enqueuedMicros.push(enqueuedMicros)
    this.#keys.push(key)
    this.#hasKeys ||= key !== null
  }

  finish(): EventRows {
    return {
      numRows: this.numRows,
      values: this.#values.subarray(0, this.#ends[this.#ends.length - 1]),
      valueOffsets: Int32Array.from(this.#ends),
      enqueuedMicros: Float64Array.from(this.#enqueuedMicros),
      keys: this.#hasKeys ? this.#keys : null,
      properties: null,
    }
  }
}
