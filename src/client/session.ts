import { fromBinary, toJson } from '@bufbuild/protobuf'
import { RelationSchema } from '../protocol/spark-connect'
import { Catalog, RuntimeConfig, schemaOfDdl } from './catalog'
import { expressionOf } from './column'
import type { Literal } from './column'
import type { Connection, Json, LocalRows } from './connection'
import { DataFrame } from './dataframe'
import { localColumns } from './local-data'
import { relation } from './plan'
import { DataFrameReader, DataStreamReader } from './reader'
import type { Row } from './rows'
import { StreamingQueryManager } from './streaming/query'
import { structFromJson } from './types'
import type { StructType, TypeJson } from './types'

/** Every plan over local rows holds their relation, and with it the rows. */
const keptRows = new WeakMap<Json, LocalRows>()

export const SPARK_VERSION = '4.1.1'

/** The notebook's session: Python, SQL and TypeScript cells share its views, tables and queries. */
export class SparkSession {
  /** @internal */
  readonly connection: Connection
  readonly conf: RuntimeConfig
  readonly catalog: Catalog
  readonly streams: StreamingQueryManager
  readonly version: string = SPARK_VERSION

  /** @internal */
  constructor(connection: Connection) {
    this.connection = connection
    this.conf = new RuntimeConfig(connection)
    this.catalog = new Catalog(connection)
    this.streams = new StreamingQueryManager(connection)
  }

  /** Reads rows that are there now. */
  get read(): DataFrameReader {
    return new DataFrameReader(this)
  }
  /** Reads rows as they come. */
  get readStream(): DataStreamReader {
    return new DataStreamReader(this)
  }
  /** A table or temp view. */
  table<T extends object = Row>(tableName: string): DataFrame<T> {
    return this.read.table<T>(tableName)
  }
  /** Numbers from 0 to `end`, or from `start` to `end`, as column `id`. */
  range(start: number, end?: number, step = 1, numPartitions?: number): DataFrame<{ id: number }> {
    const [from, until] = end === undefined ? [0, start] : [start, end]
    const range = {
      start: String(Math.trunc(from)),
      end: String(Math.trunc(until)),
      step: String(Math.trunc(step)),
      ...(numPartitions === undefined ? {} : { numPartitions }),
    }
    return new DataFrame<{ id: number }>(relation({ range }), this)
  }
  /** Runs a statement; a query comes back as a DataFrame, a command has run already. `args` fill `:name` or `?`. */
  sql<T extends object = Row>(
    sqlQuery: string,
    args?: Readonly<Record<string, Literal>> | readonly Literal[],
  ): DataFrame<T> {
    const query: Record<string, unknown> = { query: sqlQuery }
    if (Array.isArray(args)) query['posArguments'] = args.map(expressionOf)
    else if (args !== undefined)
      query['namedArguments'] = Object.fromEntries(
        Object.entries(args).map(([name, value]) => [name, expressionOf(value)]),
      )
    const answer = this.connection.executeNow({ command: { sqlCommand: { input: relation({ sql: query }) } } })
    if (answer.kind !== 'sqlResult') throw new Error(`sql() answered with ${answer.kind}`)
    const made = toJson(RelationSchema, fromBinary(RelationSchema, answer.relation)) as Json
    const common = made['common'] as Json | undefined
    return new DataFrame<T>({ ...made, ...(common?.['planId'] === undefined ? relation({}) : { common }) }, this)
  }
  /** Rows from objects. The schema is taken from the values, or given as DDL text or `StructType`. */
  createDataFrame<T extends object>(rows: readonly T[], schema?: StructType | string): DataFrame<T> {
    const given = typeof schema === 'string' ? schemaOfDdl(this.connection, schema) : (schema ?? null)
    const { schema: chosen, columns } = localColumns(rows, given)
    return this.localDataFrame(this.connection.addLocalRows(chosen.json(), columns))
  }
  /** @internal A DataFrame whose rows the kernel holds. */
  localDataFrame<T extends object = Row>(rows: LocalRows): DataFrame<T> {
    const plan = relation({ localRelation: { data: rows.token, schema: rows.schemaJson } })
    keptRows.set(plan, rows)
    return new DataFrame<T>(plan, this, structFromJson(JSON.parse(rows.schemaJson) as TypeJson))
  }
  toString(): string {
    return `SparkSession ${this.version}`
  }
}
