import type { FunctionId, QueryId } from '../../protocol/ids'
import type { AfterStep } from '../../protocol/workers/engine'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import type { BatchRun, QueryEnd, QueryStart, StreamHostApi } from '../../protocol/workers/stream'
import type { Batch, StructType } from '../../protocol/columns'

/** Where things that users name live in the workspace. */
export interface WorkspacePaths {
  /** Folder that holds the managed tables. */
  readonly tablesFolder: string
  /** Folder of a managed table: `events`, `lakehouse.events`. */
  tableFolder(identifier: readonly string[]): string
  /** A path as users write it (`Files/x`, `/delta/x`, `abfss://...`); `notice` tells how Fabric would see it, `fix` what to write there; or null. */
  resolve(path: string): {
    readonly path: string
    readonly notice: string | null
    readonly fix: { readonly description: string; readonly from: string; readonly to: string } | null
  }
}

/** What the engine service must know of a checkpoint; the stream worker owns the rest. */
export interface Checkpoints {
  /** Query id of the checkpoint, written on first use. */
  openQueryId(checkpointPath: string): Promise<QueryId>
  lastBatchId(checkpointPath: string): Promise<number | null>
  /** Throws Spark's refusal when the checkpoint was used before and the sink cannot recover from it. */
  requireNoOffsets(checkpointPath: string, shownPath: string): Promise<void>
  readLaunch(checkpointPath: string): Promise<LaunchRecord | null>
  writeLaunch(record: LaunchRecord): Promise<void>
}

/** Stream workers, one a query, one warm spare for batch queries. */
export interface StreamWorkers {
  take(host: StreamHostApi): Promise<StreamWorker>
}

export interface StreamWorker {
  runQuery(start: QueryStart): Promise<QueryEnd>
  stop(): void
  processAllAvailable(): Promise<void>
  runBatch(run: BatchRun): Promise<{ schema: StructType; batches: Batch[] }>
  /** Sets the shared cancel flag: read once per batch. */
  cancel(): void
  /** The worker calls `afterStep` of its host at this step only; without shared memory at each. */
  watch(step: AfterStep): void
  /** Keeps the worker for the next `take`. */
  release(): void
  terminate(): void
}

/** A kernel as the engine may call it. */
export interface KernelCallbacks {
  invoke(request: KernelCallback, parentCall: number, signal: AbortSignal): Promise<{ value: string | null }>
}

export type KernelCallback =
  | {
      readonly kind: 'foreachBatch'
      readonly functionId: FunctionId
      readonly batchId: number
      readonly schema: StructType
      readonly batches: readonly Batch[]
      readonly queryId: string
      readonly runId: string
    }
  | { readonly kind: 'probe'; readonly functionId: FunctionId; readonly value: string }
