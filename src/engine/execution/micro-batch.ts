import type { Batch } from '../../protocol/columns'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import { errorShape, internalError } from '../../protocol/errors/runnel-error'
import type { QueryId, RunId } from '../../protocol/ids'
import type { AfterStep } from '../../protocol/workers/engine'
import type { TriggerSpec } from '../../protocol/workers/launch-record'
import type { BatchInsight } from '../../protocol/workers/insight'
import type { StreamingQueryProgress, StreamingQueryStatus } from '../../protocol/workers/progress'
import type { QueryEnd } from '../../protocol/workers/stream'
import { batchToRows } from '../batch/to-values'
import type { EvaluationContext } from '../expressions/bound'
import type { CompiledLeaf, CompiledPlan } from '../plan/compiled'
import type { Checkpoint, StagedCommit } from '../ports/checkpoint'
import type { Clock } from '../ports/clock'
import type { StagedBatch, StreamSink } from '../ports/sink'
import type { OffsetJson, StreamSource } from '../ports/source'
import { BatchInsightCollector } from './batch-insight'
import { Durations } from './durations'
import { LogPurge } from './log-purge'
import { buildProgress } from './progress'
import type { BatchTimes, KnownOffsets } from './start-position'
import { planStart } from './start-position'
import type { StatefulPlan } from './stateful-plan'
import { causeMessage, streamFailure } from './stream-failure'
import { nextDueMs, readLimit, triggerMode } from './triggers'
import type { TriggerMode } from './triggers'
import { WatermarkTracker } from './watermark-tracker'

/** Everything one run of a streaming query needs from outside. */
export type StreamingQuery = {
  readonly id: QueryId
  readonly runId: RunId
  readonly name: string | null
  readonly plan: CompiledPlan
  readonly trigger: TriggerSpec
  /** The session's conf when the query started. */
  readonly conf: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  readonly host: QueryHost
  /** One source for each streaming leaf, in plan order. Called in the query's own run: a bad source fails the query. */
  openSources(): Promise<readonly StreamSource[]>
  openSink(): Promise<StreamSink>
  /** Rows of a leaf that does not stream; read anew in every batch. */
  readStatic(leaf: CompiledLeaf): AsyncIterable<Batch>
  /** The cancel flag; read once per batch of columns. */
  isCanceled(): boolean
  /** Null when the plan keeps no state and has no watermark. */
  readonly stateful?: StatefulPlan | null
  /** `Logical Plan:` of a failure's debug block. */
  readonly planText?: string | null
}

/** Who grants triggers and listens; the engine worker behind a port, or a test. */
export interface QueryHost {
  awaitTrigger(dueMs: number): Promise<{ nowMs: number }>
  triggerDone(): Promise<void>
  progress(progress: StreamingQueryProgress, isIdle: boolean, insight?: BatchInsight): void
  status(status: StreamingQueryStatus): void
  afterStep(step: AfterStep, batchId: number): Promise<void>
}

/** One distinct source with where it stands. */
type SourceState = {
  readonly source: StreamSource
  /** End of the last committed batch. */
  start: OffsetJson | null
  /** End of the batch under way; equals `start` when it reads nothing. */
  end: OffsetJson | null
  latest: OffsetJson | null
  numInputRows: number
}

/** Thrown inside a run to leave it after `stop()`; never seen outside. */
class StopRequested extends Error {}

/**
 * The micro-batch loop of one query, as Spark's MicroBatchExecution: offsets are logged before anything is read, the sink
 * publishes before the commit is logged, and a batch that has offsets but no commit runs again exactly as it was planned.
 *
 * State    the checkpoint; in memory only what it says
 * Errors   `run` never throws: a failure is `QueryEnd` of kind "failed" with Spark's STREAM_FAILED and its cause
 */
export class MicroBatchExecution {
  readonly #query: StreamingQuery
  readonly #host: QueryHost
  readonly #clock: Clock
  readonly #purge: LogPurge
  #sources: SourceState[] = []
  /** Source of each line of `offsets/N`. */
  #lines: number[] = []
  #sink: StreamSink | null = null
  #mode: TriggerMode = 'loop'
  #conf: Readonly<Record<string, string>> = {}
  #watermark = new WatermarkTracker('min', 0, 0)

