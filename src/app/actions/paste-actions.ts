import { cellsOfMarkdown, hasFences } from '../../notebook/formats/markdown-cells'
import { newCell } from '../../notebook/model/document'
import type { CellId } from '../../protocol/ids'
import { getApp } from '../state/store'
import { cellsNow, dispatch, selectCell } from './notebook-actions'
import { askForCells } from './persistence'

/** A pasted page of text becomes cells below `at`; an empty cell gives way to them. False = the learner wants it as text. */
export async function pastePage(text: string, at: CellId): Promise<boolean> {
  const found = cellsOfMarkdown(text)
  if (!(await askForCells(found))) return false
  const cells = found.map(({ kind, source }) => newCell(kind, source))
  const index = cellsNow().findIndex((cell) => cell.id === at)
  dispatch({ kind: 'insert', at: index + 1, cells })
  if (cellsNow()[index]?.source.trim() === '') dispatch({ kind: 'delete', ids: [at] })
  selectCell(cells[0].id, 'command')
  return true
}

/** On a cell itself, outside any text: only a page of text is taken. */
export function listenToPaste(): void {
  window.addEventListener('paste', (event) => {
    const target = document.activeElement
    const cell = target instanceof HTMLElement ? target.dataset.cell : undefined
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (cell === undefined || getApp().session.isReadOnly || !hasFences(text)) return
    event.preventDefault()
    void pastePage(text, cell as CellId)
  })
}
