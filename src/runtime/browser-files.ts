import type { FileStore } from '../engine/ports/file-store'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { OpfsFileStore } from '../storage/opfs/opfs-file-store'

/**
 * The workspace's files in this worker: OPFS is shared by all workers of the origin, memory belongs to whoever opens it.
 * `keepReady`: files made ahead for a worker that writes all the time.
 */
export async function openBrowserFiles(
  config: { storage: 'opfs' | 'memory'; workspace: string },
  keepReady = 0,
): Promise<FileStore> {
  if (config.storage === 'memory') return new MemoryFileStore({ nowMs: () => Date.now() })
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(`runnel-${config.workspace}`, { create: true })
  return new OpfsFileStore(folder, { workspace: config.workspace, keepReady })
}
