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

const rate = { read: { dataSource: { format: 'rate', options: { rowsPerSecond: '10' } }, isStreaming: true } }

test('rate streams into a memory table that a batch query reads', async () => {
  const started = await engine.execute({
    command: { writeStreamOperationStart: { input: rate, format: 'memory', queryName: 'ticks', outputMode: 'append' } },
  })
  if (started.kind !== 'streamStarted') throw new Error(started.kind)
  await engine.ask('sleep', { durationMs: 20_000 })
  await engine.execute({
    command: { streamingQueryCommand: { queryId: { id: started.id, runId: started.runId }, stop: true } },
  })
  const answer = await engine.execute({ root: { read: { namedTable: { unparsedIdentifier: 'ticks' } } } })
  if (answer.kind !== 'rows') throw new Error(answer.kind)
  const values = answer.batches.flatMap((batch) => batchToRows(batch).map((row) => row.value))
  expect(values.length).toBeGreaterThan(50)
  expect(values).toEqual(values.map((_, index) => BigInt(index)))
})

test('clicks of a hub reach bronze and silver once each', async () => {
  await engine.broker.createHub('clicks', 4)
  await engine.broker.startProducer({
    hub: 'clicks',
    preset: 'workshop',
    seed: 7,
    eventsPerSecond: 5,
    lateShare: 0,
    outOfOrderShare: 0,
    malformedShare: 0,
    maxEvents: 200,
    numKeys: 0,
  })
  const bronze = await startTable('bronze_events', '/tmp/bronze', parsedClicks)
  const silver = await startTable('silver_events', '/tmp/silver', {
    withColumns: {
      input: { read: { namedTable: { unparsedIdentifier: 'bronze_events' }, isStreaming: true } },
      aliases: [{ expr: call('explode', column('extraPayload')), name: ['item'] }],
    },
  })
  await engine.ask('sleep', { durationMs: 60_000 })
  await engine.api.processAllAvailable(bronze)
  await engine.api.processAllAvailable(silver)
  const rows = await read('bronze_events')
  const ids = rows.map((row) => row.eventID)
  expect(ids.length).toBe(200)
  expect(new Set(ids).size).toBe(200)
  const items = rows.reduce((sum, row) => sum + (row.extraPayload as unknown[]).length, 0)
  expect((await read('silver_events')).length).toBe(items)
  expect(items).toBeGreaterThan(0)
})

const column = (name: string) => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const call = (functionName: string, ...args: JsonValue[]) => ({ unresolvedFunction: { functionName, arguments: args } })

const CLICK_SCHEMA =
  'eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>, extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>'

const hubRows = {
  read: {
    dataSource: {
      format: 'eventhubs',
      options: {
        'eventhubs.connectionString': 'Endpoint=sb://local/;EntityPath=clicks',
        'eventhubs.startingPosition': '{"offset":"-1","seqNo":-1,"enqueuedTime":null,"isInclusive":true}',
      },
    },
    isStreaming: true,
  },
}

const parsedClicks: JsonValue = {
  project: {
    input: {
      project: {
        input: hubRows,
        expressions: [
          {
            alias: {
              expr: call(
                'from_json',
                { cast: { expr: column('body'), typeStr: 'string' } },
                { literal: { string: CLICK_SCHEMA } },
              ),
              name: ['data'],
            },
          },
        ],
      },
    },
    expressions: [{ unresolvedStar: { unparsedTarget: 'data.*' } }],
  },
}

async function startTable(table: string, checkpointLocation: string, input: JsonValue): Promise<QueryId> {
  const started = await engine.execute({
    command: {
      writeStreamOperationStart: {
        input,
        format: 'delta',
        options: { checkpointLocation },
        outputMode: 'append',
        processingTimeInterval: '1 second',
        tableName: table,
      },
    },
  })
  if (started.kind !== 'streamStarted') throw new Error(started.kind)
  return started.id as QueryId
}

async function read(table: string): Promise<Record<string, unknown>[]> {
  const answer = await engine.execute({ root: { read: { namedTable: { unparsedIdentifier: table } } } })
  if (answer.kind !== 'rows') throw new Error(answer.kind)
  return answer.batches.flatMap(batchToRows)
}
