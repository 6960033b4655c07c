import type { BatchId } from '../../protocol/ids'
import type { EventTimeRows, LateRow, LateRows } from '../../protocol/workers/insight'
import type { StateOperatorProgress } from '../../protocol/workers/progress'
import { userError } from '../../protocol/errors/runnel-error'
import type { DataType } from '../../protocol/columns'
import { StateStore } from '../state/state-store'
import type { TableHandle } from '../state/state-store'
import type { StateValues } from '../state/state-values'
import type { StateFiles } from '../ports/state-files'
import type { EventTimeStats, StatefulBatch, StatefulPlan } from './stateful-plan'
import { EventTimeBuckets, eventTimeRows } from './event-time-buckets'
import type { BucketScale } from './event-time-buckets'
import { EventTimes } from './event-times'

/** What an operator with state says of itself when the plan is compiled. */
export type StatefulOperatorSpec = {
  /** `stateStoreSave`, `dedupe`, ...: as Spark names it in metadata and progress. */
  readonly name: string
  /** A watermark stands below it; without one its watermarks are 0. */
  readonly hasWatermark: boolean
  /** Whether a moved watermark alone is a reason for a batch. */
  readonly runsForWatermark: boolean
  /** Keys all fall into one partition: a global aggregate, a limit. */
  readonly isSinglePartition?: boolean
}

/** Up to this many late rows of a batch are kept to be shown. */
const MAX_LATE_SAMPLES = 10
/** Spark's `spark.sql.streaming.stateStore.numStateStoreInstanceMetricsToReport`. */
const INSTANCE_METRICS = 5

/** What one operator counts in one batch; the operator adds to it. */
export class OperatorMetrics {
  numRowsUpdated = 0
  numRowsRemoved = 0
  /** As Spark counts: for aggregations one a group, elsewhere one a row. */
  numRowsDroppedByWatermark = 0
  allUpdatesTimeMs = 0
  allRemovalsTimeMs = 0
  /** Spark's names, for example `numDroppedDuplicateRows`. */
  readonly custom: Record<string, number> = {}
}

/** One operator's part of the query's state, given to it when it is compiled. */
export class OperatorState {
  readonly id: number
  readonly spec: StatefulOperatorSpec
  readonly #query: StatefulQuery
  readonly #tables: TableHandle<StateValues>[] = []
  metrics = new OperatorMetrics()
  late = { numRows: 0, samples: [] as LateRow[] }

  constructor(id: number, spec: StatefulOperatorSpec, query: StatefulQuery) {
    this.id = id
    this.spec = spec
    this.#query = query
  }

  /** Opens a table while the plan is compiled. `make` is called again after a reload. */
  table<Values extends StateValues>(
    keyTypes: readonly DataType[],
    make: () => Values,
    name = 'default',
  ): TableHandle<Values> {
    const table = this.#query.store.table(`${this.id}:${name}`, keyTypes, make)
    this.#tables.push(table)
    return table
  }

  /** Rows with event time at or before it are late. Milliseconds. */
  get lateWatermarkMs(): number {
    return this.spec.hasWatermark ? this.#query.batch.lateWatermarkMs : 0
  }

  /** What has event time at or before it leaves. Milliseconds. */
  get evictionWatermarkMs(): number {
    return this.spec.hasWatermark ? this.#query.batch.evictionWatermarkMs : 0
  }

  get batchTimestampMs(): number {
    return this.#query.batch.batchTimestampMs
  }

  /** Real milliseconds, for durations only. */
  realNowMs(): number {
    return this.#query.realNowMs()
  }

  /** Notes raw rows that were late; times in microseconds. `windowStarts` and `windowEnds` where rows are grouped by a window. */
  addLateRows(times: BigInt64Array, windows: { starts: BigInt64Array; ends: BigInt64Array } | null): void {
    const { lateWatermarkMs } = this
    this.late.numRows += times.length
    this.#query.lateBuckets?.add(times)
    for (let i = 0; i < times.length && this.late.samples.length < MAX_LATE_SAMPLES; i++)
      this.late.samples.push({
        eventTimeMs: Number(times[i]) / 1000,
        windowStartMs: windows === null ? null : Number(windows.starts[i]) / 1000,
        windowEndMs: windows === null ? null : Number(windows.ends[i]) / 1000,
        watermarkMs: lateWatermarkMs,
      })
  }

