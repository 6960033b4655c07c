import { userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'

/** Parts of `a.b`, `` `odd.name`.c ``: dots separate, backticks quote, a doubled backtick stands for one. */
export function parseIdentifier(text: string): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > 0 || parts.length === 0) {
    const quoted = /^`((?:[^`]|``)*)`/.exec(rest)
    const plain = quoted === null ? /^[^.`]+/.exec(rest) : null
    const part = quoted?.[1]?.replaceAll('``', '`') ?? plain?.[0]
    const length = (quoted ?? plain)?.[0].length ?? 0
    const next = rest[length]
    if (part === undefined || (next !== undefined && next !== '.')) throw invalidIdentifier(text)
    parts.push(part)
    if (next === undefined) return parts
    rest = rest.slice(length + 1)
    if (rest.length === 0) throw invalidIdentifier(text)
  }
  return parts
}

function invalidIdentifier(text: string): Error {
  return userError(
    'INVALID_ATTRIBUTE_NAME_SYNTAX',
    `Syntax error in the attribute name: ${text}. Check that backticks appear in pairs, a quoted string is a complete name part and use a backtick only inside quoted name parts.`,
    {
      sqlState: '42601',
      parameters: { name: text },
      hint: 'Put a name with dots or spaces in backticks: `my.column`.',
    },
  )
}

/** The name of an attribute of one part. */
export function bareName({ exprType }: Expression): string | null {
  if (exprType.case !== 'unresolvedAttribute' || exprType.value.planId !== undefined) return null
  const parts = parseIdentifier(exprType.value.unparsedIdentifier)
  return parts.length === 1 ? parts[0] : null
}
