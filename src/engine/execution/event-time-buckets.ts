import type { Column } from '../../protocol/columns'
import type { EventTimeRows, PlanFacts } from '../../protocol/workers/insight'

/** Where buckets begin and how wide they are, so that no bucket lies in two windows. Milliseconds. */
export type BucketScale = { readonly widthMs: number; readonly originMs: number }

/** Buckets a window is cut into. A power of two: two neighbours make one, and still none lies in two windows. */
const PER_WINDOW = 8
/** Buckets of one batch that are told; a batch that spans more tells wider ones. */
const MAX_TOLD = 256
/** Buckets counted in an array, around the first row; what lies outside goes into a map. */
const NEAR = 4096

/** The scale for a plan: parts of its window, else of its watermark delay; null when it has no watermark. */
export function bucketScale({ watermark, window }: Pick<PlanFacts, 'watermark' | 'window'>): BucketScale | null {
  if (watermark === null) return null
  if (window !== null && window.slideMs > 0)
    return { widthMs: window.slideMs / PER_WINDOW, originMs: window.startMs % window.slideMs }
  return { widthMs: Math.max(watermark.delayMs, 1000) / PER_WINDOW, originMs: 0 }
}

/** Counts the rows of a batch by event time: what the picture of event time is drawn from. NULL times are left out. */
export class EventTimeBuckets {
  readonly #widthMicros: number
  readonly #originMicros: number
  readonly #near = new Int32Array(NEAR)
  readonly #far = new Map<number, number>()
  /** Bucket of `#near[0]`; null before the first row. */
  #base: number | null = null

  constructor({ widthMs, originMs }: BucketScale) {
    this.#widthMicros = widthMs * 1000
    this.#originMicros = originMs * 1000
  }

  clear(): void {
    if (this.#base !== null) this.#near.fill(0)
    this.#far.clear()
    this.#base = null
  }

  /** A TIMESTAMP column, microseconds. */
  addColumn(column: Column): void {
    if (column.layout === 'fixed' && column.values instanceof BigInt64Array) this.add(column.values, column.validity)
  }

  add(times: BigInt64Array, validity: Uint8Array | null = null): void {
    const halves = new Int32Array(times.buffer, times.byteOffset, times.length * 2)
    const [width, origin, near] = [this.#widthMicros, this.#originMicros, this.#near]
    for (let row = 0; row < times.length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const micros = halves[2 * row + 1] * 4_294_967_296 + (halves[2 * row] >>> 0)
      const bucket = Math.floor((micros - origin) / width)
      this.#base ??= bucket - NEAR / 2
      const at = bucket - this.#base
      if (at >= 0 && at < NEAR) near[at]++
      else this.#far.set(bucket, (this.#far.get(bucket) ?? 0) + 1)
    }
  }

  /** Rows by bucket number. */
  counts(): Map<number, number> {
    const counts = new Map(this.#far)
    const base = this.#base
    if (base !== null) this.#near.forEach((count, at) => count > 0 && counts.set(base + at, count))
    return counts
  }
}

/** What came and what of it was left out, by bucket from early to late; null when no row had an event time. */
export function eventTimeRows(
  { widthMs, originMs }: BucketScale,
  seen: ReadonlyMap<number, number>,
  late: ReadonlyMap<number, number>,
): EventTimeRows | null {
  let shift = 0
  const at = (bucket: number) => Math.floor(bucket / 2 ** shift)
  // A late row was seen as well, unless a column of another name was grouped by.
  let buckets = [...new Set([...seen.keys(), ...late.keys()])].sort((a, b) => a - b)
  if (buckets.length === 0) return null
  while (buckets.length > MAX_TOLD) {
    shift++
    buckets = [...new Set(buckets.map((bucket) => Math.floor(bucket / 2)))]
  }
  const sums = (counts: ReadonlyMap<number, number>) => {
    const sum = new Map<number, number>()
    for (const [bucket, count] of counts) sum.set(at(bucket), (sum.get(at(bucket)) ?? 0) + count)
    return buckets.map((bucket) => sum.get(bucket) ?? 0)
  }
  const bucketMs = widthMs * 2 ** shift
  return {
    bucketMs,
    startsMs: buckets.map((bucket) => originMs + bucket * bucketMs),
    numRows: sums(seen),
    numLateRows: sums(late),
  }
}
