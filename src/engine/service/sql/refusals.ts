import type { StructType } from '../../../protocol/columns'
import { userError } from '../../../protocol/errors/runnel-error'
import { quoteIdentifier, sqlName } from '../../types/type-names'
import { treeString } from '../../show-string/tree-string'
import type { Name } from '../../sql/statement'
import { CATALOG, quoted } from './table-names'

/** What Spark and Delta say to statements they refuse. */

export function viewExists(name: string) {
  const relationName = quoteIdentifier(name)
  return userError(
    'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
    `Cannot create the temporary view ${relationName} because it already exists.\nChoose a different name, drop or replace the existing view.`,
    {
      sqlState: '42P07',
      parameters: { relationName },
      hint: 'Use createOrReplaceTempView, or CREATE OR REPLACE TEMP VIEW.',
    },
  )
}

export function viewColumns(view: Name, columns: readonly string[], data: readonly string[]) {
  const isTooMany = data.length > columns.length
  const list = (names: readonly string[]) => names.map(quoteIdentifier).join(', ')
  const parameters = { viewName: quoted(view), viewColumns: list(columns), dataColumns: list(data) }
  return userError(
    `CREATE_VIEW_COLUMN_ARITY_MISMATCH.${isTooMany ? 'TOO_MANY_DATA_COLUMNS' : 'NOT_ENOUGH_DATA_COLUMNS'}`,
    `Cannot create view ${parameters.viewName}, the reason is ${isTooMany ? 'too many data columns' : 'not enough data columns'}:\nView columns: ${parameters.viewColumns}.\nData columns: ${parameters.dataColumns}.`,
    { sqlState: '21S01', parameters, hint: 'Name as many columns as the query gives.' },
  )
}

export function schemaNotFound(database: string) {
  const schemaName = quoted([CATALOG, database])
  return userError(
    'SCHEMA_NOT_FOUND',
    `The schema ${schemaName} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.`,
    { sqlState: '42704', parameters: { schemaName }, hint: 'SHOW SCHEMAS lists what there is.' },
  )
}

export function schemaNotEmpty(database: string) {
  const schemaName = quoteIdentifier(database)
  return userError(
    'SCHEMA_NOT_EMPTY',
    `Cannot drop a schema ${schemaName} because it contains objects.\nUse DROP SCHEMA ... CASCADE to drop the schema and all its objects.`,
    { sqlState: '2BP01', parameters: { schemaName } },
  )
}

export function schemaExists(database: string) {
  const schemaName = quoteIdentifier(database)
  return userError(
    'SCHEMA_ALREADY_EXISTS',
    `Cannot create schema ${schemaName} because it already exists.\nChoose a different name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.`,
    { sqlState: '42P06', parameters: { schemaName } },
  )
}

export function duplicateColumn(name: string) {
  const columnName = quoteIdentifier(name.toLowerCase())
  return userError(
    'COLUMN_ALREADY_EXISTS',
    `The column ${columnName} already exists. Choose another name or rename the existing column.`,
    { sqlState: '42711', parameters: { columnName }, hint: 'Column names differ by more than upper and lower case.' },
  )
}

/** ADD COLUMNS of a name the table has. */
export function fieldExists(name: string, schema: StructType) {
  const parameters = { op: 'add', fieldNames: quoteIdentifier(name), struct: `"${sqlName(schema)}"` }
  return userError(
    'FIELD_ALREADY_EXISTS',
    `Cannot add column, because ${parameters.fieldNames} already exists in ${parameters.struct}.`,
    { sqlState: '42710', parameters },
  )
}

export function noPartitionColumn(name: string, schema: StructType) {
  const tree = treeString(schema)
  return userError('_LEGACY_ERROR_TEMP_3060', `Couldn't find column ${name} in:\n${tree}`, {
    parameters: { i: name, schema: tree },
    hint: 'Partition by columns of the table.',
  })
}

export function wrongDrop(shown: string, found: 'view' | 'table') {
  const parameters =
    found === 'view'
      ? { operation: 'DROP TABLE', alternative: 'DROP VIEW', foundType: 'VIEW', requiredType: 'EXTERNAL or MANAGED' }
      : { operation: 'DROP VIEW', alternative: 'DROP TABLE', foundType: 'MANAGED', requiredType: 'VIEW' }
  return userError(
    'WRONG_COMMAND_FOR_OBJECT_TYPE',
    `The operation ${parameters.operation} requires a ${parameters.requiredType}. But ${shown} is a ${parameters.foundType}. Use ${parameters.alternative} instead.`,
    { sqlState: '42809', parameters: { ...parameters, objectName: shown } },
  )
}

export function noDeltaTruncate(shown: string) {
  return userError('_LEGACY_ERROR_TEMP_1121', `Table does not support truncates: ${shown}`, {
    parameters: { cmd: 'truncates', table: shown },
    hint: 'INSERT OVERWRITE replaces all rows.',
  })
}

export function noShowCreate() {
  return userError(
    'DELTA_OPERATION_NOT_ALLOWED',
    'Operation not allowed: `SHOW CREATE TABLE` is not supported for Delta tables',
    { parameters: { operation: 'SHOW CREATE TABLE' }, hint: 'DESCRIBE EXTENDED shows columns and properties.' },
  )
}

export function unknownColumn(name: string, columns: readonly string[]) {
  const objectName = quoteIdentifier(name)
  const proposal = columns.map(quoteIdentifier).join(', ')
  return userError(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    `A column, variable, or function parameter with name ${objectName} cannot be resolved. Did you mean one of the following? [${proposal}].`,
    { sqlState: '42703', parameters: { objectName, proposal }, hint: `Columns here: ${columns.join(', ')}.` },
  )
}

export function insertArity(table: string, columns: readonly string[], data: readonly string[]) {
  const isTooMany = data.length > columns.length
  const list = (names: readonly string[]) => names.map(quoteIdentifier).join(', ')
  const parameters = { tableName: table, tableColumns: list(columns), dataColumns: list(data) }
  return userError(
    `INSERT_COLUMN_ARITY_MISMATCH.${isTooMany ? 'TOO_MANY_DATA_COLUMNS' : 'NOT_ENOUGH_DATA_COLUMNS'}`,
    `Cannot write to ${table}, the reason is ${isTooMany ? 'too many data columns' : 'not enough data columns'}:\nTable columns: ${parameters.tableColumns}.\nData columns: ${parameters.dataColumns}.`,
    { sqlState: '21S01', parameters },
  )
}
