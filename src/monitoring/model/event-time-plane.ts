import type { PlanFacts } from '../../protocol/workers/insight'
import { windowsOf } from './event-time-line'
import type { EventTimeBatch, EventTimeLine, EventTimePlan, EventTimeWindow } from './event-time-line'

/** What the picture of event time shows: event time from left to right, a line a batch. Times in milliseconds since 1970. */
export type EventTimePlane = {
  readonly fromMs: number
  readonly toMs: number
  /** Of the newest batch: what the next one is measured by. */
  readonly watermarkMs: number
  /** Newest first. */
  readonly lines: readonly PlaneLine[]
  /** Those in view, from early to late; empty where rows are not grouped by a window. */
  readonly windows: readonly EventTimeWindow[]
  /** Rows of the batches in view that lie outside it: one event of the year 2099 must not push all others together. */
  readonly numBefore: number
  readonly numAfter: number
}

export type PlaneLine = {
  readonly batchId: number
  /** Rows of the batch at or before it were late; 0 = none yet. */
  readonly lateWatermarkMs: number
  readonly marks: readonly PlaneMark[]
}

/** behind: older than the watermark, and counted all the same, since its window was open · late: left out. */
export type MarkKind = 'onTime' | 'behind' | 'late'

export type PlaneMark = {
  readonly startMs: number
  readonly endMs: number
  readonly kind: MarkKind
  readonly numRows: number
}

/** Windows (or watermark delays) shown to the left and right of where most rows are. */
const REACH = { left: 8, right: 2 }

/** The newest batches as a picture; null before the first event time. */
export function planeOf(
  line: EventTimeLine,
  plan: EventTimePlan & Pick<PlanFacts, 'watermark'>,
  maxLines: number,
): EventTimePlane | null {
  const batches = line.batches.slice(-maxLines)
  const unitMs = plan.window?.slideMs ?? Math.max(plan.watermark?.delayMs ?? 0, 1000)
  const range = rangeOf(batches, unitMs)
  if (range === null) return null
  const [fromMs, toMs] = range
  const marks = batches.map(marksOf)
  const outside = (is: (mark: PlaneMark) => boolean) =>
    marks.flat().reduce((sum, mark) => sum + (is(mark) ? mark.numRows : 0), 0)
  return {
    fromMs,
    toMs,
    watermarkMs: batches[batches.length - 1].watermarkMs,
    lines: batches
      .map(({ batchId, lateWatermarkMs }, index) => ({
        batchId,
        lateWatermarkMs,
        marks: marks[index].filter(({ startMs, endMs }) => endMs > fromMs && startMs < toMs),
      }))
      .reverse(),
    windows: windowsOf(line, plan).filter((one) => one.endMs > fromMs && one.startMs < toMs),
    numBefore: outside(({ endMs }) => endMs <= fromMs),
    numAfter: outside(({ startMs }) => startMs >= toMs),
  }
}

function marksOf({ rows, lateWatermarkMs }: EventTimeBatch): PlaneMark[] {
  if (rows === null) return []
  return rows.startsMs.flatMap((startMs, index): PlaneMark[] => {
    const numLate = Math.min(rows.numLateRows[index], rows.numRows[index])
    const numKept = rows.numRows[index] - numLate
    const mark = (kind: MarkKind, numRows: number) => ({ startMs, endMs: startMs + rows.bucketMs, kind, numRows })
    return [
      ...(numKept > 0 ? [mark(startMs < lateWatermarkMs ? 'behind' : 'onTime', numKept)] : []),
      ...(numLate > 0 ? [mark('late', numLate)] : []),
    ]
  })
}

/** From some windows before the middle of the rows to some after it, as far as there are rows; whole windows. */
function rangeOf(batches: readonly EventTimeBatch[], unitMs: number): [number, number] | null {
  const all = batches.flatMap(({ rows }) => (rows === null ? [] : [rows]))
  if (all.length === 0) return null
  const middles = all.map(({ startsMs, numRows }) => {
    const half = numRows.reduce((sum, count) => sum + count, 0) / 2
    let sum = 0
    return startsMs[numRows.findIndex((count) => (sum += count) >= half)]
  })
  const first = Math.min(...all.map(({ startsMs }) => startsMs[0]))
  const last = Math.max(...all.map(({ startsMs, bucketMs }) => startsMs[startsMs.length - 1] + bucketMs))
  const fromMs = Math.max(first, Math.min(...middles) - REACH.left * unitMs)
  const toMs = Math.min(last, Math.max(...middles) + REACH.right * unitMs)
  return [Math.floor(fromMs / unitMs) * unitMs, Math.ceil(toMs / unitMs) * unitMs]
}
