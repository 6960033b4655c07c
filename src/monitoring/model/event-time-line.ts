import type { EventTimeRows, WindowFacts } from '../../protocol/workers/insight'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'

/** Batches whose event times are kept one by one; what older ones brought to a window stays counted. */
const MAX_BATCHES = 120
/** Windows whose counts are kept. */
const MAX_WINDOWS = 240

/** What one batch saw of event time. Times in milliseconds since 1970, 0 = no watermark yet. */
export type EventTimeBatch = {
  readonly batchId: number
  /** By it groups left. */
  readonly watermarkMs: number
  /** By it rows were late: the watermark of the batch before. */
  readonly lateWatermarkMs: number
  /** Null: no row with an event time came. */
  readonly rows: EventTimeRows | null
}

/** Event time over the batches of a query, oldest first. */
export type EventTimeLine = {
  readonly batches: readonly EventTimeBatch[]
  /** What batches that are kept no more brought to each window, by its start. */
  readonly before: ReadonlyMap<number, WindowRows>
}

/** What a query does with event time. */
export type EventTimePlan = {
  /** Null: rows are not grouped by a window. */
  readonly window: WindowFacts | null
  /** Complete mode keeps every window, so nothing is too late for it. */
  readonly outputMode: string
}

/** Rows that fell into a window, counted as they passed the watermark: a filter behind it may still leave some out. */
type WindowRows = { readonly endMs: number; readonly numRows: number; readonly numLateRows: number }

export type EventTimeWindow = WindowRows & {
  readonly startMs: number
  /** The watermark has reached its end. */
  readonly isClosed: boolean
  /** The first batch whose watermark had; null while it is open, and when that was before the page looked. */
  readonly closedInBatch: number | null
}

export const NO_EVENT_TIME: EventTimeLine = { batches: [], before: new Map() }

/** Adds a batch; one that runs again takes its own place. */
export function foldEventTime(
  line: EventTimeLine,
  progress: StreamingQueryProgress,
  rows: EventTimeRows | null,
  plan: EventTimePlan,
): EventTimeLine {
  const watermarkMs = Date.parse(progress.eventTime?.['watermark'] ?? '')
  if (!Number.isFinite(watermarkMs)) return line
  const { batchId } = progress
  const kept = line.batches.filter((batch) => batch.batchId < batchId)
  const previous = kept.at(-1)
  const lateWatermarkMs = previous?.batchId === batchId - 1 ? previous.watermarkMs : 0
  const batches = [...kept, { batchId, watermarkMs, lateWatermarkMs, rows }]
  const leaving = batches.slice(0, Math.max(0, batches.length - MAX_BATCHES))
  return {
    batches: batches.slice(leaving.length),
    before: leaving.length === 0 ? line.before : newest(windowRows(leaving, plan, line.before)),
  }
}

/** The windows of rows seen, from early to late. */
export function windowsOf({ batches, before }: EventTimeLine, plan: EventTimePlan): EventTimeWindow[] {
  return [...windowRows(batches, plan, before)]
    .sort(([a], [b]) => a - b)
    .map(([startMs, rows]) => {
      const closer = batches.findIndex(({ watermarkMs }) => watermarkMs >= rows.endMs)
      const sawItOpen = closer > 0 || batches[closer]?.batchId === 0
      return { startMs, ...rows, isClosed: closer >= 0, closedInBatch: sawItOpen ? batches[closer].batchId : null }
    })
}

/** Rows by window start. A bucket lies in one window of a tumbling grid, and in several where windows slide. */
function windowRows(
  batches: readonly EventTimeBatch[],
  { window, outputMode }: EventTimePlan,
  known: ReadonlyMap<number, WindowRows>,
): Map<number, WindowRows> {
  const sums = new Map(known)
  if (window === null) return sums
  const { durationMs, slideMs, startMs } = window
  for (const { rows, lateWatermarkMs } of batches) {
    rows?.startsMs.forEach((bucketMs, index) => {
      let begin = Math.floor((bucketMs - startMs) / slideMs) * slideMs + startMs
      for (; begin + durationMs > bucketMs; begin -= slideMs) {
        const endMs = begin + durationMs
        const count = rows.numRows[index]
        const isLate = outputMode !== 'complete' && endMs <= lateWatermarkMs
        const { numRows, numLateRows } = sums.get(begin) ?? { numRows: 0, numLateRows: 0 }
        sums.set(begin, {
          endMs,
          numRows: numRows + (isLate ? 0 : count),
          numLateRows: numLateRows + (isLate ? count : 0),
        })
      }
    })
  }
  return sums
}

function newest(windows: ReadonlyMap<number, WindowRows>): ReadonlyMap<number, WindowRows> {
  if (windows.size <= MAX_WINDOWS) return windows
  return new Map([...windows].sort(([a], [b]) => a - b).slice(-MAX_WINDOWS))
}
