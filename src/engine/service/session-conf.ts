import { userError } from '../../protocol/errors/runnel-error'

/** Defaults of Spark 4.1 that a notebook can ask for, and our own keys. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'spark.app.name': 'Runnel',
  'spark.master': 'local[*]',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.caseSensitive': 'false',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '200',
  // Fabric's default; plain Spark says parquet.
  'spark.sql.sources.default': 'delta',
  'spark.sql.streaming.minBatchesToRetain': '100',
  'spark.sql.streaming.multipleWatermarkPolicy': 'min',
  'spark.sql.streaming.noDataMicroBatches.enabled': 'true',
  'spark.sql.streaming.noDataProgressEventInterval': '10000',
  'spark.sql.streaming.numRecentProgressUpdates': '100',
  'spark.sql.streaming.pollingDelay': '10',
  'spark.sql.streaming.schemaInference': 'false',
  'spark.sql.streaming.stateStore.providerClass':
    'org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider',
  'spark.sql.streaming.stopActiveRunOnRestart': 'true',
  'spark.sql.adaptive.enabled': 'true',
  'runnel.compatibility': 'workshop',
  'runnel.streaming.minBatchIntervalMs': '200',
}

/** Set once when the cluster starts: a notebook may read, not change them. */
const STATIC = new Set(['spark.sql.warehouse.dir', 'spark.sql.extensions', 'spark.sql.catalogImplementation'])

/** Configurations of the cluster itself: fixed once Spark runs. */
const CORE = new Set([
  'spark.executor.memory',
  'spark.executor.cores',
  'spark.executor.instances',
  'spark.driver.memory',
  'spark.driver.cores',
  'spark.master',
  'spark.default.parallelism',
  'spark.serializer',
])

/** Session configuration with Spark's lookup rules and errors. */
export class SessionConf {
  readonly #base: Readonly<Record<string, string>>
  readonly #values = new Map<string, string>()

  constructor(base: Readonly<Record<string, string>>) {
    this.#base = { ...DEFAULTS, ...base }
  }

  /** `fallback` undefined: a missing key throws `SQL_CONF_NOT_FOUND`. */
  get(key: string, fallback?: string | null): string | null {
    const value = this.#values.get(key) ?? this.#base[key]
    if (value !== undefined) return value
    if (fallback !== undefined) return fallback
    throw userError(
      'SQL_CONF_NOT_FOUND',
      `The SQL config "${key}" cannot be found. Please verify that the config exists.`,
      { exception: 'SparkNoSuchElementException', sqlState: '42K0I', parameters: { sqlConf: `"${key}"` } },
    )
  }

  set(key: string, value: string): void {
    if (STATIC.has(key)) {
      throw userError('CANNOT_MODIFY_STATIC_CONFIG', `Cannot modify the value of the static Spark config: "${key}".`, {
        sqlState: '46110',
        parameters: { key: `"${key}"` },
      })
    }
    if (CORE.has(key)) {
      throw userError(
        'CANNOT_MODIFY_CONFIG',
        `Cannot modify the value of the Spark config: "${key}".\nSee also 'https://spark.apache.org/docs/latest/sql-migration-guide.html#ddl-statements'.`,
        {
          sqlState: '46110',
          parameters: { key: `"${key}"` },
          hint: 'It belongs to the cluster and is set before Spark starts.',
        },
      )
    }
    this.#values.set(key, value)
  }

  unset(key: string): void {
    this.#values.delete(key)
  }

  isModifiable(key: string): boolean {
    return key.startsWith('spark.sql.') && !STATIC.has(key)
  }

  all(): Record<string, string> {
    return { ...this.#base, ...Object.fromEntries(this.#values) }
  }
}
