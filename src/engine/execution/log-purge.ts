import type { Checkpoint } from '../ports/checkpoint'

const MAX_FAILURES = 3

/**
 * Removes offsets and commits of old batches beside the triggers, never inside one: after batch N is planned,
 * ids below N - `minBatchesToRetain` go. A file that is open elsewhere is tried again with the next batch.
 */
export class LogPurge {
  readonly #checkpoint: Checkpoint
  readonly #minBatchesToRetain: number
  #before = 0
  #running: Promise<void> | null = null
  #failures: unknown[] = []

  constructor(checkpoint: Checkpoint, minBatchesToRetain: number) {
    this.#checkpoint = checkpoint
    this.#minBatchesToRetain = minBatchesToRetain
  }

  plan(batchId: number): void {
    if (this.#minBatchesToRetain < batchId) this.#before = batchId - this.#minBatchesToRetain
  }

  /** Starts what was planned; throws the last error once several tries in a row have failed. */
  start(): void {
    if (this.#failures.length >= MAX_FAILURES) throw this.#failures.at(-1)
    if (this.#running !== null || this.#before === 0) return
    const before = this.#before
    this.#before = 0
    this.#running = this.#checkpoint
      .purge(before)
      .then(
        () => void (this.#failures = []),
        (error: unknown) => void this.#failures.push(error),
      )
      .finally(() => (this.#running = null))
  }

  async settled(): Promise<void> {
    this.start()
    await this.#running
  }
}
