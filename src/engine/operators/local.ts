import type { Batch, StructType } from '../../protocol/columns'
import type { Operator } from './operator'
import { ROWS_PER_BATCH } from './operator'

/** Local: rows that came with the plan. Output: the batches as they are, empty ones left out. */
export function local(batches: readonly Batch[]): Operator {
  return async function* () {
    for (const batch of batches) if (batch.numRows > 0) yield batch
  }
}

/**
 * Range: `start, start + step, ...` below (or, with a negative step, above) `end`.
 *
 * Output  one BIGINT column, batches of at most `ROWS_PER_BATCH` rows
 */
export function range(schema: StructType, start: bigint, end: bigint, step: bigint): Operator {
  const distance = step > 0n ? end - start : start - end
  const stride = step > 0n ? step : -step
  const total = distance <= 0n ? 0n : (distance + stride - 1n) / stride
  return async function* () {
    for (let done = 0n; done < total;) {
      const left = total - done
      const numRows = left < BigInt(ROWS_PER_BATCH) ? Number(left) : ROWS_PER_BATCH
      const values = new BigInt64Array(numRows)
      let value = start + done * step
      for (let row = 0; row < numRows; row++, value += step) values[row] = value
      yield {
        schema,
        numRows,
        columns: [{ layout: 'fixed', type: schema.fields[0].type, length: numRows, validity: null, values }],
      }
      done += BigInt(numRows)
    }
  }
}
