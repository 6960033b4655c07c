import { toJson } from '@bufbuild/protobuf'
import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchToRows } from '../engine/batch/to-values'
import { RunnelError } from '../protocol/errors/runnel-error'
import type { QueryId } from '../protocol/ids'
import { RelationSchema } from '../protocol/spark-connect'
import type { InProcessEngine } from '../testing/in-process-engine'
import { inProcessEngine } from '../testing/in-process-engine'
import { localRows } from '../testing/plan-builder'

/** Kafka and Event Hubs through the whole worker side: written by a batch, streamed on, read again. */
let engine: InProcessEngine
beforeAll(async () => {
  engine = await inProcessEngine()
})
afterAll(() => engine.close())

const SERVERS = { 'kafka.bootstrap.servers': 'localhost:9092' }
const connection = (hub: string) =>
  `Endpoint=sb://local/;SharedAccessKeyName=k;SharedAccessKey=secret-of-this-session;EntityPath=${hub}`

function reader(format: string, options: Record<string, string>, isStreaming: boolean): JsonObject {
  return { read: { isStreaming, dataSource: { format, options } } }
}

function selected(input: JsonObject, ...texts: string[]): JsonObject {
  return { project: { input, expressions: texts.map((expression) => ({ expressionString: { expression } })) } }
}

async function rowsOf(relation: JsonObject): Promise<Record<string, unknown>[]> {
  const result = await engine.execute({ root: relation })
  if (result.kind !== 'rows') throw new Error('no rows')
  return result.batches.flatMap(batchToRows)
}

async function runStream(start: JsonObject): Promise<QueryId> {
  const started = await engine.execute({
    command: { writeStreamOperationStart: { availableNow: true, ...start } },
  })
  if (started.kind !== 'streamStarted') throw new Error('not started')
  const over = await engine.execute({
    command: { streamingQueryCommand: { queryId: { id: started.id, runId: started.runId }, awaitTermination: {} } },
  })
  expect(over).toMatchObject({ terminated: true })
  return started.id as QueryId
}

const save = (input: JsonValue, format: string, options: Record<string, string>) =>
  engine.execute({
    command: { writeOperation: { input, source: format, options, mode: 'SAVE_MODE_APPEND', path: '' } },
  })

test('rows of a batch become records, a stream carries them on to an event hub, and both are read again', async () => {
  const local = toJson(
    RelationSchema,
    localRows('key STRING, value STRING', [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]),
  )
  await save(local, 'kafka', { ...SERVERS, topic: 'first' })
  const read = reader('kafka', { ...SERVERS, subscribe: 'first' }, false)
  const texts = selected(read, 'CAST(key AS STRING) AS key', 'CAST(value AS STRING) AS value', 'topic')
  expect((await rowsOf(texts)).map((row) => Object.values(row).join()).sort()).toEqual([
    'a,1,first',
    'a,3,first',
    'b,2,first',
  ])

  const stream = reader('kafka', { ...SERVERS, subscribe: 'first', startingOffsets: 'earliest' }, true)
  const id = await runStream({
    input: selected(stream, 'CAST(value AS STRING) AS body', 'CAST(key AS STRING) AS partitionKey'),
    format: 'eventhubs',
    options: { 'eventhubs.connectionString': connection('second'), checkpointLocation: 'Files/ckpt/second' },
  })
  const [progress] = await engine.api.recentProgress(id)
  expect(progress).toMatchObject({
    sources: [{ description: 'KafkaV2[Subscribe[first]]', numInputRows: 3, metrics: { maxOffsetsBehindLatest: '0' } }],
    sink: { description: 'EventHubsSink' },
  })
  const options = {
    'eventhubs.connectionString': connection('second'),
    'eventhubs.startingPosition': '{"offset":"-1","seqNo":-1,"enqueuedTime":null,"isInclusive":true}',
  }
  const events = await rowsOf(
    selected(reader('eventhubs', options, false), 'CAST(body AS STRING) AS body', 'partitionKey'),
  )
  expect(events.map((row) => Object.values(row).join()).sort()).toEqual(['1,a', '2,b', '3,a'])
})

