import type { DataType } from '../../../protocol/columns'
import type { CompletionItem, Completions, FunctionDoc } from '../../../protocol/workers/language'
import { expectedAt } from '../../sql/completion'
import type { Expected } from '../../sql/completion'
import type { Token } from '../../sql/tokens'
import { tokenize } from '../../sql/tokens'
import { quoteIdentifier, simpleString } from '../../types/type-names'
import type { EngineService } from '../engine-service'
import type { Session } from '../session'
import { commonTableNames, relationsInScope, sameName, selectAliases, visibleText } from './columns-in-scope'
import type { ScopeColumn, ScopeRelation } from './columns-in-scope'
import { functionDocs } from './function-docs'
import { quietSession } from './quiet-session'
import { SessionNames } from './session-names'
import { placeAt } from './text-place'
import type { TextPlace } from './text-place'

/** Tables whose columns are proposed before a FROM says which it is. */
const MAX_GUESSED_TABLES = 20

/**
 * What may be written at an offset of a SQL text, the most fitting first: names that are in scope, then functions, then keywords.
 * Nothing inside strings, comments and numbers. Never throws for half-written text.
 */
export async function completeSql(
  service: EngineService,
  session: Session,
  text: string,
  offset: number,
): Promise<Completions> {
  const place = placeAt(text, offset)
  if (place === null) return { from: offset, to: offset, items: [] }
  const at = offset - place.start
  const expected = expectedAt(place.text, at)
  const names = new SessionNames(service, quietSession(session))
  const items = await proposals(place, at, expected, names)
  // The whole name is written anew, with its backquotes.
  const opens = place.text[expected.start - 1] === '`' ? 1 : 0
  const closes = (opens === 1 || expected.prefix.startsWith('`')) && text[offset] === '`' ? 1 : 0
  return { from: place.start + expected.start - opens, to: offset + closes, items: withoutRepeats(items) }
}

async function proposals(
  place: TextPlace,
  at: number,
  expected: Expected,
  names: SessionNames,
): Promise<CompletionItem[]> {
  const { qualifier, wants } = expected
  const isTable = wants.table || namesTable(place.tokens, expected)
  if (isTable) return tableItems(place, qualifier, names)
  const visibleHere = visibleText(place.text, place.tokens, at)
  const visible = tokenize(visibleHere).tokens
  const scope = await relationsInScope(place, visible, expectedAt(visibleHere, at).tables, names)
  if (qualifier.length > 0) return memberItems(qualifier, scope)
  const keywords = keywordItems(place.tokens, expected)
  if (!wants.column) return keywords
  return [
    ...(scope.length === 0 ? await guessedColumns(names) : columnItems(scope)),
    ...selectAliases(visible, at).map((name) => nameItem(name, 'column', 'of the select list')),
    ...scope.filter(({ name }) => name !== '').map(({ name, path }) => nameItem(name, 'alias', path.join('.'))),
    ...functionDocs().map(functionItem),
    ...keywords,
  ]
}

/** Words behind which an existing table is named, where the grammar alone says only "a name". */
const BEFORE_NAME = new Set(
  'FROM JOIN INTO UPDATE TABLE VIEW DESCRIBE DESC DETAIL HISTORY EXTENDED FORMATTED OVERWRITE OPTIMIZE VACUUM COLUMNS'.split(
    ' ',
  ),
)

function namesTable(tokens: readonly Token[], { start, qualifier, wants }: Expected): boolean {
  if (!wants.name) return false
  const before = tokens.filter((token) => token.kind !== 'end' && token.end <= start)
  const at = before.length - 1 - 2 * qualifier.length
  const isExists = before[at]?.key === 'EXISTS' && before[at - 1]?.key === 'IF'
  return tokens[0].key !== 'CREATE' && (BEFORE_NAME.has(before[at]?.key) || isExists)
}

async function tableItems(
  place: TextPlace,
  qualifier: readonly string[],
  names: SessionNames,
): Promise<CompletionItem[]> {
  const database = qualifier.at(-1) ?? null
  const relations = await names.relations(database)
  const items = relations.map(({ name, kind }) => nameItem(name, kind, kind))
  if (database !== null) return items
  const common = commonTableNames(place.text, place.tokens)
  return [
    ...common.map((name) => nameItem(name, 'view', 'of WITH')),
    ...items,
    ...(await names.databases()).map((name) => nameItem(name, 'schema', 'schema')),
  ]
}

/** `e.`, `schema.table.`, `column.`, `e.column.field.`: columns of a relation or fields of a struct. */
function memberItems(qualifier: readonly string[], scope: readonly ScopeRelation[]): CompletionItem[] {
  for (const { name, path, columns } of scope) {
    const length = startsWith(qualifier, [name]) ? 1 : startsWith(qualifier, path) ? path.length : 0
    if (length === 0) continue
    const rest = qualifier.slice(length)
    if (rest.length === 0) return columnItems([{ name, path, columns }])
    const fields = fieldItems(columns, rest)
    if (fields !== null) return fields
  }
  return (
    fieldItems(
      scope.flatMap(({ columns }) => columns),
      qualifier,
    ) ?? []
  )
}

