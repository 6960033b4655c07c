import type { DataType, StructField } from '../../../protocol/columns'
import type { Expected } from '../../sql/completion'
import type { Token } from '../../sql/tokens'
import { identifierValue } from '../../sql/tokens'
import type { SessionNames } from './session-names'
import type { TextPlace } from './text-place'

/** A column somebody may name; the type is unknown where a generator makes it. */
export type ScopeColumn = { readonly name: string; readonly type: DataType | null }
/** A relation of the statement under the name its columns go by. */
export type ScopeRelation = {
  readonly name: string
  readonly path: readonly string[]
  readonly columns: readonly ScopeColumn[]
}

/** The relations a statement names: tables, views, common table expressions, subqueries with an alias, lateral views. */
export async function relationsInScope(
  { text, tokens }: TextPlace,
  visible: readonly Token[],
  tables: Expected['tables'],
  names: SessionNames,
): Promise<ScopeRelation[]> {
  const common = commonTables(text, tokens)
  const before = common.length === 0 ? '' : `${text.slice(common[0].start, common.at(-1)!.end)} `
  const found = await Promise.all([
    ...tables.map(async ({ name, alias }) => {
      const own = name.length === 1 ? common.find((one) => sameName(one.name, name[0])) : undefined
      const fields = await (own === undefined ? names.fieldsOf(name) : names.fieldsOfQuery(own.query))
      return relationOf(alias ?? name.at(-1)!, name, renamed(fields, own?.columns ?? null))
    }),
    ...subqueries(text, visible).map(async ({ name, query }) =>
      relationOf(name, [name], await names.fieldsOfQuery(before + query)),
    ),
  ])
  return [...found.filter((relation) => relation !== null), ...lateralViews(visible)]
}

export function commonTableNames(text: string, tokens: readonly Token[]): string[] {
  return commonTables(text, tokens).map(({ name }) => name)
}

/**
 * The statement with blanks where other queries stand: those in parentheses the cursor is not in, and around a query of WITH or FROM,
 * which does not see them, everything else. Offsets stay.
 */
export function visibleText(text: string, tokens: readonly Token[], offset: number): string {
  let visible = text
  const hide = (start: number, end: number) => {
    visible = visible.slice(0, start) + ' '.repeat(end - start) + visible.slice(end)
  }
  for (const [i, token] of tokens.entries()) {
    if (token.key !== '(' || !QUERY_STARTS.has(tokens[i + 1]?.key)) continue
    const close = tokens[closing(tokens, i)]
    const isClosed = close.key === ')'
    const holdsCursor = token.start < offset && (!isClosed || offset <= close.start)
    if (!holdsCursor) {
      if (isClosed) hide(token.end, close.start)
    } else if (tokens[i - 1]?.key === 'AS' || FROM_WORDS.has(tokens[i - 1]?.key)) {
      hide(0, token.end)
      if (isClosed) hide(close.start, text.length)
    }
  }
  return visible
}

function relationOf(
  name: string,
  path: readonly string[],
  columns: readonly ScopeColumn[] | null,
): ScopeRelation | null {
  return columns === null ? null : { name, path, columns }
}

function renamed(
  fields: readonly StructField[] | null,
  columns: readonly string[] | null,
): readonly ScopeColumn[] | null {
  if (fields === null || columns === null) return fields
  return fields.map(({ name, type }, i) => ({ name: columns[i] ?? name, type }))
}

type CommonTable = {
  readonly name: string
  readonly columns: readonly string[] | null
  /** The query with the expressions in front of it, which it may use. */
  readonly query: string
  /** From WITH to the closing parenthesis. */
  readonly start: number
  readonly end: number
}

/** `WITH a AS (...), b (x, y) AS (...)`: those that are closed. */
function commonTables(text: string, tokens: readonly Token[]): CommonTable[] {
  let at = tokens.findIndex(({ key }) => key === 'WITH')
  if (at === -1) return []
  const { start } = tokens[at]
  const found: CommonTable[] = []
  do {
    at++
    if (tokens[at].key === 'RECURSIVE') at++
    const name = tokens[at++]
    if (name === undefined || !isName(name)) break
    let columns: string[] | null = null
    if (tokens[at]?.key === '(') {
      const end = closing(tokens, at)
      columns = tokens
        .slice(at + 1, end)
        .filter(isName)
        .map(identifierValue)
      at = end + 1
    }
    if (tokens[at]?.key !== 'AS' || tokens[at + 1]?.key !== '(') break
    const close = closing(tokens, at + 1)
    if (tokens[close]?.key !== ')') break
    const inner = text.slice(tokens[at + 1].end, tokens[close].start)
    const before = found.length === 0 ? '' : `${text.slice(start, found.at(-1)!.end)} `
    found.push({ name: identifierValue(name), columns, query: before + inner, start, end: tokens[close].end })
    at = close + 1
  } while (tokens[at]?.key === ',')
  return found
}

/** `FROM (SELECT ...) x`, closed and with a name: of the visible tokens only the parentheses are left. */
function subqueries(text: string, visible: readonly Token[]): { name: string; query: string }[] {
  return visible.flatMap((token, i) => {
    const [close, as] = [visible[i + 1], visible[i + 2]]
    if (token.key !== '(' || close?.key !== ')' || !FROM_WORDS.has(visible[i - 1]?.key)) return []
    const name = as?.key === 'AS' ? visible[i + 3] : as
    if (name === undefined || !isName(name)) return []
    return [{ name: identifierValue(name), query: text.slice(token.end, close.start) }]
  })
}

/** `LATERAL VIEW explode(x) t AS item`. */
function lateralViews(tokens: readonly Token[]): ScopeRelation[] {
  return tokens.flatMap((token, i) => {
    if (token.key !== 'LATERAL' || tokens[i + 1]?.key !== 'VIEW') return []
    const open = tokens.findIndex(({ key }, j) => j > i && key === '(')
    if (open === -1) return []
    let at = closing(tokens, open) + 1
    const first = tokens[at]
    let name = ''
    if (first !== undefined && isName(first) && first.key !== 'AS') {
      name = identifierValue(first)
      at++
    }
    if (tokens[at]?.key !== 'AS') return []
    const columns: ScopeColumn[] = []
    do {
      at++
      const column = tokens[at]
      if (column === undefined || !isName(column)) break
      columns.push({ name: identifierValue(column), type: null })
      at++
    } while (tokens[at]?.key === ',')
    return columns.length === 0 ? [] : [{ name, path: [name], columns }]
  })
}

/** Names the select list gives, for the clauses behind it. */
export function selectAliases(tokens: readonly Token[], offset: number): string[] {
  const names: string[] = []
  let depth = 0
  for (const [i, { key, start }] of tokens.entries()) {
    if (start >= offset || key === 'FROM') break
    if (key === '(') depth++
    if (key === ')') depth--
    const next = tokens[i + 1]
    if (depth === 0 && key === 'AS' && next !== undefined && isName(next)) names.push(identifierValue(next))
  }
  return tokens.some(({ key, start }) => key === 'FROM' && start < offset) ? names : []
}

/** Position of the token that closes the parenthesis at `open`; the last token when none does. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at].key === '(') depth++
    if (tokens[at].key === ')' && --depth === 0) return at
  }
  return tokens.length - 1
}

function isName({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quoted'
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

const QUERY_STARTS: ReadonlySet<string | undefined> = new Set(['SELECT', 'WITH', 'VALUES', '('])
const FROM_WORDS: ReadonlySet<string | undefined> = new Set(['FROM', 'JOIN', ','])
