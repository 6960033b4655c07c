import { argumentError } from './column'
import type { Json } from './connection'
import { DataFrame } from './dataframe'
import { OptionBag } from './option-bag'
import { relation } from './plan'
import type { Options } from './plan'
import type { Row } from './rows'
import type { SparkSession } from './session'
import { StructType } from './types'

abstract class ReaderBase extends OptionBag {
  readonly #session: SparkSession
  readonly #isStreaming: boolean
  #schema: string | null = null

  /** @internal */
  constructor(session: SparkSession, isStreaming: boolean) {
    super()
    this.#session = session
    this.#isStreaming = isStreaming
  }

  /** The schema to read with: DDL text (`'id LONG, name STRING'`) or a `StructType`. */
  schema(schema: StructType | string): this {
    if (typeof schema === 'string') this.#schema = schema
    else if (schema instanceof StructType) this.#schema = schema.json()
    else throw argumentError('NOT_STR_OR_STRUCT', 'schema', schema, 'a string or a StructType')
    return this
  }
  json(path: string, options: Options = {}): DataFrame {
    return this.files('json', [path], options)
  }
  csv(path: string, options: Options = {}): DataFrame {
    return this.files('csv', [path], options)
  }
  text(path: string, options: Options = {}): DataFrame {
    return this.files('text', [path], options)
  }
  /** A table by name. */
  table<T extends object = Row>(tableName: string): DataFrame<T> {
    if (typeof tableName !== 'string') throw argumentError('NOT_STR', 'tableName', tableName, 'a string')
    return this.#frame({ namedTable: { unparsedIdentifier: tableName, ...this.#options() } })
  }

  /** @internal */
  protected files(source: string, paths: readonly string[], options: Options): DataFrame {
    return this.format(source).options(options).read(paths)
  }
  /** @internal */
  protected read<T extends object = Row>(paths: readonly string[]): DataFrame<T> {
    const dataSource = {
      ...(this.source === null ? {} : { format: this.source }),
      // Apache's clients send an empty schema where none is given.
      schema: this.#schema ?? '',
      ...this.#options(),
      ...(paths.length === 0 ? {} : { paths }),
    }
    return this.#frame({ dataSource })
  }
  #options(): Json {
    return Object.keys(this.given).length === 0 ? {} : { options: { ...this.given } }
  }
  #frame<T extends object>(read: Json): DataFrame<T> {
    return new DataFrame<T>(relation({ read: { ...read, isStreaming: this.#isStreaming } }), this.#session)
  }
}

/** `spark.read`: rows that are there now. */
export class DataFrameReader extends ReaderBase {
  /** @internal */
  constructor(session: SparkSession) {
    super(session, false)
  }
  load<T extends object = Row>(path: string | readonly string[] = []): DataFrame<T> {
    return this.read<T>(typeof path === 'string' ? [path] : path)
  }
  parquet(...paths: readonly string[]): DataFrame {
    return this.files('parquet', paths, {})
  }
}

/** `spark.readStream`: rows as they come. */
export class DataStreamReader extends ReaderBase {
  /** @internal */
  constructor(session: SparkSession) {
    super(session, true)
  }
  load<T extends object = Row>(path?: string): DataFrame<T> {
    if (path !== undefined && (typeof path !== 'string' || path.trim() === ''))
      throw argumentError('VALUE_NOT_NON_EMPTY_STR', 'path', path, 'a path')
    return this.read<T>(path === undefined ? [] : [path])
  }
  parquet(path: string): DataFrame {
    return this.files('parquet', [path], {})
  }
}
