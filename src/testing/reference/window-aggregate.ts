/**
 * The slow, obvious answer of `withWatermark(ts, delay).groupBy(window(ts, ...), k).agg(...)`, batch by batch: every group keeps
 * its rows, and every result is computed from them anew. Times in microseconds, watermarks in milliseconds.
 */
export type WindowQuery = {
  readonly mode: 'append' | 'update' | 'complete'
  readonly delayMs: number
  readonly windowMicros: bigint
  readonly slideMicros: bigint
  readonly startMicros: bigint
}

export type EventRow = { readonly ts: bigint | null; readonly k: string | null; readonly v: number | null }

export type WindowRow = {
  readonly window: { readonly start: bigint; readonly end: bigint }
  readonly k: string | null
  /** count(*), count(v), sum(v), avg(v), min(v), max(v), first(v), last(v), collect_list(v), count(DISTINCT v). */
  readonly n: bigint
  readonly c: bigint
  readonly s: bigint | null
  readonly a: number | null
  readonly lo: number | null
  readonly hi: number | null
  readonly f: number | null
  readonly l: number | null
  readonly list: readonly number[]
  readonly d: bigint
}

export type WindowBatch = {
  /** The watermark the batch runs under; its late rows are those behind the one of the batch before. */
  readonly watermarkMs: number
  readonly rows: readonly WindowRow[]
  readonly numRowsTotal: number
  readonly numRowsUpdated: number
  readonly numRowsRemoved: number
  /** Groups that only late rows of the batch fell into, and those rows, once a window. */
  readonly numLateGroups: number
  readonly numLateRows: number
}

type Group = { readonly window: WindowRow['window']; readonly k: string | null; readonly values: (number | null)[] }

/** `batches` are the rows of each batch that ran, an empty list for one without data. */
export function windowAggregate(query: WindowQuery, batches: readonly (readonly EventRow[])[]): WindowBatch[] {
  const state = new Map<string, Group>()
  let watermarkMs = 0
  let lateWatermarkMs = 0
  return batches.map((rows) => {
    const touched = new Set<string>()
    const lateGroups = new Set<string>()
    let numLateRows = 0
    for (const row of rows) {
      if (row.ts === null) continue
      for (const window of windowsOf(row.ts, query)) {
        const name = JSON.stringify([String(window.start), row.k])
        if (query.mode !== 'complete' && window.end <= BigInt(lateWatermarkMs) * 1000n) {
          lateGroups.add(name)
          numLateRows++
          continue
        }
        if (!state.has(name)) state.set(name, { window, k: row.k, values: [] })
        state.get(name)!.values.push(row.v)
        touched.add(name)
      }
    }
    const expired = [...state]
      .filter(([, group]) => query.mode !== 'complete' && group.window.end <= BigInt(watermarkMs) * 1000n)
      .map(([name]) => name)
    const shown = query.mode === 'append' ? expired : query.mode === 'update' ? [...touched] : [...state.keys()]
    const result: Omit<WindowBatch, 'numRowsTotal'> = {
      watermarkMs,
      rows: shown.map((name) => resultOf(state.get(name)!)),
      numRowsUpdated: touched.size,
      numRowsRemoved: expired.length,
      numLateGroups: lateGroups.size,
      numLateRows,
    }
    for (const name of expired) state.delete(name)
    lateWatermarkMs = watermarkMs
    // A NULL time counts as 1970.
    const times = rows.map((row) => Number((row.ts ?? 0n) / 1000n))
    if (times.length > 0) watermarkMs = Math.max(watermarkMs, Math.max(...times) - query.delayMs)
    return { ...result, numRowsTotal: state.size }
  })
}

/** Every window that holds the time: starts are `startMicros` plus a multiple of the slide. */
export function windowsOf(ts: bigint, { windowMicros, slideMicros, startMicros }: WindowQuery): WindowRow['window'][] {
  const windows: WindowRow['window'][] = []
  const modulo = (((ts - startMicros) % slideMicros) + slideMicros) % slideMicros
  for (let start = ts - modulo; start + windowMicros > ts; start -= slideMicros)
    windows.push({ start, end: start + windowMicros })
  return windows
}

function resultOf({ window, k, values }: Group): WindowRow {
  const known = values.filter((value) => value !== null)
  const sum = known.reduce((total, value) => total + value, 0)
  const none = known.length === 0
  return {
    window,
    k,
    n: BigInt(values.length),
    c: BigInt(known.length),
    s: none ? null : BigInt(sum),
    a: none ? null : sum / known.length,
    lo: none ? null : Math.min(...known),
    hi: none ? null : Math.max(...known),
    f: values[0],
    l: values.at(-1)!,
    list: known,
    d: BigInt(new Set(known).size),
  }
}
