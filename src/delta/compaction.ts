import type { Batch } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'
import type { Action, AddFile, CommitInfo } from './actions'
import { fileKey } from './actions'
import { mappingMode } from './column-mapping'
import { writeDataFiles } from './data-files'
import type { DeltaLog } from './delta-log'
import { protocolFor } from './features'
import { ENGINE_INFO } from './maintenance'
import { resolvePath } from './partition-values'
import { scanFiles } from './scan-files'
import type { Snapshot } from './snapshot'
import type { DeltaContext } from './write-table'

export type CompactionLimits = {
  /** Files below this are small. What merging gives stays small until it is past this, so a row is copied a few times only. */
  readonly smallBytes: number
  /** Merging begins with this many small files in one partition, as in Delta. */
  readonly minFiles: number
  /** Bytes that are read for one merged file at most, and files for one commit. */
  readonly targetBytes: number
  readonly maxFiles: number
  /** A table of many partitions is merged when the files past the first of each partition reach this. */
  readonly minSurplus: number
}

export const COMPACTION: CompactionLimits = {
  smallBytes: 512 << 10,
  minFiles: 50,
  targetBytes: 4 << 20,
  maxFiles: 1000,
  minSurplus: 400,
}

const MAX_ATTEMPTS = 20
/** Small files that are read without a pause: a millisecond or two. */
const FILES_A_TURN = 8

export type CompactionTurn = {
  /** Lets everyone else run: called every few files. */
  pause(): Promise<void>
  isCanceled(): boolean
}

/** Groups of small files that become one file each; none while merging is not worth a commit. */
export function planCompaction(snapshot: Snapshot, limits: CompactionLimits = COMPACTION): AddFile[][] {
  const partitions = new Map<string, AddFile[]>()
  for (const file of snapshot.files.values()) {
    if (file.size >= limits.smallBytes || file.deletionVector) continue
    const key = JSON.stringify(snapshot.metadata.partitionColumns.map((name) => file.partitionValues[name] ?? null))
    const known = partitions.get(key)
    if (known === undefined) partitions.set(key, [file])
    else known.push(file)
  }
  const groups = [...partitions.values()]
  const surplus = groups.reduce((sum, { length }) => sum + length - 1, 0)
  const minFiles = surplus >= limits.minSurplus ? 4 : limits.minFiles
  let room = limits.maxFiles
  return groups.flatMap((files) => {
    if (files.length < minFiles || room < 2) return []
    const chosen = inOrder(files).slice(0, room)
    room -= chosen.length
    return splitByBytes(chosen, limits.targetBytes).filter((group) => group.length > 1)
  })
}

/**
 * Merges the small files that a stream leaves, one a batch, as Delta's auto compaction does: a commit `OPTIMIZE` whose files
 * change no data, so streams that read the table skip it. Gives the new snapshot, or null when there was nothing to do, the turn was
 * canceled, or another writer changed the table or one of the files meanwhile. Then the files written are removed again.
 */
export async function compactTable(
  log: DeltaLog,
  context: DeltaContext,
  turn: CompactionTurn,
  limits: CompactionLimits = COMPACTION,
): Promise<Snapshot | null> {
  const snapshot = await log.update()
  if (snapshot === null || !isCompactable(snapshot)) return null
  const groups = planCompaction(snapshot, limits)
  if (groups.length === 0) return null
  const adds: AddFile[] = []
  for (const group of groups) {
    const merged = await mergeGroup(log.folder, context, snapshot, group, turn)
    if (merged === null) return discard(log.folder, context, adds)
    adds.push(...merged)
  }
  const inputs = groups.flat()
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const latest = await log.update()
    if (turn.isCanceled() || latest === null || !fits(latest, snapshot, inputs)) break
    const committed = await log.append(latest, commitActions(context, latest, inputs, adds))
    if (committed !== null) return committed
  }
  return discard(log.folder, context, adds)
}

/** Only tables as we write them: a feature more could ask something of every writer that merging does not keep. */
function isCompactable({ protocol, metadata, schema }: Snapshot): boolean {
  const ours = protocolFor(schema)
  return (
    protocol.minReaderVersion === ours.minReaderVersion &&
    protocol.minWriterVersion === ours.minWriterVersion &&
    (protocol.writerFeatures ?? []).every((feature) => ours.writerFeatures?.includes(feature) === true) &&
    mappingMode(metadata) === 'none' &&
    metadata.configuration['delta.autoOptimize.autoCompact'] !== 'false'
  )
}

