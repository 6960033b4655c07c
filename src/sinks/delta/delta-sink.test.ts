import { expect, test } from 'vitest'
import { deltaContext } from '../../delta/delta.fixture'
import { createDeltaTables } from '../../delta/tables'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import type { FileStore } from '../../engine/ports/file-store'
import { OptionMap } from '../../engine/ports/options'
import type { OutputMode, SinkContext } from '../../engine/ports/sink'
import { INTEGER, LONG, STRING, VOID, structOf } from '../../engine/types/atomic-types'
import type { StructType } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import type { QueryId } from '../../protocol/ids'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from './delta-sink'

const events = structOf({ id: LONG, name: STRING })
const path = '/lakehouse/default/Tables/bronze'
const QUERY = '6ec86985-bb25-44c3-ad35-96429ff432c4' as QueryId

type Setup = {
  files?: FileStore
  schema?: StructType
  outputMode?: OutputMode
  partitionColumns?: string[]
  options?: Record<string, string>
}

function contextOf({
  files = new MemoryFileStore(),
  schema = events,
  outputMode = 'append',
  partitionColumns = [],
}: Setup): SinkContext {
  const hosted = { write: () => Promise.reject(new Error('not hosted')) }
  return { ...deltaContext(files), queryId: QUERY, schema, outputMode, partitionColumns, hosted }
}

async function openSink(setup: Setup) {
  const context = contextOf(setup)
  const options = new OptionMap({ path, ...setup.options })
  await definition.prepare(options, context)
  return { sink: await definition.open(options, context), context }
}

async function runBatch(setup: Setup, batchId: number, rows: Record<string, unknown>[]) {
  const { sink } = await openSink(setup)
  const staged = await sink.stage(batchId, [batchFromRows(setup.schema ?? events, rows)])
  return staged.publish()
}

async function rowsOf(files: FileStore): Promise<Record<string, unknown>[]> {
  const table = await createDeltaTables(deltaContext(files)).open(path)
  const rows: Record<string, unknown>[] = []
  if (table !== null) for await (const batch of table.scan(null)) rows.push(...batchToRows(batch))
  return rows
}

async function conditionOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'none',
    (error: unknown) => (error instanceof RunnelError ? error.condition : String(error)),
  )
}

async function commitText(files: FileStore, version: number): Promise<string> {
  return new TextDecoder().decode(await files.read(`${path}/_delta_log/${String(version).padStart(20, '0')}.json`))
}

async function dataFiles(files: FileStore): Promise<string[]> {
  return (await files.list(path)).filter((file) => !file.isFolder).map((file) => file.name)
}

test('toTable creates the table before the first batch, without the query’s column metadata', async () => {
  const files = new MemoryFileStore()
  const schema: StructType = {
    kind: 'struct',
    fields: [
      { name: 'ts', type: { kind: 'timestamp' }, nullable: false, metadata: { 'spark.watermarkDelayMs': 1000 } },
    ],
  }
  await openSink({ files, schema, options: { 'runnel.table': 'true' } })
  const table = await createDeltaTables(deltaContext(files)).open(path)
  expect(table?.schema).toEqual({
    kind: 'struct',
    fields: [{ name: 'ts', type: { kind: 'timestamp' }, nullable: true }],
  })
  expect(await commitText(files, 0)).toContain('"operation":"CREATE TABLE"')
})

test('a path table appears with the first batch', async () => {
  const files = new MemoryFileStore()
  const { sink } = await openSink({ files })
  expect(await createDeltaTables(deltaContext(files)).open(path)).toBeNull()
  await (await sink.stage(0, [batchFromRows(events, [{ id: 1n, name: 'a' }])])).publish()
  expect(await rowsOf(files)).toEqual([{ id: 1n, name: 'a' }])
  expect(sink.description).toBe(`DeltaSink[${path}]`)
})

test('a batch commits once, with the words of Delta’s streaming update', async () => {
  const files = new MemoryFileStore()
  expect(await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])).toEqual({ numOutputRows: -1 })
  const [first, ...rest] = (await commitText(files, 0))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>)
  expect(first.commitInfo).toMatchObject({
    operation: 'STREAMING UPDATE',
    operationParameters: { outputMode: 'Append', queryId: QUERY, epochId: '0' },
    isBlindAppend: true,
    engineInfo: 'Runnel/0.1.0',
    operationMetrics: { numRemovedFiles: '0', numAddedFiles: '1', numOutputRows: '1' },
  })
  expect(rest.map((action) => Object.keys(action)[0])).toEqual(['metaData', 'protocol', 'txn', 'add'])
})

test('a batch that runs again after its commit changes nothing and writes nothing', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  const before = await dataFiles(files)
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  expect(await rowsOf(files)).toEqual([{ id: 1n, name: 'a' }])
  expect(await dataFiles(files)).toEqual(before)
})

