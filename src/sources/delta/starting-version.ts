import type { DeltaLog } from '../../delta/delta-log'
import { timestampTooLate, versionNotFound } from '../../delta/errors'
import { readTextIfThere } from '../../delta/log-files'
import type { Snapshot } from '../../delta/snapshot'
import { commitTimestampMs } from '../../delta/snapshot'
import { parseTimestampMicros, sqlTimestamp } from '../../delta/time-text'
import type { SourceContext } from '../../engine/ports/source'
import { userError } from '../../protocol/errors/runnel-error'
import type { DeltaSourceOptions } from './options'

/**
 * First version that `startingVersion` or `startingTimestamp` asks for, null without them. "latest" and times mean what they
 * meant when the query first looked: the answer is kept in the checkpoint, so that a restart before the first batch finished
 * does not lose the commits in between.
 */
export async function resolveStart(
  options: DeltaSourceOptions,
  log: DeltaLog,
  snapshot: Snapshot,
  context: SourceContext,
): Promise<{ readonly version: number } | null> {
  const { startingVersion, startingTimestamp } = options
  if (startingVersion === null && startingTimestamp === null) return null
  if (typeof startingVersion === 'number') {
    const earliest = await log.earliestCommit()
    if (startingVersion < earliest || startingVersion > snapshot.version) {
      throw versionNotFound(startingVersion, earliest, snapshot.version)
    }
    return { version: startingVersion }
  }
  const path = `${context.metadataPath}/starting-version.json`
  const kept = await readTextIfThere(context.files, path)
  if (kept !== null) return JSON.parse(kept) as { version: number }
  const start = {
    version: startingTimestamp === null ? snapshot.version + 1 : await versionFrom(startingTimestamp, log),
  }
  await context.files.write(path, new TextEncoder().encode(JSON.stringify(start)))
  return start
}

/** The first version committed at or after a time. */
async function versionFrom(text: string, log: DeltaLog): Promise<number> {
  const timestampMs = parseTime(text)
  let latestMs = 0
  for await (const commit of log.commits(await log.earliestCommit())) {
    latestMs = Math.max(latestMs + 1, commitTimestampMs(commit))
    if (latestMs >= timestampMs) return commit.version
  }
  throw timestampTooLate(sqlTimestamp(timestampMs), sqlTimestamp(latestMs))
}

export function parseTime(text: string): number {
  try {
    return Number(parseTimestampMicros(text.trim()) / 1000n)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw userError(
      'DELTA_TIMESTAMP_INVALID',
      `The provided timestamp ('${text}') cannot be converted to a valid timestamp.`,
      {
        hint: "Write it as '2026-01-31 10:00:00'.",
      },
    )
  }
}
