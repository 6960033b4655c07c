import type { FileStore } from '../engine/ports/file-store'
import { FileCheckpoint } from '../storage/checkpoint/file-checkpoint'
import type { MemoryStream } from './memory-stream'
import type { Row } from './rows'
import { rowsOf } from './rows'
import { CHECKPOINT } from './test-query'

/** Rows and watermark of each batch that ran over one memory stream, as the checkpoint's offsets say. */
export async function ranBatches<R extends Row>(
  files: FileStore,
  stream: MemoryStream,
): Promise<{ rows: R[]; watermarkMs: number }[]> {
  const checkpoint = new FileCheckpoint(files, CHECKPOINT)
  const batches: { rows: R[]; watermarkMs: number }[] = []
  for (let batchId = 0, start = -1; ; batchId++) {
    const entry = await checkpoint.offsets(batchId)
    if (entry === null) return batches
    const end = Number(entry.offsets[0] ?? -1)
    const rows = rowsOf(stream.all.slice(start + 1, end + 1)) as R[]
    batches.push({ rows, watermarkMs: entry.batchWatermarkMs })
    start = end
  }
}
