import { describeStatement, resetStatement, setStatement, showStatement } from './ask-statements'
import { alterStatement, deleteStatement, insertStatement, mergeStatement, updateStatement } from './change-statements'
import { createStatement, ifExists, propertyList } from './create-statements'
import type { Cursor } from './cursor'
import { query, queryHere } from './query'
import { isQueryStart } from './query-start'
import type { ExplainMode, Statement } from './statement'
import { tableName, timeTravel } from './table-names'

/** One statement by its first word. */
export function statement(cursor: Cursor): Statement {
  for (const word of STARTS) cursor.want(word)
  if (cursor.is('WITH') && insertsAfterWith(cursor))
    throw cursor.refused('WITH in front of INSERT', 'Write INSERT INTO t WITH ... SELECT ...', cursor.token)
  if (isQueryStart(cursor) || cursor.token.key === '(') return { kind: 'query', relation: query(cursor) }
  const rule =
    cursor.token.kind === 'word' && Object.hasOwn(RULES, cursor.token.key) ? RULES[cursor.token.key] : undefined
  if (rule === undefined) throw cursor.error()
  return rule(cursor)
}

const STARTS = [
  'SELECT',
  'WITH',
  'CREATE',
  'INSERT',
  'SHOW',
  'DESCRIBE',
  'DROP',
  'ALTER',
  'MERGE',
  'UPDATE',
  'DELETE',
  'EXPLAIN',
  'SET',
  'USE',
]

const RULES: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  CREATE: createStatement,
  REPLACE: createStatement,
  INSERT: insertStatement,
  DELETE: deleteStatement,
  UPDATE: updateStatement,
  MERGE: mergeStatement,
  ALTER: alterStatement,
  SHOW: showStatement,
  DESCRIBE: describeStatement,
  DESC: describeStatement,
  SET: setStatement,
  RESET: resetStatement,
  DROP: dropStatement,
  USE: useStatement,
  EXPLAIN: explainStatement,
  CACHE: cacheStatement,
  UNCACHE: uncacheStatement,
  CLEAR: (cursor) => {
    cursor.expect('CLEAR', 'CACHE')
    return { kind: 'clearCache' }
  },
  REFRESH: (cursor) => {
    cursor.expect('REFRESH')
    cursor.accept('TABLE')
    return { kind: 'refreshTable', table: tableName(cursor) }
  },
  TRUNCATE: (cursor) => {
    cursor.expect('TRUNCATE', 'TABLE')
    return { kind: 'truncateTable', table: tableName(cursor) }
  },
  OPTIMIZE: optimizeStatement,
  VACUUM: vacuumStatement,
  RESTORE: restoreStatement,
  ...Object.fromEntries(
    [
      'ANALYZE',
      'MSCK',
      'LOAD',
      'LOCK',
      'GRANT',
      'REVOKE',
      'ADD',
      'LIST',
      'EXPORT',
      'IMPORT',
      'CONVERT',
      'GENERATE',
      'REORG',
      'DECLARE',
      'EXECUTE',
      'BEGIN',
      'CALL',
      'COMMENT',
      'REPAIR',
    ].map((word) => [
      word,
      (cursor: Cursor): Statement => {
        throw cursor.refused(`the statement ${word}`, 'This statement does not run here.', cursor.token)
      },
    ]),
  ),
}

/** `WITH a AS (...) INSERT INTO ...` */
function insertsAfterWith(cursor: Cursor): boolean {
  for (let distance = 1, depth = 0; ; distance++) {
    const { kind, key } = cursor.peek(distance)
    if (kind === 'end') return false
    if (key === '(') depth++
    if (key === ')') depth--
    if (depth === 0 && key === 'SELECT') return false
    if (depth === 0 && (key === 'INSERT' || key === 'MERGE')) return true
  }
}

