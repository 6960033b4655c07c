import type { RunnelError } from '../../protocol/errors/runnel-error'
import { outsideError, userError } from '../../protocol/errors/runnel-error'
import type { Checkpoint, OffsetEntry } from '../ports/checkpoint'
import type { OffsetJson } from '../ports/source'
import { pinnedConf, restoredConf } from './offset-conf'

export type BatchTimes = Pick<OffsetEntry, 'batchWatermarkMs' | 'batchTimestampMs'>

/** Offsets by line of `offsets/N`. */
export type KnownOffsets = {
  /** Absent while only the end of a batch that must run again is known. */
  readonly starts?: readonly (OffsetJson | null)[]
  readonly ends: readonly (OffsetJson | null)[]
}

export type StartPosition = {
  readonly batchId: number
  /** Set when batch `batchId` was planned before and must run again with these times. */
  readonly pending: BatchTimes | null
  readonly conf: Readonly<Record<string, string>>
  /** Watermark in force. */
  readonly watermarkMs: number
  /** Watermark of the batch before: what late rows are measured by. */
  readonly lateWatermarkMs: number
}

/**
 * Where a run begins: Spark's restart table over the latest offsets L and the latest commit C.
 *
 * none        batch 0
 * L = C       batch L + 1, from the ends of L
 * otherwise   batch L again, from the ends of L - 1
 *
 * `learn` is told offsets as soon as they are known, so that a failure can show them.
 */
export async function planStart(
  checkpoint: Checkpoint,
  numLines: number,
  session: Readonly<Record<string, string>>,
  learn: (offsets: KnownOffsets) => void,
): Promise<StartPosition> {
  const latest = await checkpoint.latestOffsets()
  const commit = await checkpoint.latestCommit()
  // Spark would run the batch and only then trip over its commit; nothing must be written for it.
  if (commit !== null && latest === null) throw checkpointNotEmpty(checkpoint.path)
  if (commit !== null && latest !== null && commit.batchId > latest.batchId)
    throw checkpoint.concurrentUpdate(latest.batchId)
  if (latest === null)
    return { batchId: 0, pending: null, conf: pinnedConf(session), watermarkMs: 0, lateWatermarkMs: 0 }

  const { batchId, entry } = latest
  checkSourceCount(entry, numLines)
  const conf = restoredConf(entry.conf, session)
  if (commit?.batchId === batchId) {
    learn({ starts: entry.offsets, ends: entry.offsets })
    const watermarkMs = Math.max(entry.batchWatermarkMs, commit.entry.nextBatchWatermarkMs)
    return { batchId: batchId + 1, pending: null, conf, watermarkMs, lateWatermarkMs: entry.batchWatermarkMs }
  }
  learn({ ends: entry.offsets })
  let lateWatermarkMs = 0
  if (batchId > 0) {
    const before = await checkpoint.offsets(batchId - 1)
    if (before === null) throw missingBatch(batchId - 1)
    checkSourceCount(before, numLines)
    learn({ starts: before.offsets, ends: entry.offsets })
    lateWatermarkMs = before.batchWatermarkMs
  }
  const pending = { batchWatermarkMs: entry.batchWatermarkMs, batchTimestampMs: entry.batchTimestampMs }
  return { batchId, pending, conf, watermarkMs: entry.batchWatermarkMs, lateWatermarkMs }
}

function checkSourceCount(entry: OffsetEntry, numLines: number): void {
  if (entry.offsets.length === numLines) return
  throw userError(
    '_LEGACY_STREAM_SOURCE_COUNT',
    `assertion failed: There are [${entry.offsets.length}] sources in the checkpoint offsets and now there are ` +
      `[${numLines}] sources requested by the query. Cannot continue.`,
    {
      exception: 'SparkException',
      hint: 'This checkpoint was made by another query. Give the new query its own checkpointLocation.',
    },
  )
}

function missingBatch(batchId: number): RunnelError {
  return outsideError('_LEGACY_STREAM_BATCH_MISSING', `batch ${batchId} doesn't exist`, {
    hint: `The checkpoint lacks offsets/${batchId}, so the batch after it cannot run again. Restore it, or start with a new checkpoint.`,
  })
}

function checkpointNotEmpty(path: string): RunnelError {
  return userError(
    'STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY',
    `The checkpoint location ${path}/commits should be empty on batch 0\n` +
      'Please either use a new checkpoint location, or delete the existing data in the checkpoint location.',
    {
      exception: 'SparkException',
      sqlState: '42K03',
      parameters: { checkpointLocation: `${path}/commits` },
      hint: 'The offsets of this checkpoint are gone while its commits are there. Delete the whole checkpoint folder, or use another.',
    },
  )
}
