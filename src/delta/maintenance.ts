import type { FileStore } from '../engine/ports/file-store'
import { writeCheckpoint } from './checkpoint-write'
import { checkpointPath, commitPath, lastCheckpointPath, readCommit, readTextIfThere } from './log-files'
import { checkpointInterval } from './properties'
import { oldestNeededVersion } from './reader-leases'
import type { Snapshot } from './snapshot'
import { commitInfoOf } from './snapshot'

/** Versions before the newest checkpoint that stay readable, for time travel and for readers that lag. */
const KEPT_VERSIONS = 100

/** Marks, in the checkpoint pointer, a table whose log is ours to shorten. */
const OURS = { 'runnel.created': 'true' }

export const ENGINE_INFO = 'Runnel/0.1.0'

/** After a commit: a checkpoint every `delta.checkpointInterval` versions, then log entries nobody needs go. */
export async function maintainLog(files: FileStore, table: string, snapshot: Snapshot, nowMs: number): Promise<void> {
  const interval = checkpointInterval(snapshot.metadata.configuration)
  if (snapshot.version === 0 || snapshot.version % interval !== 0) return
  const isOurs = await createdByUs(files, table)
  await writeCheckpoint(files, table, snapshot, nowMs, isOurs ? OURS : {})
  if (isOurs) await dropOldEntries(files, table, snapshot.version, interval)
}

async function createdByUs(files: FileStore, table: string): Promise<boolean> {
  const pointer = await readTextIfThere(files, lastCheckpointPath(table))
  if (pointer !== null) return pointer.includes('"runnel.created":"true"')
  const first = await readCommit(files, table, 0)
  return first !== null && commitInfoOf(first)?.engineInfo === ENGINE_INFO
}

/**
 * Removes commits below a checkpoint that itself lies `KEPT_VERSIONS` back, oldest first: a clean-up cut short leaves a log
 * without gaps. Older checkpoints go too. Whatever a streaming reader still needs stays.
 */
async function dropOldEntries(files: FileStore, table: string, version: number, interval: number): Promise<void> {
  const needed = Math.min(version - KEPT_VERSIONS, await oldestNeededVersion(files, table))
  const keptFrom = Math.floor(needed / interval) * interval
  if (keptFrom <= 0 || (await files.stat(checkpointPath(table, keptFrom))) === null) return
  // The previous clean-up stopped one checkpoint earlier; after a lagging reader there may be more to do.
  let oldest = keptFrom
  while (oldest > 0 && (await files.stat(commitPath(table, oldest - 1))) !== null) oldest--
  for (let old = oldest; old < keptFrom; old++) {
    await files.remove(commitPath(table, old))
    if (old % interval === 0) await files.remove(checkpointPath(table, old))
  }
}
