import { sliceBatch } from '../batch/slice'
import type { Operator } from './operator'

/**
 * Limit: skips `offset` rows, then lets `limit` rows through (-1: all) and stops pulling.
 *
 * Output  input order; whole batches pass uncopied, the cut ones are views
 * State   rows seen so far
 */
export function limit(input: Operator, maxRows: number, offset: number): Operator {
  return async function* (run) {
    let toSkip = offset
    let left = maxRows < 0 ? Infinity : maxRows
    if (left === 0) return
    for await (const batch of input(run)) {
      const start = Math.min(toSkip, batch.numRows)
      toSkip -= start
      const end = Math.min(batch.numRows, start + left)
      if (end > start) yield sliceBatch(batch, start, end)
      left -= end - start
      if (left <= 0) return
    }
  }
}

/**
 * Tail: the last `maxRows` rows, in order.
 *
 * State   the batches that may still hold one of them
 */
export function tail(input: Operator, maxRows: number): Operator {
  return async function* (run) {
    if (maxRows === 0) return
    const kept = []
    let rows = 0
    for await (const batch of input(run)) {
      kept.push(batch)
      rows += batch.numRows
      while (rows - kept[0].numRows >= maxRows) rows -= kept.shift()!.numRows
    }
    let toSkip = rows - Math.min(rows, maxRows)
    for (const batch of kept) {
      yield sliceBatch(batch, toSkip, batch.numRows)
      toSkip = 0
    }
  }
}
