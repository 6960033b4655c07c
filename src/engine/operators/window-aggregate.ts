import type { Column } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import type { AggregateState, BoundAggregate } from '../expressions/bound'

/**
 * One aggregate over many frames of sorted rows, each frame a range of rows. Rows are summed up in blocks of 1, 2, 4, ... rows,
 * and a frame is put together from at most two blocks of each size, left to right: n log n work for any aggregate that can
 * merge its states, whatever the frames, and the order of rows is kept for those that see it.
 */
export function aggregateOverFrames(
  aggregate: BoundAggregate,
  inputs: { readonly columns: readonly Column[]; readonly passing: Int32Array | null },
  starts: Int32Array,
  ends: Int32Array,
  numRows: number,
): Column {
  const { frameOf, firstStarts, firstEnds, numFrames } = distinctFrames(starts, ends, numRows)
  const blocks = blockStates(aggregate, inputs, numRows, widest(firstStarts, firstEnds))
  const state = aggregate.open()
  state.grow(numFrames)
  const at = firstStarts.slice()
  const merge = (level: number, frames: Int32Array, count: number): void => {
    if (count === 0) return
    const rows = new Int32Array(count)
    for (let i = 0; i < count; i++) {
      rows[i] = at[frames[i]] >> level
      at[frames[i]] += 1 << level
    }
    state.merge(
      frames.slice(0, count),
      blocks[level].map((column) => gatherColumn(column, rows)),
    )
  }
  const chosen = new Int32Array(numFrames)
  const sweep = (level: number, isUp: boolean): void => {
    const size = 1 << level
    let count = 0
    for (let f = 0; f < numFrames; f++) {
      const fits = at[f] + size <= firstEnds[f]
      // Upwards a block is taken only to come to a boundary of the next size.
      if (fits && (!isUp || (at[f] & size) !== 0)) chosen[count++] = f
    }
    merge(level, chosen, count)
  }
  for (let level = 0; level < blocks.length; level++) sweep(level, true)
  for (let level = blocks.length - 1; level >= 0; level--) {
    sweep(level, false)
    // At the largest size one block may not be enough.
    if (level === blocks.length - 1) while (hasRoom(at, firstEnds, 1 << level)) sweep(level, false)
  }
  const results = state.results(Int32Array.from({ length: numFrames }, (_, f) => f))
  return gatherColumn(results, frameOf)
}

function hasRoom(at: Int32Array, ends: Int32Array, size: number): boolean {
  for (let f = 0; f < at.length; f++) if (at[f] + size <= ends[f]) return true
  return false
}

/** Neighbours mostly share a frame (peers, whole partitions): each is computed once. */
function distinctFrames(starts: Int32Array, ends: Int32Array, numRows: number) {
  const frameOf = new Int32Array(numRows)
  const firstStarts = new Int32Array(numRows)
  const firstEnds = new Int32Array(numRows)
  let numFrames = 0
  for (let i = 0; i < numRows; i++) {
    if (i === 0 || starts[i] !== starts[i - 1] || ends[i] !== ends[i - 1]) {
      firstStarts[numFrames] = starts[i]
      firstEnds[numFrames] = ends[i]
      numFrames++
    }
    frameOf[i] = numFrames - 1
  }
  return {
    frameOf,
    numFrames,
    firstStarts: firstStarts.subarray(0, numFrames),
    firstEnds: firstEnds.subarray(0, numFrames),
  }
}

function widest(starts: Int32Array, ends: Int32Array): number {
  let width = 0
  for (let i = 0; i < starts.length; i++) width = Math.max(width, ends[i] - starts[i])
  return width
}

/** Saved states of the blocks of each size: level k, row b is rows `[b * 2^k, (b + 1) * 2^k)`. */
function blockStates(
  aggregate: BoundAggregate,
  { columns, passing }: { readonly columns: readonly Column[]; readonly passing: Int32Array | null },
  numRows: number,
  width: number,
): (readonly Column[])[] {
  const open = (numGroups: number): AggregateState => {
    const state = aggregate.open()
    state.grow(numGroups)
    return state
  }
  const idsUpTo = (count: number) => Int32Array.from({ length: count }, (_, i) => i)
  const single = open(numRows)
  if (passing === null) single.add(idsUpTo(numRows), numRows, columns)
  else if (passing.length > 0)
    single.add(
      passing,
      passing.length,
      columns.map((column) => gatherColumn(column, passing)),
    )
  const levels = [single.save(idsUpTo(numRows))]
  for (let level = 1; 1 << level <= width; level++) {
    const below = levels[level - 1]
    const numBelow = Math.ceil(numRows / (1 << (level - 1)))
    const numBlocks = Math.ceil(numBelow / 2)
    const state = open(numBlocks)
    // First the left halves, then the right: a state sees its rows in order.
    for (const half of [0, 1]) {
      const rows = Int32Array.from({ length: (numBelow + 1 - half) >> 1 }, (_, block) => 2 * block + half)
      const groups = idsUpTo(rows.length)
      if (rows.length > 0)
        state.merge(
          groups,
          below.map((column) => gatherColumn(column, rows)),
        )
    }
    levels.push(state.save(idsUpTo(numBlocks)))
  }
  return levels
}
