import type { Column, FixedColumn } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import type { TimeWindow } from '../batch/time-windows'
import { EXACT_QUOTIENT, TWO_32, tumblingWindows, windowSource } from '../batch/time-windows'

/** Places of the table that tells groups apart: at most this many combinations of key values in one batch. */
const MAX_COMBINATIONS = 1 << 17
/** Windows of one batch that are told apart by looking through them. */
const MAX_WINDOWS = 64

/** Valid until the next `group` of the same `LocalGroups`. */
export type RowGroups = {
  /** Group of each row, 0, 1, ... in order of first appearance; two groups may have equal keys. */
  readonly groups: Int32Array
  /** The first row of each group. */
  readonly firstRows: Int32Array
  /** Rows of each group. */
  readonly counts: Float64Array
}

/**
 * Groups the rows of one batch without hashing: where every key column has few values (dictionary codes, windows, small
 * integers) their combination is a number that points straight into a table. What is left to look up by key is one row a
 * group. Null when the columns are of another kind or take too many values; the caller then looks up every row.
 */
export class LocalGroups {
  readonly #table = new Int32Array(MAX_COMBINATIONS).fill(-1)
  #used = new Int32Array(1024)
  /** Arrays of a number a row, used again by every batch. */
  readonly #scratch = new Scratch()

  group(columns: readonly Column[], numRows: number): RowGroups | null {
    const parts: Codes[] = []
    this.#scratch.clear()
    let size = 1
    for (const column of columns) {
      const codes = codesOf(column, numRows, this.#scratch)
      if (codes === null || size * codes.size > MAX_COMBINATIONS) return null
      size *= codes.size
      parts.push(codes)
    }
    while (parts.length > 3) parts.unshift(combined(parts.shift()!, parts.shift()!, numRows))
    return this.#number(parts, numRows)
  }

  /** At most three parts, so that the loop needs no inner one; an absent part is the first, counted no times. */
  #number(parts: readonly Codes[], numRows: number): RowGroups {
    const [a, b = { ...a, size: 0 }, c = { ...a, size: 0 }] = parts
    const [codesA, codesB, codesC] = [a.codes, b.codes, c.codes]
    const weightB = b.size === 0 ? 0 : a.size
    const weightC = c.size === 0 ? 0 : a.size * b.size
    const table = this.#table
    const groups = this.#scratch.take(numRows)
    let firstRows = this.#used
    let counts = new Float64Array(firstRows.length)
    let count = 0
    for (let row = 0; row < numRows; row++) {
      const code = codesA[row] + weightB * codesB[row] + weightC * codesC[row]
      let group = table[code]
      if (group < 0) {
        group = count++
        table[code] = group
        if (group === firstRows.length) {
          firstRows = this.#grow()
          const more = new Float64Array(firstRows.length)
          more.set(counts)
          counts = more
        }
        firstRows[group] = row
      }
      counts[group]++
      groups[row] = group
    }
    for (let group = 0; group < count; group++) {
      const row = firstRows[group]
      table[codesA[row] + weightB * codesB[row] + weightC * codesC[row]] = -1
    }
    return { groups, firstRows: firstRows.slice(0, count), counts: counts.subarray(0, count) }
  }

  #grow(): Int32Array<ArrayBuffer> {
    const used = new Int32Array(this.#used.length * 2)
    used.set(this.#used)
    this.#used = used
    return used
  }
}

/** Rows of a key column; of windows only those rows are computed. */
export function gatherKey(column: Column, rows: Int32Array): Column {
  const source = windowSource(column)
  if (source === null || column.layout !== 'struct') return gatherColumn(column, rows)
  return tumblingWindows(column.type, gatherColumn(source.times, rows) as FixedColumn, source.window)
}

class Scratch {
  readonly #arrays: Int32Array<ArrayBuffer>[] = []
  #numTaken = 0

  clear(): void {
    this.#numTaken = 0
  }

