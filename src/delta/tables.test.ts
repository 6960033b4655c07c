import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { TableWrite } from '../engine/ports/table'
import { LONG, structOf } from '../engine/types/atomic-types'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { tablesContract } from './table.contract'
import { createDeltaTables } from './tables'
import { deltaContext } from './delta.fixture'

tablesContract('Delta in memory', () => createDeltaTables(deltaContext(new MemoryFileStore())))

const numbers = structOf({ n: LONG })
const folder = '/lakehouse/default/Tables/numbers'

function append(n: number): TableWrite {
  return {
    mode: 'append',
    schema: numbers,
    batches: [batchFromRows(numbers, [{ n: BigInt(n) }])],
    partitionColumns: [],
    mergeSchema: false,
    overwriteSchema: false,
    transaction: { appId: 'app', version: n },
    operation: { name: 'WRITE', parameters: { mode: 'Append', partitionBy: '[]' } },
  }
}

async function allRows(files: MemoryFileStore, at?: { version: number }): Promise<unknown[]> {
  const table = await createDeltaTables(deltaContext(files)).open(folder, at)
  const rows: unknown[] = []
  for await (const batch of table!.scan(null)) rows.push(...batchToRows(batch).map((row) => row.n))
  return rows
}

test('a table of 250 commits opens from its newest checkpoint and keeps the last 100 versions', async () => {
  const files = new MemoryFileStore()
  const tables = createDeltaTables(deltaContext(files))
  for (let n = 0; n < 250; n++) await tables.write(folder, append(n))
  const expected = Array.from({ length: 250 }, (_, n) => BigInt(n))
  expect(await allRows(files)).toEqual(expected)
  const names = (await files.list(`${folder}/_delta_log`)).map((file) => file.name)
  const commits = names.filter((name) => name.endsWith('.json')).length
  expect(commits).toBeLessThanOrEqual(120)
  expect(await allRows(files, { version: 145 })).toEqual(expected.slice(0, 146))
  // The transaction of a commit whose entry is gone still counts.
  expect(await tables.write(folder, append(3))).toMatchObject({ numRows: 0 })
})

test('a table that was dropped and made again is not mistaken for the old one', async () => {
  const files = new MemoryFileStore()
  const tables = createDeltaTables(deltaContext(files))
  for (let n = 0; n < 3; n++) await tables.write(folder, append(n))
  await files.remove(folder)
  expect(await tables.open(folder)).toBeNull()
  await createDeltaTables(deltaContext(files)).write(folder, append(7))
  expect((await tables.open(folder))?.version).toBe(0)
  expect(await allRows(files)).toEqual([7n])
})
