import type { CellId } from '../../protocol/ids'
import type { DocumentCommand } from '../../notebook/model/document'
import { newCell } from '../../notebook/model/document'
import { perform, redo, undo } from '../../notebook/model/history'
import type { Cell, CellKind, CellLanguage } from '../../notebook/model/types'
import { change, getApp, useApp } from '../state/store'
import { markUnsaved } from './persistence'

export function cellsNow(): readonly Cell[] {
  return getApp().notebook.history.document.cells
}

function indexOf(id: CellId | null): number {
  return id === null ? -1 : cellsNow().findIndex((cell) => cell.id === id)
}

export function dispatch(command: DocumentCommand): void {
  const { notebook, session } = getApp()
  if (session.isReadOnly) return
  const history = perform(notebook.history, command, Date.now())
  if (history === notebook.history) return
  useApp.setState({ notebook: { ...notebook, history } })
  markUnsaved()
}

/** Selects a cell and puts the focus on it (command mode) or into its editor (edit mode). */
export function selectCell(id: CellId | null, mode: 'command' | 'edit', takeFocus = true): void {
  change('notebook', (draft) => {
    draft.selected = id
    draft.mode = mode
    draft.focusTarget = takeFocus ? id : null
    if (takeFocus) draft.focusRequest++
  })
}

export function selectBy(step: 1 | -1): void {
  const cells = cellsNow()
  if (cells.length === 0) return
  const at = indexOf(getApp().notebook.selected)
  const next = at === -1 ? 0 : Math.max(0, Math.min(cells.length - 1, at + step))
  selectCell(cells[next].id, 'command')
}

export function selectEnd(end: 'first' | 'last'): void {
  const cell = cellsNow().at(end === 'first' ? 0 : -1)
  if (cell !== undefined) selectCell(cell.id, 'command')
}

export function editSource(id: CellId, source: string): void {
  dispatch({ kind: 'source', id, source })
}

export function insertCell(at: number, kind: CellKind, source = '', mode: 'command' | 'edit' = 'edit'): CellId {
  const cell = newCell(kind, source)
  dispatch({ kind: 'insert', at, cells: [cell] })
  selectCell(cell.id, mode)
  return cell.id
}

/** Beside the selected cell, or at the end of the notebook. */
export function insertBeside(where: 'above' | 'below', kind: CellKind = 'code', source = ''): CellId {
  const at = indexOf(getApp().notebook.selected)
  const place = at === -1 ? cellsNow().length : where === 'above' ? at : at + 1
  return insertCell(place, kind, source, source === '' ? 'edit' : 'command')
}

export function deleteCell(id: CellId): void {
  const at = indexOf(id)
  dispatch({ kind: 'delete', ids: [id] })
  const cells = cellsNow()
  if (cells.length > 0) selectCell(cells[Math.min(at, cells.length - 1)].id, 'command')
  else selectCell(null, 'command')
}

export function moveCell(id: CellId, step: 1 | -1): void {
  dispatch({ kind: 'move', id, to: indexOf(id) + step })
  selectCell(id, 'command')
}

export function setCellKind(id: CellId, cellKind: CellKind): void {
  dispatch({ kind: 'cellKind', id, cellKind })
}

export function setCellLanguage(id: CellId, language: CellLanguage): void {
  if (language === 'pyspark' || language === 'sql' || language === 'typescript')
    dispatch({ kind: 'language', id, language })
  else setCellKind(id, language)
}

export function undoCell(): void {
  travel(undo)
}

export function redoCell(): void {
  travel(redo)
}

function travel(step: typeof undo): void {
  const { notebook } = getApp()
  const history = step(notebook.history)
  if (history === notebook.history) return
  const ids = new Set(history.document.cells.map((cell) => cell.id))
  const selected =
    notebook.selected !== null && ids.has(notebook.selected)
      ? notebook.selected
      : (history.document.cells[0]?.id ?? null)
  useApp.setState({
    notebook: {
      ...notebook,
      history,
      selected,
      mode: 'command',
      focusRequest: notebook.focusRequest + 1,
      focusTarget: selected,
    },
  })
  markUnsaved()
}

/** The fix button of an error or a notice: replaces the first place of `from`; an empty `from` puts `to` on top. */
export function applyFix(id: CellId, fix: { readonly from: string; readonly to: string }): boolean {
  const cell = cellsNow().find((candidate) => candidate.id === id)
  if (cell === undefined) return false
  if (fix.from === '') {
    editSource(id, `${fix.to}\n${cell.source}`)
    return true
  }
  const at = placeOf(fix, cell.source)
  if (at === -1) return false
  editSource(id, cell.source.slice(0, at) + fix.to + cell.source.slice(at + fix.from.length))
  return true
}

/** The writer's `.table(` stands behind `writeStream`; the reader's of the same name, before it, is right as it is. */
function placeOf(fix: { readonly from: string; readonly to: string }, source: string): number {
  const begin = fix.to === '.toTable(' ? source.indexOf('writeStream') : 0
  return source.indexOf(fix.from, Math.max(0, begin))
}

/** The arrow keys at the first and last line of an editor: into the next cell that has one. */
export function editNeighbour(id: CellId, step: 1 | -1): void {
  const next = cellsNow()[indexOf(id) + step]
  if (next === undefined) return
  selectCell(next.id, next.kind === 'markdown' ? 'command' : 'edit')
}
