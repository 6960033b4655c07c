import { quoteIfNeeded } from '../types/type-names'
import type { ScopeColumn } from './bound'
import { quoteParts } from './errors'
import { distance } from './edit-distance'

const SHOWN = 5

/** The names of a scope closest to a missing one, in Spark's order, quoted. */
export function closestNames(missing: readonly string[], columns: readonly ScopeColumn[]): string[] {
  const candidates = columns.map((column) => [...qualifierParts(column), column.field.name])
  const base = missing.map(quoteIfNeeded).join('.')
  const shared = (keep: number) => new Set(candidates.map((parts) => JSON.stringify(parts.slice(0, -keep)))).size <= 1
  // A qualifier that all candidates share says nothing.
  const keep = missing.length === 1 && shared(1) ? 1 : missing.length <= 2 && shared(2) ? 2 : shared(3) ? 3 : Infinity
  return candidates
    .map((parts) => quoteParts(keep === Infinity ? parts : parts.slice(-keep)))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((text) => ({ text, far: distance(text, base) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, SHOWN)
    .map(({ text }) => text)
}

/** Qualifier in reading order: catalog, database, table. */
export function qualifierParts(column: ScopeColumn): readonly string[] {
  return column.qualifier
}
