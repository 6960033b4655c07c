import { formatClock, formatCount, plural } from '../../ui/format'
import type { BatchInsight } from '../../protocol/workers/insight'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { windowsOf } from './event-time-line'
import { eventTimePlan } from './monitoring'
import type { QueryView } from './monitoring'
import { span } from './why-empty'

/** What one micro-batch did, in a sentence or three; null before the first. */
export function batchText(view: QueryView): string | null {
  const { lastBatch } = view
  if (lastBatch === null) return null
  const { progress, insight } = lastBatch
  return [readText(progress, insight), lateText(insight), closedText(view, progress), stateText(view, progress)]
    .filter((text) => text !== null)
    .join(' ')
}

function readText({ batchId, numInputRows }: StreamingQueryProgress, insight: BatchInsight | null): string {
  const out = insight === null ? null : `${formatCount(insight.numOutputRows)} out`
  if (numInputRows === 0)
    return `Batch ${batchId} had no new rows: it ran since the watermark had moved${out === null ? '' : `; ${out}`}.`
  const filtered = insight?.filters.reduce((sum, filter) => sum + filter.numInputRows - filter.numOutputRows, 0) ?? 0
  const kept = filtered === 0 ? null : `${formatCount(filtered)} filtered out`
  return `Batch ${batchId}: ${[`${plural(numInputRows, 'row')} in`, kept, out].filter((text) => text !== null).join(', ')}.`
}

function lateText(insight: BatchInsight | null): string | null {
  const numRows = insight?.late?.numRows ?? 0
  return numRows === 0 ? null : `${plural(numRows, 'row')} came too late.`
}

/** The windows whose end this batch's watermark was the first to reach. */
function closedText(
  { eventTime, info }: QueryView,
  { batchId, eventTime: times }: StreamingQueryProgress,
): string | null {
  if (info.outputMode === 'complete') return null
  const closed = windowsOf(eventTime, eventTimePlan(info)).filter(
    ({ closedInBatch, numRows }) => closedInBatch === batchId && numRows > 0,
  )
  const watermarkMs = Date.parse(times?.['watermark'] ?? '')
  if (closed.length === 0 || !Number.isFinite(watermarkMs)) return null
  const first = span(closed[0])
  const which = closed.length === 1 ? first : `${first} and ${plural(closed.length - 1, 'more window')}`
  return `Its watermark ${formatClock(watermarkMs)} closed ${which}.`
}

function stateText({ info }: QueryView, { stateOperators }: StreamingQueryProgress): string | null {
  if (stateOperators.length === 0) return null
  const numRows = stateOperators.reduce((sum, { numRowsTotal }) => sum + numRowsTotal, 0)
  const noun = info.facts?.stateful[0] === 'aggregate' ? 'group' : 'row'
  return `${plural(numRows, noun)} kept in the state.`
}
