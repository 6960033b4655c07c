import type { Batch, Column, FixedValues } from '../../protocol/columns'

/** Rows `rows[0 .. count)` of a column, in that order, repeats allowed; entry -1 gives NULL (outer joins). */
export function gatherColumn(column: Column, rows: Int32Array, count = rows.length): Column {
  const validity = gatherValidity(column, rows, count)
  const shared = { length: count, validity }
  switch (column.layout) {
    case 'void':
      return { layout: 'void', type: column.type, length: count, validity: null }
    case 'fixed':
      return { layout: 'fixed', type: column.type, ...shared, values: gatherFixed(column.values, rows, count) }
    case 'decimal128': {
      const values = new BigInt64Array(count * 2)
      for (let i = 0; i < count; i++) {
        const row = rows[i]
        if (row < 0) continue
        values[i * 2] = column.values[row * 2]!
        values[i * 2 + 1] = column.values[row * 2 + 1]!
      }
      return { layout: 'decimal128', type: column.type, ...shared, values }
    }
    case 'dictionary':
      return {
        layout: 'dictionary',
        type: column.type,
        ...shared,
        codes: gatherFixed(column.codes, rows, count) as Int32Array,
        dictionary: column.dictionary,
      }
    case 'bytes': {
      const { offsets, bytes } = column
      const out = new Int32Array(count + 1)
      for (let i = 0, end = 0; i < count; i++) {
        const row = rows[i]
        if (row >= 0) end += offsets[row + 1] - offsets[row]
        out[i + 1] = end
      }
      const copied = new Uint8Array(out[count])
      for (let i = 0; i < count; i++) {
        const row = rows[i]
        if (row < 0) continue
        copyBytes(bytes, offsets[row], offsets[row + 1], copied, out[i])
      }
      return { layout: 'bytes', type: column.type, ...shared, offsets: out, bytes: copied }
    }
    case 'list': {
      const { offsets, childRows } = gatherRanges(column.offsets, rows, count)
      return { layout: 'list', type: column.type, ...shared, offsets, child: gatherColumn(column.child, childRows) }
    }
    case 'map': {
      const { offsets, childRows } = gatherRanges(column.offsets, rows, count)
      return {
        layout: 'map',
        type: column.type,
        ...shared,
        offsets,
        keys: gatherColumn(column.keys, childRows),
        values: gatherColumn(column.values, childRows),
      }
    }
    case 'struct':
      return {
        layout: 'struct',
        type: column.type,
        ...shared,
        children: column.children.map((child) => gatherColumn(child, rows, count)),
      }
  }
}

/** Rows of a batch by selection; see `gatherColumn`. */
export function gatherBatch(batch: Batch, rows: Int32Array, count = rows.length): Batch {
  return {
    schema: batch.schema,
    numRows: count,
    columns: batch.columns.map((column) => gatherColumn(column, rows, count)),
  }
}

/** Rows where `keep` (a boolean column) is true and not NULL, as a selection; `count` entries are used. */
export function selectTrue(keep: Column): { rows: Int32Array; count: number } {
  const rows = new Int32Array(keep.length)
  if (keep.layout !== 'fixed') return { rows, count: 0 }
  const { values, validity } = keep
  let count = 0
  if (validity === null) {
    for (let i = 0; i < keep.length; i++) {
      rows[count] = i
      count += values[i] as number
    }
  } else {
    for (let i = 0; i < keep.length; i++) {
      rows[count] = i
      count += (values[i] as number) & validity[i]
    }
  }
  return { rows, count }
}

export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start < 32) for (let i = start, to = at; i < end; i++, to++) target[to] = source[i]!
  else target.set(source.subarray(start, end), at)
}

function gatherFixed(values: FixedValues, rows: Int32Array, count: number): FixedValues {
  if (values instanceof BigInt64Array) return gatherBig(values, rows, count)
  const out = new (values.constructor as new (length: number) => Float64Array)(count)
  gatherNumbers(values as Float64Array, rows, count, out)
  return out
}

function gatherNumbers(values: Float64Array, rows: Int32Array, count: number, out: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i]
    if (row >= 0) out[i] = values[row]!
  }
}

function gatherBig(values: BigInt64Array, rows: Int32Array, count: number): BigInt64Array {
  const out = new BigInt64Array(count)
  for (let i = 0; i < count; i++) {
    const row = rows[i]
    if (row >= 0) out[i] = values[row]!
  }
  return out
}

function gatherValidity(column: Column, rows: Int32Array, count: number): Uint8Array | null {
  const source = column.layout === 'void' ? null : column.validity
  let hasNull = false
  for (let i = 0; i < count && !hasNull; i++) hasNull = rows[i] < 0 || (source !== null && source[rows[i]] === 0)
  if (!hasNull) return null
  const validity = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const row = rows[i]
    validity[i] = row < 0 ? 0 : source === null ? 1 : source[row]
  }
  return validity
}

function gatherRanges(
  offsets: Int32Array,
  rows: Int32Array,
  count: number,
): { offsets: Int32Array; childRows: Int32Array } {
  const out = new Int32Array(count + 1)
  for (let i = 0, end = 0; i < count; i++) {
    const row = rows[i]
    if (row >= 0) end += offsets[row + 1] - offsets[row]
    out[i + 1] = end
  }
  const childRows = new Int32Array(out[count])
  for (let i = 0, at = 0; i < count; i++) {
    const row = rows[i]
    if (row < 0) continue
    for (let child = offsets[row]; child < offsets[row + 1]; child++) childRows[at++] = child
  }
  return { offsets: out, childRows }
}