  #state: 'INITIALIZING' | 'ACTIVE' | 'TERMINATED' = 'INITIALIZING'
  #status: StreamingQueryStatus = {
    message: 'Initializing StreamExecution',
    isDataAvailable: false,
    isTriggerActive: false,
  }
  #batchId = 0
  #metadata: BatchTimes = { batchWatermarkMs: 0, batchTimestampMs: 0 }
  #lateWatermarkMs = 0
  /** `offsets/<batchId>` is written and the batch waits to run. */
  #isBatchConstructed = false
  /** The write of `offsets/<batchId>` and its step, while the batch is read; null once it has been waited for. */
  #offsetsLogged: Promise<void> | null = null
  #hasRunBatch = false
  #numOutputRows = -1
  /** `observe(...)` results of the batch, by name. */
  #observed: Record<string, Readonly<Record<string, unknown>>> = {}
  #insight = new BatchInsightCollector()
  #lastTriggerRealMs: number | null = null
  #lastIdleReportMs = -Infinity

  #stopRequested = false
  #wake: (() => void) | null = null
  #noNewData = false
  #waiters: { resolve(): void; reject(error: unknown): void }[] = []
  #failure: RunnelError | null = null

  constructor(query: StreamingQuery) {
    this.#query = query
    this.#host = query.host
    this.#clock = query.clock
    this.#purge = new LogPurge(query.checkpoint, minBatchesToRetain(query.conf))
  }

  get status(): StreamingQueryStatus {
    return this.#status
  }

  async run(): Promise<QueryEnd> {
    this.#setStatus({ message: 'Initializing sources' })
    let end = await this.#runToEnd()
    const closeError = await this.#close()
    if (closeError !== null && end.kind !== 'failed') end = this.#failed(closeError)
    this.#state = 'TERMINATED'
    const message =
      end.kind === 'failed' ? `Terminated with exception: ${causeMessage(end.error.cause ?? end.error)}` : 'Stopped'
    this.#setStatus({ message, isDataAvailable: false, isTriggerActive: false })
    for (const waiter of this.#waiters.splice(0)) {
      if (this.#failure === null) waiter.resolve()
      else waiter.reject(this.#failure)
    }
    return end
  }

  /** Asks the run to end after its current durable step; a batch without its commit runs again at the next start. */
  stop(): void {
    this.#stopRequested = true
    this.#wake?.()
  }

  /** Resolves when a trigger finds nothing to run, or the query has ended; rejects with the query's failure. */
  processAllAvailable(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#state === 'TERMINATED') return Promise.resolve()
    this.#noNewData = false
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  async #runToEnd(): Promise<QueryEnd> {
    try {
      await this.#initialize()
      this.#state = 'ACTIVE'
      await this.#loop()
      return { kind: 'finished' }
    } catch (thrown) {
      this.#query.stateful?.discard()
      if (thrown instanceof StopRequested || this.#stopRequested || isCancel(thrown)) return { kind: 'stopped' }
      return this.#failed(thrown)
    }
  }

  #failed(thrown: unknown): QueryEnd {
    const { id, runId, name, planText } = this.#query
    this.#failure = streamFailure(thrown, {
      id,
      runId,
      name,
      state: this.#state === 'INITIALIZING' ? 'INITIALIZING' : 'ACTIVE',
      sources: this.#sources.map(({ source, start, end }) => ({
        description: source.description,
        committed: start,
        available: end,
      })),
      startOffsets: this.#lines.map((index) => this.#sources[index].start),
      endOffsets: this.#lines.map((index) => this.#sources[index].end),
      planText: planText ?? null,
    })
    return { kind: 'failed', error: this.#failure.shape }
  }

  /** The first error of closing, after everything was tried. */
  async #close(): Promise<unknown> {
    const closers = [
      // Nothing is written any more once the run has ended; a failure has been told where it was waited for.
      () => this.#offsetsLogged?.catch(() => undefined),
      () => this.#purge.settled(),
      ...this.#sources.map(
        ({ source }) =>
          () =>
            source.close(),
      ),
    ]
    if (this.#sink !== null) closers.push(() => this.#sink!.close())
    let first: unknown = null
    for (const close of closers) {
      try {
        await close()
      } catch (error) {
        first ??= error
      }
    }
    return first
  }

  async #initialize(): Promise<void> {
    const { plan, trigger } = this.#query
    const sources = await this.#query.openSources()
    this.#sources = sources.map((source) => ({ source, start: null, end: null, latest: null, numInputRows: 0 }))
    const streaming = plan.leaves.filter((leaf) => leaf.input.isStreaming)
    if (streaming.length !== sources.length)
      throw internalError(`The plan streams from ${streaming.length} leaves, ${sources.length} were opened`)
    this.#lines = scanOrder(plan)
    this.#mode = triggerMode(
      trigger,
      sources.every((source) => source.pinAvailableNow !== undefined),
    )
    if (this.#mode === 'multi') for (const source of sources) await source.pinAvailableNow?.()
    this.#sink = await this.#query.openSink()
    this.#checkStop()
  }

  async #loop(): Promise<void> {
    await this.#populateStartOffsets()
    const pace = {
      minBatchIntervalMs: numberConf(this.#query.conf, 'runnel.streaming.minBatchIntervalMs', 0),
      pollingDelayMs: numberConf(this.#query.conf, 'spark.sql.streaming.pollingDelay', 10),
    }
    for (let dueMs = 0; ;) {
      const { nowMs } = await this.#awaitTrigger(dueMs)
      const ranBatch = await this.#runTrigger(nowMs)
      await this.#host.triggerDone()
      if (this.#mode === 'single' || (this.#mode === 'multi' && !ranBatch)) return
      dueMs = nextDueMs(this.#query.trigger, { startMs: nowMs, endMs: this.#clock.nowMs(), ranBatch }, pace)
      const isPolling =
        !ranBatch && this.#query.trigger.kind === 'processingTime' && this.#query.trigger.intervalMs === 0
      if (!isPolling) this.#setStatus({ message: 'Waiting for next trigger' })
    }
  }

  async #populateStartOffsets(): Promise<void> {
    const { checkpoint, conf, stateful } = this.#query
    const begin = await planStart(checkpoint, this.#lines.length, conf, (known) => this.#setOffsets(known))
    this.#batchId = begin.batchId
    this.#conf = begin.conf
    this.#lateWatermarkMs = begin.lateWatermarkMs
    if (begin.pending !== null) {
      this.#metadata = begin.pending
      this.#isBatchConstructed = true
    }
    const policy = this.#conf['spark.sql.streaming.multipleWatermarkPolicy'] === 'max' ? 'max' : 'min'
    this.#watermark = new WatermarkTracker(policy, stateful?.watermarkDelaysMs.length ?? 0, begin.watermarkMs)
  }

  #setOffsets({ starts, ends }: KnownOffsets): void {
    this.#lines.forEach((index, line) => {
      const state = this.#sources[index]
      if (starts !== undefined) state.start = starts[line]
      state.end = ends[line] ?? state.start
    })
  }

  /** Waits for the grant, or leaves when the query is stopped meanwhile. */
  async #awaitTrigger(dueMs: number): Promise<{ nowMs: number }> {
    this.#checkStop()
    return new Promise((resolve, reject) => {
      this.#wake = () => reject(new StopRequested())
      this.#host.awaitTrigger(dueMs).then(resolve, reject)
    }).finally(() => (this.#wake = null)) as Promise<{ nowMs: number }>
  }

  async #runTrigger(nowMs: number): Promise<boolean> {
    const realStartMs = this.#clock.realNowMs()
    const sinceLastTriggerMs = this.#lastTriggerRealMs === null ? Infinity : realStartMs - this.#lastTriggerRealMs
    this.#lastTriggerRealMs = realStartMs
    const durations = new Durations(() => this.#clock.realNowMs())
    this.#setStatus({ isTriggerActive: true })
    for (const state of this.#sources) state.numInputRows = 0
    this.#observed = {}

    let hasNewData = false
    await durations.time('triggerExecution', async () => {
      if (!this.#isBatchConstructed) this.#isBatchConstructed = await this.#constructNextBatch(durations)
      hasNewData = this.#sources.some(({ start, end }) => end !== start)
      this.#setStatus({ isDataAvailable: hasNewData, message: triggerMessage(this.#isBatchConstructed, hasNewData) })
      if (this.#isBatchConstructed) await this.#runBatch(durations)
    })

    const ranBatch = this.#isBatchConstructed
    const report = {
      nowMs,
      sinceLastTriggerMs,
      durations,
      batchDurationMs: Math.floor(this.#clock.realNowMs() - realStartMs),
    }
    if (ranBatch) this.#finishBatch(report, hasNewData)
    else this.#finishIdle(report)
    this.#setStatus({ isTriggerActive: false })
    if (this.#noNewData) for (const waiter of this.#waiters.splice(0)) waiter.resolve()
    if (ranBatch) {
      this.#purge.start()
      this.#sink?.maintain?.()
    }
    return ranBatch
  }

  /** Asks the sources how far the next batch may go and logs it; false when there is nothing to run. */
  async #constructNextBatch(durations: Durations): Promise<boolean> {
    const limit = readLimit(this.#mode)
    for (const state of this.#sources) {
      this.#setStatus({ message: `Getting offsets from ${state.source.description}` })
      const { end, latest } = await durations.time('latestOffset', () => state.source.latestOffset(state.start, limit))
      state.end = end ?? state.start
      state.latest = latest
    }
    this.#metadata = { batchWatermarkMs: this.#watermark.currentMs, batchTimestampMs: Math.floor(this.#clock.nowMs()) }
    const hasNewData = this.#sources.some(({ start, end }) => end !== start)
    this.#noNewData = !hasNewData && !this.#wantsNoDataBatch()
    if (this.#noNewData) return false

    this.#checkStop()
    await this.#afterStep('trigger')
    this.#setStatus({ message: 'Writing offsets to log' })
    this.#offsetsLogged = this.#logOffsets()
    // Waited for before anything of the batch is written; until then a failure must not count as unhandled.
    this.#offsetsLogged.catch(() => undefined)
    this.#purge.plan(this.#batchId)
    return true
  }

  async #logOffsets(): Promise<void> {
    const offsets = this.#lines.map((index) => this.#sources[index].end)
    await this.#query.checkpoint.addOffsets(this.#batchId, { ...this.#metadata, conf: this.#conf, offsets })
    for (const { source, start } of this.#sources) if (start !== null) await source.commit(start)
    await this.#afterStep('offsets')
  }

  async #awaitOffsets(durations: Durations): Promise<void> {
    const logged = this.#offsetsLogged
    if (logged === null) return
    await durations.time('walCommit', () => logged)
    this.#offsetsLogged = null
  }

  #wantsNoDataBatch(): boolean {
    const { stateful, conf } = this.#query
    if (!stateful || !this.#hasRunBatch) return false
    if (conf['spark.sql.streaming.noDataMicroBatches.enabled'] === 'false') return false
    return stateful.shouldRunAnotherBatch(this.#metadata.batchWatermarkMs)
  }

  async #runBatch(durations: Durations): Promise<void> {
    const { plan, stateful } = this.#query
    const batchId = this.#batchId
    const sink = this.#sink!
    this.#insight = new BatchInsightCollector()
    const context = this.#evaluationContext()
    const rows = durations.timeNow('getBatch', () =>
      plan.run(
        (leaf) => this.#readLeaf(leaf),
        context,
        (name, metrics) => (this.#observed[name] = batchToRows(metrics)[0] ?? {}),
      ),
    )
    // The first time, the state folder gets its metadata: not before the log says that there is a batch.
    if (stateful && !this.#hasRunBatch) await this.#awaitOffsets(durations)
    await durations.time('queryPlanning', async () => {
      await stateful?.begin({
        batchId,
        version: batchId,
        lateWatermarkMs: this.#lateWatermarkMs,
        evictionWatermarkMs: this.#metadata.batchWatermarkMs,
        batchTimestampMs: this.#metadata.batchTimestampMs,
        conf: this.#conf,
      })
    })
    const output: Batch[] = []
    sink.begin?.()
    await durations.time('addBatch', async () => {
      for await (const batch of rows) {
        this.#checkStop()
        if (batch.numRows > 0) output.push(batch)
        this.#insight.delivered(batch.numRows)
      }
    })
    // What the trigger waits for the log, not what the write took: rows were read meanwhile.
    await this.#awaitOffsets(durations)
    const commit = await durations.time('addBatch', async () => {
      const [staged] = await allDone([sink.stage(batchId, output), stateful?.stage(batchId)])
      await this.#afterStep('data')
      return this.#publish(staged)
    })
    await durations.time('commitOffsets', async () => {
      await commit.publish()
      await stateful?.committed(batchId)
    })
    this.#hasRunBatch = true
    // No check for a stop here: the batch is done, so its progress is told before the run ends.
    await this.#host.afterStep('commit', batchId)
  }

  /** Makes the batch visible and meanwhile puts its commit on disk, so that nothing but the name is left to write. */
  async #publish(staged: StagedBatch): Promise<StagedCommit> {
    const { stateful, checkpoint } = this.#query
    if (stateful) this.#watermark.update(stateful.eventTimes(), stateful.watermarkDelaysMs)
    const published = staged.publish()
    const commit = checkpoint.stageCommit(this.#batchId, { nextBatchWatermarkMs: this.#watermark.currentMs })
    try {
      const [{ numOutputRows }, ready] = await allDone([published, commit])
      this.#numOutputRows = numOutputRows
      await this.#afterStep('publish')
      return ready
    } catch (error) {
      await commit.then(
        (ready) => ready.discard(),
        () => undefined,
      )
      throw error
    }
  }

  #evaluationContext(): EvaluationContext {
    return {
      nowMicros: BigInt(this.#metadata.batchTimestampMs) * 1000n,
      timeZone: this.#query.conf['spark.sql.session.timeZone'] ?? 'UTC',
      seed: batchSeed(this.#query.id, this.#batchId),
      isCanceled: () => this.#stopRequested || this.#query.isCanceled(),
      probe: this.#insight,
    }
  }

  async *#readLeaf(leafIndex: number): AsyncIterable<Batch> {
    const leaf = this.#query.plan.leaves[leafIndex]
    if (!leaf.input.isStreaming) {
      yield* this.#query.readStatic(leaf)
      return
    }
    const index = this.#query.plan.leaves.slice(0, leafIndex).filter((other) => other.input.isStreaming).length
    const state = this.#sources[index]
    if (state.end === null || state.end === state.start) return
    for await (const batch of state.source.read(state.start, state.end, leaf.columns)) {
      this.#checkStop()
      state.numInputRows += batch.numRows
      yield batch
    }
  }

  #finishBatch(report: TriggerReport, hasNewData: boolean): void {
    const { stateful } = this.#query
    const seen = hasNewData ? (stateful?.eventTimes().find((stats) => stats !== null) ?? null) : null
    this.#report(report, this.#metadata.batchWatermarkMs, seen, this.#numOutputRows, false)
    this.#lastIdleReportMs = this.#clock.nowMs()
    for (const state of this.#sources) state.start = state.end
    this.#lateWatermarkMs = this.#metadata.batchWatermarkMs
    this.#batchId++
    this.#isBatchConstructed = false
  }

  #finishIdle(report: TriggerReport): void {
    const intervalMs = numberConf(this.#query.conf, 'spark.sql.streaming.noDataProgressEventInterval', 10_000)
    if (this.#clock.nowMs() - intervalMs < this.#lastIdleReportMs) return
    this.#lastIdleReportMs = this.#clock.nowMs()
    const numOutputRows = this.#hasRunBatch && this.#numOutputRows >= 0 ? 0 : -1
    this.#report(report, this.#watermark.currentMs, null, numOutputRows, true)
  }

  #report(
    report: TriggerReport,
    watermarkMs: number,
    seen: ReturnType<StatefulPlan['eventTimes']>[number],
    numOutputRows: number,
    isIdle: boolean,
  ): void {
    const { id, runId, name, stateful } = this.#query
    const stateOperators = (stateful && this.#hasRunBatch ? stateful.progress() : []).map((operator) =>
      isIdle ? { ...operator, numRowsUpdated: 0, numRowsDroppedByWatermark: 0 } : operator,
    )
    const progress = buildProgress({
      id,
      runId,
      name,
      startMs: report.nowMs,
      batchId: this.#batchId,
      batchDurationMs: report.batchDurationMs,
      sinceLastTriggerMs: report.sinceLastTriggerMs,
      durationMs: report.durations.wholeMs(),
      eventTime: stateful && stateful.watermarkDelaysMs.length > 0 ? { watermarkMs, seen } : null,
      stateOperators,
      sources: this.#sources.map(({ source, start, end, latest, numInputRows }) => ({
        description: source.description,
        start,
        end,
        latest,
        numInputRows,
        metrics: source.metrics?.(end) ?? {},
      })),
      sink: { description: this.#sink!.description, numOutputRows },
      observedMetrics: this.#observed,
    })
    if (isIdle) this.#host.progress(progress, true)
    else {
      const insight = this.#insight.finish(stateful?.lateRows?.() ?? null, stateful?.eventTimeRows?.() ?? null)
      this.#host.progress(progress, false, insight)
    }
  }

  async #afterStep(step: AfterStep): Promise<void> {
    await this.#host.afterStep(step, this.#batchId)
    this.#checkStop()
  }

  #checkStop(): void {
    if (this.#stopRequested || this.#query.isCanceled()) throw new StopRequested()
  }

  #setStatus(change: Partial<StreamingQueryStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#host.status(this.#status)
  }
}

type TriggerReport = {
  readonly nowMs: number
  readonly sinceLastTriggerMs: number
  readonly durations: Durations
  readonly batchDurationMs: number
}

/** Waits for all of them, also when one fails: what a run began has ended when the run ends. Rejects with the first failure. */
async function allDone<T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** Source of each line of `offsets/N`: one line for each use of a streaming leaf, in plan order. */
function scanOrder(plan: CompiledPlan): number[] {
  const sourceOfLeaf = new Map<number, number>()
  plan.leaves.forEach((leaf, index) => leaf.input.isStreaming && sourceOfLeaf.set(index, sourceOfLeaf.size))
  const scans = plan.scans ?? plan.leaves.flatMap(({ uses }, index) => new Array<number>(Math.max(1, uses)).fill(index))
  return scans.flatMap((leaf) => sourceOfLeaf.get(leaf) ?? [])
}

function triggerMessage(isBatchConstructed: boolean, hasNewData: boolean): string {
  if (!isBatchConstructed) return 'Waiting for data to arrive'
  return hasNewData ? 'Processing new data' : 'No new data but cleaning up state'
}

function isCancel(thrown: unknown): boolean {
  return errorShape(thrown).condition === 'OPERATION_CANCELED'
}

/** Same query and batch, same seed: rand() of a batch that runs again gives what it gave before. */
function batchSeed(id: QueryId, batchId: number): number {
  let hash = 0x811c9dc5
  for (const char of `${id}:${batchId}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

function numberConf(conf: Readonly<Record<string, string>>, key: string, fallback: number): number {
  const value = Number(conf[key] ?? fallback)
  return Number.isFinite(value) ? value : fallback
}

function minBatchesToRetain(conf: Readonly<Record<string, string>>): number {
  return numberConf(conf, 'spark.sql.streaming.minBatchesToRetain', 100)
}
