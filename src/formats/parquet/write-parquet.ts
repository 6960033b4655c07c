import type { ColumnChunk, Encoding, RowGroup, SchemaElement } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { schemaToJson } from '../../engine/types/type-json'
import type { Batch, StructType } from '../../protocol/columns'
import { ByteSink } from './byte-sink'
import { dictionaryOf, plainValues, presentRows } from './leaf-encoding'
import { bitWidth, encodeHybrid, encodeRun } from './level-encoding'
import { fileTree, toParquetSchema } from './parquet-schema'
import type { FileNode } from './parquet-schema'
import type { Leaf } from './shred'
import { shred } from './shred'
import { snappy } from './snappy'

export type ParquetWriteOptions = {
  readonly codec?: 'snappy' | 'uncompressed'
  /** Most rows of one row group. */
  readonly rowGroupRows?: number
  /** Pairs for the footer, beside Spark's own schema JSON. */
  readonly metadata?: Readonly<Record<string, string>>
}

const DEFAULT_ROW_GROUP_ROWS = 1 << 17
const MAGIC = new Uint8Array([0x50, 0x41, 0x52, 0x31])

/**
 * One Parquet file of all rows of the batches, encoded straight from their column buffers.
 *
 * Batches follow `schema` by position; the schema's nullability decides REQUIRED and OPTIONAL, and a NULL in a column that
 * says it has none is an internal error (check first). Timestamps are microseconds, adjusted to UTC unless NTZ; decimals are
 * INT32, INT64 or FIXED_LEN_BYTE_ARRAY by precision; strings that arrive as dictionary columns leave as dictionary pages.
 * One data page (version 1) a column chunk. No rows give a file with no row group.
 */
export function writeParquet(
  batches: Batch | readonly Batch[],
  schema: StructType,
  options: ParquetWriteOptions = {},
): Uint8Array {
  const list = 'columns' in batches ? [batches] : batches
  const elements = toParquetSchema(schema)
  const leafNodes = leavesOf(fileTree(elements))
  const file = new ByteSink(estimateBytes(list))
  file.bytes(MAGIC)
  const rowGroups: RowGroup[] = []
  let numRows = 0
  for (const parts of rowGroupParts(list, options.rowGroupRows ?? DEFAULT_ROW_GROUP_ROWS)) {
    const leaves = parts.map(({ batch, start, end }) => shred(schema, batch.columns, start, end))
    const groupRows = parts.reduce((sum, { start, end }) => sum + end - start, 0)
    rowGroups.push(writeRowGroup(file, leafNodes, leaves, groupRows, options.codec ?? 'snappy'))
    numRows += groupRows
  }
  writeFooter(file, elements, rowGroups, numRows, schema, options.metadata ?? {})
  return file.view()
}

type Part = { readonly batch: Batch; readonly start: number; readonly end: number }

function* rowGroupParts(batches: readonly Batch[], limit: number): Generator<Part[]> {
  let parts: Part[] = []
  let rows = 0
  for (const batch of batches) {
    for (let start = 0; start < batch.numRows;) {
      const end = Math.min(batch.numRows, start + limit - rows)
      parts.push({ batch, start, end })
      rows += end - start
      start = end
      if (rows < limit) continue
      yield parts
      parts = []
      rows = 0
    }
  }
  if (rows > 0) yield parts
}

function writeRowGroup(
  file: ByteSink,
  leafNodes: readonly FileNode[],
  leaves: readonly (readonly Leaf[])[],
  numRows: number,
  codec: 'snappy' | 'uncompressed',
): RowGroup {
  const groupStart = file.length
  const columns: ColumnChunk[] = []
  let totalBytes = 0n
  for (const [index, node] of leafNodes.entries()) {
    const chunk = writeChunk(
      file,
      node,
      leaves.map((part) => part[index]),
      codec,
    )
    columns.push(chunk)
    totalBytes += chunk.meta_data!.total_uncompressed_size
  }
  return {
    columns,
    total_byte_size: totalBytes,
    num_rows: BigInt(numRows),
    file_offset: BigInt(groupStart),
    total_compressed_size: BigInt(file.length - groupStart),
  }
}

