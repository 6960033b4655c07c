import type { FileStore } from '../engine/ports/file-store'
import type { DeletionVector } from './actions'
import { corruptLog } from './actions'

/** Reads Delta deletion vectors: 64-bit Roaring bitmaps in the portable format, inline or in a file. */
const MAGIC = 1681511377

/** Deleted row positions, ascending. */
export async function readDeletionVector(files: FileStore, table: string, vector: DeletionVector): Promise<number[]> {
  const bytes = await vectorBytes(files, table, vector)
  const rows = decodeBitmap(bytes, vector.pathOrInlineDv)
  if (rows.length !== vector.cardinality) {
    throw corruptLog(
      vector.pathOrInlineDv,
      `the deletion vector holds ${rows.length} rows, the log says ${vector.cardinality}`,
    )
  }
  return rows
}

async function vectorBytes(files: FileStore, table: string, vector: DeletionVector): Promise<Uint8Array> {
  if (vector.storageType === 'i') return decodeZ85(vector.pathOrInlineDv).subarray(0, vector.sizeInBytes)
  const path =
    vector.storageType === 'p'
      ? decodeURIComponent(vector.pathOrInlineDv).replace(/^file:\/*/, '/')
      : vectorFile(table, vector.pathOrInlineDv)
  // A stored vector is framed: 4 bytes of size (big endian), the bitmap, a checksum.
  const start = (vector.offset ?? 1) + 4
  return files.readRange(path, start, start + vector.sizeInBytes)
}

/** `u` vectors name their file by a random folder prefix and a UUID in Z85, the last 20 characters. */
function vectorFile(table: string, text: string): string {
  const prefix = text.slice(0, -20)
  const hex = [...decodeZ85(text.slice(-20))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return `${table}/${prefix === '' ? '' : `${prefix}/`}deletion_vector_${uuid}.bin`
}

const Z85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'

export function decodeZ85(text: string): Uint8Array {
  const out = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(out.buffer)
  for (let block = 0; block < text.length / 5; block++) {
    let value = 0
    for (let i = 0; i < 5; i++) value = value * 85 + Z85.indexOf(text[block * 5 + i])
    view.setUint32(block * 4, value)
  }
  return out
}

const NO_OFFSETS_BELOW = 4

function decodeBitmap(bytes: Uint8Array, source: string): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getInt32(0, true) !== MAGIC) throw corruptLog(source, 'the deletion vector has an unknown format')
  const rows: number[] = []
  let at = 12
  const bitmaps = Number(view.getBigUint64(4, true))
  for (let i = 0; i < bitmaps; i++) {
    const high = view.getUint32(at, true)
    at = decodeRoaring32(view, at + 4, high * 2 ** 32, rows, source)
  }
  return rows
}

/** One 32-bit Roaring bitmap (format specification: cookie, key-cardinality pairs, offsets, containers); returns its end. */
function decodeRoaring32(view: DataView, start: number, base: number, rows: number[], source: string): number {
  const cookie = view.getUint32(start, true)
  const hasRuns = (cookie & 0xffff) === 12347
  if (!hasRuns && cookie !== 12346) throw corruptLog(source, 'the deletion vector holds no Roaring bitmap')
  const containers = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(start + 4, true)
  let at = start + (hasRuns ? 4 : 8)
  const runFlags = at
  if (hasRuns) at += Math.ceil(containers / 8)
  const headers = at
  at += containers * 4
  if (!hasRuns || containers >= NO_OFFSETS_BELOW) at += containers * 4
  for (let i = 0; i < containers; i++) {
    const key = base + view.getUint16(headers + i * 4, true) * 65_536
    const cardinality = view.getUint16(headers + i * 4 + 2, true) + 1
    const isRun = hasRuns && (view.getUint8(runFlags + (i >> 3)) & (1 << (i & 7))) !== 0
    if (isRun) {
      const runs = view.getUint16(at, true)
      at += 2
      for (let run = 0; run < runs; run++, at += 4) {
        const first = view.getUint16(at, true)
        const length = view.getUint16(at + 2, true)
        for (let value = first; value <= first + length; value++) rows.push(key + value)
      }
    } else if (cardinality > 4096) {
      for (let byte = 0; byte < 8192; byte++) {
        const bits = view.getUint8(at + byte)
        for (let bit = 0; bit < 8; bit++) if (bits & (1 << bit)) rows.push(key + byte * 8 + bit)
      }
      at += 8192
    } else {
      for (let value = 0; value < cardinality; value++, at += 2) rows.push(key + view.getUint16(at, true))
    }
  }
  return at
}
