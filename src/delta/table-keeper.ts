import { RunnelError } from '../protocol/errors/runnel-error'
import type { CompactionLimits } from './compaction'
import { COMPACTION, compactTable, planCompaction } from './compaction'
import type { DeltaLog } from './delta-log'
import type { UpkeepLimits } from './maintenance'
import { UPKEEP, createdByUs, isCheckpointDue, maintainQuietly } from './maintenance'
import type { Snapshot } from './snapshot'
import type { DeltaContext } from './write-table'

export type KeeperLimits = UpkeepLimits & {
  readonly compaction: CompactionLimits
  /** Lets triggers and messages come first. */
  readonly pause: () => Promise<void>
}

const MAX_FAILURES = 3
/** Versions that pass before a merge that failed or lost its race is tried again. */
const RETRY_VERSIONS = 10

/**
 * Looks after the table of one streaming writer beside its batches: checkpoints, log clean-up, merging of small files. One
 * round at a time, and everything in it may be cut short at any point.
 */
export class TableKeeper {
  readonly #log: DeltaLog
  readonly #context: DeltaContext
  readonly #limits: KeeperLimits
  #checkpointDue: Snapshot | null = null
  #latest: Snapshot | null = null
  #running: Promise<void> | null = null
  #failures: unknown[] = []
  #notBefore = 0
  #isClosed = false
  #isOurs = false

  constructor(log: DeltaLog, context: DeltaContext, limits: Partial<KeeperLimits> = {}) {
    this.#log = log
    this.#context = context
    this.#limits = { ...UPKEEP, compaction: COMPACTION, pause: nextTask, ...limits }
  }

  /** Takes note of a commit; costs nothing, the work is done by `start`. */
  committed(snapshot: Snapshot): void {
    this.#latest = snapshot
    if (isCheckpointDue(snapshot)) this.#checkpointDue = snapshot
  }

  /** Begins a round unless one runs; throws the last error once several rounds in a row have failed. */
  start(): void {
    if (this.#failures.length >= MAX_FAILURES) throw this.#failures.at(-1)
    if (this.#running !== null || this.#isClosed || this.#latest === null) return
    this.#running = this.#round()
      .then(
        () => void (this.#failures = []),
        (error: unknown) => {
          this.#notBefore = (this.#latest?.version ?? 0) + RETRY_VERSIONS
          // A full disk, a file that is open elsewhere: a later round may do better, the stream itself goes on.
          if (!(error instanceof RunnelError) || error.shape.domain !== 'outside') this.#failures.push(error)
        },
      )
      .finally(() => (this.#running = null))
  }

  /** Resolves when no round is under way. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** Ends the round under way at its next step, and waits for that. A checkpoint that is due is still written. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
    await this.#checkpoint()
  }

  async #round(): Promise<void> {
    await this.#limits.pause()
    await this.#checkpoint()
    const latest = this.#latest
    if (this.#isClosed || latest === null || latest.version < this.#notBefore) return
    if (planCompaction(latest, this.#limits.compaction).length === 0 || !(await this.#mayCompact())) return
    // A long merge does not hold up the log's own upkeep.
    const pause = async () => {
      await this.#limits.pause()
      await this.#checkpoint()
    }
    const turn = { pause, isCanceled: () => this.#isClosed }
    const compacted = await compactTable(this.#log, this.#context, turn, this.#limits.compaction)
    if (compacted === null) this.#notBefore = latest.version + RETRY_VERSIONS
    else this.committed(compacted)
    await this.#checkpoint()
  }

  async #checkpoint(): Promise<void> {
    const due = this.#checkpointDue
    if (due === null) return
    this.#checkpointDue = null
    await maintainQuietly(this.#context.files, this.#log, due, this.#context.clock.nowMs(), this.#limits)
  }

  async #mayCompact(): Promise<boolean> {
    this.#isOurs ||= await createdByUs(this.#context.files, this.#log.folder)
    return this.#isOurs
  }
}

/** A turn of the event loop. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
