import type { JsonValue } from '@bufbuild/protobuf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { batchToRows } from '../engine/batch/to-values'
import type { QueryId } from '../protocol/ids'
import type { InProcessEngine } from '../testing/in-process-engine'
import { inProcessEngine } from '../testing/in-process-engine'

let engine: InProcessEngine

beforeEach(async () => {
  engine = await inProcessEngine()
})
afterEach(() => engine.close())

const rate: JsonValue = {
  read: { dataSource: { format: 'rate', options: { rowsPerSecond: '10' } }, isStreaming: true },
}

async function start(): Promise<QueryId> {
  const started = await engine.execute({
    command: {
      writeStreamOperationStart: {
        input: rate,
        format: 'delta',
        options: { checkpointLocation: 'Files/checkpoints/ticks' },
        outputMode: 'append',
        processingTimeInterval: '1 second',
        tableName: 'ticks',
      },
    },
  })
  if (started.kind !== 'streamStarted') throw new Error(started.kind)
  return started.id as QueryId
}

async function values(): Promise<number[]> {
  const answer = await engine.execute({ root: { read: { namedTable: { unparsedIdentifier: 'ticks' } } } })
  if (answer.kind !== 'rows') throw new Error(answer.kind)
  return answer.batches.flatMap((batch) => batchToRows(batch).map((row) => Number(row.value))).sort((a, b) => a - b)
}

const checkpoints = async () => (await engine.api.listFiles('/lakehouse/default/Files/checkpoints')).map((f) => f.name)

test('a stream restarted from scratch writes every row once more into an empty table, under a new query id', async () => {
  const first = await start()
  await engine.ask('sleep', { durationMs: 5_000 })
  expect((await values()).length).toBeGreaterThan(20)
  const again = await engine.api.restartFromScratch(first)
  expect(again).toMatchObject({ title: 'ticks', runNumber: 1, lastBatchId: null })
  expect(again?.id).not.toBe(first)
  await engine.ask('sleep', { durationMs: 5_000 })
  const seen = await values()
  expect(seen.length).toBeGreaterThan(20)
  expect(seen).toEqual(seen.map((_, index) => index))
  expect((await engine.api.queries()).map(({ id }) => id)).toEqual([again?.id])
})

test('Start over leaves no query, no table and no checkpoint, and asks for nothing that is gone', async () => {
  const id = await start()
  await engine.ask('sleep', { durationMs: 3_000 })
  await engine.api.erase({
    queries: [id],
    tables: ['ticks', 'never_made'],
    checkpoints: ['/lakehouse/default/Files/checkpoints/old'],
  })
  expect(await engine.api.queries()).toEqual([])
  expect(await engine.api.tables()).toEqual([])
  expect(await engine.api.resumable()).toEqual([])
  expect(await checkpoints()).toEqual([])
  // A fresh start is the first one again.
  expect((await start()) === id).toBe(false)
})

test('a query that nobody knows cannot be restarted', async () => {
  await expect(engine.api.restartFromScratch('gone' as QueryId)).rejects.toThrow(
    'There is no streaming query with id gone.',
  )
})
