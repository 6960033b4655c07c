import type { Clock } from '../engine/ports/clock'
import type { FileStore } from '../engine/ports/file-store'
import type { Random } from '../engine/ports/random'
import { schemaToJson } from '../engine/types/type-json'
import type { Batch, StructType } from '../protocol/columns'
import type { Action, AddFile, CommitInfo, Metadata, Protocol } from './actions'
import { alignBatch } from './align-batch'
import { startDataFiles } from './data-files'
import type { DeltaLog, StagedEntry } from './delta-log'
import {
  allColumnsPartition,
  appendOnly,
  commitRetriesExceeded,
  concurrentWrite,
  partitionColumnMissing,
  partitionMismatch,
  schemaMismatch,
} from './errors'
import { checkWritable, protocolFor, upgradedProtocol } from './features'
import { ENGINE_INFO, maintainQuietly } from './maintenance'
import { checkStorable, fitsSchema, mergeSchemas, storedSchema } from './schema-merge'
import type { Snapshot } from './snapshot'

export type DeltaContext = { readonly files: FileStore; readonly clock: Clock; readonly random: Random }

export type DeltaWrite = {
  readonly mode: 'append' | 'overwrite'
  readonly schema: StructType
  readonly batches: readonly Batch[]
  readonly partitionColumns: readonly string[]
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
  readonly transaction: { readonly appId: string; readonly version: number } | null
  readonly operation: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> }
  /** Data file name of part `n`; a repeat of the same write may give the same names. Default: random. */
  readonly fileName?: (part: number) => string
}

/** Data files on disk that no log entry names yet, and what their commit must say. */
export type StagedWrite = {
  readonly request: DeltaWrite
  /** Schema of the written data, as a table would store it. */
  readonly data: StructType
  readonly adds: readonly AddFile[]
  readonly partitionColumns: readonly string[]
  readonly numRows: number
  /** The log entry for the table as it was; on disk, not in the log. */
  readonly entry: StagedEntry
  /** That table. */
  readonly base: Snapshot | null
}

type EncodedWrite = Omit<StagedWrite, 'entry' | 'base'>

const MAX_ATTEMPTS = 1000

/** True when the table has already committed this transaction, or a later one of the same application. */
export function isCommitted(snapshot: Snapshot | null, transaction: DeltaWrite['transaction']): boolean {
  if (snapshot === null || transaction === null) return false
  const known = snapshot.txns.get(transaction.appId)
  return known !== undefined && known.version >= transaction.version
}

/**
 * Checks the write against the table and writes its data files, and beside them the log entry that names them. Throws Delta's
 * schema errors before a byte is written. `known` is the table as the caller has just seen it.
 */
export async function stageWrite(
  log: DeltaLog,
  context: DeltaContext,
  request: DeltaWrite,
  known?: Snapshot | null,
): Promise<StagedWrite> {
  const snapshot = known === undefined ? await log.update() : known
  const data = storedSchema(request.schema)
  const { metadata, schema } = planMetadata(snapshot, request, data, context)
  const { partitionColumns } = metadata
  const uuid = request.fileName === undefined ? context.random.uuid() : ''
  const suffix = partitionColumns.length > 0 ? '.c000' : '-c000'
  const { adds, written } = startDataFiles({
    files: context.files,
    folder: log.folder,
    schema,
    partitionColumns,
    batches: request.batches.map((batch) => alignBatch(batch, schema)),
    fileName: request.fileName ?? ((part) => `part-${String(part).padStart(5, '0')}-${uuid}${suffix}.snappy.parquet`),
    nowMs: context.clock.nowMs(),
  })
  const numRows = request.batches.reduce((sum, batch) => sum + batch.numRows, 0)
  const write = { request, data, adds, partitionColumns, numRows }
  const entry = stageEntry(log, snapshot, () => commitActions(snapshot, context, write))
  await Promise.allSettled([written, entry])
  await written
  return { ...write, entry: await entry, base: snapshot }
}

async function stageEntry(log: DeltaLog, base: Snapshot | null, actions: () => Action[]): Promise<StagedEntry> {
  return log.stage(base, actions())
}

/**
 * Makes a staged write visible in one commit. The check and the put stand in one loop: whoever loses a race looks at the
 * winner's table and checks again, so schemas merge anew, an overwrite replaces the winner's files too, and a transaction
 * that the winner committed is not committed twice. `maintain` looks after the log once the commit stands.
 */
export async function publishWrite(
  log: DeltaLog,
  context: DeltaContext,
  staged: StagedWrite,
  maintain: (snapshot: Snapshot) => void | Promise<void> = (snapshot) =>
    maintainQuietly(context.files, log, snapshot, context.clock.nowMs()),
): Promise<{ version: number; numRows: number }> {
  const { request, base, entry } = staged
  if (isCommitted(base, request.transaction)) {
    await entry.discard()
    return { version: base!.version, numRows: 0 }
  }
  const published = await entry.publish()
  if (published !== null) {
    await maintain(published)
    return { version: published.version, numRows: staged.numRows }
  }
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
    const snapshot = await log.update()
    if (isCommitted(snapshot, request.transaction)) return { version: snapshot!.version, numRows: 0 }
    const actions = commitActions(snapshot, context, staged)
    const committed = await log.append(snapshot, actions)
    if (committed === null) continue
    await maintain(committed)
    return { version: committed.version, numRows: staged.numRows }
  }
  const baseVersion = base?.version ?? -1
  throw commitRetriesExceeded(MAX_ATTEMPTS, baseVersion, baseVersion + MAX_ATTEMPTS)
}

