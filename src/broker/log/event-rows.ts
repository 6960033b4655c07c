import type { EventBatch } from '../../engine/ports/broker'

/** Rows that have no sequence numbers yet: what an append hands to the log. */
export type EventRows = Omit<EventBatch, 'firstSequence'>

/** Rows `[from, until)` of a batch, counted from 0. */
export type RowSlice = { readonly rows: EventRows; readonly from: number; readonly until: number }

export function wholeSlice(rows: EventRows): RowSlice {
  return { rows, from: 0, until: rows.numRows }
}

/** Copies the slices, in order, into fresh exact buffers: offsets start at 0, nothing is shared with the inputs. */
export function joinSlices(firstSequence: number, slices: readonly RowSlice[]): EventBatch {
  let numRows = 0
  let numBytes = 0
  for (const { rows, from, until } of slices) {
    numRows += until - from
    numBytes += rows.valueOffsets[until] - rows.valueOffsets[from]
  }
  const values = new Uint8Array(numBytes)
  const valueOffsets = new Int32Array(numRows + 1)
  const enqueuedMicros = new Float64Array(numRows)
  let row = 0
  let byte = 0
  for (const { rows, from, until } of slices) {
    const start = rows.valueOffsets[from]
    values.set(rows.values.subarray(start, rows.valueOffsets[until]), byte)
    enqueuedMicros.set(rows.enqueuedMicros.subarray(from, until), row)
    for (let i = from; i < until; i++) valueOffsets[++row] = byte + rows.valueOffsets[i + 1] - start
    byte = valueOffsets[row]
  }
  return {
    firstSequence,
    numRows,
    values,
    valueOffsets,
    enqueuedMicros,
    keys: joinSparse(slices, (rows) => rows.keys),
    properties: joinSparse(slices, (rows) => rows.properties),
    ...withKafka(joinSparse(slices, (rows) => rows.kafka ?? null)),
  }
}

/** The field `kafka` only where there is something in it. */
export function withKafka(kafka: EventRows['kafka']): Pick<EventRows, 'kafka'> {
  return kafka === null || kafka === undefined ? {} : { kafka }
}

/** Bytes a batch occupies in memory and on disk, without keys and properties. */
export function sizeOf(rows: EventRows): number {
  return rows.valueOffsets[rows.numRows] - rows.valueOffsets[0] + rows.numRows * 12
}

/** Cuts rows into pieces of about `maxBytes`, at least one row each. */
export function cutBySize(rows: EventRows, maxBytes: number): RowSlice[] {
  if (sizeOf(rows) <= maxBytes) return [wholeSlice(rows)]
  const slices: RowSlice[] = []
  let from = 0
  while (from < rows.numRows) {
    let until = from + 1
    while (
      until < rows.numRows &&
      rows.valueOffsets[until + 1] - rows.valueOffsets[from] + (until + 1 - from) * 12 <= maxBytes
    )
      until++
    slices.push({ rows, from, until })
    from = until
  }
  return slices
}

function joinSparse<T>(
  slices: readonly RowSlice[],
  pick: (rows: EventRows) => readonly (T | null)[] | null,
): (T | null)[] | null {
  if (slices.every(({ rows }) => pick(rows) === null)) return null
  return slices.flatMap(({ rows, from, until }) => {
    const values = pick(rows)
    return values === null ? new Array<null>(until - from).fill(null) : values.slice(from, until)
  })
}
