import type { FileStore } from '../../engine/ports/file-store'
import type { Random } from '../../engine/ports/random'
import type { Checkpoints } from '../../engine/ports/workspace'
import type { QueryId } from '../../protocol/ids'
import { FileCheckpoint, requireNoOffsets } from './file-checkpoint'
import { readLaunchRecord, writeLaunchRecord } from './launch-file'

/** What the engine worker asks of checkpoints while the stream workers own them; reads never take the lock. */
export function checkpointsOf(files: FileStore, random: Random): Checkpoints {
  return {
    openQueryId: (path) => new FileCheckpoint(files, path).queryId(random.uuid() as QueryId),
    lastBatchId: async (path) => (await new FileCheckpoint(files, path).latestCommit())?.batchId ?? null,
    requireNoOffsets: (path, shownPath) => requireNoOffsets(files, path, shownPath),
    readLaunch: (path) => readLaunchRecord(files, path),
    writeLaunch: (record) => writeLaunchRecord(files, record),
  }
}
