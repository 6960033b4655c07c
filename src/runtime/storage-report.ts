import type { FileStore } from '../engine/ports/file-store'
import type { StorageReport } from '../protocol/workers/engine'

const SHOWN = 5

/** How much the workspace holds and what is largest; for the status bar and the full-disk dialog. */
export async function storageReport(files: FileStore, storage: 'opfs' | 'memory'): Promise<StorageReport> {
  const rooms = [...(await files.list('/lakehouse/default/Tables')), ...(await files.list('/hubs'))].filter(
    (entry) => entry.isFolder,
  )
  const largest = await Promise.all(
    rooms.map(async (room) => ({ label: room.name, sizeBytes: await folderBytes(files, room.path) })),
  )
  largest.sort((a, b) => b.sizeBytes - a.sizeBytes)
  const estimate = storage === 'opfs' ? await navigator.storage.estimate() : null
  const used = largest.reduce((sum, room) => sum + room.sizeBytes, 0)
  return {
    // The cache of the page itself counts toward the quota, but it is not the learner's work.
    usedBytes: filesOf(estimate) ?? estimate?.usage ?? used,
    quotaBytes: estimate?.quota ?? null,
    isPersisted: storage === 'opfs' && (await navigator.storage.persisted()),
    largest: largest.slice(0, SHOWN),
  }
}

/** Chromium tells the workspace's files from the rest. */
function filesOf(estimate: StorageEstimate | null): number | undefined {
  return (estimate as { usageDetails?: { fileSystem?: number } } | null)?.usageDetails?.fileSystem
}

async function folderBytes(files: FileStore, folder: string): Promise<number> {
  const sizes = (await files.list(folder)).map(async (entry) =>
    entry.isFolder ? folderBytes(files, entry.path) : entry.sizeBytes,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
