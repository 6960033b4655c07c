import type { ErrorShape } from '../../protocol/errors/runnel-error'

/** A part of one line; lines from 1, columns from 0, `to` is behind the last character. */
export type TextPlace = { readonly line: number; readonly from: number; readonly to: number }

/** Where in its text a cell went wrong: the place in SQL that the error names, else the line of Python or TypeScript. */
export function errorPlace(source: string, error: ErrorShape | null): TextPlace | null {
  if (error === null) return null
  return inSql(source, error) ?? lineOf(source, error.place?.line ?? null)
}

function inSql(source: string, error: ErrorShape): TextPlace | null {
  const [place] = error.contexts
  if (place !== undefined) {
    const { fragment, startIndex, stopIndex } = place
    // A cell's magic is blanks in the statement, so that offsets stay; a Python string begins somewhere in its cell.
    const at = sameEnd(source, fragment) ? source.length - fragment.length : source.indexOf(fragment)
    const isWhole = fragment.length > stopIndex - startIndex + 1
    if (at !== -1)
      return placeAt(source, at + (isWhole ? startIndex : 0), at + (isWhole ? stopIndex + 1 : fragment.length))
  }
  return error.place?.line == null ? byName(source, error) : null
}

/** Spark names what is wrong, also where it gives no place in the SQL: marked when that stands once in the text. */
function byName(source: string, { condition, parameters }: ErrorShape): TextPlace | null {
  const named = condition.startsWith('CAST_INVALID_INPUT')
    ? parameters['expression']
    : condition.startsWith('UNRESOLVED_')
      ? parameters['objectName']?.replaceAll('`', '')
      : condition.startsWith('DATATYPE_MISMATCH')
        ? /^"(\w+)\(/.exec(parameters['sqlExpr'] ?? '')?.[1]
        : undefined
  if (named === undefined || named === '') return null
  const found = [...source.matchAll(new RegExp(`(?<!\\w)${named.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`, 'gi'))]
  return found.length === 1 ? placeAt(source, found[0].index, found[0].index + named.length) : null
}

function sameEnd(source: string, fragment: string): boolean {
  return fragment.trim() !== '' && source.endsWith(fragment.trimStart()) && source.length >= fragment.length
}

function placeAt(source: string, start: number, end: number): TextPlace {
  const before = source.slice(0, start).split('\n')
  const from = before[before.length - 1].length
  const rest = source.slice(start).split('\n')[0].length
  return { line: before.length, from, to: from + Math.max(1, Math.min(end - start, rest)) }
}

function lineOf(source: string, line: number | null): TextPlace | null {
  const text = line === null ? undefined : source.split('\n').at(line - 1)
  if (line === null || text === undefined || text.trim() === '') return null
  return { line, from: text.length - text.trimStart().length, to: text.trimEnd().length }
}
