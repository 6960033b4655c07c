import type { FileStore } from '../../engine/ports/file-store'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import { outsideError } from '../../protocol/errors/runnel-error'

/**
 * `<checkpoint>/_runnel/launch.json`: the launch record, its plan in base64. Beside Spark's own files, in a folder Spark ignores.
 * Secrets are references (`<secret:name>`) by the time a record exists; their values are never written.
 */
export async function writeLaunchRecord(files: FileStore, record: LaunchRecord): Promise<void> {
  const text = JSON.stringify({ ...record, plan: toBase64(record.plan) }, null, 2)
  await files.write(launchPath(record.checkpointPath), new TextEncoder().encode(text))
}

/** Null when the checkpoint has none, for example because Spark made it. */
export async function readLaunchRecord(files: FileStore, checkpointPath: string): Promise<LaunchRecord | null> {
  const path = launchPath(checkpointPath)
  if ((await files.stat(path)) === null) return null
  const text = new TextDecoder().decode(await files.read(path))
  try {
    const stored = JSON.parse(text) as Omit<LaunchRecord, 'plan'> & { plan: string }
    if (stored.version !== 1 || typeof stored.plan !== 'string') throw new Error(`version ${String(stored.version)}`)
    // The folder may have been moved or copied since.
    return { ...stored, checkpointPath, plan: fromBase64(stored.plan) }
  } catch (thrown) {
    throw outsideError('LAUNCH_RECORD_UNREADABLE', `Cannot read the launch record ${path}: ${String(thrown)}`, {
      hint: 'Run the cell that starts the query; the checkpoint itself is not affected.',
    })
  }
}

function launchPath(checkpointPath: string): string {
  return `${checkpointPath}/_runnel/launch.json`
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
