import type { FileStore } from '../engine/ports/file-store'
import { readTextIfThere } from './log-files'

/**
 * Streams that read a table leave a note of the version they still need, so that log clean-up never takes a commit away from
 * a stream that is slow or stopped. The note names the stream's checkpoint; it lapses when that checkpoint is gone.
 */
const FOLDER = '_runnel_readers'

type Lease = { readonly checkpoint: string; readonly version: number }

export async function keepFrom(
  files: FileStore,
  table: string,
  sourceMetadataPath: string,
  version: number,
): Promise<void> {
  const lease: Lease = { checkpoint: checkpointOf(sourceMetadataPath), version }
  await files.write(leasePath(table, sourceMetadataPath), new TextEncoder().encode(JSON.stringify(lease)))
}

/** The oldest version any living stream still needs; Infinity when none reads the table. */
export async function oldestNeededVersion(files: FileStore, table: string): Promise<number> {
  let oldest = Infinity
  for (const { path, isFolder } of await files.list(`${table}/${FOLDER}`)) {
    const text = isFolder ? null : await readTextIfThere(files, path)
    if (text === null) continue
    const lease = parseLease(text)
    if (lease === null) continue
    if ((await files.stat(`${lease.checkpoint}/metadata`)) === null) await files.remove(path)
    else oldest = Math.min(oldest, lease.version)
  }
  return oldest
}

function leasePath(table: string, sourceMetadataPath: string): string {
  return `${table}/${FOLDER}/${encodeURIComponent(sourceMetadataPath)}.json`
}

/** `<checkpoint>/sources/<n>` to `<checkpoint>`. */
function checkpointOf(sourceMetadataPath: string): string {
  return sourceMetadataPath.replace(/\/sources\/\d+\/?$/, '')
}

function parseLease(text: string): Lease | null {
  const value = JSON.parse(text) as Partial<Lease>
  return typeof value.checkpoint === 'string' && typeof value.version === 'number' ? (value as Lease) : null
}