test('a kill between stage and publish, any number of times, gives each batch once and leaves no orphan', async () => {
  const files = new MemoryFileStore()
  for (let batchId = 0; batchId < 5; batchId++) {
    const rows = [{ id: BigInt(batchId), name: `batch ${batchId}` }]
    for (let attempt = 0; attempt < 3; attempt++) {
      const { sink } = await openSink({ files })
      await sink.stage(batchId, [batchFromRows(events, rows)])
    }
    await runBatch({ files }, batchId, rows)
    await runBatch({ files }, batchId, rows)
  }
  expect((await rowsOf(files)).map((row) => row.id)).toEqual([0n, 1n, 2n, 3n, 4n])
  expect(await dataFiles(files)).toHaveLength(5)
})

test('two publishes of one staged batch commit it once', async () => {
  const files = new MemoryFileStore()
  const { sink } = await openSink({ files })
  const staged = await sink.stage(0, [batchFromRows(events, [{ id: 1n, name: 'a' }])])
  await Promise.all([staged.publish(), staged.publish()])
  await staged.publish()
  expect(await rowsOf(files)).toHaveLength(1)
})

test('an executed batch without rows commits its transaction only', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  await runBatch({ files }, 1, [])
  const kinds = (await commitText(files, 1))
    .trim()
    .split('\n')
    .map((line) => Object.keys(JSON.parse(line) as object)[0])
  expect(kinds).toEqual(['commitInfo', 'txn'])
})

test('complete mode replaces the table’s rows', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files, outputMode: 'complete' }, 0, [{ id: 1n, name: 'a' }])
  await runBatch({ files, outputMode: 'complete' }, 1, [{ id: 2n, name: 'a' }])
  expect(await rowsOf(files)).toEqual([{ id: 2n, name: 'a' }])
  expect(await commitText(files, 1)).toContain('"outputMode":"Complete"')
})

test('update mode is refused at start, a missing path too', async () => {
  expect(await conditionOf(openSink({ outputMode: 'update' }))).toBe('DELTA_UNSUPPORTED_OUTPUT_MODE')
  const context = contextOf({})
  await expect(definition.prepare(new OptionMap({}), context)).rejects.toThrow("'path' is not specified")
  expect(await conditionOf(openSink({ options: { mergeSchema: 'maybe' } }))).toBe('DELTA_ILLEGAL_OPTION')
})

test('a new column needs mergeSchema', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  const wider = structOf({ id: LONG, name: STRING, price: INTEGER })
  const rows = [{ id: 2n, name: 'b', price: 3 }]
  expect(await conditionOf(runBatch({ files, schema: wider }, 1, rows))).toBe('DELTA_METADATA_MISMATCH')
  await runBatch({ files, schema: wider, options: { mergeSchema: 'true' } }, 1, rows)
  expect(await rowsOf(files)).toEqual([
    { id: 1n, name: 'a', price: null },
    { id: 2n, name: 'b', price: 3 },
  ])
})

test('columns are cast to the table’s types where Spark casts by itself', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  await runBatch({ files, schema: structOf({ id: INTEGER, name: LONG }) }, 1, [{ id: 2, name: 7n }])
  await runBatch({ files, schema: structOf({ id: STRING }) }, 2, [{ id: '3' }])
  expect(await rowsOf(files)).toEqual([
    { id: 1n, name: 'a' },
    { id: 2n, name: '7' },
    { id: 3n, name: null },
  ])
  expect(await conditionOf(runBatch({ files, schema: structOf({ id: STRING }) }, 3, [{ id: 'x' }]))).toBe(
    'TASK_WRITE_FAILED',
  )
  const flags = structOf({ id: { kind: 'boolean' } })
  expect(await conditionOf(runBatch({ files, schema: flags }, 3, [{ id: true }]))).toBe('DELTA_FAILED_TO_MERGE_FIELDS')
})

test('columns of type VOID and NULL in a NOT NULL column are refused with Delta’s errors', async () => {
  const files = new MemoryFileStore()
  expect(
    await conditionOf(runBatch({ files, schema: structOf({ id: LONG, n: VOID }) }, 0, [{ id: 1n, n: null }])),
  ).toBe('DELTA_NULL_SCHEMA_IN_STREAMING_WRITE')
  const strict: StructType = { kind: 'struct', fields: [{ name: 'id', type: LONG, nullable: false }] }
  await createDeltaTables(deltaContext(files)).create(path, strict, {})
  expect(await conditionOf(runBatch({ files, schema: structOf({ id: LONG }) }, 0, [{ id: null }]))).toBe(
    'DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
  )
})

test('a full disk fails the batch before its commit; what was committed stays readable', async () => {
  const files = new MemoryFileStore()
  await runBatch({ files }, 0, [{ id: 1n, name: 'a' }])
  files.setQuota(files.usedBytes + 50)
  expect(await conditionOf(runBatch({ files }, 1, [{ id: 2n, name: 'b' }]))).toBe('DISK_FULL')
  expect(await rowsOf(files)).toEqual([{ id: 1n, name: 'a' }])
  files.setQuota(Infinity)
  await runBatch({ files }, 1, [{ id: 2n, name: 'b' }])
  expect(await rowsOf(files)).toHaveLength(2)
})
