import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { treeString } from '../show-string/tree-string'

/** What Spark and Delta say to a batch write they refuse. Delta prints no SQLSTATE after its words, Spark does. */

export function noPath() {
  return userError('', "'path' is not specified", {
    exception: 'IllegalArgumentException',
    hint: 'Use .save("Tables/name") or .saveAsTable("name").',
  })
}

export function pathExists(folder: string) {
  return userError(
    'DELTA_PATH_EXISTS',
    `Cannot write to already existent path ${folder} without setting OVERWRITE = 'true'.`,
    { parameters: { path: folder }, hint: 'Use .mode("append") or .mode("overwrite").' },
  )
}

export function tableExists(name: string) {
  return userError(
    'TABLE_OR_VIEW_ALREADY_EXISTS',
    `Cannot create table or view \`${name}\` because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
    {
      sqlState: '42P07',
      parameters: { relationName: `\`${name}\`` },
      hint: 'Use .mode("append") or .mode("overwrite").',
    },
  )
}

export function illegalOption(name: string, input: string, explain: string) {
  return userError('DELTA_ILLEGAL_OPTION', `Invalid value '${input}' for option '${name}', ${explain}`, {
    exception: 'IllegalArgumentException',
    parameters: { name, input, explain },
  })
}

export function halfTransaction() {
  const explain = 'Both txnVersion and txnAppId must be specified for idempotent data frame writes'
  return userError(
    'DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS',
    `Invalid options for idempotent Dataframe writes: ${explain}`,
    {
      exception: 'IllegalArgumentException',
      parameters: { reason: explain },
      hint: 'In foreachBatch: .option("txnAppId", "<a name of this query>").option("txnVersion", batch_id).',
    },
  )
}

export function insertPartitioned() {
  return userError(
    '_LEGACY_ERROR_TEMP_1309',
    "insertInto() can't be used together with partitionBy(). Partition columns have already been defined for the table. It is not necessary to use partitionBy().",
    { hint: 'Leave partitionBy out: the table knows its partition columns.' },
  )
}

export function tooFewColumns(table: string, wanted: number, given: number) {
  const name = `spark_catalog.${table.includes('.') ? table : `default.${table}`}`
  return userError(
    'DELTA_INSERT_COLUMN_ARITY_MISMATCH',
    `Cannot write to '${name}', not enough data columns; target table has ${wanted} column(s) but the inserted data has ${given} column(s)`,
    {
      parameters: {
        tableName: name,
        columnName: 'not enough data columns',
        numColumns: String(wanted),
        insertColumns: String(given),
      },
      hint: 'insertInto goes by position: select all columns of the table in its order.',
    },
  )
}

export function noSuchPartitionColumn(column: string, schema: StructType) {
  return userError('_LEGACY_ERROR_TEMP_3060', `Couldn't find column ${column} in:\n${treeString(schema)}`, {
    hint: `Columns here: ${schema.fields.map((field) => field.name).join(', ')}.`,
  })
}

export function allColumnsPartition() {
  return userError('ALL_PARTITION_COLUMNS_NOT_ALLOWED', 'Cannot use all columns for partition columns.', {
    sqlState: 'KD005',
    hint: 'Leave at least one column that is not a partition column.',
  })
}

export function otherPartitioning(given: readonly string[], table: readonly string[]) {
  const list = (names: readonly string[]) => names.map((name) => `identity(${name})`).join(', ')
  return userError(
    '',
    `requirement failed: The provided partitioning or clustering columns do not match the existing table's.\n - provided: ${list(given)}\n - table: ${list(table)}`,
    {
      exception: 'IllegalArgumentException',
      hint: 'Leave partitionBy out: an existing table keeps its own partitioning.',
    },
  )
}
