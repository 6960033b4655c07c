import type { FileStore } from '../engine/ports/file-store'
import type { CommitInfo } from './actions'
import { DeltaLog } from './delta-log'
import { commitInfoOf, commitTimestampMs } from './snapshot'

/** One line of DESCRIBE HISTORY. */
export type HistoryEntry = {
  readonly version: number
  /** Session time of the commit; rises from version to version. */
  readonly timestampMs: number
  readonly info: CommitInfo | null
}

/** A table's commits, newest first, as far back as the log still holds them; at most `limit`. Empty when there is no table. */
export async function tableHistory(files: FileStore, folder: string, limit = Infinity): Promise<HistoryEntry[]> {
  const log = new DeltaLog(files, folder)
  const latest = await log.update()
  if (latest === null) return []
  const first = Math.max(await log.earliestCommit(), latest.version - limit + 1)
  const entries: HistoryEntry[] = []
  let timestampMs = 0
  for await (const commit of log.commits(first)) {
    timestampMs = Math.max(timestampMs + 1, commitTimestampMs(commit))
    entries.push({ version: commit.version, timestampMs, info: commitInfoOf(commit) })
  }
  return entries.reverse()
}