function writeChunk(
  file: ByteSink,
  node: FileNode,
  parts: readonly Leaf[],
  codec: 'snappy' | 'uncompressed',
): ColumnChunk {
  const chunkStart = file.length
  const present = parts.map(presentRows)
  const numValues = parts.reduce((sum, part) => sum + part.slots.count, 0)
  const numPresent = present.reduce((sum, part) => sum + part.count, 0)
  const dictionary = dictionaryOf(parts, present)
  const encodings: Encoding[] = ['RLE', 'PLAIN']
  let uncompressed = 0
  if (dictionary !== null) {
    encodings.push('RLE_DICTIONARY')
    uncompressed += writePage(file, DICTIONARY_PAGE, dictionary.numEntries, PLAIN, dictionary.entries, codec)
  }
  const dataStart = file.length
  const page = new ByteSink(64 + numValues * 2)
  writeLevels(page, parts, parts[0].maxRepetition, numValues, (leaf) => leaf.slots.repetition, 0)
  writeLevels(page, parts, parts[0].maxDefinition, numValues, (leaf) => leaf.slots.definition, parts[0].maxDefinition)
  if (dictionary === null) page.bytes(plainValues(parts, present))
  else {
    const width = Math.max(1, bitWidth(dictionary.numEntries - 1))
    page.byte(width)
    encodeHybrid(page, dictionary.codes, dictionary.codes.length, width)
  }
  uncompressed += writePage(
    file,
    DATA_PAGE,
    numValues,
    dictionary === null ? PLAIN : RLE_DICTIONARY,
    page.view(),
    codec,
  )
  return {
    file_offset: BigInt(chunkStart),
    meta_data: {
      type: node.element.type!,
      encodings,
      path_in_schema: [...node.path],
      codec: codec === 'snappy' ? 'SNAPPY' : 'UNCOMPRESSED',
      num_values: BigInt(numValues),
      total_uncompressed_size: BigInt(uncompressed),
      total_compressed_size: BigInt(file.length - chunkStart),
      data_page_offset: BigInt(dataStart),
      ...(dictionary === null ? {} : { dictionary_page_offset: BigInt(chunkStart) }),
      statistics: { null_count: BigInt(numValues - numPresent) },
    },
  }
}

/** Levels of all parts with their length in front; a part without an array holds `constant` throughout. */
function writeLevels(
  page: ByteSink,
  parts: readonly Leaf[],
  max: number,
  numValues: number,
  levelsOf: (leaf: Leaf) => Uint8Array | null,
  constant: number,
): void {
  if (max === 0) return
  const lengthAt = page.length
  page.int32(0)
  const width = bitWidth(max)
  if (parts.every((part) => levelsOf(part) === null)) encodeRun(page, constant, numValues, width)
  else if (parts.length === 1) encodeHybrid(page, levelsOf(parts[0])!, numValues, width)
  else {
    const all = new Uint8Array(numValues)
    let at = 0
    for (const part of parts) {
      const levels = levelsOf(part)
      if (levels === null) all.fill(constant, at, at + part.slots.count)
      else all.set(levels.subarray(0, part.slots.count), at)
      at += part.slots.count
    }
    encodeHybrid(page, all, numValues, width)
  }
  page.patchInt32(lengthAt, page.length - lengthAt - 4)
}

const DATA_PAGE = 0
const DICTIONARY_PAGE = 2
const PLAIN = 0
const RLE = 3
const RLE_DICTIONARY = 8

/** Header (Thrift compact `PageHeader`, written out by hand: it is eleven small integers) and body; returns bytes before compression. */
function writePage(
  file: ByteSink,
  pageType: typeof DATA_PAGE | typeof DICTIONARY_PAGE,
  numValues: number,
  encoding: number,
  body: Uint8Array,
  codec: 'snappy' | 'uncompressed',
): number {
  const stored = codec === 'snappy' ? snappy().compress(body) : body
  const start = file.length
  field(file, pageType)
  field(file, body.length)
  field(file, stored.length)
  // data_page_header is field 5, dictionary_page_header field 7; both are structs (12), the last field was 3.
  file.byte(((pageType === DATA_PAGE ? 2 : 4) << 4) | 12)
  field(file, numValues)
  field(file, encoding)
  if (pageType === DATA_PAGE) {
    field(file, RLE)
    field(file, RLE)
  }
  file.byte(0)
  file.byte(0)
  const headerBytes = file.length - start
  file.bytes(stored)
  return headerBytes + body.length
}

/** The next field of a struct, a 32-bit integer. */
function field(file: ByteSink, value: number): void {
  file.byte(0x15)
  file.zigzag(value)
}

function writeFooter(
  file: ByteSink,
  elements: readonly SchemaElement[],
  rowGroups: readonly RowGroup[],
  numRows: number,
  schema: StructType,
  metadata: Readonly<Record<string, string>>,
): void {
  const pairs = { 'org.apache.spark.sql.parquet.row.metadata': schemaToJson(schema), ...metadata }
  const writer = new ByteWriter()
  writeMetadata(writer, {
    version: 1,
    created_by: 'runnel version 0.1.0',
    schema: [...elements],
    num_rows: BigInt(numRows),
    row_groups: [...rowGroups],
    metadata_length: 0,
    key_value_metadata: Object.entries(pairs).map(([key, value]) => ({ key, value })),
  })
  file.bytes(writer.getBytes())
  file.bytes(MAGIC)
}

function leavesOf(node: FileNode): FileNode[] {
  return node.leaf >= 0 ? [node] : node.children.flatMap(leavesOf)
}

function estimateBytes(batches: readonly Batch[]): number {
  return 1024 + batches.reduce((sum, batch) => sum + batch.numRows * batch.columns.length * 8, 0)
}
