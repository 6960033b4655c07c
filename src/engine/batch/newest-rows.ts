import type { Batch } from '../../protocol/columns'
import { sliceBatch } from './slice'

/** The last `maxRows` rows as views, in order, and how many came before them. */
export function newestRows(batches: readonly Batch[], maxRows: number): { batches: Batch[]; numDropped: number } {
  let numDropped = Math.max(0, batches.reduce((sum, batch) => sum + batch.numRows, 0) - maxRows)
  const total = numDropped
  const kept: Batch[] = []
  for (const batch of batches) {
    const skipped = Math.min(numDropped, batch.numRows)
    numDropped -= skipped
    if (skipped < batch.numRows) kept.push(sliceBatch(batch, skipped, batch.numRows))
  }
  return { batches: kept, numDropped: total }
}
