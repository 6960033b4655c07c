import type { QueryHost } from '../engine/execution/micro-batch'
import type { AfterStep } from '../protocol/workers/engine'
import type { BatchInsight } from '../protocol/workers/insight'
import type { StreamingQueryProgress, StreamingQueryStatus } from '../protocol/workers/progress'
import type { ScriptedClock } from './scripted-clock'

/** Grants triggers by the scripted clock, keeps what a query reported, and can leave it dead after any step. */
export class ScriptedHost implements QueryHost {
  readonly reports: {
    readonly progress: StreamingQueryProgress
    readonly isIdle: boolean
    /** Of a batch that ran. */
    readonly insight?: BatchInsight
  }[] = []
  readonly statuses: StreamingQueryStatus[] = []
  readonly steps: { readonly step: AfterStep; readonly batchId: number }[] = []
  /** Session times of the triggers granted. */
  readonly triggers: number[] = []
  /** Looks on at each step, before a crash there. */
  onStep: (step: AfterStep, batchId: number) => unknown = () => undefined
  readonly #clock: ScriptedClock
  #crash: { step: AfterStep; batchId: number | null; crashed(): void } | null = null

  constructor(clock: ScriptedClock) {
    this.#clock = clock
  }

  get messages(): string[] {
    return this.statuses.map((status) => status.message)
  }

  /** Reports so far, idle ones too. */
  get progressReports(): StreamingQueryProgress[] {
    return this.reports.map((report) => report.progress)
  }

  progress(progress: StreamingQueryProgress, isIdle: boolean, insight?: BatchInsight): void {
    this.reports.push({ progress, isIdle, ...(insight === undefined ? {} : { insight }) })
  }

  /** Resolves once the query stands dead after the step: it never goes on, as if its worker had been killed there. */
  crashAfter(step: AfterStep, batchId: number | null = null): Promise<void> {
    return new Promise((resolve) => (this.#crash = { step, batchId, crashed: resolve }))
  }

  async awaitTrigger(dueMs: number): Promise<{ nowMs: number }> {
    await this.#clock.until(dueMs)
    this.triggers.push(this.#clock.nowMs())
    return { nowMs: this.#clock.nowMs() }
  }

  async triggerDone(): Promise<void> {}

  status(status: StreamingQueryStatus): void {
    this.statuses.push(status)
  }

  afterStep(step: AfterStep, batchId: number): Promise<void> {
    this.steps.push({ step, batchId })
    this.onStep(step, batchId)
    const crash = this.#crash
    if (crash === null || crash.step !== step || (crash.batchId !== null && crash.batchId !== batchId))
      return Promise.resolve()
    crash.crashed()
    return new Promise(() => {})
  }
}
