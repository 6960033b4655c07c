import type { Batch } from '../../protocol/columns'
import { sliceBatch } from '../batch/slice'
import type { OperatorState } from '../execution/stateful-query'
import { FixedValuesState } from '../state/state-values'
import type { Operator } from './operator'

/**
 * Streaming limit: the first `maxRows` rows over the whole life of the query, then nothing more.
 *
 * Input   batches of any row count
 * Output  same schema, input order kept
 * State   one number: rows given out so far
 * Late    none
 * Expiry  never
 * Errors  none at run time
 * Source  Spark 4.1 StreamingGlobalLimitExec
 */
export function streamingLimit(input: Operator, maxRows: number, state: OperatorState): Operator {
  const table = state.table([], () => new FixedValuesState([{ kind: 'long' }]))
  return async function* (run) {
    const rows = table.rows
    const [known] = rows.find([], 1)
    const before = known < 0 ? 0 : Number(rows.values.column(0)[known])
    const output: Batch[] = []
    let count = before
    for await (const batch of input(run)) {
      const taken = Math.min(batch.numRows, maxRows - count)
      if (taken > 0) output.push(sliceBatch(batch, 0, taken))
      count += Math.max(0, taken)
    }
    if (count > before) {
      const slots = rows.upsert([], 1)
      ;(rows.values.column(0) as BigInt64Array)[slots[0]] = BigInt(count)
      state.metrics.numRowsUpdated = 1
    }
    yield* output
  }
}
