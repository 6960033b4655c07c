import type { Expression } from '../../protocol/spark-connect'
import { columnDefinition, expressionText } from './columns'
import { ifExists, propertyList } from './create-statements'
import type { Cursor } from './cursor'
import { aliased } from './from-clause'
import { queryHere } from './query'
import { isQueryStart } from './query-start'
import type { AlterTable, Assignment, Insert, Merge, Statement } from './statement'
import { propertyKey, stringText, tableName, tableRead } from './table-names'

/** Statements that change rows or tables. */

export function insertStatement(cursor: Cursor): Insert {
  cursor.expect('INSERT')
  const isOverwrite = cursor.accept('OVERWRITE')
  if (!isOverwrite) cursor.expect('INTO')
  if (isOverwrite && (cursor.is('DIRECTORY') || cursor.is('LOCAL', 'DIRECTORY')))
    throw cursor.refused('INSERT OVERWRITE DIRECTORY', 'Write with df.write.save(path).', cursor.token)
  if (cursor.is('TABLE') && cursor.peek().kind !== 'symbol') cursor.next()
  const table = tableName(cursor)
  const partition = cursor.accept('PARTITION')
    ? cursor.list(() => {
        const column = cursor.name()
        return { column, value: cursor.accept('=') ? cursor.grammar.valueExpression(cursor) : null }
      })
    : []
  if (cursor.accept('IF', 'NOT', 'EXISTS'))
    throw cursor.refused('INSERT ... IF NOT EXISTS', 'Leave out the rows that are there with a LEFT ANTI JOIN.')
  let columns: string[] | null = null
  let isByName = cursor.accept('BY', 'NAME')
  if (cursor.token.key === '(' && !isQueryStart(cursor)) columns = cursor.list(() => cursor.nameParts().join('.'))
  isByName ||= cursor.accept('BY', 'NAME')
  const replaceWhere = cursor.accept('REPLACE', 'WHERE') ? cursor.grammar.expression(cursor) : null
  return {
    kind: 'insert',
    table,
    isOverwrite,
    columns,
    isByName,
    partition,
    replaceWhere,
    query: queryHere(cursor),
  }
}

function optionalAlias(cursor: Cursor, ...stops: string[]): string | null {
  if (cursor.accept('AS')) return cursor.name()
  return cursor.isName() && !stops.includes(cursor.token.key) ? cursor.name() : null
}

export function deleteStatement(cursor: Cursor): Statement {
  cursor.expect('DELETE')
  if (!cursor.accept('FROM')) throw cursor.error(cursor.token, ": missing 'FROM'")
  const table = tableName(cursor)
  const alias = optionalAlias(cursor, 'WHERE')
  const condition = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : null
  refuseSubqueries(cursor, 'DELETE')
  return { kind: 'delete', table, alias, condition }
}

export function updateStatement(cursor: Cursor): Statement {
  cursor.expect('UPDATE')
  const table = tableName(cursor)
  const alias = optionalAlias(cursor, 'SET')
  cursor.expect('SET')
  const assignments = cursor.commas(() => assignment(cursor))
  const condition = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : null
  refuseSubqueries(cursor, 'UPDATE')
  return { kind: 'update', table, alias, assignments, condition }
}

function refuseSubqueries(cursor: Cursor, statement: string): void {
  if (cursor.subqueries.length > 0)
    throw cursor.refused(`a subquery in ${statement}`, 'On a cluster use MERGE INTO ... USING (the query).')
}

function assignment(cursor: Cursor): Assignment {
  const column = cursor.nameParts()
  cursor.expect('=')
  return { column, value: cursor.grammar.expression(cursor) }
}

export function mergeStatement(cursor: Cursor): Merge {
  cursor.expect('MERGE')
  const withSchemaEvolution = cursor.accept('WITH', 'SCHEMA', 'EVOLUTION')
  cursor.expect('INTO')
  const target = tableName(cursor)
  const targetAlias = optionalAlias(cursor, 'USING')
  cursor.expect('USING')
  const source =
    cursor.token.key === '('
      ? (() => {
          cursor.expect('(')
          const inner = queryHere(cursor)
          cursor.expect(')')
          return aliased(cursor, inner)
        })()
      : aliased(cursor, namedSource(cursor))
  cursor.expect('ON')
  const condition = cursor.grammar.expression(cursor)
  const clauses: Merge['clauses'][number][] = []
  while (cursor.accept('WHEN')) clauses.push(mergeClause(cursor))
  refuseSubqueries(cursor, 'MERGE')
  if (clauses.length === 0) {
    throw cursor.problem(
      cursor.previous,
      'MERGE_WITHOUT_WHEN',
      'There must be at least one WHEN clause in a MERGE statement.',
      {},
      { hint: 'Add WHEN MATCHED THEN UPDATE SET * or WHEN NOT MATCHED THEN INSERT *.' },
    )
  }
  return { kind: 'merge', target, targetAlias, source, condition, withSchemaEvolution, clauses }
}

