import type { BatchId, QueryId } from '../../protocol/ids'
import type { OffsetJson } from './source'

/**
 * A query's checkpoint as the micro-batch loop sees it; `storage/checkpoint` keeps it in Spark's files.
 * Every write is durable when its promise resolves.
 */
export interface Checkpoint {
  readonly path: string
  /** The id of `metadata`; written with `fresh` when there is none. */
  queryId(fresh: QueryId): Promise<QueryId>
  /** Last entry of `offsets/`, or null. A torn last file counts as absent: its batch never began. */
  latestOffsets(): Promise<{ readonly batchId: BatchId; readonly entry: OffsetEntry } | null>
  /** Null when there is no such batch. */
  offsets(batchId: BatchId): Promise<OffsetEntry | null>
  /** Throws `CONCURRENT_STREAM_LOG_UPDATE` when the batch is already there. */
  addOffsets(batchId: BatchId, entry: OffsetEntry): Promise<void>
  latestCommit(): Promise<{ readonly batchId: BatchId; readonly entry: CommitEntry } | null>
  addCommit(batchId: BatchId, entry: CommitEntry): Promise<void>
  /** Puts the entry of `addCommit` on disk ahead; it is in the log once it is published. */
  stageCommit(batchId: BatchId, entry: CommitEntry): Promise<StagedCommit>
  /** Removes offsets and commits of batches before `batchId`. */
  purge(before: BatchId): Promise<void>
  /** The error of a log that another run has written to. */
  concurrentUpdate(batchId: BatchId): Error
  /** `<path>/sources/<source>`. */
  sourcePath(source: number): string
}

export interface StagedCommit {
  /** Throws `CONCURRENT_STREAM_LOG_UPDATE` when the batch is already there. */
  publish(): Promise<void>
  /** Harmless after `publish`. */
  discard(): Promise<void>
}

/** `offsets/N`: what batch N reads and under which watermark, time and pinned conf it runs. */
export type OffsetEntry = {
  readonly batchWatermarkMs: number
  /** `current_timestamp()` of the batch. */
  readonly batchTimestampMs: number
  readonly conf: Readonly<Record<string, string>>
  /** One entry for each use of a source in the plan; null where the source had nothing yet. */
  readonly offsets: readonly (OffsetJson | null)[]
}

/** `commits/N`. */
export type CommitEntry = { readonly nextBatchWatermarkMs: number }
