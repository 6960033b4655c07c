import { beforeEach, expect, test } from 'vitest'
import { deltaContext } from '../../delta/delta.fixture'
import { createDeltaTables } from '../../delta/tables'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import { OptionMap } from '../../engine/ports/options'
import type { OffsetJson, StreamSource } from '../../engine/ports/source'
import type { TableWrite, Tables } from '../../engine/ports/table'
import { LONG, STRING, structOf } from '../../engine/types/atomic-types'
import type { StructType } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from './delta-source'

const schema = structOf({ id: LONG })
const path = '/lakehouse/default/Tables/bronze'
const checkpoint = '/fs/ck/silver'

let files: MemoryFileStore
let tables: Tables

beforeEach(() => {
  files = new MemoryFileStore()
  tables = createDeltaTables(deltaContext(files))
})

function write(ids: number[], more: Partial<TableWrite> = {}, columns: StructType = schema) {
  return tables.write(path, {
    mode: 'append',
    schema: columns,
    batches: [
      batchFromRows(
        columns,
        ids.map((id) => ({ id: BigInt(id), name: 'x' })),
      ),
    ],
    partitionColumns: [],
    mergeSchema: false,
    overwriteSchema: false,
    transaction: null,
    operation: {
      name: 'WRITE',
      parameters: { mode: more.mode === 'overwrite' ? 'Overwrite' : 'Append', partitionBy: '[]' },
    },
    ...more,
  })
}

function openStream(options: Record<string, string> = {}): Promise<StreamSource> {
  const broker = () => {
    throw new Error('no broker here')
  }
  const context = { files, clock: deltaContext(files).clock, broker, metadataPath: `${checkpoint}/sources/0`, conf: {} }
  return definition.open!(new OptionMap({ path, ...options }), null, context)
}

async function idsBetween(source: StreamSource, start: OffsetJson | null, end: OffsetJson): Promise<number[]> {
  const ids: number[] = []
  for await (const batch of source.read(start, end, null)) ids.push(...batchToRows(batch).map((row) => Number(row.id)))
  return ids
}

/** Runs the source as a query would, until it has nothing new: the ids and the end of every batch. */
async function drain(source: StreamSource, from: OffsetJson | null = null, maxBatches = 20) {
  const batches: { ids: number[]; end: { reservoirVersion: number; index: number; isStartingVersion: boolean } }[] = []
  let start = from
  for (let n = 0; n < maxBatches; n++) {
    const { end } = await source.latestOffset(start, { kind: 'default' })
    if (end === null || end === start) break
    const { reservoirVersion, index, isStartingVersion } = JSON.parse(end) as (typeof batches)[0]['end']
    batches.push({ ids: await idsBetween(source, start, end), end: { reservoirVersion, index, isStartingVersion } })
    await source.commit(end)
    start = end
  }
  return { batches, ids: batches.flatMap((batch) => batch.ids), end: start }
}

async function conditionOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'none',
    (error: unknown) => (error instanceof RunnelError ? error.condition : String(error)),
  )
}

test('the offsets are Delta’s, letter by letter', async () => {
  await write([0])
  const source = await openStream()
  const { end } = await source.latestOffset(null, { kind: 'default' })
  const id = (await tables.open(path))!.id
  expect(end).toBe(
    `{"sourceVersion":1,"reservoirId":"${id}","reservoirVersion":1,"index":-1,"isStartingVersion":false}`,
  )
  expect(source.description).toBe(`DeltaSource[${path}]`)
})

test('a stream reads the snapshot it starts with, then each commit, and rests when there is none', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const source = await openStream()
  const first = await drain(source)
  expect(first.batches).toEqual([{ ids: [0, 1, 2], end: { reservoirVersion: 3, index: -1, isStartingVersion: false } }])
  await write([3, 4])
  await write([5])
  const second = await drain(source, first.end)
  expect(second.ids).toEqual([3, 4, 5])
  expect((await drain(source, second.end)).batches).toEqual([])
})

