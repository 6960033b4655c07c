import type { Column, FixedColumn } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import type { TimeWindow } from '../batch/time-windows'
import { EXACT_QUOTIENT, TWO_32, tumblingWindows, windowSource } from '../batch/time-windows'

/** Places of the table that tells groups apart: at most this many combinations of key values in one batch. */
const MAX_COMBINATIONS = 1 << 17
/** Windows of one batch that are told apart by looking through them. */
const MAX_WINDOWS = 64

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
  #codes = new Int32Array(0)
  #used = new Int32Array(1024)

  group(columns: readonly Column[], numRows: number): RowGroups | null {
    if (this.#codes.length < numRows) this.#codes = new Int32Array(numRows)
    const codes = this.#codes
    let size = 1
    for (const column of columns) {
      const numValues = addCodes(column, numRows, codes, size)
      if (numValues === 0 || size * numValues > MAX_COMBINATIONS) return null
      size *= numValues
    }
    return this.#number(codes, numRows)
  }

  #number(codes: Int32Array, numRows: number): RowGroups {
    const table = this.#table
    const groups = new Int32Array(numRows)
    let firstRows = this.#used
    let counts = new Float64Array(firstRows.length)
    let count = 0
    for (let row = 0; row < numRows; row++) {
      const code = codes[row]
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
    for (let group = 0; group < count; group++) table[codes[firstRows[group]]] = -1
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

/**
 * Adds `weight` times the number of each row's value to `codes` (sets them when the weight is 1, for the first column), and
 * gives how many numbers there are; 0 when the column has no small numbers.
 */
function addCodes(column: Column, numRows: number, codes: Int32Array, weight: number): number {
  switch (column.layout) {
    case 'dictionary': {
      const { validity, dictionary } = column
      const values = column.codes
      const size = dictionary.length + 1
      if (size * weight > MAX_COMBINATIONS) return 0
      if (validity === null) {
        if (weight === 1) for (let row = 0; row < numRows; row++) codes[row] = values[row]!
        else for (let row = 0; row < numRows; row++) codes[row] += weight * values[row]
        return size
      }
      if (weight === 1) codes.fill(0, 0, numRows)
      for (let row = 0; row < numRows; row++)
        codes[row] += weight * (validity[row] === 0 ? dictionary.length : values[row])
      return size
    }
    case 'struct': {
      const source = windowSource(column)
      if (source !== null) return addTimeCodes(source.times, source.window, numRows, codes, weight)
      return addWindowCodes(column.children, column.validity, numRows, codes, weight)
    }
    case 'fixed':
      if (column.validity !== null || column.values instanceof BigInt64Array) return 0
      if (column.values instanceof Float64Array || column.values instanceof Float32Array) return 0
      return addIntegerCodes(column.values, numRows, codes, weight)
    default:
      return 0
  }
}

/** Windows by their times: neighbours mostly share one. */
function addTimeCodes(
  times: FixedColumn,
  { windowMicros, slideMicros, startMicros }: TimeWindow,
  numRows: number,
  codes: Int32Array,
  weight: number,
): number {
  const { buffer, byteOffset } = times.values
  const halves = new Int32Array(buffer, byteOffset, numRows * 2)
  const starts = new Float64Array(MAX_WINDOWS)
  let count = 0
  let [start, end, code] = [1, 0, 0]
  for (let row = 0, at = 0; row < numRows; row++, at += 2) {
    const micros = halves[at + 1] * TWO_32 + (halves[at] >>> 0)
    if (!(micros >= start && micros < end)) {
      if (micros > EXACT_QUOTIENT || micros < -EXACT_QUOTIENT) return 0
      start = Math.floor((micros - startMicros) / slideMicros) * slideMicros + startMicros
      end = start + windowMicros
      let known = 0
      while (known < count && starts[known] !== start) known++
      if (known === MAX_WINDOWS) return 0
      if (known === count) starts[count++] = start
      code = weight * known
    }
    if (weight === 1) codes[row] = code
    else codes[row] += code
  }
  return Math.max(1, count)
}

/** Structs of two times, where the second follows from the first: windows. */
function addWindowCodes(
  children: readonly Column[],
  validity: Uint8Array | null,
  numRows: number,
  codes: Int32Array,
  weight: number,
): number {
  const [start, end] = children
  if (children.length !== 2 || validity !== null || !isTimes(start) || !isTimes(end)) return 0
  const starts = new Int32Array(start.values.buffer, start.values.byteOffset, numRows * 2)
  const ends = new Int32Array(end.values.buffer, end.values.byteOffset, numRows * 2)
  const lows = new Int32Array(MAX_WINDOWS)
  const highs = new Int32Array(MAX_WINDOWS)
  const firsts = new Int32Array(MAX_WINDOWS)
  let count = 0
  let known = -1
  for (let row = 0, at = 0; row < numRows; row++, at += 2) {
    const low = starts[at]!
    const high = starts[at + 1]!
    if (known < 0 || lows[known] !== low || highs[known] !== high) {
      known = 0
      while (known < count && (lows[known] !== low || highs[known] !== high)) known++
      if (known === count) {
        if (count === MAX_WINDOWS) return 0
        lows[count] = low
        highs[count] = high
        firsts[count++] = row
      }
    }
    const first = firsts[known] * 2
    if (ends[at] !== ends[first] || ends[at + 1] !== ends[first + 1]) return 0
    if (weight === 1) codes[row] = known
    else codes[row] += weight * known
  }
  return Math.max(1, count)
}

function addIntegerCodes(
  values: Uint8Array | Int8Array | Int16Array | Int32Array,
  numRows: number,
  codes: Int32Array,
  weight: number,
): number {
  let min = values[0] ?? 0
  let max = min
  for (let row = 1; row < numRows; row++) {
    const value = values[row]!
    if (value < min) min = value
    else if (value > max) max = value
  }
  const size = max - min + 1
  if (size * weight > MAX_COMBINATIONS) return 0
  if (weight === 1) for (let row = 0; row < numRows; row++) codes[row] = values[row] - min
  else for (let row = 0; row < numRows; row++) codes[row] += weight * (values[row] - min)
  return size
}

function isTimes(column: Column): column is Extract<Column, { layout: 'fixed' }> & { values: BigInt64Array } {
  return column.layout === 'fixed' && column.validity === null && column.values instanceof BigInt64Array
}
