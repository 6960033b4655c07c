import type { ErrorShape } from '../../protocol/errors/runnel-error'
import { RunnelError, errorShape, outsideError } from '../../protocol/errors/runnel-error'
import type { BatchId, RunId, SessionId } from '../../protocol/ids'
import type { Batch, StructType } from '../../protocol/columns'
import type { AfterStep, PlanChange, QueryInfo } from '../../protocol/workers/engine'
import type { BatchInsight } from '../../protocol/workers/insight'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import type { StreamingQueryProgress, StreamingQueryStatus } from '../../protocol/workers/progress'
import type { QueryEnd, StreamHostApi } from '../../protocol/workers/stream'
import type { StreamWorker, StreamWorkers } from '../ports/workspace'
import type { TriggerScheduler } from '../execution/trigger-scheduler'

/** Spark keeps 99 entries for numRecentProgressUpdates = 100. */
const RECENT_PROGRESS = 99
const STOP_GRACE_MS = 2000

export type QueryRunHost = {
  readonly workers: StreamWorkers
  readonly scheduler: TriggerScheduler
  /** Something a card shows has changed. */
  changed(run: QueryRun): void
  progressed(run: QueryRun, progress: StreamingQueryProgress, isIdle: boolean, insight: BatchInsight | undefined): void
  ended(run: QueryRun): void
  writeHosted(
    run: QueryRun,
    kind: string,
    batchId: BatchId,
    schema: StructType,
    batches: Batch[],
    signal: AbortSignal,
  ): Promise<void>
  /** Real time; stops must not wait for stream time. */
  afterRealMs(delayMs: number): Promise<void>
}

type State = QueryInfo['state']

/** One start of a streaming query: its worker, how far it came, and how it ended. */
export class QueryRun {
  readonly launch: LaunchRecord
  readonly runId: RunId
  readonly session: SessionId
  readonly secrets: Readonly<Record<string, string>>
  state: State = 'starting'
  status: StreamingQueryStatus = { message: 'Initializing sources', isDataAvailable: false, isTriggerActive: false }
  error: ErrorShape | null = null
  lastBatchId: BatchId | null = null
  /** The live line was last drawn while the query ran: it is drawn once more after the end. */
  flowIsStale = false
  readonly recentProgress: StreamingQueryProgress[] = []
  /** Against the plan that the checkpoint was made with. */
  readonly planChange: PlanChange | null
  /** Tables that its foreachBatch function wrote to: what a repeated batch may double. */
  readonly writtenFolders: Set<string>
  /** The kernel that held its functions when it started. */
  readonly kernel: unknown
  /** Settles when the run is over, however it ended. */
  readonly ended: Promise<void>

  readonly #host: QueryRunHost
  readonly #stopCallbacks = new AbortController()
  #worker: StreamWorker | null = null
  #finish!: () => void
  #crashAt: AfterStep | null = null
  #stopping = false

