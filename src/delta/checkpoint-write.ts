import { batchFromRows } from '../engine/batch/from-values'
import type { FileStore } from '../engine/ports/file-store'
import { writeParquet } from '../formats/parquet/write-parquet'
import type { RemoveFile } from './actions'
import { CHECKPOINT_SCHEMA } from './checkpoint-schema'
import { checkpointPath, lastCheckpointPath } from './log-files'
import { retentionMs } from './properties'
import type { Snapshot } from './snapshot'

export type CheckpointInfo = { readonly version: number; readonly tags?: Readonly<Record<string, string>> }

/**
 * Writes the classic checkpoint of a snapshot and points `_last_checkpoint` at it. Removed files stay in it while their
 * retention runs, as the protocol asks, without statistics.
 */
export async function writeCheckpoint(
  files: FileStore,
  table: string,
  snapshot: Snapshot,
  nowMs: number,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const rows = checkpointRows(snapshot, nowMs)
  const bytes = writeParquet(batchFromRows(CHECKPOINT_SCHEMA, rows), CHECKPOINT_SCHEMA)
  await files.write(checkpointPath(table, snapshot.version), bytes)
  const pointer = {
    version: snapshot.version,
    size: rows.length,
    sizeInBytes: bytes.length,
    numOfAddFiles: snapshot.files.size,
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
  }
  await files.write(lastCheckpointPath(table), new TextEncoder().encode(JSON.stringify(pointer)))
}

type Row = Record<string, unknown>

function checkpointRows(snapshot: Snapshot, nowMs: number): Row[] {
  const { protocol, metadata } = snapshot
  const expiredBefore =
    nowMs - retentionMs(metadata.configuration, 'delta.deletedFileRetentionDuration', 7 * 86_400_000)
  const isKept = (file: RemoveFile) => (file.deletionTimestamp ?? 0) > expiredBefore
  return [
    { protocol },
    { metaData: metadata },
    ...[...snapshot.txns.values()].map((txn) => ({ txn })),
    ...[...snapshot.domains.values()].map((domainMetadata) => ({ domainMetadata })),
    ...[...snapshot.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...[...snapshot.tombstones.values()].filter(isKept).map((remove) => ({ remove: { ...remove, dataChange: false } })),
  ]
}
