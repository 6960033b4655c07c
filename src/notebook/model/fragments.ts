import type { Cell } from './types'

export const FRAGMENT_LABEL = 'Fragment from the text, not a whole cell'

/**
 * A code cell that only shows part of a statement (B12): it starts with `.`, has a comment after a line-joining `\`,
 * or holds nothing but method calls on a missing object. Python can only answer SyntaxError.
 */
export function isFragment(cell: Pick<Cell, 'kind' | 'source'>): boolean {
  if (cell.kind !== 'code') return false
  const lines = codeLines(cell.source)
  if (lines.length === 0) return false
  if (lines[0].trimStart().startsWith('.')) return true
  return lines.some((line) => /\\\s+#/.test(withoutStrings(line)) || /\\[ \t]+$/.test(withoutStrings(line)))
}

/** Words for the hint: the method a fragment belongs after, found in the nearest cell above that calls its first option. */
export function fragmentHome(cells: readonly Cell[], at: number): number | null {
  const call = /\.\s*(\w+)\s*\(/.exec(cells[at].source)?.[1]
  if (call === undefined) return null
  for (let index = at - 1; index >= 0; index--) {
    const cell = cells[index]
    if (cell.kind === 'code' && !isFragment(cell) && new RegExp(`\\.\\s*${call}\\s*\\(`).test(cell.source)) return index
  }
  return null
}

function codeLines(source: string): string[] {
  return source.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
}

function withoutStrings(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
}
