import type { AfterStep } from '../protocol/workers/engine'
import type { StreamingQueryStatus } from '../protocol/workers/progress'
import type { Remote } from '../protocol/workers/remote'
import type { StreamHostApi } from '../protocol/workers/stream'
import type { QueryHost } from '../engine/execution/micro-batch'

/** A status message a step would be hundreds a second; a card shows the last of each interval. */
const STATUS_INTERVAL_MS = 50

/** The engine worker behind its port, for the micro-batch loop. */
export function queryHost(
  remote: Remote<StreamHostApi>,
  parkAfter: AfterStep | null,
  isWatched: (step: AfterStep) => boolean,
): QueryHost {
  const status = latestOnly(STATUS_INTERVAL_MS, (latest: StreamingQueryStatus) => void remote.status(latest))
  return {
    awaitTrigger: (dueMs) => remote.awaitTrigger(dueMs),
    // Nothing hangs on the answer: whatever is asked next comes after it on the same port.
    triggerDone: () => {
      void remote.triggerDone()
      return Promise.resolve()
    },
    progress: (progress, isIdle, insight) => void remote.progress(progress, isIdle, insight),
    status,
    async afterStep(step, batchId) {
      if (step !== parkAfter && !isWatched(step)) return
      await remote.afterStep(step, batchId)
      // Parked: the engine has been told and kills this worker here.
      if (step === parkAfter) await new Promise(() => {})
    },
  }
}

/** Passes a value on at once if the last one is old enough, else when it is. */
function latestOnly<T>(intervalMs: number, send: (value: T) => void): (value: T) => void {
  let sentMs = -Infinity
  let waiting: { value: T } | null = null
  return (value) => {
    if (waiting !== null) {
      waiting.value = value
      return
    }
    const leftMs = sentMs + intervalMs - performance.now()
    if (leftMs <= 0) {
      sentMs = performance.now()
      send(value)
      return
    }
    const next = { value }
    waiting = next
    setTimeout(() => {
      waiting = null
      sentMs = performance.now()
      send(next.value)
    }, leftMs)
  }
}
