import { RunnelError } from '../../protocol/errors/runnel-error'
import { openCursor } from './parse'
import { statement } from './statements'
import type { Token } from './tokens'
import { tokenize } from './tokens'

/** What may stand at an offset of a statement: the parser reads up to there and says what it wished for. */
export type Expected = {
  /** Words of the grammar, upper case, such as `FROM` and `GROUP`. */
  readonly keywords: readonly string[]
  /** What kinds of names fit: a table behind FROM; a column or function where an expression may stand. */
  readonly wants: { readonly table: boolean; readonly column: boolean; readonly name: boolean }
  /** The word being written, which the proposals replace: `start` is the offset where it begins. */
  readonly prefix: string
  readonly start: number
  /** Names in front of the prefix with a dot: `e.` gives `["e"]`. */
  readonly qualifier: readonly string[]
  /** Tables named anywhere in the statement, with their aliases: what columns may come from. */
  readonly tables: readonly { readonly name: readonly string[]; readonly alias: string | null }[]
}

export function expectedAt(text: string, offset: number): Expected {
  const { tokens } = tokenize(text)
  const current = tokens.find((token) => token.kind !== 'end' && token.start < offset && offset <= token.end)
  const isWord = current?.kind === 'word' || current?.kind === 'quoted'
  const start = isWord ? current.start : offset
  const keys = wishesOf(text.slice(0, start))
  const before = tokens.filter((token) => token.kind !== 'end' && token.end <= start)
  return {
    keywords: [...keys].filter((key) => /^[A-Z]/.test(key)).sort(),
    wants: { table: keys.has('table'), column: keys.has('literal'), name: keys.has('name') },
    prefix: isWord ? text.slice(current.start, offset) : '',
    start,
    qualifier: qualifierOf(before),
    tables: tablesOf(tokens),
  }
}

function wishesOf(head: string): ReadonlySet<string> {
  if (head.trim() === '') return new Set(['SELECT', 'WITH', 'CREATE', 'INSERT', 'SHOW', 'DESCRIBE', 'DROP', 'MERGE'])
  // At the end of the text a keyword may follow; where a name is due, only a text with a name in its place reads on.
  return new Set([...wishesIn(head, head.length), ...wishesIn(`${head}x`, head.length)])
}

function wishesIn(text: string, probe: number): ReadonlySet<string> {
  let wishes: ReadonlySet<string> = new Set()
  try {
    const cursor = openCursor(text, { probe })
    wishes = cursor.wishes
    statement(cursor)
  } catch (error) {
    // An unfinished statement is what completion is for.
    if (!(error instanceof RunnelError)) throw error
  }
  return wishes
}

function qualifierOf(before: readonly Token[]): string[] {
  const parts: string[] = []
  for (let i = before.length - 1; i > 0 && before[i].key === '.'; i -= 2) {
    const name = before[i - 1]
    if (name.kind !== 'word' && name.kind !== 'quoted') break
    parts.unshift(name.text.replaceAll('`', ''))
  }
  return parts
}

const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'USING'])
const NO_ALIAS = new Set(
  'ON USING WHERE GROUP ORDER HAVING LIMIT JOIN LEFT RIGHT FULL INNER CROSS UNION SET LATERAL SELECT VALUES WHEN'.split(
    ' ',
  ),
)

function tablesOf(tokens: readonly Token[]): { name: string[]; alias: string | null }[] {
  const tables: { name: string[]; alias: string | null }[] = []
  const isName = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted'
  for (let i = 0; i < tokens.length - 1; i++) {
    if (!BEFORE_TABLE.has(tokens[i].key) || !isName(tokens[i + 1])) continue
    let at = i + 1
    const name = [tokens[at].text.replaceAll('`', '')]
    while (tokens[at + 1]?.key === '.' && isName(tokens[at + 2])) {
      at += 2
      name.push(tokens[at].text.replaceAll('`', ''))
    }
    if (tokens[at + 1]?.key === '(') continue
    const next = tokens[at + 1]?.key === 'AS' ? tokens[at + 2] : tokens[at + 1]
    const alias = isName(next) && !NO_ALIAS.has(next.key) ? next.text.replaceAll('`', '') : null
    tables.push({ name, alias })
  }
  return tables
}
