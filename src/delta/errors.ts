import type { DataType, StructType } from '../protocol/columns'
import type { RunnelError } from '../protocol/errors/runnel-error'
import { outsideError, userError } from '../protocol/errors/runnel-error'
import { schemaTree } from './schema-tree'

/**
 * Delta Lake 4.2's errors in its words. Delta prints no SQLSTATE after its messages (unlike Spark), so `sqlState` stays null.
 */
export function pathExists(folder: string): RunnelError {
  return userError(
    'DELTA_PATH_EXISTS',
    `Cannot write to already existent path ${folder} without setting OVERWRITE = 'true'.`,
    {
      parameters: { path: folder },
      hint: "Add .mode('append') or .mode('overwrite') to the writer.",
    },
  )
}

export function tableAlreadyExists(name: string): RunnelError {
  return userError(
    'TABLE_OR_VIEW_ALREADY_EXISTS',
    `Cannot create table or view ${name} because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
    {
      parameters: { relationName: name },
      sqlState: '42P07',
      hint: 'Choose another name, drop the table, or use CREATE TABLE IF NOT EXISTS.',
    },
  )
}

export type MismatchDetails = {
  readonly tableId: string
  readonly table: StructType
  readonly data: StructType
  readonly canOverwriteSchema: boolean
}

const OVERWRITE_SCHEMA =
  `- To overwrite your schema or change partitioning, please set: '.option("overwriteSchema", "true")'.\n` +
  "Note that the schema can't be overwritten when using 'replaceWhere'.\n"

export function schemaMismatch({ tableId, table, data, canOverwriteSchema }: MismatchDetails): RunnelError {
  const overwrite = canOverwriteSchema ? OVERWRITE_SCHEMA : ''
  const known = new Set(table.fields.map((field) => field.name.toLowerCase()))
  const added = data.fields.filter((field) => !known.has(field.name.toLowerCase())).map((field) => field.name)
  return userError(
    'DELTA_METADATA_MISMATCH',
    `A metadata mismatch was detected when writing to the Delta table.
- A schema mismatch detected when writing to the Delta table (Table ID: ${tableId}).
To enable schema migration using DataFrameWriter or DataStreamWriter, please set: '.option("mergeSchema", "true")'.
For other operations, set the session configuration spark.databricks.delta.schema.autoMerge.enabled to "true". See the documentation specific to the operation for details.

Table schema:
${schemaTree(table)}

Data schema:
${schemaTree(data)}
${overwrite === '' ? '' : `\n${overwrite}`}`,
    {
      parameters: { tableId },
      hint:
        added.length === 0
          ? 'The columns of the data do not fit the table.'
          : `The table has no column ${added.join(', ')}. Add .option("mergeSchema", "true"), or select only the table's columns.`,
    },
  )
}

export function partitionMismatch(
  given: readonly string[],
  table: readonly string[],
  canOverwriteSchema: boolean,
): RunnelError {
  const list = (names: readonly string[]) => `[${names.map((name) => `\`${name}\``).join(', ')}]`
  return userError(
    'DELTA_METADATA_MISMATCH',
    `A metadata mismatch was detected when writing to the Delta table.\n- Partition columns do not match the partition columns of the table.\nGiven: ${list(given)}\nTable: ${list(table)}\n${canOverwriteSchema ? `\n${OVERWRITE_SCHEMA}` : ''}`,
    { hint: 'Leave partitionBy out: an existing table keeps its own partitioning.' },
  )
}

export function failedToMergeFields(current: string, update: string, details: string): RunnelError {
  return userError('DELTA_FAILED_TO_MERGE_FIELDS', `Failed to merge fields '${current}' and '${update}'`, {
    parameters: { currentField: current, updateField: update },
    hint: `${details} Cast the column to the table's type before writing.`,
  })
}

export function incompatibleTypes(current: DataType, update: DataType): RunnelError {
  const name = (type: DataType) => type.kind
  return userError(
    'DELTA_MERGE_INCOMPATIBLE_DATATYPE',
    `Failed to merge incompatible data types ${name(current)} and ${name(update)}`,
    {
      parameters: { currentDataType: name(current), updateDataType: name(update) },
    },
  )
}

export function duplicateColumns(names: readonly string[]): RunnelError {
  return userError(
    'DELTA_DUPLICATE_COLUMNS_FOUND',
    `Found duplicate column(s) in the data to save: ${names.join(', ')}`,
    {
      parameters: { coltype: 'in the data to save', duplicateCols: names.join(', ') },
      hint: 'Column names differ only by case or appear twice; rename one with .withColumnRenamed.',
    },
  )
}

export function invalidColumnNames(names: readonly string[]): RunnelError {
  return userError(
    'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES',
    `Found invalid character(s) among ' ,;{}()\\n\\t=' in the column names of your schema.\nInvalid column names: ${names.join(', ')}.\nPlease use other characters and try again.\nAlternatively, enable Column Mapping to keep using these characters.`,
    {
      parameters: { invalidColumnNames: names.join(', ') },
      hint: 'Rename the column, for example .withColumnRenamed("a b", "a_b").',
    },
  )
}

