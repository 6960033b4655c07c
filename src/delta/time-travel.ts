import type { DeltaLog } from './delta-log'
import { timestampTooEarly, timestampTooLate } from './errors'
import type { Snapshot } from './snapshot'
import { sqlTimestamp } from './time-text'

/** The table as it stood at a session time. Throws Delta's errors before its first and after its last commit. */
export async function snapshotAtTime(log: DeltaLog, latest: Snapshot, timestampMs: number): Promise<Snapshot> {
  if (timestampMs > latest.timestampMs)
    throw timestampTooLate(sqlTimestamp(timestampMs), sqlTimestamp(latest.timestampMs))
  const found = await log.versionAtTime(timestampMs)
  if (found !== null) return found.version === latest.version ? latest : log.at(found.version)
  const earliest = await log.at(await log.earliestVersion())
  throw timestampTooEarly(sqlTimestamp(timestampMs), sqlTimestamp(earliest.timestampMs))
}
