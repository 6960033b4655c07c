import type { Batch } from '../../protocol/columns'
import { sliceBatch } from '../batch/slice'
import type { EvaluationContext } from '../expressions/bound'
import type { CompiledPlan } from '../plan/compiled'

export type BatchQueryOptions = {
  /** Stop pulling after so many rows; null = all. */
  readonly limitRows: number | null
  readonly onMetrics?: (name: string, metrics: Batch) => void
}

/**
 * Runs one batch query to its end (or to `limitRows`) and gives its rows, empty batches left out. Throws the query's first
 * error; what was read so far is dropped. Leaves stop being read when enough rows are there.
 */
export async function runBatchQuery(
  compiled: CompiledPlan,
  read: (leaf: number) => AsyncIterable<Batch>,
  context: EvaluationContext,
  { limitRows, onMetrics }: BatchQueryOptions = { limitRows: null },
): Promise<Batch[]> {
  const batches: Batch[] = []
  let left = limitRows ?? Infinity
  if (left <= 0) return batches
  for await (const batch of compiled.run(read, context, onMetrics)) {
    if (batch.numRows === 0) continue
    const part = batch.numRows > left ? sliceBatch(batch, 0, left) : batch
    batches.push(part)
    left -= part.numRows
    if (left <= 0) break
  }
  return batches
}
