import { decompress as zstdDecompress } from 'fzstd'
import type { ColumnMetaData, Compressors, DecodedArray, SchemaTree } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { outsideError } from '../../protocol/errors/runnel-error'
import { bitWidth } from './level-encoding'
import type { FileNode } from './parquet-schema'
import { snappy } from './snappy'

/** Values of one page without NULLs: numbers, byte arrays, or codes into the chunk's dictionary. */
export type PageValues =
  | { readonly kind: 'values'; readonly values: DecodedArray; readonly count: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly offsets: Int32Array; readonly count: number }
  | { readonly kind: 'codes'; readonly codes: ArrayLike<number>; readonly count: number }

/** One column chunk, decoded to levels and dense values. */
export type LeafChunk = {
  readonly node: FileNode
  readonly count: number
  /** `null`: every slot at the node's own level (no NULL, no empty list). */
  readonly definition: Uint8Array | null
  readonly repetition: Uint8Array | null
  readonly pages: readonly PageValues[]
  readonly dictionary: DecodedArray | null
}

let compressors: Compressors | null = null

/** Decodes a column chunk's bytes (`[dictionary_page_offset or data_page_offset, + total_compressed_size)`). */
export function readLeafChunk(
  bytes: Uint8Array,
  node: FileNode,
  schemaPath: SchemaTree[],
  meta: ColumnMetaData,
): LeafChunk {
  compressors ??= { SNAPPY: snappy().uncompress, ZSTD: (input) => zstdDecompress(input) }
  if (!['UNCOMPRESSED', 'SNAPPY', 'ZSTD'].includes(meta.codec)) {
    throw outsideError(
      'UNSUPPORTED_PARQUET_CODEC',
      `Parquet column ${node.path.join('.')} is compressed with ${meta.codec}.`,
      {
        hint: 'Write the file with snappy, zstd or no compression.',
      },
    )
  }
  const decoder = {
    pathInSchema: [...node.path],
    element: node.element,
    schemaPath,
    type: meta.type,
    codec: meta.codec,
    compressors,
  }
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  const total = Number(meta.num_values)
  const definition = node.definition > 0 ? new Uint8Array(total).fill(node.definition) : null
  const repetition = node.repetition > 0 ? new Uint8Array(total) : null
  const pages: PageValues[] = []
  let dictionary: DecodedArray | null = null
  let count = 0
  let numPresent = 0
  while (count < total && reader.offset < bytes.length) {
    const header = parquetHeader(reader)
    const body = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size)
    reader.offset += header.compressed_page_size
    if (header.type === 'DICTIONARY_PAGE') {
      const page = decompressPage(body, header.uncompressed_page_size, meta.codec, compressors)
      const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
      dictionary = readPlain(
        { view, offset: 0 },
        meta.type,
        header.dictionary_page_header!.num_values,
        node.element.type_length,
      )
      continue
    }
    if (header.type === 'INDEX_PAGE') continue
    const v1 = header.data_page_header
    const v2 = header.data_page_header_v2
    const encoding = v1?.encoding ?? v2!.encoding
    const numValues = v1?.num_values ?? v2!.num_values
    if (v1 !== undefined && encoding === 'PLAIN' && meta.type === 'BYTE_ARRAY') {
      const page = decompressPage(body, header.uncompressed_page_size, meta.codec, compressors)
      const plain = readPlainBytesPage(page, node, numValues, count, definition, repetition)
      pages.push(plain)
      numPresent += plain.count
    } else {
      const page =
        v1 !== undefined
          ? readDataPage(
              decompressPage(body, header.uncompressed_page_size, meta.codec, compressors),
              v1,
              decoder as never,
            )
          : readDataPageV2(body, header, decoder as never)
      // hyparquet leaves the levels out when a page has no NULL.
      if (definition !== null && page.definitionLevels !== undefined && page.definitionLevels.length > 0) {
        definition.set(page.definitionLevels, count)
      }
      if (repetition !== null) repetition.set(page.repetitionLevels, count)
      const isCoded = encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY'
      const size = page.dataPage.length
      pages.push(
        isCoded
          ? { kind: 'codes', codes: page.dataPage as number[], count: size }
          : { kind: 'values', values: page.dataPage, count: size },
      )
      numPresent += size
    }
    count += numValues
  }
  if (count !== total) {
    throw outsideError(
      'CORRUPT_FILE',
      `Parquet column ${node.path.join('.')} has ${count} values, its footer says ${total}.`,
    )
  }
  return { node, count, definition: numPresent === count ? null : definition, repetition, pages, dictionary }
}

/** The hot case, strings in PLAIN pages: two passes over the page, no array per value. */
function readPlainBytesPage(
  page: Uint8Array,
  node: FileNode,
  numValues: number,
  at: number,
  definition: Uint8Array | null,
  repetition: Uint8Array | null,
): PageValues {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const reader = { view, offset: 0 }
  if (repetition !== null)
    readRleBitPackedHybrid(reader, bitWidth(node.repetition), repetition.subarray(at, at + numValues))
  let count = numValues
  if (definition !== null) {
    const levels = definition.subarray(at, at + numValues)
    readRleBitPackedHybrid(reader, bitWidth(node.definition), levels)
    count = 0
    for (const level of levels) if (level === node.definition) count++
  }
  const offsets = new Int32Array(count + 1)
  const bytes = new Uint8Array(Math.max(0, page.length - reader.offset - 4 * count))
  let from = reader.offset
  for (let i = 0, end = 0; i < count; i++) {
    const size = view.getInt32(from, true)
    from += 4
    if (size < 32) for (let k = 0; k < size; k++) bytes[end + k] = page[from + k]!
    else bytes.set(page.subarray(from, from + size), end)
    from += size
    end += size
    offsets[i + 1] = end
  }
  return { kind: 'bytes', bytes, offsets, count }
}
