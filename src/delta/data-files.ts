import { gatherBatch } from '../engine/batch/gather'
import type { FileStore } from '../engine/ports/file-store'
import { writeParquet } from '../formats/parquet/write-parquet'
import type { Batch, StructType } from '../protocol/columns'
import type { AddFile } from './actions'
import { fileStats } from './file-stats'
import { encodePath, partitionFolder, partitionText } from './partition-values'

export type DataFilesRequest = {
  readonly files: FileStore
  readonly folder: string
  readonly schema: StructType
  readonly partitionColumns: readonly string[]
  /** Already in the table's shape (`alignBatch`). */
  readonly batches: readonly Batch[]
  /** File name of part `n`, without folder. */
  readonly fileName: (part: number) => string
  readonly nowMs: number
}

/** What a log entry says of the files, known as soon as they are encoded, and when they are durable. */
export type DataFiles = { readonly adds: readonly AddFile[]; readonly written: Promise<void> }

/** Writes data files that no log entry names yet: one a partition, none when there is no row. */
export async function writeDataFiles(request: DataFilesRequest): Promise<AddFile[]> {
  const { adds, written } = startDataFiles(request)
  await written
  return [...adds]
}

/** The same, leaving the writes under way. */
export function startDataFiles(request: DataFilesRequest): DataFiles {
  const { files, folder, schema, partitionColumns, fileName, nowMs } = request
  const batches = request.batches.filter((batch) => batch.numRows > 0)
  if (batches.length === 0) return { adds: [], written: Promise.resolve() }
  const stored = storedColumns(schema, partitionColumns)
  const adds: AddFile[] = []
  const writes: Promise<void>[] = []
  for (const { values, parts } of splitByPartition(schema, partitionColumns, batches)) {
    const data = parts.map((batch) => project(batch, stored))
    const bytes = writeParquet(data, stored.schema)
    const folders = partitionColumns.map((name) => partitionFolder(name, values[name], fieldOf(schema, name).type))
    const path = [...folders, fileName(adds.length)].join('/')
    // The name is this write's own: no lock.
    const write = files.stage(`${folder}/${path}`, bytes).then((file) => file.publish())
    // Told by `written`; a later part may fail to encode before anyone listens.
    write.catch(() => undefined)
    writes.push(write)
    adds.push({
      path: encodePath(path),
      partitionValues: values,
      size: bytes.length,
      modificationTime: nowMs,
      dataChange: true,
      stats: fileStats(stored.schema, data),
    })
  }
  return { adds, written: allWritten(writes) }
}

/** Settles when all have: a write that failed leaves no other one under way. */
async function allWritten(writes: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(writes)
  await Promise.all(writes)
}

type Stored = { readonly schema: StructType; readonly positions: readonly number[] }

/** What data files hold: all columns but the partition columns and those of type VOID. */
function storedColumns(schema: StructType, partitionColumns: readonly string[]): Stored {
  const positions = schema.fields.flatMap((field, index) =>
    field.type.kind === 'void' || partitionColumns.includes(field.name) ? [] : [index],
  )
  return { schema: { kind: 'struct', fields: positions.map((index) => schema.fields[index]) }, positions }
}

function project(batch: Batch, { schema, positions }: Stored): Batch {
  return { schema, numRows: batch.numRows, columns: positions.map((index) => batch.columns[index]) }
}

type Partition = { readonly values: Record<string, string | null>; readonly parts: Batch[] }

function splitByPartition(
  schema: StructType,
  partitionColumns: readonly string[],
  batches: readonly Batch[],
): Partition[] {
  if (partitionColumns.length === 0) return [{ values: {}, parts: [...batches] }]
  const positions = partitionColumns.map((name) => schema.fields.findIndex((field) => field.name === name))
  const partitions = new Map<string, Partition>()
  for (const batch of batches) {
    const rows = new Map<string, number[]>()
    for (let row = 0; row < batch.numRows; row++) {
      const texts = positions.map((index) => partitionText(batch.columns[index], row))
      const key = JSON.stringify(texts)
      const known = rows.get(key)
      if (known !== undefined) known.push(row)
      else rows.set(key, [row])
      if (!partitions.has(key)) {
        partitions.set(key, {
          values: Object.fromEntries(partitionColumns.map((name, index) => [name, texts[index]!])),
          parts: [],
        })
      }
    }
    for (const [key, list] of rows) partitions.get(key)!.parts.push(gatherBatch(batch, Int32Array.from(list)))
  }
  return [...partitions.values()]
}

function fieldOf(schema: StructType, name: string) {
  return schema.fields.find((field) => field.name === name)!
}
