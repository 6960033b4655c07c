/**
 * The one list of what workshop mode allows and real Spark refuses. The engine is strict at heart: whoever is lenient calls
 * `lenient(id, detail)`, which raises the notice in workshop mode and this error in strict mode.
 */
export type Leniency = {
  readonly id: string
  /** What we did instead; `{name}` is filled from the detail. */
  readonly notice: string
  /** Spark's (or the connector's) words. */
  readonly spark: string
  readonly condition: string
  readonly exception:
    | 'AnalysisException'
    | 'IllegalArgumentException'
    | 'SparkException'
    | 'NameError'
    | 'AttributeError'
    | 'ModuleNotFoundError'
    | 'ValueError'
  readonly fix: { readonly description: string; readonly from: string; readonly to: string } | null
}

export const LENIENCIES: Readonly<Record<string, Leniency>> = {
  'python-default-name': {
    id: 'python-default-name',
    notice: '`{name}` is not imported in this notebook; Runnel used its usual meaning.',
    spark: "name '{name}' is not defined",
    condition: 'NameError',
    exception: 'NameError',
    fix: { description: 'Import it in the first cell', from: '', to: '{import}' },
  },
  'stream-writer-table': {
    id: 'stream-writer-table',
    notice: '`writeStream.table(...)` is not a PySpark method; Runnel ran `toTable`.',
    spark: "'DataStreamWriter' object has no attribute 'table'",
    condition: 'AttributeError',
    exception: 'AttributeError',
    fix: { description: 'Call toTable', from: '.table(', to: '.toTable(' },
  },
  'display-stream': {
    id: 'display-stream',
    notice: 'Databricks does this; Apache Spark and Fabric have only `writeStream`.',
    spark:
      'Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.',
    condition: '_LEGACY_ERROR_TEMP_3102',
    exception: 'AnalysisException',
    fix: null,
  },
  'sql-placeholder': {
    id: 'sql-placeholder',
    notice: 'Spark would look for the literal `{{name}}`; in Python use `spark.sql(f"...")`.',
    spark: 'The text stays as it is: `{{name}}`.',
    condition: '_LEGACY_SQL_PLACEHOLDER',
    exception: 'AnalysisException',
    fix: null,
  },
  'eventhubs-connector-spark4': {
    id: 'eventhubs-connector-spark4',
    notice:
      'The open-source connector is built for Spark 3 (Scala 2.12). On Spark 4 read the hub through its Kafka endpoint.',
    spark:
      'Failed to find the data source: eventhubs. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.',
    condition: 'DATA_SOURCE_NOT_FOUND',
    exception: 'SparkException',
    fix: null,
  },
  'eventhubs-unencrypted': {
    id: 'eventhubs-unencrypted',
    notice: 'The connection string is plain text; Runnel read it as it is. The connector takes it encrypted only.',
    spark: '{error}',
    condition: '_LEGACY_EVENTHUBS_DECRYPT',
    exception: 'IllegalArgumentException',
    fix: {
      description: 'Encrypt the connection string',
      from: '"eventhubs.connectionString": eventHubConnString',
      to: '"eventhubs.connectionString": sc._jvm.org.apache.spark.eventhubs.EventHubsUtils.encrypt(eventHubConnString)',
    },
  },
  'eventhubs-unprefixed-option': {
    id: 'eventhubs-unprefixed-option',
    notice: '`{option}` has no `eventhubs.` in front; Runnel took it as `eventhubs.{key}`.',
    spark: 'The connector says nothing: it does not know `{option}`, and {effect}',
    condition: '_LEGACY_EVENTHUBS_OPTION',
    exception: 'IllegalArgumentException',
    fix: { description: 'Write the full name of the option', from: '"{option}":', to: '"eventhubs.{key}":' },
  },
  'eventhubs-unknown-option': {
    id: 'eventhubs-unknown-option',
    notice: '`{option}` is not an option of the connector; it has no effect.',
    spark: 'The connector says nothing: it does not know `{option}`.',
    condition: '_LEGACY_EVENTHUBS_OPTION',
    exception: 'IllegalArgumentException',
    fix: null,
  },
  'eventhubs-duration': {
    id: 'eventhubs-duration',
    notice: '`{option}` is "{value}", which is not an ISO-8601 duration; Runnel took it as {iso}.',
    spark: 'Text cannot be parsed to a Duration',
    condition: '_LEGACY_EVENTHUBS_DURATION',
    exception: 'IllegalArgumentException',
    fix: { description: 'Write an ISO-8601 duration', from: '"{value}"', to: '"{iso}"' },
  },
  'eventhubs-no-entity-path': {
    id: 'eventhubs-no-entity-path',
    notice: 'The connection string names no event hub; Runnel read the in-browser hub {hub}.',
    spark: '{words}',
    condition: '_LEGACY_EVENTHUBS_ENTITY_PATH',
    exception: 'IllegalArgumentException',
    fix: { description: 'Add ;EntityPath={hub} to the connection string', from: '{from}', to: '{to}' },
  },
  'eventhubs-placeholder': {
    id: 'eventhubs-placeholder',
    notice: 'The connection string is a placeholder; Runnel read the in-browser hub {hub}.',
    spark: 'Connection String cannot be parsed.',
    condition: '_LEGACY_EVENTHUBS_CONNECTION',
    exception: 'IllegalArgumentException',
    fix: null,
  },
  'azure-eventhub-placeholder': {
    id: 'azure-eventhub-placeholder',
    notice: 'The connection string is a placeholder; Runnel opened the in-browser hub {hub}.',
    spark: 'Connection string is either blank or malformed.',
    condition: 'ValueError',
    exception: 'ValueError',
    fix: null,
  },
  'streaming-count-distinct': {
    id: 'streaming-count-distinct',
    notice:
      'Spark refuses DISTINCT aggregates on streams; Runnel counts exactly and keeps every distinct value of each open group.',
    spark:
      'Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.',
    condition: '_LEGACY_ERROR_TEMP_3102',
    exception: 'AnalysisException',
    fix: { description: 'Count approximately', from: 'countDistinct', to: 'approx_count_distinct' },
  },
}
