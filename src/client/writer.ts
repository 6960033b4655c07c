import { userError } from '../protocol/errors/runnel-error'
import { flatten, toColumn } from './column'
import type { Column, ColumnOrName } from './column'
import type { Json } from './connection'
import { OptionBag } from './option-bag'
import { optionText } from './plan'
import type { OptionValue, Options } from './plan'
import type { SparkSession } from './session'

export type SaveMode = 'append' | 'overwrite' | 'error' | 'errorifexists' | 'ignore' | 'default'

/** What the writers take of a DataFrame. */
type Written = { readonly plan: Json; readonly isStreaming: boolean; readonly sparkSession: SparkSession }

const SAVE_MODES: Readonly<Record<string, string>> = {
  append: 'SAVE_MODE_APPEND',
  overwrite: 'SAVE_MODE_OVERWRITE',
  error: 'SAVE_MODE_ERROR_IF_EXISTS',
  errorifexists: 'SAVE_MODE_ERROR_IF_EXISTS',
  default: 'SAVE_MODE_ERROR_IF_EXISTS',
  ignore: 'SAVE_MODE_IGNORE',
}

/** `df.write`: writes the rows once. */
export class DataFrameWriter extends OptionBag {
  readonly #df: Written
  #mode: string | null = null
  #partitioning: readonly string[] = []
  #clustering: readonly string[] = []

  /** @internal */
  constructor(df: Written) {
    super()
    refuseStream(df, 'write')
    this.#df = df
  }

  /** What happens when rows are there already; without a mode that is an error. */
  mode(saveMode: SaveMode): this {
    const name = SAVE_MODES[saveMode.toLowerCase()]
    if (name === undefined)
      throw userError(
        'INVALID_SAVE_MODE',
        `The specified save mode "${saveMode}" is invalid. Valid save modes include "append", "overwrite", "ignore", "error", "errorifexists", and "default".`,
        { parameters: { mode: `"${saveMode}"` }, sqlState: '42000' },
      )
    this.#mode = name
    return this
  }
  partitionBy(...cols: readonly (string | readonly string[])[]): this {
    this.#partitioning = flatten(cols)
    return this
  }
  clusterBy(...cols: readonly (string | readonly string[])[]): this {
    this.#clustering = flatten(cols)
    return this
  }
  save(path?: string): Promise<void> {
    return this.#write(path === undefined ? {} : { path })
  }
  saveAsTable(name: string): Promise<void> {
    return this.#write({ table: { tableName: name, saveMethod: 'TABLE_SAVE_METHOD_SAVE_AS_TABLE' } })
  }
  insertInto(tableName: string, overwrite?: boolean): Promise<void> {
    if (overwrite !== undefined) this.mode(overwrite ? 'overwrite' : 'append')
    return this.#write({ table: { tableName, saveMethod: 'TABLE_SAVE_METHOD_INSERT_INTO' } })
  }
  json(path: string, options: Options = {}): Promise<void> {
    return this.format('json').options(options).save(path)
  }
  csv(path: string, options: Options = {}): Promise<void> {
    return this.format('csv').options(options).save(path)
  }
  parquet(path: string, options: Options = {}): Promise<void> {
    return this.format('parquet').options(options).save(path)
  }

  async #write(target: Json): Promise<void> {
    const writeOperation = {
      input: this.#df.plan,
      ...target,
      ...(this.source === null ? {} : { source: this.source }),
      ...(this.#mode === null ? {} : { mode: this.#mode }),
      ...(this.#partitioning.length === 0 ? {} : { partitioningColumns: this.#partitioning }),
      ...(this.#clustering.length === 0 ? {} : { clusteringColumns: this.#clustering }),
      ...(Object.keys(this.given).length === 0 ? {} : { options: this.given }),
    }
    await this.#df.sparkSession.connection.execute({ command: { writeOperation } })
  }
}

/** `df.writeTo(table)` */
export class DataFrameWriterV2 {
  readonly #df: Written
  readonly #write: Record<string, unknown>
  readonly #options: Record<string, string> = {}
  readonly #properties: Record<string, string> = {}

  /** @internal */
  constructor(df: Written, table: string) {
    refuseStream(df, 'writeTo')
    this.#df = df
    this.#write = { input: df.plan, tableName: table }
  }

  using(provider: string): this {
    this.#write['provider'] = provider
    return this
  }
  option(key: string, value: OptionValue): this {
    const text = optionText(value)
    if (text !== null) this.#options[key] = text
    return this
  }
  options(options: Options): this {
    for (const [key, value] of Object.entries(options)) this.option(key, value)
    return this
  }
  tableProperty(property: string, value: string): this {
    this.#properties[property] = value
    return this
  }
  partitionedBy(...cols: readonly ColumnOrName[]): this {
    this.#write['partitioningColumns'] = cols.map((column) => toColumn(column).expression)
    return this
  }
  clusterBy(...cols: readonly string[]): this {
    this.#write['clusteringColumns'] = cols
    return this
  }
  create(): Promise<void> {
    return this.#run('CREATE')
  }
  replace(): Promise<void> {
    return this.#run('REPLACE')
  }
  createOrReplace(): Promise<void> {
    return this.#run('CREATE_OR_REPLACE')
  }
  append(): Promise<void> {
    return this.#run('APPEND')
  }
  overwrite(condition: Column): Promise<void> {
    return this.#run('OVERWRITE', { overwriteCondition: condition.expression })
  }
  overwritePartitions(): Promise<void> {
    return this.#run('OVERWRITE_PARTITIONS')
  }

  async #run(mode: string, more: Json = {}): Promise<void> {
    const writeOperationV2 = {
      ...this.#write,
      mode: `MODE_${mode}`,
      ...(Object.keys(this.#options).length === 0 ? {} : { options: this.#options }),
      ...(Object.keys(this.#properties).length === 0 ? {} : { tableProperties: this.#properties }),
      ...more,
    }
    await this.#df.sparkSession.connection.execute({ command: { writeOperationV2 } })
  }
}

/** Batch writing refuses a stream, with Spark's words. */
function refuseStream(df: Written, method: string): void {
  if (!df.isStreaming) return
  throw userError(
    'CALL_ON_STREAMING_DATASET_UNSUPPORTED',
    `The method \`${method}\` can not be called on streaming Dataset/DataFrame.`,
    {
      parameters: { methodName: `\`${method}\`` },
      sqlState: '42KDE',
      hint: 'A stream is written with df.writeStream.',
    },
  )
}
