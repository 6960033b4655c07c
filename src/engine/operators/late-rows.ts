import type { Column } from '../../protocol/columns'

/**
 * Where event time stands: a column, or a field inside one (`[0, 1]` is the end of a window in column 0). Always TIMESTAMP.
 */
export type TimePath = readonly number[]

/** The time column at a path, with the NULLs of the structs around it. */
export function timeColumn(columns: readonly Column[], [first, ...rest]: TimePath): Column {
  return rest.reduce<Column>(
    (column, index) => (column.layout === 'struct' ? column.children[index] : column),
    columns[first],
  )
}

/** Rows whose time is at or before the watermark and the others; null when none is late. A NULL is never late. */
export function splitLate(time: Column, watermarkMs: number): { kept: Int32Array; late: Int32Array } | null {
  if (time.layout !== 'fixed' || !(time.values instanceof BigInt64Array)) return null
  const { length, validity } = time
  const halves = new Int32Array(time.values.buffer, time.values.byteOffset, length * 2)
  const limit = BigInt(watermarkMs) * 1000n
  const [limitHigh, limitLow] = [Number(limit >> 32n), Number(limit & 0xffffffffn)]
  let first = 0
  while (first < length && !isLate(halves, validity, first, limitHigh, limitLow)) first++
  if (first === length) return null
  const kept = new Int32Array(length)
  const late = new Int32Array(length)
  for (let row = 0; row < first; row++) kept[row] = row
  let [numKept, numLate] = [first, 0]
  for (let row = first; row < length; row++) {
    if (isLate(halves, validity, row, limitHigh, limitLow)) late[numLate++] = row
    else kept[numKept++] = row
  }
  return { kept: kept.subarray(0, numKept), late: late.subarray(0, numLate) }
}

function isLate(
  halves: Int32Array,
  validity: Uint8Array | null,
  row: number,
  limitHigh: number,
  limitLow: number,
): boolean {
  const high = halves[2 * row + 1]
  if (high > limitHigh || (high === limitHigh && halves[2 * row] >>> 0 > limitLow)) return false
  return validity === null || validity[row] === 1
}
