import type { Column, DataType, FixedColumn, StructColumn, StructType } from '../../protocol/columns'

export const TWO_32 = 4_294_967_296
/** Below 2^52 the rounded quotient of two integers never reaches the next integer. */
export const EXACT_QUOTIENT = 2 ** 52

/** Windows of one length, a slide apart, aligned to 1970 plus `startMicros`. Microseconds. */
export type TimeWindow = { readonly windowMicros: number; readonly slideMicros: number; readonly startMicros: number }

/** The times that lazily made windows come from. */
const sources = new WeakMap<Column, { readonly times: FixedColumn; readonly window: TimeWindow }>()

/**
 * The window of each time (no NULL among them), as structs of start and end. Both are computed when they are first read: an
 * aggregation tells windows apart by the times alone.
 */
export function tumblingWindows(type: StructType, times: FixedColumn, window: TimeWindow): StructColumn {
  const { length } = times
  let children: readonly Column[] | null = null
  const column: StructColumn = {
    layout: 'struct',
    type,
    length,
    validity: null,
    get children() {
      if (children === null) {
        const { starts, ends } = tumblingBounds(times.values as BigInt64Array, length, window)
        children = [timesOf(type.fields[0].type, starts), timesOf(type.fields[1].type, ends)]
      }
      return children
    },
  }
  sources.set(column, { times, window })
  return column
}

/** Times and window of a column that `tumblingWindows` made; null for any other. */
export function windowSource(column: Column): { readonly times: FixedColumn; readonly window: TimeWindow } | null {
  return sources.get(column) ?? null
}

function timesOf(type: DataType, values: BigInt64Array): FixedColumn {
  return { layout: 'fixed', type, length: values.length, validity: null, values }
}

/**
 * Start and end of the window of each time. Neighbours mostly share a window, so that a row costs two comparisons and no
 * division; times beyond the exact range of doubles go the slow way, all of them.
 */
export function tumblingBounds(
  times: BigInt64Array,
  length: number,
  window: TimeWindow,
): { starts: BigInt64Array; ends: BigInt64Array } {
  const { windowMicros, slideMicros, startMicros } = window
  const starts = new BigInt64Array(length)
  const ends = new BigInt64Array(length)
  const halves = new Int32Array(times.buffer, times.byteOffset, length * 2)
  const [startHalves, endHalves] = [new Int32Array(starts.buffer), new Int32Array(ends.buffer)]
  let [start, end] = [1, 0]
  let [startLow, startHigh, endLow, endHigh] = [0, 0, 0, 0]
  for (let row = 0, at = 0; row < length; row++, at += 2) {
    const micros = halves[at + 1] * TWO_32 + (halves[at] >>> 0)
    if (!(micros >= start && micros < end)) {
      if (micros > EXACT_QUOTIENT || micros < -EXACT_QUOTIENT) {
        const exact = windowStarts(times, length, window)
        return { starts: exact, ends: shifted(exact, windowMicros) }
      }
      start = Math.floor((micros - startMicros) / slideMicros) * slideMicros + startMicros
      end = start + windowMicros
      startHigh = Math.floor(start / TWO_32)
      startLow = start - startHigh * TWO_32
      endHigh = Math.floor(end / TWO_32)
      endLow = end - endHigh * TWO_32
    }
    startHalves[at] = startLow
    startHalves[at + 1] = startHigh
    endHalves[at] = endLow
    endHalves[at + 1] = endHigh
  }
  return { starts, ends }
}

function shifted(values: BigInt64Array, byMicros: number): BigInt64Array {
  const by = BigInt(byMicros)
  return values.map((value) => value + by)
}

/**
 * Start of the latest window at or before each time. Division runs on doubles built from the two halves (exact below 2^52
 * microseconds, the year 2112), since BigInt division costs five times as much.
 */
export function windowStarts(
  times: BigInt64Array,
  length: number,
  { slideMicros, startMicros }: TimeWindow,
): BigInt64Array {
  const starts = new BigInt64Array(length)
  const halves = new Int32Array(times.buffer, times.byteOffset, length * 2)
  const target = new Int32Array(starts.buffer)
  for (let row = 0; row < length; row++) {
    const micros = halves[2 * row + 1] * TWO_32 + (halves[2 * row] >>> 0)
    if (micros > EXACT_QUOTIENT || micros < -EXACT_QUOTIENT) {
      starts[row] = exactStart(times[row], BigInt(slideMicros), BigInt(startMicros))
      continue
    }
    const start = Math.floor((micros - startMicros) / slideMicros) * slideMicros + startMicros
    const high = Math.floor(start / TWO_32)
    target[2 * row] = start - high * TWO_32
    target[2 * row + 1] = high
  }
  return starts
}

function exactStart(time: bigint, slide: bigint, start: bigint): bigint {
  const remainder = (time - start) % slide
  return time - (remainder < 0n ? remainder + slide : remainder)
}
