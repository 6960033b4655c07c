import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { Table } from '../engine/ports/table'
import { LONG, STRING, structOf } from '../engine/types/atomic-types'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { COMPACTION, compactTable } from './compaction'
import { deltaContext } from './delta.fixture'
import { DeltaLog } from './delta-log'
import { tableHistory } from './history'
import { TableKeeper } from './table-keeper'
import { createDeltaTables } from './tables'
import type { DeltaWrite } from './write-table'
import { publishWrite, stageWrite } from './write-table'

const folder = '/lakehouse/default/Tables/bronze'
const schema = structOf({ id: LONG, day: STRING })
const turn = { pause: () => Promise.resolve(), isCanceled: () => false }

function world(partitionColumns: string[] = []) {
  let nowMs = 1_000_000
  const files = new MemoryFileStore({ nowMs: () => nowMs })
  const context = deltaContext(files)
  const log = new DeltaLog(files, folder)
  const keeper = new TableKeeper(log, context)
  const write = async (id: number, mode: DeltaWrite['mode'] = 'append') => {
    const staged = await stageWrite(log, context, {
      mode,
      schema,
      batches: [batchFromRows(schema, [{ id: BigInt(id), day: `d${id % 2}` }])],
      partitionColumns,
      mergeSchema: false,
      overwriteSchema: false,
      transaction: { appId: 'query', version: id },
      operation: { name: 'STREAMING UPDATE', parameters: {} },
    })
    return publishWrite(log, context, staged, (snapshot) => keeper.committed(snapshot))
  }
  const tick = async (id: number) => {
    await write(id)
    keeper.start()
    await keeper.settled()
  }
  return {
    files,
    context,
    log,
    keeper,
    write,
    tick,
    sleep: (ms: number) => void (nowMs += ms),
    open: async () => (await createDeltaTables(deltaContext(files)).open(folder))!,
    numDataFiles: async () => (await files.list(folder)).filter((file) => !file.isFolder).length,
  }
}

async function idsOf(table: Table): Promise<number[]> {
  const ids: number[] = []
  for await (const batch of table.scan(null)) ids.push(...batchToRows(batch).map((row) => Number(row.id)))
  return ids
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

test('fifty small files become one, in a commit that changes no data, and the rows keep their order', async () => {
  const { tick, open, log, write, files } = world()
  for (let id = 0; id < 50; id++) await tick(id)
  expect(await open()).toMatchObject({ version: 50, numFiles: 1, numRows: 50 })
  expect(await idsOf(await open())).toEqual(upTo(50))
  const [{ info }] = await tableHistory(files, folder, 1)
  expect(info).toMatchObject({
    operation: 'OPTIMIZE',
    operationParameters: { predicate: '[]', zOrderBy: '[]', clusterBy: '[]', auto: true },
    isolationLevel: 'SnapshotIsolation',
    isBlindAppend: false,
    operationMetrics: { numRemovedFiles: '50', numAddedFiles: '1' },
  })
  const { actions } = (await log.commit(50))!
  for (const action of actions) {
    if ('add' in action) expect(action.add.dataChange).toBe(false)
    if ('remove' in action) expect(action.remove.dataChange).toBe(false)
  }
  // Transactions are none of its business.
  expect(await write(49)).toEqual({ version: 50, numRows: 0 })
})

test('partitions are merged each for itself', async () => {
  const { tick, open } = world(['day'])
  for (let id = 0; id < 100; id++) await tick(id)
  const table = await open()
  expect(table.numFiles).toBeLessThanOrEqual(2)
  expect((await idsOf(table)).sort((a, b) => a - b)).toEqual(upTo(100))
})

test('files that no kept version names go after a minute, not before', async () => {
  const { tick, open, numDataFiles, sleep } = world()
  for (let id = 0; id < 60; id++) await tick(id)
  const held = await open()
  for (let id = 60; id < 300; id++) await tick(id)
  // 240 versions on, its files have left the log; the batch reader that holds the snapshot still finds them.
  expect(await idsOf(held)).toEqual(upTo(60))
  expect(await numDataFiles()).toBeGreaterThan(300)
  sleep(60_001)
  for (let id = 300; id < 330; id++) await tick(id)
  expect(await numDataFiles()).toBeLessThan(200)
  expect(await idsOf(await open())).toEqual(upTo(330))
})

test('files replaced by complete mode go the same way', async () => {
  const { write, keeper, numDataFiles, sleep, open } = world()
  for (let id = 0; id < 300; id++) {
    sleep(1_000)
    await write(id, 'overwrite')
    keeper.start()
    await keeper.settled()
  }
  expect(await numDataFiles()).toBeLessThan(190)
  expect(await idsOf(await open())).toEqual([299])
})

test('an overwrite that comes first makes the merge give up and take its file back', async () => {
  const { write, log, context, open, numDataFiles } = world()
  for (let id = 0; id < 50; id++) await write(id)
  let isFirst = true
  const pause = async () => {
    if (isFirst) await write(50, 'overwrite')
    isFirst = false
  }
  expect(await compactTable(log, context, { ...turn, pause })).toBeNull()
  expect(await idsOf(await open())).toEqual([50])
  expect(await numDataFiles()).toBe(51)
})

test('a merge goes on beside appends, and a stop ends it without a trace', async () => {
  const { write, log, context, open, numDataFiles } = world()
  for (let id = 0; id < 50; id++) await write(id)
  const canceled = { ...turn, isCanceled: () => true }
  expect(await compactTable(log, context, canceled)).toBeNull()
  expect(await numDataFiles()).toBe(50)
  let next = 50
  const pause = async () => {
    await write(next++)
  }
  expect(await compactTable(log, context, { ...turn, pause })).not.toBeNull()
  const table = await open()
  expect(table.numFiles).toBe(1 + next - 50)
  expect((await idsOf(table)).sort((a, b) => a - b)).toEqual(upTo(next))
})

test('a table that says no is left as it is', async () => {
  const { files, context } = world()
  const log = new DeltaLog(files, folder)
  const tables = createDeltaTables(context)
  await tables.create(folder, schema, { properties: { 'delta.autoOptimize.autoCompact': 'false' } })
  for (let id = 0; id < 60; id++) {
    await tables.write(folder, {
      mode: 'append',
      schema,
      batches: [batchFromRows(schema, [{ id: BigInt(id), day: 'd' }])],
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: null,
      operation: { name: 'WRITE', parameters: {} },
    })
  }
  expect(await compactTable(log, context, turn, COMPACTION)).toBeNull()
  expect((await tables.open(folder))?.numFiles).toBe(60)
})

test('a writer that slept through a log clean-up does not commit into the gap', async () => {
  const { files, context, write, tick, open } = world()
  await write(0)
  const sleeper = new DeltaLog(files, folder)
  const stale = await sleeper.update()
  for (let id = 1; id < 260; id++) await tick(id)
  expect(await files.stat(`${folder}/_delta_log/00000000000000000001.json`)).toBeNull()
  expect(await sleeper.append(stale, [{ txn: { appId: 'late', version: 0 } }])).toBeNull()
  expect((await sleeper.update())!.version).toBe((await open()).version)
  expect(await sleeper.append(await sleeper.update(), [{ txn: { appId: 'late', version: 0 } }])).not.toBeNull()
  expect(context.files).toBe(files)
})
