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

/** "watermark 10:01:10 · newest event 10:06:12"; null when the plan has no watermark. */
export function watermarkLine({ info, lastProgress, totals }: QueryView): string | null {
  const watermarkMs = timeOf(lastProgress?.eventTime?.watermark)
  if (info.facts?.watermark == null && watermarkMs === null) return null
  const set = watermarkMs === null || watermarkMs === 0 ? 'not set yet' : formatClock(watermarkMs)
  const newest = totals.maxEventTimeMs === null ? '' : ` · newest event ${formatClock(totals.maxEventTimeMs)}`
  return `watermark ${set}${newest}`
}

/** "run 2 · continues at batch 4"; null for a first run. */
export function runLine({ info, continuesAt }: QueryView): string | null {
  if (info.runNumber <= 1) return null
  if (continuesAt === null || !isActive(info)) return `run ${info.runNumber}`
  return `run ${info.runNumber} · continues at batch ${formatCount(continuesAt)}`
}
