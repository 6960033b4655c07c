import { parseAttributeName } from './attribute-names'
import type { Scope, ScopeColumn } from './bound'
import { quoteParts, sparkError } from './errors'
import { extractField } from './extract-value'
import { columnNode, renamed } from './node'
import type { Node } from './node'
import { closestNames, qualifierParts } from './suggestions'

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

type Match = { readonly column: ScopeColumn; readonly index: number; readonly rest: readonly string[] }

/**
 * A column by name: case does not count, qualifiers may stand in front, further parts reach into structs.
 * Throws UNRESOLVED_COLUMN.WITH_SUGGESTION, AMBIGUOUS_REFERENCE, FIELD_NOT_FOUND, CANNOT_RESOLVE_DATAFRAME_COLUMN.
 */
export function resolveAttribute(name: string, scope: Scope, planId?: bigint): Node {
  const parts = parseAttributeName(name)
  const found = findColumn(parts, scope, planId)
  if (found === null) throw unresolvedColumn(parts, scope)
  const written = parts[parts.length - 1 - found.rest.length]
  const column = columnNode(found.column.field, found.index, written)
  if (found.rest.length === 0) return renamed(column, { name: written })
  let value: Node = column
  for (const part of found.rest) value = extractField(value, part)
  return renamed(value, { name: parts[parts.length - 1] })
}

/** As `resolveAttribute`, null when there is no such column. */
export function findColumn(parts: readonly string[], scope: Scope, planId?: bigint): Match | null {
  let matches = matchesOf(parts, scope)
  if (planId !== undefined && matches.length > 0) {
    const owned = matches.filter((match) => match.column.planIds.includes(planId))
    if (owned.length === 0) throw wrongDataFrame(parts)
    matches = owned
  }
  if (matches.length === 0) return null
  const first = matches[0]
  if (matches.length === 1) return first
  const names = matches.map(({ column }) => quoteParts([...qualifierParts(column), column.field.name]))
  throw sparkError(
    'AMBIGUOUS_REFERENCE',
    { name: quoteParts(parts), referenceNames: `[${names.sort().join(', ')}]` },
    { hint: 'Several columns have this name: give the DataFrames an alias and write alias.column, or rename one.' },
  )
}

/** Longest qualifier first; the bare name counts only when no qualified reading exists. */
function matchesOf(parts: readonly string[], scope: Scope): Match[] {
  for (let qualifiers = Math.min(3, parts.length - 1); qualifiers >= 0; qualifiers--) {
    const matches: Match[] = []
    scope.columns.forEach((column, index) => {
      if (!same(column.field.name, parts[qualifiers])) return
      const own = qualifierParts(column)
      if (qualifiers > own.length) return
      const tail = own.slice(own.length - qualifiers)
      if (tail.every((part, i) => same(part, parts[i])))
        matches.push({ column, index, rest: parts.slice(qualifiers + 1) })
    })
    if (matches.length > 0) return matches
  }
  return []
}

export function unresolvedColumn(parts: readonly string[], scope: Scope) {
  const objectName = quoteParts(parts)
  const proposal = closestNames(parts, scope.columns)
  if (proposal.length === 0) {
    return sparkError(
      'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
      { objectName },
      { hint: 'The DataFrame has no columns here.' },
    )
  }
  return sparkError(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    { objectName, proposal: proposal.join(', ') },
    {
      hint: `Columns here: ${scope.columns.map((column) => column.field.name).join(', ')}. Did you mean ${proposal[0].replaceAll('`', '')}?`,
    },
  )
}

function wrongDataFrame(parts: readonly string[]) {
  return sparkError(
    'CANNOT_RESOLVE_DATAFRAME_COLUMN',
    { name: quoteParts(parts).replaceAll('`', '"') },
    {
      hint: 'The column belongs to another DataFrame, or to this one before it was changed; use col("name") instead.',
    },
  )
}
