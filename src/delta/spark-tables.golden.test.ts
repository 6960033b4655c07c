import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { batchToRows } from '../engine/batch/to-values'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { deltaContext } from './delta.fixture'
import { createDeltaTables } from './tables'

/** Tables that Spark 4.1.1 with Delta 4.2.0 wrote, packed file by file. */
type Packed = { readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>> }

async function rowsOf(name: string): Promise<Record<string, unknown>[]> {
  const packed = JSON.parse(await readFile(new URL('golden/spark-tables.json', import.meta.url), 'utf8')) as Packed
  const files = new MemoryFileStore()
  for (const [path, text] of Object.entries(packed.tables[name]))
    await files.write(`/t/${path}`, new Uint8Array(Buffer.from(text, 'base64')))
  const table = await createDeltaTables(deltaContext(files)).open('/t')
  const rows: Record<string, unknown>[] = []
  for await (const batch of table!.scan(null)) rows.push(...batchToRows(batch))
  return rows
}

test('a table with a deletion vector, a renamed and an added column reads as Spark reads it', async () => {
  // 1,000 rows, then DELETE WHERE id % 7 = 0 (a deletion vector), RENAME COLUMN v TO w, ADD COLUMN z.
  const rows = await rowsOf('vectors')
  expect(rows.map((row) => Number(row.id))).toEqual(
    Array.from({ length: 1000 }, (_, id) => id).filter((id) => id % 7 !== 0),
  )
  expect(rows[0]).toEqual({ id: 1n, w: 'v1', z: null })
})

test('a table whose first commits are gone opens from a V2 checkpoint and its sidecar', async () => {
  const rows = await rowsOf('v2-checkpoint')
  expect(rows.map((row) => [Number(row.id), row.v]).sort()).toEqual([0, 1, 2, 3, 4].map((id) => [id, `a b/${id}%`]))
})
