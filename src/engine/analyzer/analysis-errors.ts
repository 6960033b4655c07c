import type { RunnelError } from '../../protocol/errors/runnel-error'
import { userError } from '../../protocol/errors/runnel-error'

/** Spark's refusals that several relations share. Words and SQLSTATE as in Spark 4.1.1's error conditions. */

/** A plan Runnel does not run yet: Spark's class for refused features, the feature by its name, and what to do instead. */
export function unsupportedFeature(feature: string, hint: string): RunnelError {
  return userError(`UNSUPPORTED_FEATURE.${feature.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`, `The feature is not supported: ${feature}.`, {
    sqlState: '0A000',
    parameters: { feature },
    hint,
  })
}

export function unresolvedColumn(name: string, candidates: readonly string[]): RunnelError {
  const quoted = '`' + name.replaceAll('`', '``') + '`'
  const suggestions = suggestNames(name, candidates)
  if (suggestions.length === 0) {
    return userError(
      'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
      `A column, variable, or function parameter with name ${quoted} cannot be resolved.`,
      { sqlState: '42703', parameters: { objectName: quoted }, hint: 'This DataFrame has no columns.' },
    )
  }
  const proposal = suggestions.map((candidate) => '`' + candidate.replaceAll('`', '``') + '`').join(', ')
  return userError(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    `A column, variable, or function parameter with name ${quoted} cannot be resolved. Did you mean one of the following? [${proposal}].`,
    {
      sqlState: '42703',
      parameters: { objectName: quoted, proposal },
      hint: `Columns here: ${candidates.join(', ')}.`,
      fix: { from: name, to: suggestions[0]! },
    },
  )
}

/** The five names nearest by edit distance, nearest first, as Spark proposes them. */
export function suggestNames(name: string, candidates: readonly string[]): string[] {
  return candidates
    .map((candidate, index) => ({ candidate, index, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, 5)
    .map(({ candidate }) => candidate)
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution))
    }
    previous = current
  }
  return previous[b.length]!
}
