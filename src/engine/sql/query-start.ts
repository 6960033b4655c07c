import type { Cursor } from './cursor'

const STARTS = new Set(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE'])

/** Whether a query starts here, under any number of parentheses. */
export function isQueryStart(cursor: Cursor): boolean {
  let distance = 0
  while (cursor.peek(distance).key === '(') distance++
  const { kind, key } = cursor.peek(distance)
  const next = cursor.peek(distance + 1)
  if (distance === 0) cursor.want('SELECT')
  if (kind !== 'word' || !STARTS.has(key)) return false
  // `from`, `table`, `values` and the like are names as well.
  if (key === 'SELECT') return next.kind !== 'end' && next.key !== '.' && next.key !== ')' && next.key !== ','
  if (key === 'WITH') return next.kind === 'word' || next.kind === 'quoted'
  if (key === 'VALUES') return next.kind !== 'end' && next.key !== '.' && next.key !== ')' && next.key !== ','
  return next.kind === 'word' || next.kind === 'quoted' || (key === 'FROM' && next.key === '(')
}