/** Null when canceled; no file when none of them has a row. */
async function mergeGroup(
  folder: string,
  context: DeltaContext,
  { metadata, schema }: Snapshot,
  group: readonly AddFile[],
  turn: CompactionTurn,
): Promise<AddFile[] | null> {
  const { files, clock, random } = context
  const { partitionColumns } = metadata
  const batches: Batch[] = []
  for (const [index, file] of group.entries()) {
    if (index % FILES_A_TURN === 0) await turn.pause()
    if (turn.isCanceled()) return null
    let numRows = 0
    for await (const batch of scanFiles(files, folder, metadata, schema, [file], null)) {
      batches.push(batch)
      numRows += batch.numRows
    }
    const counted = /"numRecords":\s*(\d+)/.exec(file.stats ?? '')?.[1]
    if (counted !== undefined && Number(counted) !== numRows)
      throw internalError(`${file.path} has ${numRows} rows, its statistics say ${counted}: it is not merged.`)
  }
  await turn.pause()
  const uuid = random.uuid()
  const suffix = partitionColumns.length > 0 ? '.c000' : '-c000'
  const written = await writeDataFiles({
    files,
    folder,
    schema,
    partitionColumns,
    batches,
    fileName: (part) => `part-${String(part).padStart(5, '0')}-${uuid}${suffix}.snappy.parquet`,
    nowMs: clock.nowMs(),
  })
  // A stream that starts with this snapshot reads its files by time: the rows keep their place among the others.
  const modificationTime = Math.max(...group.map((file) => file.modificationTime))
  return written.map((add) => ({ ...add, modificationTime, dataChange: false }))
}

/** The table is as it was planned on, but for files that came or went beside the merged ones. */
function fits(latest: Snapshot, planned: Snapshot, inputs: readonly AddFile[]): boolean {
  return (
    JSON.stringify([latest.metadata, latest.protocol]) === JSON.stringify([planned.metadata, planned.protocol]) &&
    inputs.every((file) => latest.files.has(fileKey(file)))
  )
}

/** Nothing names these files: the commit never happened. */
async function discard(folder: string, { files }: DeltaContext, adds: readonly AddFile[]): Promise<null> {
  for (const { path } of adds) await files.remove(resolvePath(folder, path))
  return null
}

function commitActions(
  { clock, random }: DeltaContext,
  latest: Snapshot,
  inputs: readonly AddFile[],
  adds: readonly AddFile[],
): Action[] {
  const nowMs = clock.nowMs()
  const commitInfo: CommitInfo = {
    timestamp: nowMs,
    operation: 'OPTIMIZE',
    operationParameters: { predicate: '[]', zOrderBy: '[]', clusterBy: '[]', auto: true },
    readVersion: latest.version,
    isolationLevel: 'SnapshotIsolation',
    isBlindAppend: false,
    operationMetrics: metrics(inputs, adds),
    engineInfo: ENGINE_INFO,
    txnId: random.uuid(),
  }
  const removes = inputs.map(({ path, partitionValues, size }): Action => {
    return {
      remove: {
        path,
        deletionTimestamp: nowMs,
        dataChange: false,
        extendedFileMetadata: true,
        partitionValues,
        size,
      },
    }
  })
  return [{ commitInfo }, ...adds.map((add) => ({ add })), ...removes]
}

function metrics(inputs: readonly AddFile[], adds: readonly AddFile[]): Record<string, string> {
  const sizes = adds.map(({ size }) => size).sort((a, b) => a - b)
  const bytes = (list: readonly AddFile[]) => String(list.reduce((sum, { size }) => sum + size, 0))
  const quantile = (share: number) => String(sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0)
  return {
    numRemovedFiles: String(inputs.length),
    numRemovedBytes: bytes(inputs),
    p25FileSize: quantile(0.25),
    numDeletionVectorsRemoved: '0',
    minFileSize: quantile(0),
    p75FileSize: quantile(0.75),
    p50FileSize: quantile(0.5),
    numAddedBytes: bytes(adds),
    numAddedFiles: String(adds.length),
    maxFileSize: quantile(1),
  }
}

/** Oldest first; files of one time keep the order of their commits. */
function inOrder(files: readonly AddFile[]): AddFile[] {
  return [...files].sort((a, b) => a.modificationTime - b.modificationTime)
}

function splitByBytes(files: readonly AddFile[], targetBytes: number): AddFile[][] {
  const groups: AddFile[][] = [[]]
  let bytes = 0
  for (const file of files) {
    if (bytes >= targetBytes) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)!.push(file)
    bytes += file.size
  }
  return groups
}
