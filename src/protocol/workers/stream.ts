import type { Batch, StructType } from '../columns'
import type { ErrorShape } from '../errors/runnel-error'
import type { BatchId, OperationId, RunId } from '../ids'
import type { AfterStep } from './engine'
import type { BatchInsight } from './insight'
import type { LaunchRecord } from './launch-record'
import type { StreamingQueryProgress, StreamingQueryStatus } from './progress'

/** A stream worker as the engine worker sees it (Comlink over the worker). */
export interface StreamWorkerApi {
  boot(config: StreamWorkerConfig, host: MessagePort, broker: MessagePort): Promise<void>
  /** Runs the query until it is stopped, fails or finishes; the promise settles with how it ended. */
  runQuery(start: QueryStart): Promise<QueryEnd>
  /** Asks the running query to stop after the current durable step; the engine terminates the worker if it takes over 2 s. */
  stop(): void
  processAllAvailable(): Promise<void>
  /** Runs one closed batch plan and returns its rows. `limitRows` stops early. */
  runBatch(run: BatchRun): Promise<{ schema: StructType; batches: Batch[] }>
}

export type StreamWorkerConfig = {
  readonly clock: ArrayBufferLike
  readonly storage: 'opfs' | 'memory'
  readonly workspace: string
  /** Set when files live in memory: the engine worker serves them on this port (transferred with the call). */
  readonly files?: MessagePort
  /** Int32 in shared memory: word 0 becomes 1 to cancel; read once per batch. A plain buffer when memory cannot be shared. */
  readonly cancel: ArrayBufferLike
}

export type QueryStart = {
  readonly launch: LaunchRecord
  readonly runId: RunId
  readonly secrets: Readonly<Record<string, string>>
  /** Park after this step of the next batch and report it, so that the engine can kill the worker there. */
  readonly parkAfter: AfterStep | null
}

export type QueryEnd =
  { readonly kind: 'stopped' } | { readonly kind: 'finished' } | { readonly kind: 'failed'; readonly error: ErrorShape }

export type BatchRun = {
  readonly operation: OperationId
  /** Serialized closed `spark.connect.Relation`. */
  readonly plan: Uint8Array
  readonly conf: Readonly<Record<string, string>>
  readonly limitRows: number | null
  readonly secrets: Readonly<Record<string, string>>
  /** Set: the rows go into this table (one commit) and none come back. */
  readonly write?: TableTarget
  /** Set: the rows go into this sink and none come back. */
  readonly sink?: { readonly format: string; readonly options: Readonly<Record<string, string>> }
}

/** Where a batch write goes; the same words as `TableWrite` of the table port. */
export type TableTarget = {
  readonly folder: string
  readonly mode: 'append' | 'overwrite'
  readonly partitionColumns: readonly string[]
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
  readonly transaction: { readonly appId: string; readonly version: number } | null
  readonly operation: { readonly name: string; readonly parameters: Readonly<Record<string, string | null>> }
}

/** The engine worker as a stream worker sees it (Comlink over its one port). */
export interface StreamHostApi {
  /** Waits until the trigger due at `dueMs` (session time; 0 = at once) may run. The engine grants in start order. */
  awaitTrigger(dueMs: number): Promise<{ nowMs: number }>
  triggerDone(): Promise<void>
  progress(progress: StreamingQueryProgress, isIdle: boolean, insight?: BatchInsight): void
  status(status: StreamingQueryStatus): void
  /** Tells the host which durable step was reached; resolves when the query may go on (never, if it is parked there). */
  afterStep(step: AfterStep, batchId: BatchId): Promise<void>
  writeHosted(
    kind: 'memory' | 'console' | 'foreach' | 'foreachBatch',
    batchId: BatchId,
    schema: StructType,
    batches: Batch[],
  ): Promise<void>
}
