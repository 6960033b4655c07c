import type { Batch, StructType } from '../../protocol/columns'
import type { BatchId, QueryId } from '../../protocol/ids'
import type { Broker } from './broker'
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
  /** A batch is about to be read: what `stage` will have to look up may be looked up meanwhile. Never throws. */
  begin?(): void
  /** Writes data files for the batch and flushes them. `batches` may be empty. */
  stage(batchId: BatchId, batches: readonly Batch[]): Promise<StagedBatch>
  /** Starts upkeep beside the triggers; called after each batch, not awaited. `close` ends it. Throws when it keeps failing. */
  maintain?(): void
  close(): Promise<void>
}

/** A batch that is written and that nothing refers to yet. */
export interface StagedBatch {
  /** Makes the batch visible; a repeat of an already published batch changes nothing. */
  publish(): Promise<{ /** -1 where Spark reports -1. */ numOutputRows: number }>
}

/** What a sink of a streaming query works with. */
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
  /** Broker of a connection string or address; absent where hubs cannot be written, as in most tests. */
  readonly broker?: (connection: string) => Broker
}

/** What a sink of a batch query (`df.write`) works with. */
export type BatchSinkContext = Pick<SinkContext, 'files' | 'clock' | 'random' | 'schema'> & {
  readonly broker: (connection: string) => Broker
}

/** A kind of sink, found by its `format(...)` name through the registry in `sinks/index.ts`. */
export interface SinkDefinition {
  readonly name: string
  readonly outputModes: readonly OutputMode[]
  /** True when Spark lets the query use a temporary checkpoint. */
  readonly temporaryCheckpoint: boolean
  /** Runs inside `start()`, in the engine worker: bad options and schema mismatches throw here, tables are created here. */
  prepare(options: OptionMap, context: SinkContext): Promise<void>
  open(options: OptionMap, context: SinkContext): Promise<StreamSink>
  /** Present when `df.write.format(...)` may name it: refuses a save mode, options or columns before anything runs. */
  checkBatch?(options: OptionMap, schema: StructType, mode: SaveMode): void
  /** Writes the rows of a batch query. */
  writeBatch?(options: OptionMap, batches: readonly Batch[], context: BatchSinkContext): Promise<void>
}

export type SaveMode = 'Append' | 'Overwrite' | 'Ignore' | 'ErrorIfExists'

/** Sinks that live in the engine worker: memory, console, foreach, foreachBatch. The answer means "done". */
export interface HostedSinks {
  write(
    kind: 'memory' | 'console' | 'foreach' | 'foreachBatch',
    batchId: BatchId,
    batches: readonly Batch[],
  ): Promise<void>
}
