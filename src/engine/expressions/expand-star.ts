import type { Expression } from '../../protocol/spark-connect'
import { userError } from '../../protocol/errors/runnel-error'
import { parseAttributeName } from './attribute-names'
import type { BoundExpression, Scope } from './bound'
import { quoteParts, sparkError } from './errors'
import { extractField } from './extract-value'
import { internalArguments } from './internal-calls'
import { columnNode } from './node'
import { resolveAttribute, findColumn } from './resolve-attribute'

/**
 * The columns a star names: `*`, `t.*` (by alias), `struct.*` (a struct's fields), or a column-name pattern
 * (`df.colRegex`). Null when the expression is no star. Throws CANNOT_RESOLVE_STAR_EXPAND.
 */
export function expandStar(expression: Expression, scope: Scope): BoundExpression[] | null {
  const { exprType } = expression
  if (exprType.case === 'unresolvedRegex') return columnsMatching(exprType.value.colName, scope, exprType.value.planId)
  const except = internalArguments(expression, 'star_except')
  if (except !== null) return expandExcept(except, scope)
  if (exprType.case !== 'unresolvedStar') return null
  const { unparsedTarget, planId } = exprType.value
  if (unparsedTarget === undefined || unparsedTarget === '') return allColumns(scope, planId)
  return expandTarget(unparsedTarget.replace(/\.\*$/, ''), scope)
}

/** `* EXCEPT (a, t.b)`: the star without the named columns, each of which must be among them. */
function expandExcept([star, ...names]: readonly Expression[], scope: Scope): BoundExpression[] {
  const dropped = new Set(
    names.map((name) => {
      const { exprType } = name
      const text = exprType.case === 'unresolvedAttribute' ? exprType.value.unparsedIdentifier : ''
      return resolveAttribute(text, scope).inputIndex
    }),
  )
  return (expandStar(star, scope) ?? []).filter((column) => !dropped.has(column.inputIndex))
}

function allColumns(scope: Scope, planId: bigint | undefined): BoundExpression[] {
  const all = scope.columns.map((column, i) => ({ column, bound: columnNode(column.field, i) }))
  const owned = planId === undefined ? all : all.filter(({ column }) => column.planIds.includes(planId))
  return (owned.length > 0 ? owned : all).map(({ bound }) => bound)
}

function expandTarget(target: string, scope: Scope): BoundExpression[] {
  const parts = parseAttributeName(target)
  const qualified = scope.columns.flatMap((column, i) => {
    const tail = column.qualifier.slice(-parts.length)
    const matches =
      tail.length === parts.length && tail.every((part, k) => part.toLowerCase() === parts[k].toLowerCase())
    return matches ? [columnNode(column.field, i)] : []
  })
  if (qualified.length > 0) return qualified
  if (findColumn(parts, scope) === null) throw cannotExpand(parts, scope)
  const struct = resolveAttribute(target, scope)
  if (struct.type.kind !== 'struct') throw cannotExpand(parts, scope)
  return struct.type.fields.map((member) => {
    const value = extractField(struct, member.name)
    return { ...value, name: member.name, evaluate: (batch, context) => value.evaluate(batch, context) }
  })
}

function cannotExpand(parts: readonly string[], scope: Scope) {
  return sparkError(
    'CANNOT_RESOLVE_STAR_EXPAND',
    {
      targetString: quoteParts(parts),
      columns: scope.columns
        .map((column) => quoteParts([column.field.name]))
        .sort()
        .join(', '),
    },
    { hint: 'Before .* stands the alias of a DataFrame, or a STRUCT column.' },
  )
}

function columnsMatching(pattern: string, scope: Scope, planId: bigint | undefined): BoundExpression[] {
  const quoted = /^(?:`?([^`]+)`?\.)?`(.+)`$/.exec(pattern)
  if (quoted === null) return [resolveAttribute(pattern, scope, planId)]
  const [, table, source] = quoted
  let regex: RegExp
  try {
    regex = new RegExp(`^(?:${source})$`, 'iu')
  } catch (cause) {
    throw userError('INVALID_REGEX', `The column pattern ${source} is not a regular expression: ${String(cause)}`, {
      hint: 'Write the pattern as Java does, between backquotes.',
    })
  }
  return scope.columns.flatMap((column, i) => {
    const inTable = table === undefined || column.qualifier.at(-1)?.toLowerCase() === table.toLowerCase()
    return inTable && regex.test(column.field.name) ? [columnNode(column.field, i)] : []
  })
}