test('maxFilesPerTrigger cuts the initial snapshot as Spark does', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const { batches } = await drain(await openStream({ maxFilesPerTrigger: '2' }))
  expect(batches).toEqual([
    { ids: [0, 1], end: { reservoirVersion: 2, index: 1, isStartingVersion: true } },
    { ids: [2], end: { reservoirVersion: 3, index: -1, isStartingVersion: false } },
  ])
})

test('maxBytesPerTrigger always lets one file through', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const { batches } = await drain(await openStream({ maxBytesPerTrigger: '1b' }))
  expect(batches.map((batch) => batch.end)).toEqual([
    { reservoirVersion: 2, index: 0, isStartingVersion: true },
    { reservoirVersion: 2, index: 1, isStartingVersion: true },
    { reservoirVersion: 3, index: -1, isStartingVersion: false },
  ])
})

test('a limit of "all" ignores the rate options', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const source = await openStream({ maxFilesPerTrigger: '1' })
  const { end } = await source.latestOffset(null, { kind: 'all' })
  expect(await idsBetween(source, null, end!)).toEqual([0, 1, 2])
})

test('the same offsets give the same rows after a restart, although the table went on', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const source = await openStream({ maxFilesPerTrigger: '2' })
  const { end: first } = await source.latestOffset(null, { kind: 'default' })
  const rows = await idsBetween(source, null, first!)
  await write([9])
  const restarted = await openStream({ maxFilesPerTrigger: '2' })
  expect(await idsBetween(restarted, null, first!)).toEqual(rows)
  expect((await drain(restarted, first)).ids).toEqual([2, 9])
})

test('a first batch that took the whole snapshot repeats after a restart', async () => {
  for (const id of [0, 1]) await write([id])
  const { end } = await (await openStream()).latestOffset(null, { kind: 'default' })
  await write([2])
  expect(await idsBetween(await openStream(), null, end!)).toEqual([0, 1])
})

test('an empty table gives one empty batch, then rows as they come', async () => {
  await tables.create(path, schema, {})
  const source = await openStream()
  const first = await drain(source)
  expect(first.batches).toEqual([{ ids: [], end: { reservoirVersion: 1, index: -1, isStartingVersion: false } }])
  await write([1])
  expect((await drain(source, first.end)).ids).toEqual([1])
})

test('availableNow stops at the version the run began with', async () => {
  for (const id of [0, 1, 2]) await write([id])
  const source = await openStream({ maxFilesPerTrigger: '1' })
  await source.pinAvailableNow!()
  await write([3])
  expect((await drain(source)).ids).toEqual([0, 1, 2])
})

test('startingVersion skips the snapshot, latest waits for what comes', async () => {
  for (const id of [0, 1, 2]) await write([id])
  expect((await drain(await openStream({ startingVersion: '1' }))).ids).toEqual([1, 2])
  const latest = await openStream({ startingVersion: 'latest' })
  expect((await drain(latest)).batches).toEqual([])
  await write([3])
  // The first look decided: a restart before the first batch must not lose version 3.
  expect((await drain(await openStream({ startingVersion: 'latest' }))).ids).toEqual([3])
  expect(await conditionOf(drain(await openStream({ startingVersion: '77' })))).toBe('DELTA_VERSION_NOT_FOUND')
})

test('a commit without new rows moves the offset on', async () => {
  await write([0])
  const source = await openStream()
  const first = await drain(source)
  await write([], { transaction: { appId: 'q', version: 0 } })
  expect((await drain(source, first.end)).batches).toEqual([
    { ids: [], end: { reservoirVersion: 2, index: -1, isStartingVersion: false } },
  ])
})

test('an overwritten source stops the stream, unless changes may be skipped or repeated', async () => {
  await write([0])
  const first = await drain(await openStream())
  await write([1], { mode: 'overwrite' })
  await expect(drain(await openStream(), first.end)).rejects.toThrow(
    'Detected a data update (for example WRITE (Map(mode -> "Overwrite", partitionBy -> "[]"))) in the source table at version 1.',
  )
  expect((await drain(await openStream({ skipChangeCommits: 'true' }), first.end)).ids).toEqual([])
  expect((await drain(await openStream({ ignoreChanges: 'true' }), first.end)).ids).toEqual([1])
})

