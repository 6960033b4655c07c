import { schemaFromJson } from '../types/type-json'
import { BytesReader } from './column-bytes'

const MAGIC_BYTES = 8

/** Rows of a version file, all tables together: what came or changed, and what went. Null when the bytes are not such a file. */
export function countStateRows(bytes: Uint8Array): { numRows: number; numRemoved: number } | null {
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC_BYTES)) !== 'RNLSTATE') return null
  const reader = new BytesReader(bytes.subarray(MAGIC_BYTES))
  reader.number()
  reader.number()
  let numRows = 0
  let numRemoved = 0
  for (let tables = reader.number(); tables > 0; tables--) {
    reader.text()
    const [keys, values] = [schemaFromJson(reader.text()), schemaFromJson(reader.text())]
    const removed = reader.number()
    if (removed > 0) for (const { type } of keys.fields) reader.column(type, removed)
    const rows = reader.number()
    for (const { type } of [...keys.fields, ...values.fields]) reader.column(type, rows)
    numRemoved += removed
    numRows += rows
  }
  return { numRows, numRemoved }
}
