import type { FileStore } from '../engine/ports/file-store'
import { writeCheckpoint } from './checkpoint-write'
import { deleteDeadFiles, noteDeadFiles } from './dead-files'
import type { DeltaLog } from './delta-log'
import type { Commit } from './log-files'
import { checkpointPath, commitPath, lastCheckpointPath, logLock, readCommit, readTextIfThere } from './log-files'
import { RunnelError } from '../protocol/errors/runnel-error'
import { checkpointInterval } from './properties'
import { oldestNeededVersion } from './reader-leases'
import type { Snapshot } from './snapshot'
import { commitInfoOf } from './snapshot'

/** `maintainLog` for a commit that stands: a checkpoint that finds no room is tried again ten versions on, as Delta does. */
export async function maintainQuietly(
  files: FileStore,
  log: DeltaLog,
  snapshot: Snapshot,
  nowMs: number,
  limits: UpkeepLimits = UPKEEP,
): Promise<void> {
  try {
    await maintainLog(files, log, snapshot, nowMs, limits)
  } catch (error) {
    if (!(error instanceof RunnelError) || error.shape.domain !== 'outside') throw error
  }
}

export type UpkeepLimits = {
  /** Versions before the newest checkpoint that stay readable, for time travel and for readers that lag. */
  readonly keptVersions: number
  /** Real time between a version leaving the log and its files leaving the disk. */
  readonly restMs: number
}

export const UPKEEP: UpkeepLimits = { keptVersions: 100, restMs: 60_000 }

/** Marks, in the checkpoint pointer, a table whose log is ours to shorten. */
const OURS = { 'runnel.created': 'true' }

export const ENGINE_INFO = 'Runnel/0.1.0'

/** Commits that one clean-up drops at most: it holds the log's lock, and a writer waits for that. */
const DROPPED_AT_ONCE = 200

/**
 * After a commit: a checkpoint every `delta.checkpointInterval` versions. On tables of ours log entries nobody needs go then,
 * and data files that only those entries named.
 */
export async function maintainLog(
  files: FileStore,
  log: DeltaLog,
  snapshot: Snapshot,
  nowMs: number,
  limits: UpkeepLimits = UPKEEP,
): Promise<void> {
  const { folder: table } = log
  if (!isCheckpointDue(snapshot)) return
  const isOurs = await createdByUs(files, table)
  await writeCheckpoint(files, table, snapshot, nowMs, isOurs ? OURS : {})
  if (!isOurs) return
  const interval = checkpointInterval(snapshot.metadata.configuration)
  await dropOldEntries(files, log, snapshot.version - limits.keptVersions, interval)
  const written = await files.stat(lastCheckpointPath(table))
  if (written !== null) await deleteDeadFiles(files, log, written.modifiedMs - limits.restMs)
}

export function isCheckpointDue({ version, metadata }: Snapshot): boolean {
  return version > 0 && version % checkpointInterval(metadata.configuration) === 0
}

/** True for tables Runnel created: only their log and files are ours to shorten. */
export async function createdByUs(files: FileStore, table: string): Promise<boolean> {
  const pointer = await readTextIfThere(files, lastCheckpointPath(table))
  if (pointer !== null) return pointer.includes('"runnel.created":"true"')
  const first = await readCommit(files, table, 0)
  return first !== null && commitInfoOf(first)?.engineInfo === ENGINE_INFO
}

/**
 * Removes commits below the newest checkpoint up to version `newest`, oldest first: a clean-up cut short leaves a log
 * without gaps. Older checkpoints go too, each before its commit, so that no version stays readable below the first commit
 * that is kept. Whatever a streaming reader still needs stays.
 */
async function dropOldEntries(files: FileStore, log: DeltaLog, newest: number, interval: number): Promise<void> {
  const { folder: table } = log
  const needed = Math.min(newest, await oldestNeededVersion(files, table))
  const keptFrom = await checkpointBelow(files, table, needed, interval)
  if (keptFrom === null) return
  await files.withLock(logLock(table), async () => {
    if ((await files.stat(commitPath(table, keptFrom - 1))) === null) return
    const oldest = await oldestCommit(files, log, keptFrom)
    const end = Math.min(keptFrom, (Math.floor(oldest / interval) + 1) * interval + DROPPED_AT_ONCE)
    const dropped: Commit[] = []
    for (let old = oldest; old < end; old++) {
      const commit = await readCommit(files, table, old)
      if (commit !== null) dropped.push(commit)
    }
    await noteDeadFiles(files, table, { from: oldest, before: end }, dropped)
    for (let old = oldest; old < end; old++) {
      if (old % interval === 0) await files.remove(checkpointPath(table, old))
      await files.remove(commitPath(table, old))
    }
  })
}

/** The newest checkpoint of ours at or below a version; one may be missing where the disk was full or a writer died. */
async function checkpointBelow(
  files: FileStore,
  table: string,
  version: number,
  interval: number,
): Promise<number | null> {
  for (let step = Math.floor(version / interval); step > 0; step--) {
    if ((await files.stat(checkpointPath(table, step * interval))) !== null) return step * interval
    // Commits that are gone have no checkpoint left either.
    if ((await files.stat(commitPath(table, step * interval))) === null) return null
  }
  return null
}

/** The previous clean-up stopped one checkpoint earlier; only after a lagging reader is a listing worth its price. */
async function oldestCommit(files: FileStore, log: DeltaLog, keptFrom: number): Promise<number> {
  for (let version = keptFrom - 1; version > keptFrom - 50; version--) {
    if (version < 0 || (await files.stat(commitPath(log.folder, version))) === null) return version + 1
  }
  return log.earliestCommit()
}
