import type { BatchId } from '../../protocol/ids'
import type { EventTimeRows, LateRows } from '../../protocol/workers/insight'
import type { StateOperatorProgress } from '../../protocol/workers/progress'

/**
 * What a plan with state or watermarks adds to a micro-batch. The loop calls it in this order for batch N:
 * `begin`, then the plan runs, then `stage` (state version N+1, before anything of the batch is visible), then, once
 * `commits/N` is durable, `committed`; or `discard` when the batch was abandoned at any point.
 */
export interface StatefulPlan {
  /** Loads version N. After the first batch of a run `offsets/N` may still be on its way to disk: nothing is written here. */
  begin(batch: StatefulBatch): Promise<void>
  /** Writes state version `batchId + 1` and flushes it; nothing refers to it yet. */
  stage(batchId: BatchId): Promise<void>
  committed(batchId: BatchId): Promise<void>
  /** Drops what the batch did in memory; the next `begin` loads the last committed version again. */
  discard(): void
  /** Event times that the batch's rows had at each watermark node, in pre-order of the plan; null = no rows. */
  eventTimes(): readonly (EventTimeStats | null)[]
  /** Delay of each watermark node in milliseconds, same order. */
  readonly watermarkDelaysMs: readonly number[]
  /** True when an operator would emit or evict under the new watermark although no data came. */
  shouldRunAnotherBatch(nextWatermarkMs: number): boolean
  /** Downstream operator first. */
  progress(): readonly StateOperatorProgress[]
  /** Rows of the batch that came behind the watermark and were left out, with at most ten of them. Absent: nothing here drops rows. */
  lateRows?(): LateRows
  /** Rows of the batch by event time, at the watermark nearest the sink that saw any. Null: none had an event time, or nobody asks. */
  eventTimeRows?(): EventTimeRows | null
}

export type StatefulBatch = {
  readonly batchId: BatchId
  /** State version to load: N for batch N. */
  readonly version: number
  /** Rows with event time at or before it are late: the watermark of the batch before. */
  readonly lateWatermarkMs: number
  /** Groups at or before it leave: the watermark of this batch. */
  readonly evictionWatermarkMs: number
  readonly batchTimestampMs: number
  readonly conf: Readonly<Record<string, string>>
}

/** Milliseconds since 1970; `avgMs` truncated. */
export type EventTimeStats = { readonly minMs: number; readonly maxMs: number; readonly avgMs: number }
