import type { FileMetaData } from 'hyparquet'
import { parquetMetadata, parquetSchema } from 'hyparquet'
import { getTreePath } from 'hyparquet/src/schema.js'
import { nullColumn } from '../../engine/batch/empty'
import type { Batch, Column, StructType } from '../../protocol/columns'
import { internalError, outsideError } from '../../protocol/errors/runnel-error'
import type { FieldMatcher, Wanted } from './assemble'
import { assemble, leavesRead, plan } from './assemble'
import type { LeafChunk } from './page-reader'
import { readLeafChunk } from './page-reader'
import type { FileNode } from './parquet-schema'
import { fileTree, sparkFieldOf } from './parquet-schema'

/** A file read by ranges, so that a projection reads only its columns' bytes. */
export type RangeReader = { readonly sizeBytes: number; readRange(start: number, end: number): Promise<Uint8Array> }

export type ParquetReadOptions = {
  /** Columns to read, by name; absent: all. With `schema`, the names are the schema's. */
  readonly columns?: readonly string[] | null
  /** Types to read as; columns the file lacks are NULL. Absent: the types the file declares. */
  readonly schema?: StructType
  /** How a field finds its column; the default goes by name, exact first, then without case, then by Parquet field id. */
  readonly match?: FieldMatcher
}

const FOOTER_GUESS_BYTES = 1 << 16

/** Rows of a Parquet file, one batch a row group. Snappy, zstd and uncompressed pages of both versions and every encoding. */
export async function* readParquet(
  file: Uint8Array | RangeReader,
  options: ParquetReadOptions = {},
): AsyncGenerator<Batch> {
  const reader = file instanceof Uint8Array ? wholeFile(file) : file
  const metadata = await readFooter(reader)
  const tree = fileTree(metadata.schema)
  const schema = wantedSchema(tree, options)
  const match = options.match ?? matchByName
  const wanted = schema.fields.map((field) => {
    const node = match(field, tree.children)
    return node === null ? null : plan(field.type, node, match)
  })
  const schemaTree = parquetSchema(metadata)
  for (const group of metadata.row_groups) {
    const chunks = new Map<number, LeafChunk>()
    const leaves = new Set(wanted.flatMap((column) => (column === null ? [] : leavesRead(column))))
    const nodes = leavesOf(tree)
    await Promise.all(
      [...leaves].map(async (leaf) => {
        const meta = group.columns[leaf]?.meta_data
        const node = nodes[leaf]
        if (meta === undefined || node === undefined) throw corrupt('A row group lacks a column of the schema.')
        const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
        const first = Math.min(start, Number(meta.data_page_offset))
        const bytes = await reader.readRange(first, first + Number(meta.total_compressed_size))
        chunks.set(leaf, readLeafChunk(bytes, node, getTreePath(schemaTree, [...node.path]), meta))
      }),
    )
    const numRows = Number(group.num_rows)
    yield { schema, numRows, columns: wanted.map((column, index) => columnOf(column, schema, index, numRows, chunks)) }
  }
}

/** Spark's schema of a file, and its row count, from the footer alone. */
export async function readParquetSchema(
  file: Uint8Array | RangeReader,
): Promise<{ schema: StructType; numRows: number }> {
  const metadata = await readFooter(file instanceof Uint8Array ? wholeFile(file) : file)
  return {
    schema: { kind: 'struct', fields: fileTree(metadata.schema).children.map(sparkFieldOf) },
    numRows: Number(metadata.num_rows),
  }
}

export const matchByName: FieldMatcher = (field, candidates) => {
  const exact = candidates.find((node) => node.element.name === field.name)
  if (exact !== undefined) return exact
  const lower = field.name.toLowerCase()
  return candidates.find((node) => node.element.name.toLowerCase() === lower) ?? null
}

function columnOf(
  wanted: Wanted | null,
  schema: StructType,
  index: number,
  numRows: number,
  chunks: ReadonlyMap<number, LeafChunk>,
): Column {
  if (wanted === null) return nullColumn(schema.fields[index].type, numRows)
  const column = assemble(wanted, chunks)
  if (column.length !== numRows) {
    throw corrupt(`Column ${schema.fields[index].name} has ${column.length} rows, its row group ${numRows}.`)
  }
  return column
}

function wantedSchema(tree: FileNode, { schema, columns }: ParquetReadOptions): StructType {
  const all: StructType = schema ?? { kind: 'struct', fields: tree.children.map(sparkFieldOf) }
  if (columns === undefined || columns === null) return all
  const fields = columns.map((name) => {
    const field = all.fields.find((candidate) => candidate.name === name)
    if (field === undefined) throw internalError(`Column ${name} is not in the Parquet file or schema.`)
    return field
  })
  return { kind: 'struct', fields }
}

async function readFooter(reader: RangeReader): Promise<FileMetaData> {
  if (reader.sizeBytes < 12) throw corrupt(`The file has ${reader.sizeBytes} bytes, too few for Parquet.`)
  let tail = await reader.readRange(Math.max(0, reader.sizeBytes - FOOTER_GUESS_BYTES), reader.sizeBytes)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  if (view.getUint32(tail.length - 4, true) !== 0x31524150) throw corrupt('The file does not end with PAR1.')
  const needed = view.getUint32(tail.length - 8, true) + 8
  if (needed > reader.sizeBytes) throw corrupt(`The footer claims ${needed} bytes, the file has ${reader.sizeBytes}.`)
  if (needed > tail.length) tail = await reader.readRange(reader.sizeBytes - needed, reader.sizeBytes)
  // The footer's own statistics go through lossy converters; nobody reads them, so they get harmless ones.
  return parquetMetadata(tail, { parsers: RAW_PARSERS, geoparquet: false })
}

const RAW_PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => millis,
  timestampFromMicroseconds: (micros: bigint) => micros,
  timestampFromNanoseconds: (nanos: bigint) => nanos,
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array) => bytes,
}

function wholeFile(bytes: Uint8Array): RangeReader {
  return { sizeBytes: bytes.length, readRange: async (start, end) => bytes.subarray(start, end) }
}

function leavesOf(node: FileNode): FileNode[] {
  return node.leaf >= 0 ? [node] : node.children.flatMap(leavesOf)
}

function corrupt(message: string) {
  return outsideError('FAILED_READ_FILE.NO_HINT', `Encountered error while reading a Parquet file. ${message}`, {
    sqlState: 'KD001',
  })
}
