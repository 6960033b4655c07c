import { describe, expect, it } from 'vitest'
import { newCell } from './document'
import { cellEnded, goOn, planRunAll, runAllSummary } from './run-order'

const cells = [
  newCell('markdown', '# Title'),
  newCell('code', 'a = 1'),
  newCell('code', '.option("a", "b")'),
  newCell('code', '   '),
  newCell('code', 'b = 2'),
]

describe('Run all', () => {
  it('takes code cells in order, skips and counts fragments', () => {
    const run = planRunAll(cells)
    expect(run.queue).toEqual([cells[1].id, cells[4].id])
    expect(run.numFragments).toBe(1)
  })

  it('ends with the exact summary', () => {
    let run = planRunAll(cells)
    run = cellEnded(run, cells[1].id, 'ok')
    run = cellEnded(run, cells[4].id, 'ok')
    expect(run.state).toBe('done')
    expect(runAllSummary(run, 3)).toBe('Run all: 2 ok · 1 fragment skipped · 3 streams running')
    expect(runAllSummary({ ...run, numOk: 9, numFragments: 5 }, 1)).toBe(
      'Run all: 9 ok · 5 fragments skipped · 1 stream running',
    )
  })

  it('stops at the first error and goes on at it or behind it', () => {
    const stopped = cellEnded(planRunAll(cells), cells[1].id, 'error')
    expect(stopped).toMatchObject({ state: 'stopped', stoppedAt: cells[1].id })
    expect(goOn(stopped, false).queue).toEqual([cells[1].id, cells[4].id])
    expect(goOn(stopped, true).queue).toEqual([cells[4].id])
    expect(goOn({ ...stopped, queue: [cells[4].id] }, true).state).toBe('done')
  })

  it('goes on behind a cell whose wait for a stream was ended, and says so', () => {
    const waited = cellEnded(planRunAll(cells), cells[1].id, 'wait-ended')
    expect(waited).toMatchObject({ state: 'running', queue: [cells[4].id], numOk: 0 })
    expect(runAllSummary(cellEnded(waited, cells[4].id, 'ok'), 1)).toBe(
      'Run all: 1 ok · 1 fragment skipped · 1 wait ended · 1 stream running',
    )
    expect(cellEnded(planRunAll(cells), cells[1].id, 'interrupted').state).toBe('stopped')
  })

  it('does not count a cell that somebody ran by hand meanwhile', () => {
    const run = planRunAll(cells)
    expect(cellEnded(run, cells[4].id, 'ok')).toBe(run)
  })
})
