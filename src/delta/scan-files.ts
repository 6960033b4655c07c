import { gatherBatch } from '../engine/batch/gather'
import type { FileStore } from '../engine/ports/file-store'
import type { RangeReader } from '../formats/parquet/read-parquet'
import { readParquet } from '../formats/parquet/read-parquet'
import type { Batch, Column, StructType } from '../protocol/columns'
import { RunnelError } from '../protocol/errors/runnel-error'
import type { AddFile, Metadata } from './actions'
import { fieldMatcher, mappingMode, physicalName } from './column-mapping'
import { readDeletionVector } from './deletion-vectors'
import { dataFileMissing } from './errors'
import { partitionColumn, resolvePath } from './partition-values'

/** Files up to this size are read whole: one open costs more than the bytes a projection saves. */
const WHOLE_FILE_BYTES = 4 << 20

/**
 * Rows of data files in a table's schema, one batch a row group: partition columns filled in, columns a file lacks NULL,
 * deleted rows left out. `columns` are the wanted names in the order wanted; null is all.
 */
export async function* scanFiles(
  files: FileStore,
  folder: string,
  metadata: Metadata,
  schema: StructType,
  adds: Iterable<AddFile>,
  columns: readonly string[] | null,
): AsyncGenerator<Batch> {
  const wanted = wantedSchema(schema, columns)
  const partitions = new Set(metadata.partitionColumns)
  const stored: StructType = { kind: 'struct', fields: wanted.fields.filter((field) => !partitions.has(field.name)) }
  const match = fieldMatcher(mappingMode(metadata))
  for (const add of adds) {
    const path = resolvePath(folder, add.path)
    const deleted = add.deletionVector ? await readDeletionVector(files, folder, add.deletionVector) : null
    let firstRow = 0
    const source = await openFile(files, path, folder, add.size)
    for await (const batch of readParquet(source, { schema: stored, match })) {
      const kept = deleted === null ? batch : withoutRows(batch, deleted, firstRow)
      firstRow += batch.numRows
      if (kept.numRows > 0) yield withPartitions(kept, wanted, partitions, add)
    }
  }
}

async function openFile(
  files: FileStore,
  path: string,
  folder: string,
  sizeBytes: number,
): Promise<Uint8Array | RangeReader> {
  if (sizeBytes > WHOLE_FILE_BYTES) return { sizeBytes, readRange: (start, end) => files.readRange(path, start, end) }
  try {
    return await files.read(path)
  } catch (error) {
    if (error instanceof RunnelError && error.condition === 'PATH_NOT_FOUND') throw dataFileMissing(path, folder)
    throw error
  }
}

function wantedSchema(schema: StructType, columns: readonly string[] | null): StructType {
  if (columns === null) return schema
  return { kind: 'struct', fields: columns.flatMap((name) => schema.fields.find((field) => field.name === name) ?? []) }
}

function withPartitions(batch: Batch, wanted: StructType, partitions: ReadonlySet<string>, add: AddFile): Batch {
  let next = 0
  const columns = wanted.fields.map((field): Column => {
    if (!partitions.has(field.name)) return batch.columns[next++]
    const text = add.partitionValues[physicalName(field)] ?? null
    return partitionColumn(field.type, text, batch.numRows)
  })
  return { schema: wanted, numRows: batch.numRows, columns }
}

function withoutRows(batch: Batch, deleted: readonly number[], firstRow: number): Batch {
  const gone = new Uint8Array(batch.numRows)
  for (const row of deleted) if (row >= firstRow && row < firstRow + batch.numRows) gone[row - firstRow] = 1
  const rows = new Int32Array(batch.numRows)
  let count = 0
  for (let row = 0; row < batch.numRows; row++) if (gone[row] === 0) rows[count++] = row
  return count === batch.numRows ? batch : gatherBatch(batch, rows, count)
}
