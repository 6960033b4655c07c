import type { LateRow } from '../../protocol/workers/insight'
import type { DeliveryAudit } from '../../protocol/workers/insight'
import { formatClock, formatCount } from '../../ui/format'
import { isActive, timeOf } from './monitoring'
import type { QueryView } from './monitoring'
import { span } from './why-empty'

/** "sent 1,240 · in table 1,240 · distinct 1,240 · lost 0 · doubled 0" (B21). */
export function auditLine(audit: DeliveryAudit): string {
  const { numSent, numInTable, numDistinct, numLost, numDoubled } = audit
  return [
    `sent ${formatCount(numSent)}`,
    `in table ${formatCount(numInTable)}`,
    `distinct ${formatCount(numDistinct)}`,
    `lost ${numLost === null ? '–' : formatCount(numLost)}`,
    `doubled ${formatCount(numDoubled)}`,
  ].join(' · ')
}

/** What the audit line cannot say in numbers. */
export function auditRemark({ numSent, numRead, remark, identity }: DeliveryAudit): string {
  const waiting = numSent - numRead
  return [waiting > 0 ? `${formatCount(waiting)} not read yet.` : null, `Told apart by ${identity}.`, remark]
    .filter((text) => text !== null)
    .join(' ')
}

/** "event 10:01:07, window 10:00-10:05 ended, watermark 10:06:00" (B29). */
export function lateRowText({ eventTimeMs, windowStartMs, windowEndMs, watermarkMs }: LateRow): string {
  const window =
    windowStartMs === null || windowEndMs === null
      ? ''
      : `, window ${span({ startMs: windowStartMs, endMs: windowEndMs })} ended`
  return `event ${formatClock(eventTimeMs)}${window}, watermark ${formatClock(watermarkMs)}`
}

/** A watermark so far ahead of stream time was set by one wrong event, and everything after it is late. */
const POISONED_MS = 86_400_000

/** "watermark 10:01:10 · newest event 10:06:12", with the day where it is not that of the batch; null without a watermark. */
export function watermarkLine({ info, lastProgress, totals }: QueryView): string | null {
  const watermarkMs = timeOf(lastProgress?.eventTime?.watermark)
  if (info.facts?.watermark == null && watermarkMs === null) return null
  const batchMs = timeOf(lastProgress?.timestamp)
  const shown = (ms: number) => `${dayOf(ms) === dayOf(batchMs ?? ms) ? '' : `${dayOf(ms)} `}${formatClock(ms)}`
  const set = watermarkMs === null || watermarkMs === 0 ? 'not set yet' : shown(watermarkMs)
  const newest = totals.maxEventTimeMs === null ? '' : ` · newest event ${shown(totals.maxEventTimeMs)}`
  const isPoisoned = watermarkMs !== null && batchMs !== null && watermarkMs > batchMs + POISONED_MS
  return `watermark ${set}${newest}${isPoisoned ? ' · ahead of stream time: events of today come too late' : ''}`
}

function dayOf(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10)
}

/** "run 2 · continues at batch 4"; null for a first run. */
export function runLine({ info, continuesAt }: QueryView): string | null {
  if (info.runNumber <= 1) return null
  if (continuesAt === null || !isActive(info)) return `run ${info.runNumber}`
  return `run ${info.runNumber} · continues at batch ${formatCount(continuesAt)}`
}
