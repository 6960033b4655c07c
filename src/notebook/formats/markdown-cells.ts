import type { CellKind } from '../model/types'

export type CellText = { readonly kind: CellKind; readonly source: string }

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^\n`]*$/

/** Fence languages that become code cells; the others (json, bash, text) are shown, not run. */
const CODE_LANGUAGES: Readonly<Record<string, 'python' | 'sql' | 'typescript'>> = {
  python: 'python',
  py: 'python',
  python3: 'python',
  pyspark: 'python',
  sql: 'sql',
  sparksql: 'sql',
  'spark-sql': 'sql',
  typescript: 'typescript',
  ts: 'typescript',
}

/** True when a paste is a page of text with code in it rather than code. */
export function hasFences(text: string): boolean {
  return cellsOfMarkdown(text).some(({ kind }) => kind === 'code')
}

/**
 * Markdown to cells (B13): a fence with a language we run, or none, is a code cell (SQL gets `%%sql`, TypeScript
 * `%%typescript`, unless it has its magic already); everything between is Markdown, other fences included.
 */
export function cellsOfMarkdown(text: string): CellText[] {
  const cells: CellText[] = []
  let prose: string[] = []
  const endProse = () => {
    const source = prose.join('\n').trim()
    if (source !== '') cells.push({ kind: 'markdown', source })
    prose = []
  }
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  for (let at = 0; at < lines.length; at++) {
    const open = FENCE.exec(lines[at])
    const end = open === null ? -1 : closingFence(lines, at, open[1])
    if (open === null || end === -1) {
      prose.push(lines[at])
      continue
    }
    const body = lines.slice(at + 1, end)
    const language = open[2] === '' ? 'python' : CODE_LANGUAGES[open[2].toLowerCase()]
    const source = withoutIndent(body, /^ */.exec(lines[at])?.[0].length ?? 0).trim()
    if (language === undefined) prose.push(...lines.slice(at, end + 1))
    else if (source !== '') {
      endProse()
      cells.push({ kind: 'code', source: withMagic(source, language) })
    }
    at = end
  }
  endProse()
  return cells
}

function closingFence(lines: readonly string[], from: number, fence: string): number {
  const closes = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}\\s*$`)
  return lines.findIndex((line, index) => index > from && closes.test(line))
}

function withoutIndent(lines: readonly string[], indent: number): string {
  const lead = new RegExp(`^ {0,${indent}}`)
  return lines.map((line) => line.replace(lead, '')).join('\n')
}

function withMagic(source: string, language: 'python' | 'sql' | 'typescript'): string {
  return language === 'python' || source.startsWith('%%') ? source : `%%${language}\n${source}`
}
