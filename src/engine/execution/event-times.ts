import type { Column } from '../../protocol/columns'
import { EventTimeBuckets } from './event-time-buckets'
import type { BucketScale } from './event-time-buckets'
import type { EventTimeStats } from './stateful-plan'

/** Rows of a batch over which the mean is Spark's to the last bit; beyond it the exact mean stands in for Spark's rounded one. */
const ROWS_AS_SPARK = 1024

/**
 * Event times that reach one watermark node in a batch. A NULL counts as 1970, and the mean is built row by row, as Spark does
 * it, so that the numbers of small batches are Spark's to the millisecond.
 */
export class EventTimes {
  readonly delayMs: number
  /** The same rows by event time, where somebody draws them. */
  readonly buckets: EventTimeBuckets | null
  #count = 0
  #minMs = 0
  #maxMs = 0
  #avgMs = 0

  constructor(delayMs: number, scale: BucketScale | null = null) {
    this.delayMs = delayMs
    this.buckets = scale === null ? null : new EventTimeBuckets(scale)
  }

  clear(): void {
    this.#count = 0
    this.buckets?.clear()
  }

  /** A TIMESTAMP column, microseconds; of a window its end. */
  add(column: Column): void {
    if (column.layout === 'struct') return this.add(column.children[1])
    if (column.layout !== 'fixed' || !(column.values instanceof BigInt64Array)) return
    this.buckets?.addColumn(column)
    const { length, validity } = column
    const { buffer, byteOffset } = column.values
    const halves = new Int32Array(buffer, byteOffset, length * 2)
    const near = Math.min(length, Math.max(0, ROWS_AS_SPARK - this.#count))
    let count = this.#count
    let [min, max] = count === 0 ? [Infinity, -Infinity] : [this.#minMs * 1000, this.#maxMs * 1000]
    let avg = count === 0 ? 0 : this.#avgMs
    for (let row = 0; row < near; row++) {
      const isNull = validity !== null && validity[row] === 0
      const micros = isNull ? 0 : halves[2 * row + 1] * 4_294_967_296 + (halves[2 * row] >>> 0)
      if (micros < min) min = micros
      if (micros > max) max = micros
      avg += (Math.floor(micros / 1000) - avg) / ++count
    }
    const origin = Math.floor(avg) * 1000
    let sum = 0
    for (let row = near; row < length; row++) {
      const isNull = validity !== null && validity[row] === 0
      const micros = isNull ? 0 : halves[2 * row + 1] * 4_294_967_296 + (halves[2 * row] >>> 0)
      if (micros < min) min = micros
      if (micros > max) max = micros
      sum += micros - origin
    }
    this.#count += length
    this.#avgMs = length === near ? avg : (avg * count + sum / 1000 + (origin / 1000) * (length - near)) / this.#count
    this.#minMs = Math.floor(min / 1000)
    this.#maxMs = Math.floor(max / 1000)
  }

  /** Null when no row came. */
  stats(): EventTimeStats | null {
    return this.#count === 0 ? null : { minMs: this.#minMs, maxMs: this.#maxMs, avgMs: Math.trunc(this.#avgMs) }
  }
}
