import { describe, expect, it } from 'vitest'
import { newCell } from './document'
import { openHistory, perform, redo, undo } from './history'
import type { NotebookDocument } from './types'

const first = newCell('code', 'a = 1')
const second = newCell('markdown', '# Title')
const start: NotebookDocument = { cells: [first, second], metadata: {} }

describe('history', () => {
  it('brings a deleted cell back where it stood', () => {
    const deleted = perform(openHistory(start), { kind: 'delete', ids: [first.id] }, 0)
    expect(deleted.document.cells).toEqual([second])
    expect(undo(deleted).document.cells).toEqual([first, second])
    expect(redo(undo(deleted)).document.cells).toEqual([second])
  })

  it('joins typing in one cell into one step, but not across a pause or another cell', () => {
    let history = openHistory(start)
    history = perform(history, { kind: 'source', id: first.id, source: 'a = 12' }, 0)
    history = perform(history, { kind: 'source', id: first.id, source: 'a = 123' }, 500)
    expect(history.undo).toHaveLength(1)
    history = perform(history, { kind: 'source', id: first.id, source: 'a = 1234' }, 5000)
    history = perform(history, { kind: 'source', id: second.id, source: '# T' }, 5100)
    expect(history.undo).toHaveLength(3)
    expect(undo(undo(undo(history))).document).toBe(start)
  })

  it('forgets redo steps when something else is done', () => {
    let history = undo(perform(openHistory(start), { kind: 'move', id: first.id, to: 1 }, 0))
    history = perform(history, { kind: 'cellKind', id: first.id, cellKind: 'markdown' }, 0)
    expect(redo(history)).toBe(history)
  })

  it('records no step for a command that changes nothing', () => {
    const history = openHistory(start)
    expect(perform(history, { kind: 'source', id: first.id, source: 'a = 1' }, 0)).toBe(history)
  })

  it('moves a cell within the bounds of the notebook', () => {
    const moved = perform(openHistory(start), { kind: 'move', id: first.id, to: 9 }, 0)
    expect(moved.document.cells).toEqual([second, first])
  })
})
