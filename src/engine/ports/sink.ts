import type { Batch, StructType } from '../../protocol/columns'
import type { BatchId, QueryId } from '../../protocol/ids'
import type { Clock } from './clock'
import type { FileStore } from './file-store'
import type { OptionMap } from './options'
import type { Random } from './random'

export type OutputMode = 'append' | 'update' | 'complete'

/**
 * One streaming sink. A micro-batch repeats after a crash, so both steps must be safe to run again for the same batchId:
 * `stage` writes what nothing refers to yet; `publish` makes batch `batchId` visible once, however often it is called.
 */
export interface StreamSink {
  /** `sink.description` of the progress JSON. */
  readonly description: string
  /** Writes data files for the batch and flushes them. `batches` may be empty. */
  stage(batchId: BatchId, batches: readonly Batch[]): Promise<StagedBatch>
  /** Starts upkeep beside the triggers; called after each batch, not awaited. `close` ends it. Throws when it keeps failing. */
  maintain?(): void
  close(): Promise<void>
}

export interface StagedBatch {
  /** Makes the batch visible; a repeat of an already published batch changes nothing. */
  publish(): Promise<{ /** -1 where Spark reports -1. */ numOutputRows: number }>
}

export type SinkContext = {
  readonly files: FileStore
  readonly clock: Clock
  readonly random: Random
  readonly queryId: QueryId
  readonly schema: StructType
  readonly outputMode: OutputMode
  readonly partitionColumns: readonly string[]
  /** `queryName`: the memory sink's table. */
  readonly queryName?: string
  readonly hosted: HostedSinks
}

export interface SinkDefinition {
  readonly name: string
  readonly outputModes: readonly OutputMode[]
  /** True when Spark lets the query use a temporary checkpoint. */
  readonly temporaryCheckpoint: boolean
  /** Runs inside `start()`, in the engine worker: bad options and schema mismatches throw here, tables are created here. */
  prepare(options: OptionMap, context: SinkContext): Promise<void>
  open(options: OptionMap, context: SinkContext): Promise<StreamSink>
}

/** Sinks that live in the engine worker: memory, console, foreach, foreachBatch. The answer means "done". */
export interface HostedSinks {
  write(
    kind: 'memory' | 'console' | 'foreach' | 'foreachBatch',
    batchId: BatchId,
    batches: readonly Batch[],
  ): Promise<void>
}