function namedSource(cursor: Cursor) {
  const table = cursor.tables.get(cursor.token.text.toLowerCase())
  if (table === undefined || cursor.peek().key === '.') return tableRead(cursor)
  cursor.next()
  return table
}

function mergeClause(cursor: Cursor): Merge['clauses'][number] {
  const isNot = cursor.accept('NOT')
  cursor.expect('MATCHED')
  const bySource = isNot && cursor.accept('BY', 'SOURCE')
  if (isNot && !bySource) cursor.accept('BY', 'TARGET')
  const when = bySource ? 'notMatchedBySource' : isNot ? 'notMatched' : 'matched'
  const condition: Expression | null = cursor.accept('AND') ? cursor.grammar.expression(cursor) : null
  cursor.expect('THEN')
  if (cursor.accept('DELETE')) return { when, condition, action: { kind: 'delete' } }
  if (cursor.accept('UPDATE')) {
    cursor.expect('SET')
    const assignments = cursor.accept('*') ? null : cursor.commas(() => assignment(cursor))
    return { when, condition, action: { kind: 'update', assignments } }
  }
  cursor.expect('INSERT')
  if (cursor.accept('*')) return { when, condition, action: { kind: 'insert', assignments: null } }
  const columns = cursor.list(() => cursor.nameParts())
  cursor.expect('VALUES')
  const start = cursor.token
  const values = cursor.list(() => cursor.grammar.expression(cursor))
  if (values.length !== columns.length) {
    throw cursor.problem(
      { start: start.start, end: cursor.previous.end },
      '_LEGACY_ERROR_TEMP_0006',
      'The number of inserted values cannot match the fields.',
      {},
      { hint: 'Give one value for each column.' },
    )
  }
  const assignments = columns.map((column, i) => ({ column, value: values[i] }))
  return { when, condition, action: { kind: 'insert', assignments } }
}

export function alterStatement(cursor: Cursor): AlterTable {
  cursor.expect('ALTER')
  const isView = cursor.accept('VIEW')
  if (!isView) cursor.expect('TABLE')
  const table = tableName(cursor)
  return { kind: 'alterTable', table, isView, action: alterAction(cursor) }
}

function alterAction(cursor: Cursor): AlterTable['action'] {
  const start = cursor.token.start
  if (cursor.accept('RENAME', 'TO')) return { kind: 'rename', to: tableName(cursor) }
  if (cursor.accept('RENAME', 'COLUMN')) {
    const column = cursor.nameParts()
    cursor.expect('TO')
    return { kind: 'renameColumn', column, to: cursor.name() }
  }
  if (cursor.accept('ADD', 'COLUMNS') || cursor.accept('ADD', 'COLUMN')) {
    const inParentheses = cursor.token.key === '('
    const columns = inParentheses
      ? cursor.list(() => columnDefinition(cursor))
      : cursor.commas(() => columnDefinition(cursor))
    return { kind: 'addColumns', columns }
  }
  if (cursor.accept('DROP', 'COLUMNS') || cursor.accept('DROP', 'COLUMN')) {
    const exists = ifExists(cursor)
    const columns =
      cursor.token.key === '(' ? cursor.list(() => cursor.nameParts()) : cursor.commas(() => cursor.nameParts())
    return { kind: 'dropColumns', columns, ifExists: exists }
  }
  if (cursor.accept('SET', 'TBLPROPERTIES')) return { kind: 'setProperties', properties: propertyList(cursor) }
  if (cursor.accept('UNSET', 'TBLPROPERTIES')) {
    const exists = ifExists(cursor)
    return { kind: 'unsetProperties', keys: cursor.list(() => propertyKey(cursor)), ifExists: exists }
  }
  if (cursor.accept('SET', 'LOCATION')) return { kind: 'setLocation', location: stringText(cursor) }
  if (cursor.accept('ADD', 'CONSTRAINT')) {
    const name = cursor.name()
    cursor.expect('CHECK', '(')
    const condition = expressionText(cursor)
    cursor.expect(')')
    return { kind: 'addConstraint', name, condition }
  }
  if (cursor.accept('DROP', 'CONSTRAINT')) {
    const exists = ifExists(cursor)
    return { kind: 'dropConstraint', name: cursor.name(), ifExists: exists }
  }
  if (cursor.accept('ALTER', 'COLUMN') || cursor.accept('CHANGE', 'COLUMN')) {
    const column = cursor.nameParts()
    return { kind: 'alterColumn', column, text: restText(cursor) }
  }
  if (cursor.token.kind === 'end') throw cursor.error()
  restText(cursor)
  return { kind: 'other', text: cursor.text.slice(start, cursor.previous.end) }
}

function restText(cursor: Cursor): string {
  const { start } = cursor.token
  while (cursor.token.kind !== 'end' && cursor.token.key !== ';') cursor.next()
  return cursor.text.slice(start, cursor.previous.end)
}
