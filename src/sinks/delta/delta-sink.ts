import { DeltaLog } from '../../delta/delta-log'
import { nullTypeInStream } from '../../delta/errors'
import { storedSchema } from '../../delta/schema-merge'
import type { Snapshot } from '../../delta/snapshot'
import { TableKeeper } from '../../delta/table-keeper'
import { createActions } from '../../delta/tables'
import type { DeltaContext, DeltaWrite } from '../../delta/write-table'
import { isCommitted, publishWrite, stageWrite } from '../../delta/write-table'
import type { SinkContext, SinkDefinition, StagedBatch, StreamSink } from '../../engine/ports/sink'
import type { DataType, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { castSchema, castToTable } from './implicit-cast'
import type { DeltaSinkOptions } from './options'
import { readOptions } from './options'

/**
 * Streams into a Delta table: one commit a micro-batch.
 *
 * `stage` writes data files under names made of query and batch, so that the same batch, written again after a crash,
 * replaces its own files instead of leaving orphans; `publish` commits them with a `txn` action of the query, whose version
 * is the batch: a batch the table knows already changes nothing. Complete mode removes all earlier files in the same commit.
 *
 * Input   batches whose columns fit the table, or `mergeSchema`; append or complete
 * Again   exactly once
 * Errors  `prepare`: update mode, partition columns that are not there; `stage`: Delta's for a schema that does not fit;
 *         `DISK_FULL`
 * Source  Delta 4.2 DeltaSink
 */
export const definition: SinkDefinition = {
  name: 'delta',
  outputModes: ['append', 'complete'],
  temporaryCheckpoint: false,

  async prepare(options, context) {
    const { path, isTable } = readOptions(options)
    if (context.outputMode === 'update') throw updateMode()
    requireColumns(context.partitionColumns, context.schema)
    if (!isTable) return
    const log = new DeltaLog(context.files, path)
    if ((await log.update()) !== null) return
    const schema = tableSchema(context.schema)
    const actions = createActions(context, path, schema, { partitionColumns: context.partitionColumns })
    // Another query may make the same table at this moment; the one that came first stands.
    await log.append(null, actions)
  },

  async open(options, context) {
    return new DeltaSink(readOptions(options), context)
  },
}

class DeltaSink implements StreamSink {
  readonly description: string
  readonly #options: DeltaSinkOptions
  readonly #context: SinkContext
  readonly #log: DeltaLog
  readonly #keeper: TableKeeper
  /** The table as it was when the batch began. */
  #known: Promise<Snapshot | null> | null = null

  constructor(options: DeltaSinkOptions, context: SinkContext) {
    this.#options = options
    this.#context = context
    this.#log = new DeltaLog(context.files, options.path)
    this.#keeper = new TableKeeper(this.#log, context)
    this.description = `DeltaSink[${options.path}]`
  }

  begin(): void {
    this.#known = this.#log.update()
    // Told by `stage`, which waits for it.
    this.#known.catch(() => undefined)
  }

  async stage(batchId: number, batches: Parameters<StreamSink['stage']>[1]): Promise<StagedBatch> {
    const { queryId, outputMode, partitionColumns } = this.#context
    const { path, mergeSchema, overwriteSchema } = this.#options
    const context: DeltaContext = this.#context
    const transaction = { appId: queryId, version: batchId }
    const snapshot = await (this.#known ?? this.#log.update())
    this.#known = null
    if (isCommitted(snapshot, transaction)) return { publish: async () => NOTHING_COUNTED }
    if (hasVoid(this.#context.schema)) throw nullTypeInStream()
    const isComplete = outputMode === 'complete'
    const keepsTypes = snapshot === null || (isComplete && overwriteSchema)
    const request: DeltaWrite = {
      mode: isComplete ? 'overwrite' : 'append',
      schema: keepsTypes ? this.#context.schema : castSchema(this.#context.schema, snapshot.schema),
      batches: keepsTypes ? batches : batches.map((batch) => castToTable(batch, snapshot.schema, path)),
      partitionColumns,
      mergeSchema,
      overwriteSchema: isComplete && overwriteSchema,
      transaction,
      operation: {
        name: 'STREAMING UPDATE',
        parameters: { outputMode: isComplete ? 'Complete' : 'Append', queryId, epochId: String(batchId) },
      },
      fileName: (part) => `part-${String(part).padStart(5, '0')}-${queryId}-${batchId}.c000.snappy.parquet`,
    }
    const staged = await stageWrite(this.#log, context, request, snapshot)
    return {
      publish: async () => {
        await publishWrite(this.#log, context, staged, (committed) => this.#keeper.committed(committed))
        return NOTHING_COUNTED
      },
    }
  }

  maintain(): void {
    this.#keeper.start()
  }

  close(): Promise<void> {
    return this.#keeper.close()
  }
}

/** Delta's sink reports no row count to the progress. */
const NOTHING_COUNTED = { numOutputRows: -1 }

/** What `toTable` creates: columns without a query's metadata, all nullable. */
function tableSchema(schema: StructType): StructType {
  return storedSchema({
    kind: 'struct',
    fields: schema.fields.map(({ name, type, nullable, metadata }) => {
      const comment = metadata?.comment
      return comment === undefined ? { name, type, nullable } : { name, type, nullable, metadata: { comment } }
    }),
  })
}

function hasVoid(type: DataType): boolean {
  if (type.kind === 'array') return hasVoid(type.elementType)
  if (type.kind === 'map') return hasVoid(type.keyType) || hasVoid(type.valueType)
  return type.kind === 'void' || (type.kind === 'struct' && type.fields.some((field) => hasVoid(field.type)))
}

function requireColumns(partitionColumns: readonly string[], schema: StructType): void {
  const names = schema.fields.map((field) => field.name)
  const known = new Set(names.map((name) => name.toLowerCase()))
  const missing = partitionColumns.find((column) => !known.has(column.toLowerCase()))
  if (missing === undefined) return
  throw userError(
    '_LEGACY_ERROR_TEMP_1196',
    `Partition column ${missing} not found in existing columns (${names.join(', ')}).`,
    { hint: 'Partition by a column of the stream, or make the column first with withColumn.' },
  )
}

function updateMode() {
  return userError(
    'DELTA_UNSUPPORTED_OUTPUT_MODE',
    'Data source org.apache.spark.sql.delta.sources.DeltaDataSource does not support Update output mode',
    {
      hint: 'Use .outputMode("append") with a watermark, or .outputMode("complete"); for the newest row of each key read the table with a window function.',
    },
  )
}
