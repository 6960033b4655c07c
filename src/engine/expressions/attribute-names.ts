import { userError } from '../../protocol/errors/runnel-error'

/** `` a.`b.c`.d `` into its parts; backquotes protect dots and double as themselves. */
export function parseAttributeName(name: string): string[] {
  if (!name.includes('`')) {
    const parts = name.split('.')
    if (parts.some((part) => part === '')) throw syntaxError(name)
    return parts
  }
  const parts: string[] = []
  let at = 0
  while (at <= name.length) {
    let part = ''
    if (name[at] === '`') {
      at++
      for (;;) {
        const end = name.indexOf('`', at)
        if (end < 0) throw syntaxError(name)
        part += name.slice(at, end)
        at = end + 1
        if (name[at] !== '`') break
        part += '`'
        at++
      }
      if (at < name.length && name[at] !== '.') throw syntaxError(name)
    } else {
      const dot = name.indexOf('.', at)
      const end = dot < 0 ? name.length : dot
      part = name.slice(at, end)
      if (part === '' || part.includes('`')) throw syntaxError(name)
      at = end
    }
    parts.push(part)
    if (at === name.length) return parts
    at++
  }
  throw syntaxError(name)
}

function syntaxError(name: string) {
  return userError(
    'INVALID_ATTRIBUTE_NAME_SYNTAX',
    `Syntax error in the attribute name: ${name}. Check that backticks appear in pairs, a quoted string is a complete name part and use a backtick only inside quoted name parts.`,
    {
      sqlState: '42601',
      parameters: { name },
      hint: 'Put backquotes around a column name with dots: `a.b`.',
    },
  )
}
