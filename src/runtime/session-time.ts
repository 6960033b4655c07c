import { operationCanceled } from '../protocol/bridge/kernel-end'
import type { ClockReader } from '../protocol/clock/session-clock'
import type { Clock } from '../engine/ports/clock'

/** While the clock is paused or held nobody knows when it goes on: look again after this long. */
const LOOK_AGAIN_MS = 20
/** A change of speed must not be slept through. */
const LONGEST_NAP_MS = 100

/** The engine's clock over the shared session clock. */
export function sessionTime(reader: ClockReader): Clock {
  return {
    // Whole milliseconds: what is written into logs and tables.
    nowMs: () => Math.floor(reader.nowMs()),
    realNowMs: () => performance.now(),
    async sleep(durationMs, signal) {
      const untilMs = reader.nowMs() + durationMs
      for (;;) {
        if (signal?.aborted) throw operationCanceled()
        const left = reader.realMsUntil(untilMs)
        if (left <= 0) return
        await nap(left === Infinity ? LOOK_AGAIN_MS : Math.min(left, LONGEST_NAP_MS), signal)
      }
    },
  }
}

/** Real milliseconds; ends early when the signal fires. */
export function nap(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal?.addEventListener('abort', done, { once: true })
  })
}
