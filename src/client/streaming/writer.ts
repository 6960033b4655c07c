import { userError } from '../../protocol/errors/runnel-error'
import { argumentError, flatten } from '../column'
import type { Json, LocalRows } from '../connection'
import type { DataFrame } from '../dataframe'
import { OptionBag } from '../option-bag'
import type { Row } from '../rows'
import type { SparkSession } from '../session'
import { StreamingQuery } from './query'

export type OutputMode = 'append' | 'update' | 'complete'
/** One of: every so often, once, or everything there is and then stop. */
export type Trigger =
  | { readonly processingTime: string }
  | { readonly availableNow: true }
  | { readonly once: true }
  | { readonly continuous: string }

type Written = { readonly plan: Json; readonly isStreaming: boolean; readonly sparkSession: SparkSession }

/** `df.writeStream`: describes a query; `start()` or `toTable()` starts it. */
export class DataStreamWriter extends OptionBag {
  readonly #df: Written
  #start: Readonly<Record<string, unknown>> = {}
  #trigger: Readonly<Record<string, unknown>> = {}

  /** @internal */
  constructor(df: Written) {
    super()
    if (!df.isStreaming)
      throw userError('WRITE_STREAM_NOT_ALLOWED', '`writeStream` can be called only on streaming Dataset/DataFrame.', {
        sqlState: '42601',
        hint: 'Read with spark.readStream, or write once with df.write.',
      })
    this.#df = df
  }

  /** Which rows of the result a batch writes: new ones, changed ones, or all. */
  outputMode(outputMode: OutputMode): this {
    if (typeof outputMode !== 'string' || outputMode.trim() === '')
      throw argumentError('VALUE_NOT_NON_EMPTY_STR', 'outputMode', outputMode, 'a mode')
    if (!['append', 'complete', 'update'].includes(outputMode.toLowerCase()))
      throw userError(
        'STREAMING_OUTPUT_MODE.INVALID',
        `Invalid streaming output mode: ${outputMode}. Accepted output modes are 'Append', 'Complete', 'Update'.`,
        { exception: 'IllegalArgumentException', parameters: { outputMode }, sqlState: '42KDE' },
      )
    this.#start = { ...this.#start, outputMode }
    return this
  }
  /** The query's name: its card, and the table of a memory sink. */
  queryName(queryName: string): this {
    if (typeof queryName !== 'string' || queryName.trim() === '')
      throw argumentError('VALUE_NOT_NON_EMPTY_STR', 'queryName', queryName, 'a name')
    this.#start = { ...this.#start, queryName }
    return this
  }
  partitionBy(...cols: readonly (string | readonly string[])[]): this {
    this.#start = { ...this.#start, partitioningColumnNames: flatten(cols) }
    return this
  }
  clusterBy(...cols: readonly (string | readonly string[])[]): this {
    this.#start = { ...this.#start, clusteringColumnNames: flatten(cols) }
    return this
  }
  /** When batches run: `{ processingTime: '10 seconds' }`, `{ availableNow: true }`, ... */
  trigger(trigger: Trigger): this {
    const entries = Object.entries(trigger).filter(([, value]) => value !== undefined)
    if (entries.length !== 1)
      throw userError('ONLY_ALLOW_SINGLE_TRIGGER', 'Only a single trigger is allowed.', {
        exception: 'IllegalArgumentException',
      })
    const fields = { processingTime: 'processingTimeInterval', continuous: 'continuousCheckpointInterval' } as const
    const [name, value] = entries[0] as [string, unknown]
    if (name === 'processingTime' || name === 'continuous') {
      if (typeof value !== 'string' || value.trim() === '')
        throw argumentError('VALUE_NOT_NON_EMPTY_STR', name, value, 'a duration')
      this.#trigger = { [fields[name]]: value.trim() }
    } else {
      if (value !== true) throw argumentError('VALUE_NOT_TRUE', name, value, 'true')
      this.#trigger = { [name]: true }
    }
    return this
  }
  /** Calls the function with the rows of each batch, in this notebook; the batch is done when its promise is. */
  foreachBatch(each: (df: DataFrame, batchId: number) => unknown): this {
    if (typeof each !== 'function') throw argumentError('NOT_CALLABLE', 'func', each, 'a function')
    const { sparkSession } = this.#df
    this.#setFunction(async (rows, batchId) => {
      await each(sparkSession.localDataFrame(rows), batchId)
    })
    return this
  }
  /** Calls the function with each row. */
  foreach(each: (row: Row) => unknown): this {
    return this.foreachBatch(async (df) => {
      for (const row of await df.collect()) await each(row)
    })
  }
  /** Starts the query; it goes on when the cell has ended. */
  start(path?: string): StreamingQuery {
    return this.#started(path === undefined ? {} : { path })
  }
  /** Starts the query into a table. */
  toTable(tableName: string): StreamingQuery {
    if (typeof tableName !== 'string') throw argumentError('NOT_STR', 'tableName', tableName, 'a string')
    return this.#started({ tableName })
  }

  #setFunction(callback: (rows: LocalRows, batchId: number) => Promise<void>): void {
    const id = this.#df.sparkSession.connection.registerFunction(callback)
    // A live function travels as its id, where a client of another process puts its pickled code.
    this.#start = { ...this.#start, foreachBatch: { pythonFunction: { command: btoa(id), pythonVer: 'typescript' } } }
  }

  #started(target: Json): StreamingQuery {
    const writeStreamOperationStart = {
      input: this.#df.plan,
      ...this.#start,
      ...this.#trigger,
      ...target,
      ...(this.source === null ? {} : { format: this.source }),
      ...(Object.keys(this.given).length === 0 ? {} : { options: this.given }),
    }
    const { connection } = this.#df.sparkSession
    const answer = connection.executeNow({ command: { writeStreamOperationStart } })
    if (answer.kind !== 'streamStarted') throw new Error(`start() answered with ${answer.kind}`)
    return new StreamingQuery(connection, answer.id, answer.runId, answer.name)
  }
}
