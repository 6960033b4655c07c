import type { CellId } from '../../protocol/ids'
import { isFragment } from './fragments'
import type { Cell } from './types'

/** Run all, as it goes on (B14). */
export type RunAll = {
  readonly state: 'running' | 'stopped' | 'done'
  readonly queue: readonly CellId[]
  readonly numOk: number
  readonly numFragments: number
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
    stoppedAt: null,
  }
}

export function cellEnded(run: RunAll, id: CellId, status: 'ok' | 'error' | 'interrupted'): RunAll {
  if (run.state !== 'running' || run.queue[0] !== id) return run
  if (status !== 'ok') return { ...run, state: 'stopped', stoppedAt: id }
  const queue = run.queue.slice(1)
  return { ...run, queue, numOk: run.numOk + 1, state: queue.length === 0 ? 'done' : 'running' }
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
  if (numStreams > 0) parts.push(`${plural(numStreams, 'stream')} running`)
  return `Run all: ${parts.join(' · ')}`
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
