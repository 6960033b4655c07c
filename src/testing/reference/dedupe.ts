/**
 * The slow, obvious answer of `withWatermark(ts, delay).dropDuplicates(...)` and `dropDuplicatesWithinWatermark(...)`, a row at a
 * time, batch by batch. Times in microseconds, watermarks in milliseconds.
 */
export type DedupeQuery<Row> = {
  readonly delayMs: number
  readonly keyOf: (row: Row) => string
  /** When a key may be forgotten, microseconds: its event time, that plus the delay, or never (null). */
  readonly expiresAt: (row: Row) => bigint | null
}

export type DedupeBatch<Row> = {
  readonly watermarkMs: number
  readonly rows: readonly Row[]
  readonly numRowsTotal: number
  readonly numRowsUpdated: number
  readonly numRowsRemoved: number
  readonly numLateRows: number
  readonly numDroppedDuplicateRows: number
}

/** `batches` are the rows of each batch that ran, an empty list for one without data. */
export function dedupeModel<Row extends { readonly ts: bigint | null }>(
  query: DedupeQuery<Row>,
  batches: readonly (readonly Row[])[],
): DedupeBatch<Row>[] {
  const state = new Map<string, bigint | null>()
  let watermarkMs = 0
  let lateWatermarkMs = 0
  return batches.map((rows) => {
    const shown: Row[] = []
    let numLateRows = 0
    for (const row of rows) {
      if (row.ts !== null && row.ts <= BigInt(lateWatermarkMs) * 1000n) {
        numLateRows++
        continue
      }
      const key = query.keyOf(row)
      if (state.has(key)) continue
      state.set(key, query.expiresAt(row))
      shown.push(row)
    }
    let numRowsRemoved = 0
    for (const [key, expiresAt] of [...state]) {
      if (expiresAt === null || expiresAt > BigInt(watermarkMs) * 1000n) continue
      state.delete(key)
      numRowsRemoved++
    }
    const result = {
      watermarkMs,
      rows: shown,
      numRowsTotal: state.size,
      numRowsUpdated: shown.length,
      numRowsRemoved,
      numLateRows,
      numDroppedDuplicateRows: rows.length - numLateRows - shown.length,
    }
    lateWatermarkMs = watermarkMs
    // A NULL time counts as 1970.
    const times = rows.map((row) => Number((row.ts ?? 0n) / 1000n))
    if (times.length > 0) watermarkMs = Math.max(watermarkMs, Math.max(...times) - query.delayMs)
    return result
  })
}
