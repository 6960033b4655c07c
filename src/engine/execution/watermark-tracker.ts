import type { EventTimeStats } from './stateful-plan'

/**
 * The global watermark between batches. Only this one number is kept in the checkpoint: after a restart every node
 * starts unknown (0 under the `min` policy) and the global watermark never goes back.
 */
export class WatermarkTracker {
  readonly #policy: 'min' | 'max'
  readonly #byNode: (number | null)[]
  #globalMs: number

  constructor(policy: 'min' | 'max', numNodes: number, restoredMs: number) {
    this.#policy = policy
    this.#byNode = new Array<number | null>(numNodes).fill(null)
    this.#globalMs = restoredMs
  }

  get currentMs(): number {
    return this.#globalMs
  }

  /** Takes the event times one finished batch saw; nodes without rows keep what they had. */
  update(stats: readonly (EventTimeStats | null)[], delaysMs: readonly number[]): void {
    stats.forEach((seen, node) => {
      if (seen === null) return
      const next = seen.maxMs - delaysMs[node]
      this.#byNode[node] = Math.max(this.#byNode[node] ?? next, next)
    })
    if (this.#byNode.length === 0) return
    const known = this.#byNode.map((watermark) => watermark ?? 0)
    const chosen = this.#policy === 'max' ? Math.max(...known) : Math.min(...known)
    this.#globalMs = Math.max(this.#globalMs, chosen)
  }
}
