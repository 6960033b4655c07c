import { describe, expect, test } from 'vitest'
import { partitionOfRecordKey } from '../../broker/kafka/murmur2'
import { LocalBroker } from '../../broker/local/local-broker'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import { OptionMap } from '../../engine/ports/options'
import type { SinkContext } from '../../engine/ports/sink'
import { parseDdl } from '../../engine/types/type-ddl'
import type { Batch, StructType } from '../../protocol/columns'
import { RunnelError, fullMessage } from '../../protocol/errors/runnel-error'
import type { QueryId } from '../../protocol/ids'
import { definition as source } from '../../sources/kafka'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { kafkaGolden, wordsOf } from '../../testing/golden/sinks/golden'
import { ScriptedClock } from '../../testing/scripted-clock'
import { definition } from '.'

const golden = kafkaGolden()
const SERVERS = 'localhost:9092'
const clock = new ScriptedClock()
const files = new MemoryFileStore()
const random = { uuid: () => '00000000-0000-4000-8000-000000000001', next: () => 0.5 }

async function brokerWith(topic: string, partitions: number): Promise<LocalBroker> {
  const broker = new LocalBroker(new MemoryFileStore(), { nowMs: () => clock.nowMs() })
  await broker.createHub(topic, partitions)
  return broker
}

function contextOf(broker: LocalBroker, schema: StructType): SinkContext {
  return {
    files,
    clock,
    random,
    queryId: 'q' as QueryId,
    schema,
    outputMode: 'append',
    partitionColumns: [],
    broker: () => broker,
    hosted: { write: () => Promise.reject(new Error('Kafka is not hosted')) },
  }
}

const optionsOf = (options: Readonly<Record<string, string>>) =>
  new OptionMap(
    Object.fromEntries(Object.entries(options).map(([key, value]) => [key, value.replace('<servers>', SERVERS)])),
  )

async function textOf(action: () => Promise<unknown>): Promise<string | null> {
  try {
    await action()
    return null
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    return fullMessage(error.shape)
  }
}

/** A task's failure carries Spark's job words around the exception itself; we have no job. */
function innermost(answer: (typeof golden.sink)[string]['stream']): string | null {
  if (answer === null) return null
  const words = wordsOf(answer)
  if (!words.startsWith('Job aborted')) return words
  return answer.chain.at(-1)![1]
}

/** Binary cells are recorded as hexadecimal text. */
function rowsOf(ddl: string, rows: readonly (readonly unknown[])[]): Batch {
  const schema = parseDdl(ddl)
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
  const values = rows.map((row) =>
    row.map((value, index) => {
      const { type } = schema.fields[index]
      if (type.kind === 'binary') return hex(value as string)
      if (type.kind === 'map') return new Map<string, string>()
      if (type.kind === 'long') return BigInt(value as number)
      if (type.kind === 'array')
        return (value as [string, string][]).map(([key, bytes]) => ({ key, value: hex(bytes) }))
      return value
    }),
  )
  return batchFromRows(schema, values)
}

async function publish(broker: LocalBroker, options: OptionMap, batch: Batch, batchId = 0) {
  const context = contextOf(broker, batch.schema)
  await definition.prepare(options, context)
  const sink = await definition.open(options, context)
  const published = await (await sink.stage(batchId, [batch])).publish()
  return { ...published, description: sink.description }
}

async function recordsOf(broker: LocalBroker, topic: string) {
  const options = optionsOf({ 'kafka.bootstrap.servers': SERVERS, subscribe: topic, includeHeaders: 'true' })
  const rows: Record<string, unknown>[] = []
  const schema = await source.schema(options, null, {
    files,
    streaming: false,
    compatibility: 'strict',
    lenient: () => undefined,
  })
  const scan = source.scan!(options, schema, null, { files, clock, broker: () => broker })
  for await (const batch of scan) rows.push(...batchToRows(batch))
  return rows
}

describe('what the sink takes and refuses', () => {
  test.each(Object.entries(golden.sink))('%s', async (_name, { ddl, rows, options, batch, stream, description }) => {
    const data = rowsOf(ddl, rows)
    const broker = await brokerWith('sunk', 3)
    let published: unknown = null
    const error = await textOf(async () => (published = await publish(broker, optionsOf(options), data)))
    // The default of max.block.ms stands in our words; the recording made Kafka wait for three seconds only.
    expect(error).toBe(innermost(stream)?.replace('3000 ms', '60000 ms') ?? null)
    if (description !== undefined) {
      const [spark] = JSON.parse(description) as { description: string; numOutputRows: number }[]
      expect(published).toEqual({ ...spark, description: spark.description.replace(/@.*/, '') })
      expect(await recordsOf(broker, 'sunk')).toHaveLength(rows.length)
    }
    const inBatch = await textOf(async () => {
      definition.checkBatch!(optionsOf(options), data.schema, 'Append')
      await definition.writeBatch!(optionsOf(options), [data], contextOf(broker, data.schema) as never)
    })
    expect(inBatch === null).toBe(batch === null)
    if (batch?.condition) expect(inBatch).toBe(wordsOf(batch))
  })
})