function dropStatement(cursor: Cursor): Statement {
  cursor.expect('DROP')
  if (cursor.accept('TABLE')) {
    const exists = ifExists(cursor)
    const table = tableName(cursor)
    return { kind: 'dropTable', table, ifExists: exists, isPurge: cursor.accept('PURGE') }
  }
  if (cursor.accept('VIEW')) {
    const exists = ifExists(cursor)
    return { kind: 'dropView', view: tableName(cursor), ifExists: exists }
  }
  if (cursor.acceptOne('DATABASE', 'SCHEMA', 'NAMESPACE') !== null) {
    const exists = ifExists(cursor)
    const database = tableName(cursor)
    const isCascade = cursor.accept('CASCADE')
    if (!isCascade) cursor.accept('RESTRICT')
    return { kind: 'dropDatabase', database, ifExists: exists, isCascade }
  }
  if (cursor.is('FUNCTION') || cursor.is('TEMPORARY') || cursor.is('INDEX'))
    throw cursor.refused(
      `DROP ${cursor.token.key}`,
      'Tables, views and databases can be dropped in SQL here.',
      cursor.token,
    )
  throw cursor.error()
}

function useStatement(cursor: Cursor): Statement {
  cursor.expect('USE')
  const isCatalog = cursor.is('CATALOG') && cursor.peek().kind === 'word' && cursor.accept('CATALOG')
  if (!isCatalog && cursor.peek().kind === 'word') cursor.acceptOne('DATABASE', 'SCHEMA', 'NAMESPACE')
  return { kind: 'use', database: tableName(cursor), isCatalog }
}

const MODES = ['EXTENDED', 'CODEGEN', 'COST', 'FORMATTED', 'LOGICAL'] as const

function explainStatement(cursor: Cursor): Statement {
  cursor.expect('EXPLAIN')
  const word = cursor.acceptOne(...MODES)
  const mode = (word === null || word === 'LOGICAL' ? 'simple' : word.toLowerCase()) as ExplainMode
  return { kind: 'explain', mode, statement: statement(cursor) }
}

function cacheStatement(cursor: Cursor): Statement {
  cursor.expect('CACHE')
  const isLazy = cursor.accept('LAZY')
  cursor.expect('TABLE')
  const table = tableName(cursor)
  const options = cursor.accept('OPTIONS') ? propertyList(cursor) : {}
  const hasQuery = cursor.accept('AS') || isQueryStart(cursor)
  return { kind: 'cacheTable', table, isLazy, options, query: hasQuery ? queryHere(cursor) : null }
}

function uncacheStatement(cursor: Cursor): Statement {
  cursor.expect('UNCACHE', 'TABLE')
  const exists = ifExists(cursor)
  return { kind: 'uncacheTable', table: tableName(cursor), ifExists: exists }
}

/** Delta's statements name a table or a path in quotes. */
function tableOrPath(cursor: Cursor): string[] {
  if (cursor.token.kind !== 'string') return tableName(cursor)
  return ['delta', cursor.next().text.slice(1, -1)]
}

function optimizeStatement(cursor: Cursor): Statement {
  cursor.expect('OPTIMIZE')
  const table = tableOrPath(cursor)
  cursor.accept('FULL')
  const condition = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : null
  let zOrderBy: string[][] = []
  if (cursor.accept('ZORDER', 'BY'))
    zOrderBy =
      cursor.token.key === '(' ? cursor.list(() => cursor.nameParts()) : cursor.commas(() => cursor.nameParts())
  return { kind: 'optimize', table, condition, zOrderBy }
}

function vacuumStatement(cursor: Cursor): Statement {
  cursor.expect('VACUUM')
  const table = tableOrPath(cursor)
  cursor.acceptOne('FULL', 'LITE')
  let retainHours: number | null = null
  let isDryRun = false
  for (;;) {
    if (cursor.accept('RETAIN')) {
      if (cursor.token.kind !== 'number') throw cursor.error()
      retainHours = Number(cursor.next().text)
      if (cursor.acceptOne('HOURS', 'HOUR') === null) throw cursor.error()
    } else if (cursor.accept('DRY', 'RUN')) isDryRun = true
    else return { kind: 'vacuum', table, retainHours, isDryRun }
  }
}

function restoreStatement(cursor: Cursor): Statement {
  cursor.expect('RESTORE')
  cursor.accept('TABLE')
  const table = tableOrPath(cursor)
  cursor.accept('TO')
  const { versionAsOf, timestampAsOf } = timeTravel(cursor) as { versionAsOf?: string; timestampAsOf?: string }
  if (versionAsOf === undefined && timestampAsOf === undefined) throw cursor.error()
  return {
    kind: 'restore',
    table,
    version: versionAsOf === undefined ? null : BigInt(versionAsOf),
    timestamp: timestampAsOf ?? null,
  }
}