export function allColumnsPartition(): RunnelError {
  return userError('DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION', 'Cannot use all columns for partition columns', {
    hint: 'Leave at least one column that is not a partition column.',
  })
}

export function partitionColumnMissing(name: string, schema: StructType): RunnelError {
  const columns = schema.fields.map((field) => field.name).join(', ')
  return userError(
    'DELTA_PARTITION_COLUMN_NOT_FOUND',
    `Partition column \`${name}\` not found in schema [${columns}]`,
    {
      parameters: { columnName: name, schemaMap: columns },
    },
  )
}

export function unsupportedType(column: string, typeName: string): RunnelError {
  return userError(
    'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
    `The delta datasource doesn't support the column \`${column}\` of the type "${typeName}".`,
    { sqlState: '0A000', parameters: { columnName: column, columnType: typeName, format: 'delta' } },
  )
}

export function nullTypeInStream(): RunnelError {
  return userError(
    'DELTA_NULL_SCHEMA_IN_STREAMING_WRITE',
    "Delta doesn't accept NullTypes in the schema for streaming writes.",
    {
      hint: 'Give the column a type, for example CAST(NULL AS STRING).',
    },
  )
}

export function notNullViolated(column: string): RunnelError {
  return userError('DELTA_NOT_NULL_CONSTRAINT_VIOLATED', `NOT NULL constraint violated for column: ${column}.\n`, {
    parameters: { columnName: column },
    exception: 'SparkRuntimeException',
    hint: `Filter rows where ${column} is NULL, or fill it with coalesce.`,
  })
}

export function versionNotFound(version: number, earliest: number, latest: number): RunnelError {
  return userError(
    'DELTA_VERSION_NOT_FOUND',
    `Cannot time travel Delta table to version ${version}. Available versions: [${earliest}, ${latest}].`,
    { parameters: { userVersion: String(version), earliest: String(earliest), latest: String(latest) } },
  )
}

export function timestampTooEarly(wanted: string, earliest: string): RunnelError {
  return userError(
    'DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION',
    `The provided timestamp (${wanted}) is before the earliest version available to\nthis table (${earliest}). Please use a timestamp after ${earliest.slice(0, 19)}.`,
  )
}

export function timestampTooLate(wanted: string, latest: string): RunnelError {
  return userError(
    'DELTA_TIMESTAMP_GREATER_THAN_COMMIT',
    `The provided timestamp (${wanted}) is after the latest version available to this\ntable (${latest}). Please use a timestamp before or at ${latest.slice(0, 19)}.`,
  )
}

export function schemaNotSet(): RunnelError {
  return userError(
    'DELTA_SCHEMA_NOT_SET',
    'Table schema is not set.  Write data into it or use CREATE TABLE to set the schema.',
    {
      hint: 'The path holds no Delta table yet. Start the query that writes it first, or check the path.',
    },
  )
}

export function concurrentWrite(reason: 'DELTA_PROTOCOL_CHANGED' | 'DELTA_METADATA_CHANGED'): RunnelError {
  const message =
    reason === 'DELTA_PROTOCOL_CHANGED'
      ? 'ProtocolChangedException: The protocol version of the Delta table has been changed by a concurrent update. '
      : 'MetadataChangedException: The metadata of the Delta table has been changed by a concurrent update. Please try the operation again.'
  return outsideError(reason, message, {
    hint: 'Another query changed the table at the same moment; run the write again.',
  })
}

export function commitRetriesExceeded(attempts: number, startVersion: number, failVersion: number): RunnelError {
  return outsideError(
    'DELTA_MAX_COMMIT_RETRIES_EXCEEDED',
    `This commit has failed as it has been tried ${attempts} times but did not succeed.\nThis can be caused by the Delta table being committed continuously by many concurrent\ncommits.\n\nCommit started at version: ${startVersion}\nCommit failed at version: ${failVersion}`,
  )
}

export function appendOnly(tableName: string | undefined): RunnelError {
  return userError(
    'DELTA_CANNOT_MODIFY_APPEND_ONLY',
    `This table is configured to only allow appends. If you would like to permit updates or deletes, use 'ALTER TABLE ${tableName ?? 'null'} SET TBLPROPERTIES (delta.appendOnly=false)'.`,
    { exception: 'UnsupportedOperationException' },
  )
}

export function illegalOption(name: string, input: string, explain: string): RunnelError {
  return userError('DELTA_ILLEGAL_OPTION', `Invalid value '${input}' for option '${name}', ${explain}`, {
    exception: 'IllegalArgumentException',
    parameters: { name, input, explain },
  })
}

export function dataFileMissing(path: string, folder: string): RunnelError {
  return outsideError(
    'FAILED_READ_FILE.FILE_NOT_EXIST',
    `Encountered error while reading file ${path}. File does not exist. It is possible the underlying files have been updated.`,
    {
      sqlState: 'KD001',
      parameters: { path },
      hint: `The table ${folder} lists a data file that is gone: it was deleted by hand or by VACUUM.`,
    },
  )
}
