import type { EventBatch } from '../../engine/ports/broker'
import type { RowSlice } from './event-rows'
import { sizeOf } from './event-rows'

/** The newest batches of one partition, kept in memory up to a byte budget so that a query at the head never opens a file. */
export class Tail {
  readonly #maxBytes: number
  #batches: EventBatch[] = []
  #sizeBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Batches arrive in sequence order without holes. */
  add(batch: EventBatch): void {
    if (batch.numRows === 0) return
    this.#batches.push(batch)
    this.#sizeBytes += sizeOf(batch)
    let numDropped = 0
    while (this.#sizeBytes > this.#maxBytes && numDropped < this.#batches.length)
      this.#sizeBytes -= sizeOf(this.#batches[numDropped++])
    if (numDropped > 0) this.#batches = this.#batches.slice(numDropped)
  }

  /** First sequence number in memory; Infinity when there is none. */
  get first(): number {
    return this.#batches.length === 0 ? Infinity : this.#batches[0].firstSequence
  }

  /** Rows `[from, until)`, which must lie in memory. */
  slices(from: number, until: number): RowSlice[] {
    const slices: RowSlice[] = []
    let low = 0
    let high = this.#batches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const batch = this.#batches[middle]
      if (batch.firstSequence + batch.numRows <= from) low = middle + 1
      else high = middle
    }
    for (let i = low; i < this.#batches.length && this.#batches[i].firstSequence < until; i++) {
      const rows = this.#batches[i]
      slices.push({
        rows,
        from: Math.max(0, from - rows.firstSequence),
        until: Math.min(rows.numRows, until - rows.firstSequence),
      })
    }
    return slices
  }
}
