import type { Relation } from '../../protocol/spark-connect'
import { columnDefinition } from './columns'
import type { Cursor } from './cursor'
import { parseType } from './types'
import { queryHere } from './query'
import { isQueryStart } from './query-start'
import type { ColumnDefinition, CreateTable, CreateView, Name, Properties, Statement } from './statement'
import { property, stringText, tableName } from './table-names'

/** CREATE and REPLACE; the cursor stands on the word. */
export function createStatement(cursor: Cursor): Statement {
  const mustExist = cursor.accept('REPLACE')
  if (!mustExist) cursor.expect('CREATE')
  const orReplace = mustExist || cursor.accept('OR', 'REPLACE')
  if (!mustExist && (cursor.accept('DATABASE') || cursor.accept('SCHEMA') || cursor.accept('NAMESPACE')))
    return createDatabase(cursor)
  const isGlobal = cursor.accept('GLOBAL')
  const isTemporary = cursor.acceptOne('TEMP', 'TEMPORARY') !== null
  if (cursor.accept('VIEW')) {
    const scope = isGlobal ? 'global' : isTemporary ? 'temporary' : 'permanent'
    return createView(cursor, scope, orReplace)
  }
  cursor.accept('EXTERNAL')
  for (const other of ['FUNCTION', 'INDEX', 'VARIABLE', 'MATERIALIZED', 'STREAMING'])
    if (cursor.is(other) && cursor.peek().kind === 'word')
      throw cursor.refused(`CREATE ${other}`, 'Tables, views and databases can be created in SQL here.', cursor.token)
  cursor.expect('TABLE')
  if (isTemporary)
    throw cursor.refused('CREATE TEMPORARY TABLE', 'Use CREATE TEMPORARY VIEW name AS SELECT ...', cursor.previous)
  return createTable(cursor, orReplace, mustExist)
}

export function ifNotExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'NOT', 'EXISTS')
}

export function ifExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'EXISTS')
}

function createTable(cursor: Cursor, orReplace: boolean, mustExist: boolean): CreateTable {
  const absent = ifNotExists(cursor)
  const table = tableName(cursor)
  if (cursor.is('LIKE') || cursor.is('SHALLOW') || cursor.is('DEEP') || cursor.is('CLONE'))
    throw cursor.refused(
      `CREATE TABLE ... ${cursor.token.key}`,
      'Use CREATE TABLE name AS SELECT * FROM other.',
      cursor.token,
    )
  const columns = cursor.token.key === '(' && !isQueryStart(cursor) ? tableColumns(cursor) : null
  const clauses = tableClauses(cursor)
  let query: Relation | null = null
  if (cursor.accept('AS') || isQueryStart(cursor)) query = queryHere(cursor)
  return {
    kind: 'createTable',
    table,
    orReplace,
    mustExist,
    ifNotExists: absent,
    columns:
      columns === null && clauses.partitionColumns.length === 0
        ? null
        : [...(columns ?? []), ...clauses.partitionColumns],
    format: clauses.format,
    partitionedBy: clauses.partitionedBy,
    clusteredBy: clauses.clusteredBy,
    location: clauses.location,
    comment: clauses.comment,
    properties: clauses.properties,
    options: clauses.options,
    query,
  }
}

/** Columns; constraints among them are read over: Delta keeps none from here. */
function tableColumns(cursor: Cursor): ColumnDefinition[] {
  return cursor.list(() => {
    if (cursor.is('CONSTRAINT') && cursor.peek().kind === 'word' && cursor.peek(2).kind === 'word')
      throw cursor.refused(
        'constraints in CREATE TABLE',
        'Add it later: ALTER TABLE t ADD CONSTRAINT c CHECK (...).',
        cursor.token,
      )
    return columnDefinition(cursor)
  })
}

