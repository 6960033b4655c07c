import { DeltaLog } from '../../delta/delta-log'
import { illegalOption, schemaNotSet } from '../../delta/errors'
import { scanFiles } from '../../delta/scan-files'
import type { Snapshot } from '../../delta/snapshot'
import { snapshotAtTime } from '../../delta/time-travel'
import type { OptionMap } from '../../engine/ports/options'
import type { ScanContext } from '../../engine/ports/source'
import type { Batch, StructType } from '../../protocol/columns'
import { readPath } from './options'
import { parseTime } from './starting-version'

/** Rows of the newest version, or of the one `versionAsOf` or `timestampAsOf` names, read under the given schema. */
export async function* scanBatch(
  options: OptionMap,
  schema: StructType,
  columns: readonly string[] | null,
  context: ScanContext,
): AsyncGenerator<Batch> {
  const path = readPath(options)
  const { metadata, files } = await chosenSnapshot(options, new DeltaLog(context.files, path))
  yield* scanFiles(context.files, path, metadata, schema, files.values(), columns)
}

/** The version a batch read is about. Throws `DELTA_SCHEMA_NOT_SET` when the folder is no table. */
export async function chosenSnapshot(options: OptionMap, log: DeltaLog): Promise<Snapshot> {
  const latest = await log.update()
  if (latest === null) throw schemaNotSet()
  const version = options.get('versionAsOf')
  if (version !== undefined) {
    if (!/^\d+$/.test(version)) throw illegalOption('versionAsOf', version, 'must be greater than or equal to zero')
    return log.at(Number(version))
  }
  const timestamp = options.get('timestampAsOf')
  return timestamp === undefined ? latest : snapshotAtTime(log, latest, parseTime(timestamp))
}