function fieldItems(columns: readonly ScopeColumn[], path: readonly string[]): CompletionItem[] | null {
  let type = columns.find(({ name }) => sameName(name, path[0]))?.type ?? null
  for (const part of path.slice(1)) {
    const fields: readonly ScopeColumn[] = structOf(type)
    type = fields.find(({ name }) => sameName(name, part))?.type ?? null
  }
  if (type === null) return null
  return structOf(type).map((field) => nameItem(field.name, 'field', simpleString(field.type)))
}

/** Fields of a struct; an array of structs gives arrays of its fields. */
function structOf(type: DataType | null): Extract<DataType, { kind: 'struct' }>['fields'] {
  if (type?.kind === 'array') return structOf(type.elementType)
  return type?.kind === 'struct' ? type.fields : []
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((part, i) => sameName(part, path[i]))
}

/** Columns of every table and view, each name once, with the relations that have it. */
async function guessedColumns(names: SessionNames): Promise<CompletionItem[]> {
  const relations = (await names.relations(null)).slice(0, MAX_GUESSED_TABLES)
  const found = await Promise.all(
    relations.map(async ({ name }) => ({ name, fields: (await names.fieldsOf([name])) ?? [] })),
  )
  const owners = new Map<string, { type: string; of: string[] }>()
  for (const { name: relation, fields } of found)
    for (const { name, type } of fields) {
      const known = owners.get(name)
      if (known === undefined) owners.set(name, { type: simpleString(type), of: [relation] })
      else known.of.push(relation)
    }
  return [...owners].map(([name, { type, of }]) => nameItem(name, 'column', `${type} · ${of.join(', ')}`))
}

/** A name that two relations have is written with its relation's, else it would be ambiguous. */
function columnItems(relations: readonly ScopeRelation[]): CompletionItem[] {
  const count = new Map<string, number>()
  for (const { columns } of relations)
    for (const { name } of columns) count.set(name.toLowerCase(), (count.get(name.toLowerCase()) ?? 0) + 1)
  return relations.flatMap((relation) =>
    relation.columns.map(({ name, type }): CompletionItem => {
      const isShared = count.get(name.toLowerCase())! > 1 && relation.name !== ''
      const typeText = type === null ? 'column' : simpleString(type)
      return {
        label: isShared ? `${relation.name}.${name}` : name,
        kind: 'column',
        insert: isShared ? `${quoted(relation.name)}.${quoted(name)}` : quoted(name),
        detail: relation.name === '' ? typeText : `${typeText} · ${relation.name}`,
        doc: null,
      }
    }),
  )
}

function nameItem(name: string, kind: CompletionItem['kind'], detail: string | null): CompletionItem {
  return { label: name, kind, insert: quoted(name), detail, doc: null }
}

function functionItem({ name, signature, doc, takesArguments }: FunctionDoc): CompletionItem {
  return { label: name, kind: 'function', insert: name, takesArguments, detail: signature, doc }
}

/** Words that open an expression: behind them no clause begins. */
const OPENS_EXPRESSION = new Set(
  'SELECT WHERE HAVING ON BY AND OR NOT WHEN THEN ELSE CASE DISTINCT BETWEEN LIKE QUALIFY ( , = < > <= >= <> != + - * /'.split(
    ' ',
  ),
)
const STARTS_EXPRESSION = new Set('ALL CASE CAST DISTINCT EXISTS NOT CUBE ROLLUP GROUPING TRANSFORM'.split(' '))
const LITERALS = ['NULL', 'TRUE', 'FALSE', 'INTERVAL']
/** Words that come with the next one. */
const PHRASES: Readonly<Record<string, readonly string[]>> = {
  GROUP: ['GROUP BY'],
  ORDER: ['ORDER BY'],
  SORT: ['SORT BY'],
  CLUSTER: ['CLUSTER BY'],
  DISTRIBUTE: ['DISTRIBUTE BY'],
  PARTITION: ['PARTITION BY'],
  LEFT: ['LEFT JOIN', 'LEFT SEMI JOIN', 'LEFT ANTI JOIN'],
  RIGHT: ['RIGHT JOIN'],
  FULL: ['FULL JOIN'],
  INNER: ['INNER JOIN'],
  CROSS: ['CROSS JOIN'],
  INSERT: ['INSERT INTO'],
  LATERAL: ['LATERAL VIEW'],
  IS: ['IS NULL', 'IS NOT NULL'],
}

/** Keywords in the letters the statement is written in. */
function keywordItems(tokens: readonly Token[], { keywords, prefix, start, wants }: Expected): CompletionItem[] {
  const before = tokens.findLast((token) => token.kind !== 'end' && token.end <= start)
  const isOpening = before !== undefined && OPENS_EXPRESSION.has(before.key) && wants.column
  const fitting = isOpening ? keywords.filter((word) => STARTS_EXPRESSION.has(word)) : keywords
  const phrases = [...fitting.flatMap((word) => PHRASES[word] ?? [word]), ...(wants.column ? LITERALS : [])]
  const sample = prefix !== '' ? prefix : tokens[0].text
  const isLower = sample !== '' && sample === sample.toLowerCase()
  return phrases.map((phrase) => {
    const label = isLower ? phrase.toLowerCase() : phrase
    return { label, kind: 'keyword', insert: label, detail: null, doc: null }
  })
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoteIdentifier(name)
}

function withoutRepeats(items: readonly CompletionItem[]): CompletionItem[] {
  const seen = new Set<string>()
  return items.filter(({ kind, label, detail }) => {
    const key = `${kind} ${label} ${kind === 'column' ? detail : ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