function commitActions(snapshot: Snapshot | null, context: DeltaContext, staged: EncodedWrite): Action[] {
  const { request, adds } = staged
  const nowMs = context.clock.nowMs()
  const { metadata, protocol } = planMetadata(snapshot, request, staged.data, context)
  if (metadata.partitionColumns.join('\n') !== staged.partitionColumns.join('\n'))
    throw concurrentWrite('DELTA_METADATA_CHANGED')
  const removed = request.mode === 'overwrite' && snapshot !== null ? [...snapshot.files.values()] : []
  if (removed.length > 0 && snapshot!.metadata.configuration['delta.appendOnly'] === 'true')
    throw appendOnly(metadata.name)
  const commitInfo: CommitInfo = {
    timestamp: nowMs,
    operation: request.operation.name,
    operationParameters: request.operation.parameters,
    ...(snapshot === null ? {} : { readVersion: snapshot.version }),
    isolationLevel: 'Serializable',
    isBlindAppend: request.mode === 'append',
    operationMetrics: metrics(staged, removed),
    engineInfo: ENGINE_INFO,
    txnId: context.random.uuid(),
  }
  const actions: Action[] = [{ commitInfo }]
  if (snapshot?.metadata !== metadata) actions.push({ metaData: metadata })
  if (snapshot?.protocol !== protocol) actions.push({ protocol })
  if (request.transaction !== null) {
    const { appId, version } = request.transaction
    actions.push({ txn: { appId, version, lastUpdated: nowMs } })
  }
  for (const add of adds) actions.push({ add })
  const rewritten = new Set(adds.map((add) => add.path))
  for (const file of removed) {
    // One action per path in a commit: a staged file that the table already names is simply named again.
    if (rewritten.has(file.path)) continue
    const { path, partitionValues, size, deletionVector } = file
    const vector = deletionVector === undefined ? {} : { deletionVector }
    actions.push({
      remove: {
        path,
        deletionTimestamp: nowMs,
        dataChange: true,
        extendedFileMetadata: true,
        partitionValues,
        size,
        ...vector,
      },
    })
  }
  return actions
}

function metrics(staged: EncodedWrite, removed: readonly AddFile[]): Record<string, string> {
  const outputBytes = String(staged.adds.reduce((sum, add) => sum + add.size, 0))
  const rows = { numOutputRows: String(staged.numRows), numOutputBytes: outputBytes }
  if (staged.request.operation.name === 'STREAMING UPDATE') {
    return { numRemovedFiles: String(removed.length), numAddedFiles: String(staged.adds.length), ...rows }
  }
  const files = { numFiles: String(staged.adds.length) }
  if (removed.length === 0) return { ...files, ...rows }
  const removedBytes = removed.reduce((sum, file) => sum + file.size, 0)
  return { ...files, numRemovedFiles: String(removed.length), numRemovedBytes: String(removedBytes), ...rows }
}

type Plan = { readonly metadata: Metadata; readonly protocol: Protocol; readonly schema: StructType }

/** The table's metadata and protocol after the write: the snapshot's own objects when nothing changes. */
function planMetadata(snapshot: Snapshot | null, request: DeltaWrite, data: StructType, context: DeltaContext): Plan {
  checkStorable(data)
  if (snapshot === null) {
    const metadata = newMetadata(context, data, request.partitionColumns)
    return { metadata, protocol: protocolFor(data), schema: data }
  }
  const { metadata, protocol, schema: table } = snapshot
  checkWritable(protocol, metadata)
  const replacesSchema = request.mode === 'overwrite' && request.overwriteSchema
  const partitionColumns = choosePartitioning(request, metadata, replacesSchema)
  const schema = replacesSchema ? data : mergeSchemas(table, data)
  checkPartitioning(partitionColumns, replacesSchema ? schema : data)
  if (fitsSchema(table, schema) && partitionColumns === metadata.partitionColumns)
    return { metadata, protocol, schema: table }
  if (!replacesSchema && !request.mergeSchema) {
    throw schemaMismatch({ tableId: metadata.id, table, data, canOverwriteSchema: request.mode === 'overwrite' })
  }
  return {
    metadata: { ...metadata, schemaString: schemaToJson(schema), partitionColumns },
    protocol: upgradedProtocol(protocol, schema) ?? protocol,
    schema,
  }
}

function choosePartitioning(request: DeltaWrite, metadata: Metadata, replacesSchema: boolean): readonly string[] {
  const given = request.partitionColumns
  if (given.length === 0 || given.join('\n') === metadata.partitionColumns.join('\n')) return metadata.partitionColumns
  if (replacesSchema) return given
  throw partitionMismatch(given, metadata.partitionColumns, request.mode === 'overwrite')
}

function checkPartitioning(partitionColumns: readonly string[], schema: StructType): void {
  const names = new Set(schema.fields.map((field) => field.name.toLowerCase()))
  for (const name of partitionColumns) if (!names.has(name.toLowerCase())) throw partitionColumnMissing(name, schema)
}

export function newMetadata(
  context: DeltaContext,
  schema: StructType,
  partitionColumns: readonly string[],
  extra: { readonly description?: string; readonly configuration?: Readonly<Record<string, string>> } = {},
): Metadata {
  checkPartitioning(partitionColumns, schema)
  if (partitionColumns.length > 0 && partitionColumns.length === schema.fields.length) throw allColumnsPartition()
  return {
    id: context.random.uuid(),
    ...(extra.description === undefined ? {} : { description: extra.description }),
    format: { provider: 'parquet', options: {} },
    schemaString: schemaToJson(schema),
    // Names as the schema spells them, whatever case the writer used.
    partitionColumns: partitionColumns.map(
      (name) => schema.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())!.name,
    ),
    configuration: extra.configuration ?? {},
    createdTime: context.clock.nowMs(),
  }
}
