import { outsideError } from '../protocol/errors/runnel-error'
import type { Clock } from '../engine/ports/clock'

/** A session clock that moves only when a test says so; real time counts on its own so that durations are never negative. */
export class ScriptedClock implements Clock {
  #nowMs: number
  #sleepers: { dueMs: number; wake(): void }[] = []

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  realNowMs(): number {
    return performance.now()
  }

  advance(ms: number): void {
    this.#nowMs += ms
    const due = this.#sleepers.filter((sleeper) => sleeper.dueMs <= this.#nowMs)
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.dueMs > this.#nowMs)
    for (const sleeper of due.sort((a, b) => a.dueMs - b.dueMs)) sleeper.wake()
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return this.until(this.#nowMs + durationMs, signal)
  }

  /** Earliest time somebody waits for; null = nobody. */
  nextDueMs(): number | null {
    return this.#sleepers.length === 0 ? null : Math.min(...this.#sleepers.map((sleeper) => sleeper.dueMs))
  }

  until(dueMs: number, signal?: AbortSignal): Promise<void> {
    if (dueMs <= this.#nowMs) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const sleeper = { dueMs, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(outsideError('OPERATION_CANCELED', 'The wait was canceled.'))
      })
    })
  }
}