test('save modes that a topic cannot do are refused', () => {
  const schema = parseDdl('value STRING')
  const options = optionsOf({ 'kafka.bootstrap.servers': SERVERS, topic: 'sunk' })
  const told = Object.entries({
    append: 'Append',
    overwrite: 'Overwrite',
    ignore: 'Ignore',
    errorifexists: 'ErrorIfExists',
  })
  for (const [name, mode] of told) {
    const answer = golden.saveModes[name]
    const check = () => definition.checkBatch!(options, schema, mode as 'Append')
    if (answer === null) expect(check).not.toThrow()
    else expect(check).toThrow(wordsOf(answer))
  }
})

test('keys go to the partitions that Kafka chooses', () => {
  for (const [key, partition] of Object.entries(golden.murmur2))
    expect([key, partitionOfRecordKey(new TextEncoder().encode(key), 5)]).toEqual([key, partition])
})

test('key, null value, headers and their order come back', async () => {
  const broker = await brokerWith('told', 1)
  const ddl = 'key BINARY, value STRING, headers ARRAY<STRUCT<key: STRING, value: BINARY>>'
  const [h1, h2] = [Uint8Array.of(0x31), Uint8Array.of(0xff)]
  const data = batchFromRows(parseDdl(ddl), [
    [
      Uint8Array.of(0x6b),
      'v',
      [
        { key: 'h', value: h1 },
        { key: 'h', value: h2 },
      ],
    ],
    [null, null, null],
  ])
  await publish(broker, optionsOf({ 'kafka.bootstrap.servers': SERVERS, topic: 'told' }), data)
  const hex = (value: unknown) => (value === null ? null : Buffer.from(value as Uint8Array).toString('hex'))
  const rows = (await recordsOf(broker, 'told')).map(({ key, value, topic, partition, offset, headers }) => [
    hex(key),
    hex(value),
    topic,
    partition,
    Number(offset),
    (headers as { key: string; value: Uint8Array }[] | null)?.map((header) => [header.key, hex(header.value)]) ?? null,
  ])
  expect(rows).toEqual(
    golden.rows.map(([key, value, topic, partition, offset, , headers]) => [
      key,
      value,
      topic,
      partition,
      offset,
      headers,
    ]),
  )
})

test('a batch that runs again sends its records again: at least once', async () => {
  const broker = await brokerWith('again', 2)
  const data = batchFromRows(parseDdl('value STRING'), [['a'], ['b'], ['c']])
  const options = optionsOf({ 'kafka.bootstrap.servers': SERVERS, topic: 'again' })
  await publish(broker, options, data, 7)
  await publish(broker, options, data, 7)
  const values = (await recordsOf(broker, 'again')).map(({ value }) => new TextDecoder().decode(value as Uint8Array))
  expect(values.sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c'])
})

test('servers that may really exist are refused before anything starts', async () => {
  const broker = await brokerWith('x', 1)
  const schema = parseDdl('value STRING')
  const prepare = (options: Record<string, string>) =>
    textOf(() => definition.prepare(optionsOf({ topic: 'x', ...options }), contextOf(broker, schema)))
  const jaas = (key: string) =>
    `org.apache.kafka.common.security.plain.PlainLoginModule required username="$ConnectionString" password="Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${key}";`
  const hub = 'shop.servicebus.windows.net:9093'
  expect(await prepare({ 'kafka.bootstrap.servers': 'pkc-1.europe.confluent.cloud:9092' })).toContain('cannot connect')
  expect(await prepare({ 'kafka.bootstrap.servers': hub, 'kafka.sasl.jaas.config': jaas('x'.repeat(44)) })).toContain(
    'This looks like a real Event Hub',
  )
  for (const servers of ['localhost:9092', 'broker1:9092,broker2:9092', '<your-server>:9092', 'kafka.example.com:9092'])
    expect([servers, await prepare({ 'kafka.bootstrap.servers': servers })]).toEqual([servers, null])
  expect(await prepare({ 'kafka.bootstrap.servers': hub, 'kafka.sasl.jaas.config': jaas('<your-key>') })).toBeNull()
})