  get numRowsTotal(): number {
    return this.#tables.reduce((sum, table) => sum + table.rows.numRows, 0)
  }

  get sizeBytes(): number {
    return this.#tables.reduce((sum, table) => sum + table.rows.sizeBytes, 0)
  }

  startBatch(): void {
    this.metrics = new OperatorMetrics()
    this.late = { numRows: 0, samples: [] }
  }
}

/**
 * The stateful half of one streaming query: its operators with their tables, and its watermark nodes. The compiler fills it,
 * the micro-batch loop drives it as a `StatefulPlan`.
 *
 * State    `store`: version N before batch N
 * Errors   those of the store; STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA when the plan has other operators
 */
export class StatefulQuery implements StatefulPlan {
  readonly store: StateStore
  readonly realNowMs: () => number
  readonly #operators: OperatorState[] = []
  readonly #watermarks: EventTimes[] = []
  readonly #scale: BucketScale | null
  /** Late rows of the batch by event time, where somebody draws them. */
  readonly lateBuckets: EventTimeBuckets | null
  #batch: StatefulBatch | null = null
  #metadataIsWritten = false
  /** Made when it is asked for: no part of what a batch waits for. */
  #progress: readonly StateOperatorProgress[] | null = []
  #commitTimeMs = 0

  /** With a scale, rows are counted by event time as well. */
  constructor(files: StateFiles, realNowMs: () => number, scale: BucketScale | null = null) {
    this.store = new StateStore(files)
    this.realNowMs = realNowMs
    this.#scale = scale
    this.lateBuckets = scale === null ? null : new EventTimeBuckets(scale)
  }

