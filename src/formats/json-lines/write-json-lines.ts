import type { Batch, StructColumn } from '../../protocol/columns'
import { jsonWriteOptions, writeJson } from '../../engine/codecs/json/write-json'

/** A JSON lines file of the rows, as Spark writes it: NULL fields left out unless `ignoreNullFields` is false. */
export function writeJsonLines(batches: readonly Batch[], options: Readonly<Record<string, string>> = {}): Uint8Array {
  const writeOptions = jsonWriteOptions(options)
  const parts = batches.map((batch) => {
    const rows: StructColumn = {
      layout: 'struct',
      type: batch.schema,
      length: batch.numRows,
      validity: null,
      children: batch.columns,
    }
    return writeJson(rows, writeOptions)
  })
  const size = parts.reduce((sum, part) => sum + part.offsets[part.length] + part.length, 0)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    for (let row = 0; row < part.length; row++) {
      const line = part.bytes.subarray(part.offsets[row], part.offsets[row + 1])
      bytes.set(line, at)
      at += line.length
      bytes[at++] = 10
    }
  }
  return bytes
}
