import { gatherBatch } from '../batch/gather'
import { xorShiftRandom } from '../expressions/functions/xor-shift-random'
import type { Operator } from './operator'

/**
 * Sample: without replacement a row stays when its draw lies in `[lower, upper)`; with replacement it stays k times, k Poisson
 * distributed with mean `upper - lower`.
 *
 * Output  input order; the same seed over the same rows gives the same sample
 * State   the generator
 */
export function sample(
  input: Operator,
  lower: number,
  upper: number,
  withReplacement: boolean,
  seed: bigint,
): Operator {
  return async function* (run) {
    const random = xorShiftRandom(seed).next
    const limit = Math.exp(-(upper - lower))
    for await (const batch of input(run)) {
      const rows: number[] = []
      for (let row = 0; row < batch.numRows; row++) {
        let draw = random()
        if (!withReplacement) {
          if (draw >= lower && draw < upper) rows.push(row)
          continue
        }
        for (; draw > limit; draw *= random()) rows.push(row)
      }
      if (rows.length > 0) yield gatherBatch(batch, Int32Array.from(rows))
    }
  }
}