  /** What it holds is left over. */
  take(length: number): Int32Array<ArrayBuffer> {
    const index = this.#numTaken++
    if (index === this.#arrays.length || this.#arrays[index].length < length)
      this.#arrays[index] = new Int32Array(length)
    return this.#arrays[index].subarray(0, length)
  }
}

/** A number below `size` for each row's value. */
type Codes = { readonly codes: Int32Array; readonly size: number }

function combined(a: Codes, b: Codes, numRows: number): Codes {
  const codes = new Int32Array(numRows)
  for (let row = 0; row < numRows; row++) codes[row] = a.codes[row] + a.size * b.codes[row]
  return { codes, size: a.size * b.size }
}

/** Null when the column has no small numbers. */
function codesOf(column: Column, numRows: number, scratch: Scratch): Codes | null {
  switch (column.layout) {
    case 'dictionary': {
      const { validity, dictionary, codes } = column
      const size = dictionary.length + 1
      if (validity === null || size > MAX_COMBINATIONS) return size > MAX_COMBINATIONS ? null : { codes, size }
      const withNulls = scratch.take(numRows)
      for (let row = 0; row < numRows; row++) withNulls[row] = validity[row] === 0 ? dictionary.length : codes[row]
      return { codes: withNulls, size }
    }
    case 'struct': {
      const source = windowSource(column)
      return source === null ? null : timeCodes(source.times, source.window, numRows, scratch)
    }
    case 'fixed':
      if (column.validity !== null || column.values instanceof BigInt64Array) return null
      if (column.values instanceof Float64Array || column.values instanceof Float32Array) return null
      return integerCodes(column.values, numRows, scratch)
    default:
      return null
  }
}

/**
 * Windows by their times: neighbours mostly share one, told by the low halves of their times. A window that the low half runs over
 * in (every 71 minutes) is looked at as a whole number, as is a row of another window than the one before it.
 */
function timeCodes(
  times: FixedColumn,
  { windowMicros, slideMicros, startMicros }: TimeWindow,
  numRows: number,
  scratch: Scratch,
): Codes | null {
  const { buffer, byteOffset } = times.values
  const halves = new Int32Array(buffer, byteOffset, numRows * 2)
  const codes = scratch.take(numRows)
  const starts = new Float64Array(MAX_WINDOWS)
  let count = 0
  let [start, end, code] = [1, 0, 0]
  let [high, firstLow, lastLow] = [0, 1, 0]
  for (let row = 0, at = 0; row < numRows; row++, at += 2) {
    const low = halves[at] >>> 0
    if (halves[at + 1] !== high || low < firstLow || low > lastLow) {
      const micros = halves[at + 1] * TWO_32 + low
      if (!(micros >= start && micros < end)) {
        if (micros > EXACT_QUOTIENT || micros < -EXACT_QUOTIENT) return null
        start = Math.floor((micros - startMicros) / slideMicros) * slideMicros + startMicros
        end = start + windowMicros
        high = Math.floor(start / TWO_32)
        firstLow = start - high * TWO_32
        lastLow = Math.min(firstLow + windowMicros, TWO_32) - 1
        code = 0
        while (code < count && starts[code] !== start) code++
        if (code === MAX_WINDOWS) return null
        if (code === count) starts[count++] = start
      }
    }
    codes[row] = code
  }
  return { codes, size: Math.max(1, count) }
}

function integerCodes(
  values: Uint8Array | Int8Array | Int16Array | Int32Array,
  numRows: number,
  scratch: Scratch,
): Codes | null {
  let min = values[0] ?? 0
  let max = min
  for (let row = 1; row < numRows; row++) {
    const value = values[row]
    if (value < min) min = value
    else if (value > max) max = value
  }
  if (max - min >= MAX_COMBINATIONS) return null
  const codes = scratch.take(numRows)
  for (let row = 0; row < numRows; row++) codes[row] = values[row] - min
  return { codes, size: max - min + 1 }
}