test('deleted rows stop the stream, unless deletes are ignored', async () => {
  await write([0])
  const first = await drain(await openStream())
  await write([], { mode: 'overwrite' })
  expect(await conditionOf(drain(await openStream(), first.end))).toBe('DELTA_SOURCE_IGNORE_DELETE')
  expect((await drain(await openStream({ ignoreDeletes: 'true' }), first.end)).batches).toHaveLength(1)
})

test('a new column under a running stream fails it once; a restart reads it', async () => {
  await write([0])
  const source = await openStream()
  const first = await drain(source)
  await write([1], { mergeSchema: true }, structOf({ id: LONG, name: STRING }))
  expect(await conditionOf(drain(source, first.end))).toBe('DELTA_SCHEMA_CHANGED_WITH_VERSION')
  expect((await drain(await openStream(), first.end)).ids).toEqual([1])
})

test('a table made again under the same name is another table', async () => {
  await write([0])
  const first = await drain(await openStream())
  await files.remove(path)
  tables = createDeltaTables(deltaContext(files, 1))
  await write([0])
  expect(await conditionOf(drain(await openStream(), first.end))).toBe('DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE')
})

test('a slow stream keeps the log entries it still needs; without it they go', async () => {
  await write([0])
  await files.write(`${checkpoint}/metadata`, new Uint8Array([123, 125]))
  const first = await drain(await openStream())
  for (let id = 1; id < 250; id++) await write([id])
  expect((await drain(await openStream(), first.end, 500)).ids).toHaveLength(249)
  await files.remove(checkpoint)
  for (let id = 250; id < 400; id++) await write([id])
  expect(await conditionOf(drain(await openStream(), first.end))).toBe('DELTA_MISSING_FILES_UNEXPECTED_VERSION')
})

test('a projection reads only its columns', async () => {
  for (const id of [0, 1, 2]) await write([id], {}, structOf({ id: LONG, name: STRING }))
  const source = await openStream({ maxFilesPerTrigger: '1' })
  const { end } = await source.latestOffset(null, { kind: 'default' })
  const rows: unknown[] = []
  for await (const batch of source.read(null, end!, ['name'])) rows.push(...batchToRows(batch))
  expect(rows).toEqual([{ name: 'x' }])
})

test.each([
  [{ maxFilesPerTrigger: '0' }, 'DELTA_ILLEGAL_OPTION'],
  [{ maxBytesPerTrigger: 'zz' }, 'DELTA_ILLEGAL_OPTION'],
  [{ startingVersion: 'abc' }, 'DELTA_ILLEGAL_OPTION'],
  [{ ignoreDeletes: 'maybe' }, 'DELTA_ILLEGAL_OPTION'],
  [{ startingVersion: '1', startingTimestamp: '2024-01-01' }, 'DELTA_STARTING_VERSION_AND_TIMESTAMP_BOTH_SET'],
])('the options %j are refused', async (options, condition) => {
  await write([0])
  expect(await conditionOf(openStream(options as Record<string, string>))).toBe(condition)
})

test('a batch scan reads the newest version or the one asked for', async () => {
  await write([0])
  await write([1])
  const scan = async (options: Record<string, string>) => {
    const rows: number[] = []
    const broker = () => {
      throw new Error('no broker here')
    }
    const context = { files, clock: deltaContext(files).clock, broker }
    for await (const batch of definition.scan!(new OptionMap({ path, ...options }), schema, null, context)) {
      rows.push(...batchToRows(batch).map((row) => Number(row.id)))
    }
    return rows
  }
  expect(await scan({})).toEqual([0, 1])
  expect(await scan({ versionAsOf: '0' })).toEqual([0])
  expect(await conditionOf(scan({ versionAsOf: '9' }))).toBe('DELTA_VERSION_NOT_FOUND')
  expect(await conditionOf(scan({ timestampAsOf: '2000-01-01' }))).toBe('DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION')
  expect(await conditionOf(scan({ timestampAsOf: '2100-01-01' }))).toBe('DELTA_TIMESTAMP_GREATER_THAN_COMMIT')
})