function tableClauses(cursor: Cursor) {
  let format: string | null = null
  let location: string | null = null
  let comment: string | null = null
  let properties: Properties = {}
  let options: Properties = {}
  let partitionedBy: string[] = []
  let clusteredBy: Name[] = []
  const partitionColumns: ColumnDefinition[] = []
  for (;;) {
    if (cursor.accept('USING')) format = cursor.nameParts().join('.').toLowerCase()
    else if (cursor.accept('LOCATION')) location = stringText(cursor)
    else if (cursor.accept('COMMENT')) comment = stringText(cursor)
    else if (cursor.accept('TBLPROPERTIES')) properties = propertyList(cursor)
    else if (cursor.accept('OPTIONS')) options = propertyList(cursor)
    else if (cursor.accept('PARTITIONED', 'BY')) partitionedBy = cursor.list(() => partition(cursor, partitionColumns))
    else if (cursor.accept('CLUSTER', 'BY')) clusteredBy = cursor.list(() => cursor.nameParts())
    else if (cursor.is('CLUSTERED', 'BY') || cursor.is('STORED') || cursor.is('ROW', 'FORMAT'))
      throw cursor.refused(
        `CREATE TABLE ... ${cursor.token.key}`,
        'Write USING delta, and PARTITIONED BY where it helps.',
        cursor.token,
      )
    else break
  }
  return { format, location, comment, properties, options, partitionedBy, clusteredBy, partitionColumns }
}

/** A column, `name TYPE` of a column of its own, or a transform, which Delta refuses. */
function partition(cursor: Cursor, added: ColumnDefinition[]): string {
  const { token } = cursor
  const parts = cursor.nameParts()
  if (cursor.token.key === '(')
    throw cursor.refused(
      `PARTITIONED BY ${token.text}(...)`,
      'Partition by columns; add one for the date or the hour.',
      token,
    )
  const name = parts.join('.')
  if (cursor.token.key !== ',' && cursor.token.key !== ')') {
    const type = parseType(cursor)
    added.push({ name, type, nullable: true, comment: null, defaultValue: null, generatedAs: null })
  }
  return name
}

export function propertyList(cursor: Cursor): Properties {
  return Object.fromEntries(cursor.list(() => property(cursor)))
}

function createView(cursor: Cursor, scope: CreateView['scope'], orReplace: boolean): CreateView {
  const absent = ifNotExists(cursor)
  const view = tableName(cursor)
  const columns =
    cursor.token.key === '('
      ? cursor.list(() => {
          const name = cursor.name()
          return { name, comment: cursor.accept('COMMENT') ? stringText(cursor) : null }
        })
      : null
  let comment: string | null = null
  let properties: Properties = {}
  let options: Properties = {}
  let format: string | null = null
  for (;;) {
    if (cursor.accept('COMMENT')) comment = stringText(cursor)
    else if (cursor.accept('TBLPROPERTIES')) properties = propertyList(cursor)
    else if (cursor.accept('USING')) format = cursor.nameParts().join('.').toLowerCase()
    else if (cursor.accept('OPTIONS')) options = propertyList(cursor)
    else break
  }
  const common = {
    kind: 'createView',
    view,
    scope,
    orReplace,
    ifNotExists: absent,
    columns,
    comment,
    properties,
  } as const
  if (format !== null) return { ...common, query: null, text: '', format, options }
  cursor.expect('AS')
  const { start } = cursor.token
  const query = queryHere(cursor)
  return { ...common, query, text: cursor.text.slice(start, cursor.previous.end), format, options }
}

function createDatabase(cursor: Cursor): Statement {
  const absent = ifNotExists(cursor)
  const database = tableName(cursor)
  let comment: string | null = null
  let location: string | null = null
  let properties: Properties = {}
  for (;;) {
    if (cursor.accept('COMMENT')) comment = stringText(cursor)
    else if (cursor.accept('LOCATION')) location = stringText(cursor)
    else if (cursor.accept('MANAGED', 'LOCATION')) location = stringText(cursor)
    else if (cursor.accept('WITH', 'DBPROPERTIES') || cursor.accept('WITH', 'PROPERTIES'))
      properties = propertyList(cursor)
    else break
  }
  return { kind: 'createDatabase', database, ifNotExists: absent, comment, location, properties }
}
