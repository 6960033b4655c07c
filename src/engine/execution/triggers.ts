import type { TriggerSpec } from '../../protocol/workers/launch-record'
import type { ReadLimit } from '../ports/source'

/** How a query asks for its triggers: again and again, once, or until all that was there at start is read. */
export type TriggerMode = 'loop' | 'single' | 'multi'

/** AvailableNow needs every source to pin its end; otherwise Spark falls back to one batch with everything. */
export function triggerMode(trigger: TriggerSpec, everySourcePins: boolean): TriggerMode {
  switch (trigger.kind) {
    case 'processingTime':
      return 'loop'
    case 'once':
      return 'single'
    case 'availableNow':
      return everySourcePins ? 'multi' : 'single'
  }
}

/** A single batch ignores the sources' own rate limits. */
export function readLimit(mode: TriggerMode): ReadLimit {
  return { kind: mode === 'single' ? 'all' : 'default' }
}

/** First multiple of the interval since 1970 after `nowMs`; an interval of 0 means now. */
export function nextBatchTimeMs(nowMs: number, intervalMs: number): number {
  return intervalMs === 0 ? nowMs : Math.floor(nowMs / intervalMs) * intervalMs + intervalMs
}

/** Session time of the next trigger, 0 = at once. All times in session milliseconds. */
export function nextDueMs(
  trigger: TriggerSpec,
  last: { readonly startMs: number; readonly endMs: number; readonly ranBatch: boolean },
  pace: { readonly minBatchIntervalMs: number; readonly pollingDelayMs: number },
): number {
  if (trigger.kind !== 'processingTime') return 0
  const { startMs, endMs, ranBatch } = last
  if (trigger.intervalMs > 0) {
    // A trigger that took longer than its interval is followed at once; the one after it is aligned again.
    return endMs - startMs > trigger.intervalMs ? 0 : nextBatchTimeMs(startMs, trigger.intervalMs)
  }
  if (ranBatch) return pace.minBatchIntervalMs === 0 ? 0 : startMs + pace.minBatchIntervalMs
  // Polling every 10 ms of stream time would be 6,000 polls a second at x60, so a paced query polls at its pace.
  return endMs + Math.max(pace.pollingDelayMs, pace.minBatchIntervalMs)
}

export { parseIntervalMs } from './trigger-interval'
