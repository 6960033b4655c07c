import { assertNever } from '../../protocol/assert-never'
import type { CellId } from '../../protocol/ids'
import { languageOf, withLanguage } from './language'
import type { Cell, CellKind, CodeLanguage, NotebookDocument } from './types'

/** Everything that changes a notebook's text. One switch, so undo has one place to watch. */
export type DocumentCommand =
  | { readonly kind: 'insert'; readonly at: number; readonly cells: readonly Cell[] }
  | { readonly kind: 'delete'; readonly ids: readonly CellId[] }
  | { readonly kind: 'move'; readonly id: CellId; readonly to: number }
  | { readonly kind: 'source'; readonly id: CellId; readonly source: string }
  | { readonly kind: 'cellKind'; readonly id: CellId; readonly cellKind: CellKind }
  | { readonly kind: 'language'; readonly id: CellId; readonly language: CodeLanguage }
  | { readonly kind: 'metadata'; readonly metadata: Record<string, unknown> }

export function applyCommand(document: NotebookDocument, command: DocumentCommand): NotebookDocument {
  const { cells } = document
  switch (command.kind) {
    case 'insert': {
      const at = Math.max(0, Math.min(command.at, cells.length))
      return { ...document, cells: [...cells.slice(0, at), ...command.cells, ...cells.slice(at)] }
    }
    case 'delete': {
      const gone = new Set(command.ids)
      return { ...document, cells: cells.filter((cell) => !gone.has(cell.id)) }
    }
    case 'move': {
      const moved = cells.find((cell) => cell.id === command.id)
      if (moved === undefined) return document
      const others = cells.filter((cell) => cell !== moved)
      const to = Math.max(0, Math.min(command.to, others.length))
      return { ...document, cells: [...others.slice(0, to), moved, ...others.slice(to)] }
    }
    case 'source':
      return changeCell(document, command.id, (cell) =>
        cell.source === command.source ? cell : { ...cell, source: command.source },
      )
    case 'cellKind':
      return changeCell(document, command.id, (cell) =>
        cell.kind === command.cellKind ? cell : { ...cell, kind: command.cellKind },
      )
    case 'language':
      return changeCell(document, command.id, (cell) =>
        languageOf(cell) === command.language ? cell : withLanguage(cell, command.language),
      )
    case 'metadata':
      return { ...document, metadata: command.metadata }
    default:
      return assertNever(command, 'document command')
  }
}

function changeCell(document: NotebookDocument, id: CellId, change: (cell: Cell) => Cell): NotebookDocument {
  let changed = false
  const cells = document.cells.map((cell) => {
    if (cell.id !== id) return cell
    const next = change(cell)
    changed ||= next !== cell
    return next
  })
  return changed ? { ...document, cells } : document
}

export function newCell(kind: CellKind, source = ''): Cell {
  return { id: newCellId(), kind, source, raw: null, metadata: {} }
}

/** Eight hex digits, as nbformat 4.5 cell ids are commonly written. */
export function newCellId(): CellId {
  return crypto.randomUUID().slice(0, 8) as CellId
}
