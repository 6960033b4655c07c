import type { CellId } from '../../protocol/ids'
import { isFragment } from './fragments'
import type { Cell } from './types'

/** Run all, as it goes on (B14). */
export type RunAll = {
  readonly state: 'running' | 'stopped' | 'done'
  readonly queue: readonly CellId[]
  readonly numOk: number
  readonly numFragments: number
  /** Cells that waited for a stream until the learner ended the wait. */
  readonly numWaitsEnded: number
  /** The cell that failed. */
  readonly stoppedAt: CellId | null
}

/** Code cells in order; fragments are skipped and counted, empty cells just skipped. */
export function planRunAll(cells: readonly Cell[], from: CellId | null = null): RunAll {
  const start = from === null ? 0 : cells.findIndex((cell) => cell.id === from)
  const rest = cells.slice(Math.max(0, start)).filter((cell) => cell.kind === 'code' && cell.source.trim() !== '')
  return {
    state: 'running',
    queue: rest.filter((cell) => !isFragment(cell)).map((cell) => cell.id),
    numOk: 0,
    numFragments: rest.filter(isFragment).length,
    numWaitsEnded: 0,
    stoppedAt: null,
  }
}

/** `wait-ended`: interrupted while it waited for a stream, so that the cells below go on. */
export function cellEnded(run: RunAll, id: CellId, status: 'ok' | 'error' | 'interrupted' | 'wait-ended'): RunAll {
  if (run.state !== 'running' || run.queue[0] !== id) return run
  if (status === 'error' || status === 'interrupted') return { ...run, state: 'stopped', stoppedAt: id }
  const queue = run.queue.slice(1)
  return {
    ...run,
    queue,
    numOk: run.numOk + (status === 'ok' ? 1 : 0),
    numWaitsEnded: run.numWaitsEnded + (status === 'ok' ? 0 : 1),
    state: queue.length === 0 ? 'done' : 'running',
  }
}

/** Goes on at the failed cell (after a fix) or behind it. */
export function goOn(run: RunAll, skipFailed: boolean): RunAll {
  if (run.state !== 'stopped') return run
  const queue = skipFailed ? run.queue.slice(1) : run.queue
  return { ...run, queue, stoppedAt: null, state: queue.length === 0 ? 'done' : 'running' }
}

export function cancelRunAll(run: RunAll): RunAll {
  return { ...run, state: 'done', queue: [], stoppedAt: null }
}

/** "Run all: 9 ok · 5 fragments skipped · 3 streams running" */
export function runAllSummary(run: RunAll, numStreams: number): string {
  const parts = [`${run.numOk} ok`]
  if (run.numFragments > 0) parts.push(`${plural(run.numFragments, 'fragment')} skipped`)
  if (run.numWaitsEnded > 0) parts.push(`${plural(run.numWaitsEnded, 'wait')} ended`)
  if (numStreams > 0) parts.push(`${plural(numStreams, 'stream')} running`)
  return `Run all: ${parts.join(' · ')}`
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
