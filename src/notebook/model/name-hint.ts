import type { CellId } from '../../protocol/ids'
import { isFragment } from './fragments'
import type { Cell, CellRun } from './types'

export type NameHint = {
  readonly text: string
  /** Cells to run, in order, up to the one that defines the name. */ readonly cells: readonly CellId[]
}

/** Python's message for an unknown name, to the name. */
export function unknownName(evalue: string): string | null {
  return /^name '(\w+)' is not defined/.exec(evalue)?.[1] ?? null
}

/** Which cell defines the name, and what the learner can do about it (B03, B11). Null when no cell does. */
export function nameHint(
  name: string,
  cells: readonly Cell[],
  runs: Readonly<Record<string, CellRun>>,
  failed: CellId,
): NameHint | null {
  const defines = new RegExp(
    `^(?:${name}\\b(?:\\s*,\\s*\\w+)*\\s*(?::[^=\\n]+)?=[^=]|(?:async\\s+)?def\\s+${name}\\b|class\\s+${name}\\b|(?:from\\s+\\S+\\s+)?import\\b[^\\n]*\\b${name}\\b|for\\s+${name}\\b)`,
    'm',
  )
  const at = cells.findIndex(
    (cell) => cell.kind === 'code' && cell.id !== failed && !isFragment(cell) && defines.test(cell.source),
  )
  if (at === -1) return null
  const run = runs[cells[at].id]
  if (run?.state === 'ok') return null
  const failedAt = cells.findIndex((cell) => cell.id === failed)
  const until = at < failedAt ? failedAt : at + 1
  const missing = cells
    .slice(0, until)
    .filter(
      (cell) =>
        cell.kind === 'code' &&
        cell.source.trim() !== '' &&
        cell.id !== failed &&
        !isFragment(cell) &&
        runs[cell.id]?.state !== 'ok',
    )
  const why = run?.state === 'error' ? 'which ended with an error' : 'which has not run yet'
  const text = run?.isFromBefore
    ? `\`${name}\` was defined by cell ${at + 1} before the reload.`
    : `\`${name}\` is defined by cell ${at + 1}, ${why}.`
  return { text, cells: missing.map((cell) => cell.id) }
}