  /** Adds an operator; call in pre-order of the plan, so that the one nearest the sink is 0. */
  operator(spec: StatefulOperatorSpec): OperatorState {
    const operator = new OperatorState(this.#operators.length, spec, this)
    this.#operators.push(operator)
    return operator
  }

  /** Adds a watermark node, in pre-order. */
  watermark(delayMs: number): EventTimes {
    const node = new EventTimes(delayMs, this.#scale)
    this.#watermarks.push(node)
    return node
  }

  /** True when the plan neither keeps state nor has a watermark. */
  get isEmpty(): boolean {
    return this.#operators.length === 0 && this.#watermarks.length === 0
  }

  get batch(): StatefulBatch {
    return this.#batch!
  }

  get watermarkDelaysMs(): readonly number[] {
    return this.#watermarks.map((node) => node.delayMs)
  }

  async begin(batch: StatefulBatch): Promise<void> {
    if (this.#operators.length > 0) {
      if (!this.#metadataIsWritten) await this.#checkOperators(batch)
      await this.store.load(batch.version)
    }
    this.#batch = batch
    for (const operator of this.#operators) operator.startBatch()
    for (const node of this.#watermarks) node.clear()
    this.lateBuckets?.clear()
  }

  async stage(batchId: BatchId): Promise<void> {
    if (this.#operators.length === 0) return
    const startMs = this.realNowMs()
    await this.store.stage(batchId + 1)
    this.#commitTimeMs = Math.round(this.realNowMs() - startMs)
    this.#progress = null
  }

  async committed(batchId: BatchId): Promise<void> {
    const retained = Number(this.batch.conf['spark.sql.streaming.minBatchesToRetain'] ?? 100)
    // Purging lists and removes: not worth it in every batch.
    if (this.#operators.length > 0 && batchId % 10 === 9) await this.store.purge(batchId - retained)
  }

  discard(): void {
    this.store.discard()
  }

  eventTimes(): readonly (EventTimeStats | null)[] {
    return this.#watermarks.map((node) => node.stats())
  }

  eventTimeRows(): EventTimeRows | null {
    const node = this.#watermarks.find((one) => one.stats() !== null)
    if (this.#scale === null || node?.buckets == null) return null
    return eventTimeRows(this.#scale, node.buckets.counts(), this.lateBuckets!.counts())
  }

  shouldRunAnotherBatch(nextWatermarkMs: number): boolean {
    return this.#operators.some(
      ({ spec }) => spec.runsForWatermark && nextWatermarkMs > this.batch.evictionWatermarkMs && spec.hasWatermark,
    )
  }

  progress(): readonly StateOperatorProgress[] {
    this.#progress ??= this.#operators.map((operator) => this.#progressOf(operator, this.#commitTimeMs))
    return this.#progress
  }

  /** Raw late rows of the batch, over all operators: what Spark's count of groups does not tell. */
  lateRows(): LateRows {
    return {
      numRows: this.#operators.reduce((sum, { late }) => sum + late.numRows, 0),
      samples: this.#operators.flatMap(({ late }) => late.samples).slice(0, MAX_LATE_SAMPLES),
    }
  }

  #progressOf(operator: OperatorState, commitTimeMs: number): StateOperatorProgress {
    const { metrics, spec } = operator
    const numPartitions = this.#numPartitions()
    const numInstances = spec.isSinglePartition === true ? 1 : numPartitions
    const { hits, misses } = this.store.cacheCounts
    const instances = Array.from({ length: Math.min(INSTANCE_METRICS, numPartitions) }, (_, partition) => [
      `SnapshotLastUploaded.partition_${partition}_default`,
      this.store.snapshotVersion,
    ])
    const custom: Record<string, number> = {
      ...(Object.fromEntries(instances) as Record<string, number>),
      loadedMapCacheHitCount: hits,
      loadedMapCacheMissCount: misses,
      stateOnCurrentVersionSizeBytes: operator.sizeBytes,
      ...metrics.custom,
    }
    return {
      operatorName: spec.name,
      numRowsTotal: operator.numRowsTotal,
      numRowsUpdated: metrics.numRowsUpdated,
      allUpdatesTimeMs: Math.round(metrics.allUpdatesTimeMs),
      numRowsRemoved: metrics.numRowsRemoved,
      allRemovalsTimeMs: Math.round(metrics.allRemovalsTimeMs),
      commitTimeMs,
      memoryUsedBytes: operator.sizeBytes,
      numRowsDroppedByWatermark: metrics.numRowsDroppedByWatermark,
      numShufflePartitions: numPartitions,
      numStateStoreInstances: numInstances,
      customMetrics: Object.fromEntries(Object.entries(custom).sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  #numPartitions(): number {
    return Number(this.batch.conf['spark.sql.shuffle.partitions'] ?? 200)
  }

  /** Writes the operators' metadata once; later runs must have the same operators. */
  async #checkOperators(batch: StatefulBatch): Promise<void> {
    const { files } = this.store
    const written = batch.version === 0 ? [] : (await files.readOperators()).map(operatorOfMetadata)
    const current = this.#operators.map(({ id, spec }): OperatorName => ({ id, name: spec.name }))
    if (written.length > 0 && namesOf(written) !== namesOf(current)) throw otherOperators(written, current)
    if (written.length === 0) {
      const numPartitions = Number(batch.conf['spark.sql.shuffle.partitions'] ?? 200)
      for (const { id, spec } of this.#operators)
        await files.writeOperator(id, metadataText(id, spec.name, numPartitions))
    }
    this.#metadataIsWritten = true
  }
}

type OperatorName = { readonly id: number; readonly name: string }

function metadataText(operatorId: number, operatorName: string, numPartitions: number): string {
  return `v1\n${JSON.stringify({
    operatorInfo: { operatorId, operatorName },
    stateStoreInfo: [{ storeName: 'default', numColsPrefixKey: 0, numPartitions }],
  })}`
}

function operatorOfMetadata(text: string): OperatorName {
  const { operatorInfo } = JSON.parse(text.slice(text.indexOf('\n') + 1)) as {
    operatorInfo: { operatorId: number; operatorName: string }
  }
  return { id: operatorInfo.operatorId, name: operatorInfo.operatorName }
}

function namesOf(operators: readonly OperatorName[]): string {
  return operators.map(({ id, name }) => `(OperatorId: ${id} -> OperatorName: ${name})`).join(', ')
}

function otherOperators(written: readonly OperatorName[], current: readonly OperatorName[]) {
  return userError(
    'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA',
    'Streaming stateful operator name does not match with the operator in state metadata. This likely to happen when user ' +
      'adds/removes/changes stateful operator of existing streaming query.\n' +
      `Stateful operators in the metadata: [${namesOf(written)}]; Stateful operators in current batch: [${namesOf(current)}].`,
    {
      sqlState: '42K03',
      parameters: { OpsInMetadataSeq: namesOf(written), OpsInCurBatchSeq: namesOf(current) },
      hint: 'The checkpoint belongs to a query with other stateful operators: give the changed query a new checkpointLocation.',
    },
  )
}