  constructor(
    start: Pick<QueryRun, 'launch' | 'runId' | 'session' | 'secrets'> & {
      lastBatchId: BatchId | null
      planChange: PlanChange | null
      writtenFolders: ReadonlySet<string>
      kernel: unknown
    },
    host: QueryRunHost,
  ) {
    this.launch = start.launch
    this.runId = start.runId
    this.session = start.session
    this.secrets = start.secrets
    this.lastBatchId = start.lastBatchId
    this.planChange = start.planChange
    this.writtenFolders = new Set(start.writtenFolders)
    this.kernel = start.kernel
    this.#host = host
    this.ended = new Promise((resolve) => (this.#finish = resolve))
  }

  get isActive(): boolean {
    return this.state === 'starting' || this.state === 'running'
  }

  /** Rejects only when no worker could be started. */
  async begin(): Promise<void> {
    this.#host.scheduler.register(this.launch.queryId)
    try {
      this.#worker = await this.#host.workers.take(this.#hostApi())
    } catch (thrown) {
      this.#end({ kind: 'failed', error: errorShape(thrown) })
      throw thrown
    }
    if (this.#stopping) return this.#end({ kind: 'stopped' })
    if (this.#crashAt !== null) this.#worker.watch(this.#crashAt)
    this.state = 'running'
    this.#host.changed(this)
    void this.#worker
      .runQuery({ launch: this.launch, runId: this.runId, secrets: this.secrets, parkAfter: null })
      .then((end) => this.#end(end))
      .catch((thrown: unknown) => this.#end({ kind: 'failed', error: errorShape(thrown) }))
  }

  /** Abandons: never waits for user code, never longer than the grace time. */
  async stop(): Promise<void> {
    if (!this.isActive || this.#stopping) return this.ended
    this.#stopping = true
    this.#stopCallbacks.abort()
    this.#host.scheduler.unregister(this.launch.queryId)
    this.#worker?.cancel()
    this.#worker?.stop()
    if (this.#worker) {
      await Promise.race([this.ended, this.#host.afterRealMs(STOP_GRACE_MS)])
      this.#end({ kind: 'stopped' })
    }
    return this.ended
  }

  /** Resolves at once when the query is over; rejects with its failure, also one that happens meanwhile. */
  async processAllAvailable(): Promise<void> {
    if (this.#worker) await Promise.race([this.#worker.processAllAvailable(), this.ended])
    if (this.error) throw new RunnelError(this.error)
  }

  /** Kills the worker at the next time it reaches the step, or at once: nothing gets a chance to clean up. */
  crash(at: AfterStep | 'now'): void {
    if (at === 'now') this.#crash('now')
    else {
      this.#crashAt = at
      this.#worker?.watch(at)
    }
  }

  #hostApi(): StreamHostApi {
    const { scheduler } = this.#host
    const query = this.launch.queryId
    return {
      awaitTrigger: async (dueMs) => ({ nowMs: Math.floor((await scheduler.awaitTrigger(query, dueMs)).nowMs) }),
      triggerDone: () => {
        scheduler.triggerDone(query)
        return Promise.resolve()
      },
      progress: (progress, isIdle, insight) => {
        if (!isIdle) this.lastBatchId = progress.batchId
        this.recentProgress.push(progress)
        if (this.recentProgress.length > RECENT_PROGRESS) this.recentProgress.shift()
        this.#host.progressed(this, progress, isIdle, insight)
      },
      status: (status) => {
        this.status = status
        this.#host.changed(this)
      },
      afterStep: (step) => {
        if (this.#crashAt !== step) return Promise.resolve()
        this.#crash(step)
        return new Promise<void>(() => undefined)
      },
      writeHosted: (kind, batchId, schema, batches) =>
        this.#host.writeHosted(this, kind, batchId, schema, batches, this.#stopCallbacks.signal),
    }
  }

  #crash(at: AfterStep | 'now'): void {
    this.#worker?.terminate()
    this.#worker = null
    const when = at === 'now' ? 'in the middle of its work' : `after the step "${at}"`
    const error = outsideError('CRASHED_ON_PURPOSE', `The worker of this query was killed ${when}.`, {
      exception: 'StreamingQueryException',
      hint: 'Press Recover: the checkpoint says where to go on.',
    })
    this.#end({ kind: 'failed', error: error.shape })
  }

  #end(end: QueryEnd): void {
    if (this.state === 'stopped' || this.state === 'failed' || this.state === 'finished') return
    this.state = end.kind
    this.error = end.kind === 'failed' ? end.error : null
    this.status = {
      message: end.kind === 'failed' ? `Terminated with exception: ${end.error.message}` : 'Stopped',
      isDataAvailable: false,
      isTriggerActive: false,
    }
    this.#stopCallbacks.abort()
    this.#host.scheduler.unregister(this.launch.queryId)
    // A worker that ran a query is not reused: whatever the query left behind goes with it.
    this.#worker?.terminate()
    this.#worker = null
    this.#host.ended(this)
    this.#host.changed(this)
    this.#finish()
  }
}
