import type { Table, TableCommit, TableOptions, TableWrite, Tables } from '../engine/ports/table'
import type { Batch, StructType } from '../protocol/columns'
import type { Action, Protocol } from './actions'
import { alterTable } from './alter-table'
import { DeltaLog } from './delta-log'
import { tableAlreadyExists } from './errors'
import { protocolFor } from './features'
import type { HistoryEntry } from './history'
import { tableHistory } from './history'
import { ENGINE_INFO } from './maintenance'
import { scanFiles } from './scan-files'
import { checkStorable } from './schema-merge'
import type { Snapshot } from './snapshot'
import { snapshotAtTime } from './time-travel'
import type { DeltaContext } from './write-table'
import { isCommitted, newMetadata, publishWrite, stageWrite } from './write-table'

/** Delta tables behind the engine's `Tables` port. One instance keeps the logs it has seen; make one a worker. */
export function createDeltaTables(context: DeltaContext): Tables {
  const logs = new Map<string, DeltaLog>()
  const logOf = (folder: string): DeltaLog => {
    const key = folder.replace(/\/+$/, '')
    const log = logs.get(key) ?? new DeltaLog(context.files, key)
    logs.set(key, log)
    return log
  }
  return {
    async open(folder, at) {
      const log = logOf(folder)
      const latest = await log.update()
      if (latest === null) return null
      if (at === undefined) return tableOf(context, log, latest)
      if ('version' in at) return tableOf(context, log, await log.at(at.version))
      return tableOf(context, log, await snapshotAtTime(log, latest, at.timestampMs))
    },
    async create(folder, schema, options) {
      const log = logOf(folder)
      if ((await log.update()) !== null) throw tableAlreadyExists(tableName(folder))
      const snapshot = await log.append(null, createActions(context, folder, schema, options))
      if (snapshot === null) throw tableAlreadyExists(tableName(folder))
      return tableOf(context, log, snapshot)
    },
    async write(folder, request: TableWrite) {
      const log = logOf(folder)
      const snapshot = await log.update()
      if (isCommitted(snapshot, request.transaction)) return { version: snapshot!.version, numRows: 0 }
      return publishWrite(log, context, await stageWrite(log, context, request, snapshot))
    },
    alter: (folder, change) => alterTable(logOf(folder), context, change),
    async history(folder, limit) {
      return (await tableHistory(context.files, folder, limit)).map(commitOf)
    },
  }
}

function commitOf({ version, timestampMs, info }: HistoryEntry): TableCommit {
  const parameters = Object.entries(info?.operationParameters ?? {}).map(
    ([key, value]) => [key, value === null || typeof value === 'string' ? value : JSON.stringify(value)] as const,
  )
  return {
    version,
    timestampMs,
    operation: info?.operation ?? null,
    operationParameters: Object.fromEntries(parameters),
    readVersion: info?.readVersion ?? null,
    isolationLevel: info?.isolationLevel ?? null,
    isBlindAppend: info?.isBlindAppend ?? null,
    operationMetrics: info?.operationMetrics ?? {},
    engineInfo: info?.engineInfo ?? null,
  }
}

/** Actions of version 0 of a table made by CREATE TABLE or `toTable`. */
export function createActions(
  context: DeltaContext,
  folder: string,
  schema: StructType,
  options: TableOptions,
): Action[] {
  checkStorable(schema)
  const partitionColumns = options.partitionColumns ?? []
  const metadata = newMetadata(context, schema, partitionColumns, {
    ...(options.comment === undefined ? {} : { description: options.comment }),
    configuration: options.properties ?? {},
  })
  const commitInfo = {
    timestamp: context.clock.nowMs(),
    operation: 'CREATE TABLE',
    operationParameters: {
      partitionBy: JSON.stringify(partitionColumns),
      clusterBy: '[]',
      description: options.comment ?? null,
      isManaged: String(folder.includes('/Tables/')),
      properties: JSON.stringify(options.properties ?? {}),
    },
    isolationLevel: 'Serializable',
    isBlindAppend: true,
    operationMetrics: {},
    engineInfo: ENGINE_INFO,
    txnId: context.random.uuid(),
  }
  return [{ commitInfo }, { metaData: metadata }, { protocol: protocolFor(schema) }]
}

function tableOf(context: DeltaContext, log: DeltaLog, snapshot: Snapshot): Table {
  const { metadata, protocol, schema, files } = snapshot
  const { numRows, sizeBytes } = totals(snapshot)
  return {
    folder: log.folder,
    id: metadata.id,
    version: snapshot.version,
    schema,
    partitionColumns: metadata.partitionColumns,
    numRows,
    sizeBytes,
    numFiles: files.size,
    description: metadata.description ?? null,
    properties: metadata.configuration,
    createdMs: metadata.createdTime ?? null,
    modifiedMs: snapshot.timestampMs,
    minReaderVersion: protocol.minReaderVersion,
    minWriterVersion: protocol.minWriterVersion,
    features: featuresOf(protocol),
    scan: (columns): AsyncIterable<Batch> =>
      scanFiles(context.files, log.folder, metadata, schema, files.values(), columns),
  }
}

/** What a protocol allows: named from table features on, implied by the version before them. */
function featuresOf({ minWriterVersion, readerFeatures = [], writerFeatures = [] }: Protocol): readonly string[] {
  if (minWriterVersion >= 7) return [...new Set([...readerFeatures, ...writerFeatures])].sort()
  return minWriterVersion >= 2 ? ['appendOnly', 'invariants'] : []
}

/** Rows and bytes of a snapshot; rows are null when a file keeps no statistics. */
export function totals(snapshot: Snapshot): { numRows: number | null; sizeBytes: number } {
  let numRows: number | null = 0
  let sizeBytes = 0
  for (const add of snapshot.files.values()) {
    sizeBytes += add.size
    const records = /"numRecords":\s*(\d+)/.exec(add.stats ?? '')
    if (records === null) numRows = null
    else if (numRows !== null) numRows += Number(records[1]) - (add.deletionVector?.cardinality ?? 0)
  }
  return { numRows, sizeBytes }
}

function tableName(folder: string): string {
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  return folder.includes('/Tables/') ? `\`default\`.\`${name}\`` : `\`delta\`.\`${folder}\``
}
