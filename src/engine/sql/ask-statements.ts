import type { Cursor } from './cursor'
import { queryHere } from './query'
import { isQueryStart } from './query-start'
import type { Name, Statement } from './statement'
import { stringText, tableName } from './table-names'

/** SHOW, DESCRIBE, SET and RESET. */

export function showStatement(cursor: Cursor): Statement {
  cursor.expect('SHOW')
  const isExtended = cursor.accept('TABLE', 'EXTENDED')
  if (isExtended || cursor.accept('TABLES'))
    return { kind: 'showTables', database: inDatabase(cursor), pattern: pattern(cursor), isExtended }
  if (cursor.accept('VIEWS')) return { kind: 'showViews', database: inDatabase(cursor), pattern: pattern(cursor) }
  if (cursor.acceptOne('DATABASES', 'SCHEMAS', 'NAMESPACES') !== null) {
    inDatabase(cursor)
    return { kind: 'showDatabases', pattern: pattern(cursor) }
  }
  if (cursor.accept('CATALOGS')) return { kind: 'showCatalogs', pattern: pattern(cursor) }
  if (cursor.accept('COLUMNS')) {
    if (cursor.acceptOne('FROM', 'IN') === null) throw cursor.error()
    const table = tableName(cursor)
    return { kind: 'showColumns', table, database: inDatabase(cursor) }
  }
  if (cursor.accept('CREATE', 'TABLE')) {
    const table = tableName(cursor)
    cursor.accept('AS', 'SERDE')
    return { kind: 'showCreateTable', table }
  }
  if (cursor.accept('TBLPROPERTIES')) {
    const table = tableName(cursor)
    if (!cursor.accept('(')) return { kind: 'showTableProperties', table, key: null }
    const key = cursor.token.kind === 'string' ? stringText(cursor) : cursor.nameParts().join('.')
    cursor.expect(')')
    return { kind: 'showTableProperties', table, key }
  }
  if (cursor.accept('PARTITIONS')) return { kind: 'showPartitions', table: tableName(cursor) }
  const scope = cursor.accept('USER') ? 'user' : cursor.accept('SYSTEM') ? 'system' : (cursor.accept('ALL'), 'all')
  if (cursor.accept('FUNCTIONS')) return { kind: 'showFunctions', scope, pattern: pattern(cursor) }
  if (cursor.isName() && cursor.peek().kind === 'end') throw cursor.error(cursor.peek(), ": missing 'FUNCTIONS'")
  throw cursor.error()
}

function inDatabase(cursor: Cursor): Name | null {
  return cursor.acceptOne('FROM', 'IN') === null ? null : tableName(cursor)
}

function pattern(cursor: Cursor): string | null {
  const isLike = cursor.accept('LIKE')
  return isLike || cursor.token.kind === 'string' ? stringText(cursor) : null
}

export function describeStatement(cursor: Cursor): Statement {
  cursor.next()
  if (cursor.is('DETAIL') && startsName(cursor)) {
    cursor.next()
    return { kind: 'describeDetail', table: tableName(cursor) }
  }
  if (cursor.is('HISTORY') && startsName(cursor)) {
    cursor.next()
    const table = tableName(cursor)
    return { kind: 'describeHistory', table, limit: cursor.accept('LIMIT') ? Number(cursor.next().text) : null }
  }
  if (cursor.acceptOne('DATABASE', 'SCHEMA', 'NAMESPACE') !== null) {
    const isExtended = cursor.accept('EXTENDED')
    return { kind: 'describeDatabase', database: tableName(cursor), isExtended }
  }
  if (cursor.is('FUNCTION') && startsName(cursor)) {
    cursor.next()
    const isExtended = cursor.accept('EXTENDED')
    const isText = cursor.token.kind === 'string'
    return { kind: 'describeFunction', name: isText ? [stringText(cursor)] : cursor.nameParts(), isExtended }
  }
  const isTable = cursor.is('TABLE') && startsName(cursor)
  if (isTable) cursor.next()
  else if (cursor.accept('QUERY') || isQueryStart(cursor)) return { kind: 'describeQuery', relation: queryHere(cursor) }
  const isExtended = (cursor.is('EXTENDED') || cursor.is('FORMATTED')) && startsName(cursor)
  if (isExtended) cursor.next()
  const table = tableName(cursor)
  const column = cursor.isName() ? cursor.nameParts() : null
  return { kind: 'describeTable', table, isExtended, column }
}

/** Whether the word here is followed by a name, so that it is no name itself. */
function startsName(cursor: Cursor): boolean {
  const { kind } = cursor.peek()
  return kind === 'word' || kind === 'quoted' || kind === 'string'
}

/** The rest of the line is the value, as written: SET takes anything. */
export function setStatement(cursor: Cursor): Statement {
  cursor.expect('SET')
  if (cursor.token.kind === 'end') return { kind: 'set', key: null, value: null, isVerbose: false }
  if (cursor.token.key === '-' && cursor.peek().key === 'V') {
    cursor.next()
    cursor.next()
    return { kind: 'set', key: null, value: null, isVerbose: true }
  }
  if (cursor.accept('TIME', 'ZONE')) {
    const value = cursor.token.kind === 'string' ? stringText(cursor) : cursor.next().text
    return { kind: 'set', key: 'spark.sql.session.timeZone', value, isVerbose: false }
  }
  if (cursor.is('VARIABLE') || cursor.is('VAR') || cursor.is('ROLE'))
    throw cursor.refused(
      `SET ${cursor.token.key}`,
      'Keep values in Python variables and pass them as args.',
      cursor.token,
    )
  const { start } = cursor.token
  const equals = cursor.text.indexOf('=', start)
  const rest = cursor.text.slice(start).replace(/;\s*$/, '').trim()
  while (cursor.peek(0).kind !== 'end') cursor.next()
  const unquoted = (text: string) =>
    text
      .trim()
      .replace(/^`(.*)`$/s, '$1')
      .replace(/^(['"])(.*)\1$/s, '$2')
  if (equals < 0) return { kind: 'set', key: unquoted(rest), value: null, isVerbose: false }
  const value = cursor.text.slice(equals + 1).replace(/;\s*$/, '')
  return { kind: 'set', key: unquoted(cursor.text.slice(start, equals)), value: value.trim(), isVerbose: false }
}

export function resetStatement(cursor: Cursor): Statement {
  cursor.expect('RESET')
  if (cursor.token.kind === 'end' || cursor.token.key === ';') return { kind: 'reset', key: null }
  const { start } = cursor.token
  while (cursor.peek(0).kind !== 'end' && cursor.peek(0).key !== ';') cursor.next()
  return { kind: 'reset', key: cursor.text.slice(start, cursor.previous.end).replace(/^`(.*)`$/s, '$1') }
}
