import type { Token } from '../../sql/tokens'
import { tokenize } from '../../sql/tokens'

/** The statement of a text that holds an offset: what lies between two semicolons. */
export type TextPlace = { readonly text: string; readonly start: number; readonly tokens: readonly Token[] }

/** Null inside a string, a comment or a number, where nothing is proposed. */
export function placeAt(text: string, offset: number): TextPlace | null {
  const { tokens, openComment } = tokenize(text.slice(0, offset))
  if (openComment !== null || tokens.some(isOpenQuote)) return null
  const last = tokens.at(-2)
  const touches = last !== undefined && last.end === offset
  if (touches && (last.kind === 'string' || last.kind === 'number')) return null
  if (isInLineComment(text.slice(last?.end ?? 0, offset))) return null
  // A text that is cut inside a string looks like code: the whole text says it better.
  const whole = tokenize(text).tokens
  if (whole.some(({ kind, start, end }) => kind === 'string' && start < offset && offset < end)) return null
  const ends = whole.filter(({ key }) => key === ';').map(({ start }) => start)
  const start = (ends.findLast((end) => end < offset) ?? -1) + 1
  const end = ends.find((at) => at >= offset) ?? text.length
  const statement = text.slice(start, end)
  return { text: statement, start, tokens: tokenize(statement).tokens }
}

function isOpenQuote({ kind, text }: Token): boolean {
  return kind === 'bad' && (text === "'" || text === '"')
}

function isInLineComment(gap: string): boolean {
  const line = gap.slice(gap.lastIndexOf('\n') + 1)
  return line.replace(/\/\*[\s\S]*?\*\//g, '').includes('--')
}