test('an event hub reader sees the key and headers of Kafka records as bytes', async () => {
  const ddl = 'key STRING, value STRING, headers ARRAY<STRUCT<key: STRING, value: BINARY>>'
  const headers = [{ key: 'h', value: Uint8Array.of(49) }]
  await save(toJson(RelationSchema, localRows(ddl, [['k', 'v', headers]])), 'kafka', { ...SERVERS, topic: 'third' })
  const options = {
    'eventhubs.connectionString': connection('third'),
    'eventhubs.startingPosition': '{"offset":"-1","seqNo":-1,"enqueuedTime":null,"isInclusive":true}',
  }
  const [row] = await rowsOf(selected(reader('eventhubs', options, false), 'properties', 'systemProperties'))
  expect(Object.fromEntries(row.properties as Map<string, string>)).toEqual({ h: '[49]' })
  expect(Object.fromEntries(row.systemProperties as Map<string, string>)).toEqual({ 'x-opt-kafka-key': '[107]' })
})

test('a stream that starts again goes on where its checkpoint says', async () => {
  const stream = reader('kafka', { ...SERVERS, subscribe: 'first', startingOffsets: 'earliest' }, true)
  const copy = {
    input: selected(stream, 'value', 'key'),
    format: 'kafka',
    options: { ...SERVERS, topic: 'copy', checkpointLocation: 'Files/ckpt/copy' },
  }
  await runStream(copy)
  const more = toJson(RelationSchema, localRows('value STRING', [['4']]))
  await save(more, 'kafka', { ...SERVERS, topic: 'first' })
  await runStream(copy)
  const values = await rowsOf(
    selected(reader('kafka', { ...SERVERS, subscribe: 'copy' }, false), 'CAST(value AS STRING) AS v'),
  )
  expect(values.map(({ v }) => v).sort()).toEqual(['1', '2', '3', '4'])
})

test('no key of a connection string is ever written down', async () => {
  const found: string[] = []
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await engine.files.list(folder)) {
      if (entry.isFolder) await walk(entry.path)
      else if (new TextDecoder().decode(await engine.files.read(entry.path)).includes('secret-of-this-session'))
        found.push(entry.path)
    }
  }
  await walk('/')
  expect(found).toEqual([])
})

test('a wrong column ends the query in the words of Spark, and other queries go on', async () => {
  const stream = reader('kafka', { ...SERVERS, subscribe: 'first', startingOffsets: 'earliest' }, true)
  const bad = {
    input: selected(stream, 'CAST(offset AS INT) AS value'),
    format: 'kafka',
    options: { ...SERVERS, topic: 'bad', checkpointLocation: 'Files/ckpt/bad' },
  }
  await expect(runStream(bad)).rejects.toThrow(
    'value attribute unsupported type int. value must be a(n) string or binary',
  )
  await runStream({ input: selected(stream, 'offset'), format: 'memory', queryName: 'offsets' })
  const named: JsonObject = { read: { namedTable: { unparsedIdentifier: 'offsets' } } }
  expect(await rowsOf(named)).toHaveLength(4)
})

test('a query on a topic of a real namespace is refused in the cell', async () => {
  const jaas = `org.apache.kafka.common.security.plain.PlainLoginModule required username="$ConnectionString" password="Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${'x'.repeat(44)}";`
  const options = {
    'kafka.bootstrap.servers': 'shop.servicebus.windows.net:9093',
    'kafka.sasl.jaas.config': jaas,
    subscribe: 'clicks',
  }
  const error = await rowsOf(reader('kafka', options, false)).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RunnelError)
  expect((error as RunnelError).shape).toMatchObject({
    condition: 'EVENT_HUB_NOT_REACHABLE',
    fix: { from: 'sb://shop.servicebus.windows.net', to: 'sb://local' },
  })
})
