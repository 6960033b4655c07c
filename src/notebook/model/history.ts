import { applyCommand } from './document'
import type { DocumentCommand } from './document'
import type { NotebookDocument } from './types'

/** Typing in one cell within this time is one undo step. */
const MERGE_MS = 1500
const MAX_STEPS = 500

type Step = {
  readonly before: NotebookDocument
  readonly label: string
  readonly mergeKey: string | null
  readonly atMs: number
}

/** The document with its undo and redo steps. Documents share their cells, so a step costs one array. */
export type History = {
  readonly document: NotebookDocument
  readonly undo: readonly Step[]
  readonly redo: readonly Step[]
}

export function openHistory(document: NotebookDocument): History {
  return { document, undo: [], redo: [] }
}

export function perform(history: History, command: DocumentCommand, nowMs: number): History {
  const document = applyCommand(history.document, command)
  if (document === history.document) return history
  const mergeKey = command.kind === 'source' ? command.id : null
  const last = history.undo.at(-1)
  const merges = last !== undefined && mergeKey !== null && last.mergeKey === mergeKey && nowMs - last.atMs < MERGE_MS
  const undo = merges
    ? [...history.undo.slice(0, -1), { ...last, atMs: nowMs }]
    : [...history.undo, { before: history.document, label: labelOf(command), mergeKey, atMs: nowMs }].slice(-MAX_STEPS)
  return { document, undo, redo: [] }
}

export function undo(history: History): History {
  const step = history.undo.at(-1)
  if (step === undefined) return history
  const redone = { ...step, before: history.document, mergeKey: null }
  return { document: step.before, undo: history.undo.slice(0, -1), redo: [...history.redo, redone] }
}

export function redo(history: History): History {
  const step = history.redo.at(-1)
  if (step === undefined) return history
  const undone = { ...step, before: history.document, mergeKey: null }
  return { document: step.before, undo: [...history.undo, undone], redo: history.redo.slice(0, -1) }
}

function labelOf(command: DocumentCommand): string {
  const labels = {
    insert: 'Add cell',
    delete: 'Delete cell',
    move: 'Move cell',
    source: 'Edit text',
    cellKind: 'Change cell type',
    language: 'Change cell language',
    metadata: 'Change notebook settings',
  }
  return labels[command.kind]
}
