import { describe, expect, test } from 'vitest'
import { events } from '../../broker/broker.contract'
import { encryptConnection } from '../../broker/connection-cipher'
import { LocalBroker } from '../../broker/local/local-broker'
import { OptionMap } from '../../engine/ports/options'
import type { SchemaContext, SourceContext, StreamSource } from '../../engine/ports/source'
import type { Batch, BytesColumn, Column } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { LENIENCIES } from '../../protocol/leniencies'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from './index'

const START_MS = Date.UTC(2026, 10, 20, 10, 0, 0)
const CONNECTION = 'Endpoint=sb://local/;EntityPath=clicks'
const FROM_START = { 'eventhubs.startingPosition': '{"offset":"-1"}' }

function bench(retentionMs = 7 * 86_400_000) {
  const clock = { ms: START_MS }
  const files = new MemoryFileStore()
  const broker = new LocalBroker(files, {
    nowMs: () => clock.ms,
    retention: { maxAgeMs: retentionMs, maxBytes: 1e9 },
  })
  const context = (conf: Record<string, string> = {}): SourceContext => ({
    files,
    clock: { nowMs: () => clock.ms, realNowMs: () => 0, sleep: () => Promise.resolve() },
    broker: () => broker,
    metadataPath: '/checkpoint/sources/0',
    conf,
  })
  const open = (options: Record<string, string> = {}, conf?: Record<string, string>) =>
    definition.open?.(
      new OptionMap({ 'eventhubs.connectionString': CONNECTION, ...options }),
      null,
      context(conf),
    ) as Promise<StreamSource>
  const send = (partition: number, ...texts: string[]) => broker.append('clicks', events(texts, { partition }))
  return { clock, files, broker, open, send, context }
}

async function collect(rows: AsyncIterable<Batch>): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of rows) batches.push(batch)
  return batches
}

function text(column: Column, row: number): string | null {
  const { offsets, bytes, validity } = column as BytesColumn
  if (validity !== null && validity[row] === 0) return null
  return new TextDecoder().decode(bytes.subarray(offsets[row], offsets[row + 1]))
}

async function bodiesOf(rows: AsyncIterable<Batch>): Promise<string[]> {
  const batches = await collect(rows)
  return batches.flatMap(({ numRows, schema, columns }) => {
    const body = columns[schema.fields.findIndex(({ name }) => name === 'body')]
    return Array.from({ length: numRows }, (_, row) => text(body, row) ?? 'NULL')
  })
}

const ALL = { kind: 'all' } as const
const DEFAULT = { kind: 'default' } as const

describe('eventhubs source', () => {
  test('reads what is there from the start, in the order of partitions', async () => {
    const { open, send } = bench()
    await send(2, 'c', 'd')
    await send(0, 'a')
    const source = await open(FROM_START)
    const { end, latest } = await source.latestOffset(null, DEFAULT)
    expect(end).toBe('{"clicks":{"0":1,"1":0,"2":2,"3":0}}')
    expect(latest).toBe(end)
    expect(await bodiesOf(source.read(null, end as string, null))).toEqual(['a', 'c', 'd'])
  })

  test('begins at the end of the stream unless told otherwise, and keeps that place through a restart', async () => {
    const { open, send, files } = bench()
    await send(1, 'old')
    const source = await open()
    expect((await source.latestOffset(null, DEFAULT)).end).toBe('{"clicks":{"0":0,"1":1,"2":0,"3":0}}')
    await send(1, 'new')
    const again = await open()
    const { end } = await again.latestOffset(null, DEFAULT)
    expect(await bodiesOf(again.read(null, end as string, null))).toEqual(['new'])
    const file = await files.read('/checkpoint/sources/0/0')
    expect(file[0]).toBe(0)
    expect(new TextDecoder().decode(file.subarray(1))).toBe('v1\n{"clicks":{"0":0,"1":1,"2":0,"3":0}}')
  })

  test('the same range gives the same rows again, whatever came since', async () => {
    const { open, send } = bench()
    await send(0, 'a', 'b')
    const source = await open(FROM_START)
    const { end } = await source.latestOffset(null, DEFAULT)
    const first = await bodiesOf(source.read(null, end as string, null))
    await send(0, 'c')
    expect(await bodiesOf((await open(FROM_START)).read(null, end as string, null))).toEqual(first)
  })

  test('has the columns of the connector', async () => {
    const { open, broker } = bench()
    await broker.append('clicks', {
      ...events(['{"a":1}'], { key: 'device-1' }),
      properties: [{ kind: 'click', source: 'web' }],
    })
    const source = await open(FROM_START)
    const { end } = await source.latestOffset(null, DEFAULT)
    const [batch] = await collect(source.read(null, end as string, null))
    expect(batch.schema.fields.map(({ name, type }) => `${name} ${type.kind}`)).toEqual([
      'body binary',
      'partition string',
      'offset string',
      'sequenceNumber long',
      'enqueuedTime timestamp',
      'publisher string',
      'partitionKey string',
      'properties map',
      'systemProperties map',
    ])
    const [body, partition, offset, sequence, enqueued, publisher, key, properties, system] = batch.columns
    expect(text(body, 0)).toBe('{"a":1}')
    expect(partition.layout === 'dictionary' && text(partition.dictionary, partition.codes[0])).toMatch(/^[0-3]$/)
    expect(text(offset, 0)).toBe('0')
    expect(sequence.layout === 'fixed' && sequence.values[0]).toBe(0n)
    expect(enqueued.layout === 'fixed' && enqueued.values[0]).toBe(BigInt(START_MS) * 1000n)
    expect(text(publisher, 0)).toBeNull()
    expect(text(key, 0)).toBe('device-1')
    expect(properties.layout === 'map' && [...properties.offsets]).toEqual([0, 2])
    expect(properties.layout === 'map' && text(properties.keys, 1)).toBe('source')
    expect(system.layout === 'map' && text(system.keys, 0)).toBe('x-opt-partition-key')
  })

  test('builds only the columns that are asked for, and none for a count', async () => {
    const { open, send } = bench()
    await send(0, 'a', 'b')
    const source = await open(FROM_START)
    const end = (await source.latestOffset(null, DEFAULT)).end as string
    const [two] = await collect(source.read(null, end, ['enqueuedTime', 'body']))
    expect(two.schema.fields.map(({ name }) => name)).toEqual(['body', 'enqueuedTime'])
    const [none] = await collect(source.read(null, end, []))
    expect(none).toMatchObject({ numRows: 2, columns: [] })
  })

  test('maxEventsPerTrigger is shared out by backlog and starves no partition', async () => {
    const { open, send } = bench()
    await send(0, ...Array.from({ length: 900 }, () => 'x'))
    await send(1, ...Array.from({ length: 99 }, () => 'x'))
    await send(2, 'x')
    const source = await open({ ...FROM_START, maxEventsPerTrigger: '100', 'eventhubs.maxEventsPerTrigger': '7' })
    const first = (await source.latestOffset(null, DEFAULT)).end as string
    expect(first).toBe('{"clicks":{"0":90,"1":9,"2":1,"3":0}}')
    const all = (await source.latestOffset(null, ALL)).end
    expect(all).toBe('{"clicks":{"0":900,"1":99,"2":1,"3":0}}')
    const second = (await source.latestOffset(first, DEFAULT)).end as string
    expect(second).toBe('{"clicks":{"0":180,"1":19,"2":1,"3":0}}')
    expect(await bodiesOf(source.read(first, second, null))).toHaveLength(100)
    expect(source.metrics?.(second)).toEqual({
      avgOffsetsBehindLatest: '200.0',
      maxOffsetsBehindLatest: '720',
      minOffsetsBehindLatest: '0',
    })
  })

  test('the default limit is a thousand events for each partition', async () => {
    const { open, send } = bench()
    await send(0, ...Array.from({ length: 9_000 }, () => 'x'))
    const source = await open(FROM_START)
    expect((await source.latestOffset(null, DEFAULT)).end).toBe('{"clicks":{"0":4000,"1":0,"2":0,"3":0}}')
    expect(await bodiesOf(source.read(null, '{"clicks":{"0":9000,"1":0,"2":0,"3":0}}', null))).toHaveLength(9_000)
  })

  test('AvailableNow ends where the hub stood when it was pinned', async () => {
    const { open, send } = bench()
    await send(0, 'a', 'b', 'c')
    const source = await open({ ...FROM_START, maxEventsPerTrigger: '2' })
    await source.pinAvailableNow?.()
    await send(0, 'd')
    const first = (await source.latestOffset(null, DEFAULT)).end as string
    const second = (await source.latestOffset(first, DEFAULT)).end as string
    expect(first).toBe('{"clicks":{"0":2,"1":0,"2":0,"3":0}}')
    expect(second).toBe('{"clicks":{"0":3,"1":0,"2":0,"3":0}}')
    expect((await source.latestOffset(second, DEFAULT)).end).toBe(second)
  })

  test('starting positions: sequence number before offset before time, and the partition before all', async () => {
    const { open, send, clock } = bench()
    for (let i = 0; i < 4; i++) {
      await send(0, `a${i}`)
      await send(1, `b${i}`)
      await send(2, `c${i}`)
      clock.ms += 1_000
    }
    const at = (partitionId: number) => JSON.stringify({ ehName: 'clicks', partitionId })
    const source = await open({
      'Eventhubs.STARTINGposition': JSON.stringify({
        offset: null,
        seqNo: -1,
        enqueuedTime: new Date(START_MS + 1_000).toISOString().replace('Z', '000Z'),
        isInclusive: true,
      }),
      'eventhubs.startingPositions': JSON.stringify({
        [at(0)]: { offset: '1', seqNo: 3 },
        [at(1)]: { offset: '1', isInclusive: false },
        '{"ehName":"other","partitionId":2}': { offset: '-1' },
      }),
    })
    const end = (await source.latestOffset(null, ALL)).end as string
    // Partition 2 by time: after, not at, the given millisecond, as the service's filter has it.
    expect(await bodiesOf(source.read(null, end, null))).toEqual(['a3', 'b2', 'b3', 'c2', 'c3'])
  })

  test('a starting number past the end waits there as the connector does: at the end', async () => {
    const { open, send } = bench()
    await send(0, 'a')
    const source = await open({ 'eventhubs.startingPosition': '{"seqNo": 50}' })
    const end = (await source.latestOffset(null, DEFAULT)).end as string
    expect(end).toBe('{"clicks":{"0":1,"1":0,"2":0,"3":0}}')
    expect(await bodiesOf(source.read(null, end, null))).toEqual([])
  })

  test('events that expired before the batch was planned are passed over', async () => {
    const { open, send, clock, broker } = bench(60_000)
    await send(0, 'old')
    const source = await open(FROM_START)
    await source.latestOffset(null, DEFAULT)
    clock.ms += 120_000
    await send(0, 'new')
    await (await broker.hub('clicks')).log.settled()
    const end = (await source.latestOffset(null, DEFAULT)).end as string
    expect(await bodiesOf(source.read(null, end, null))).toEqual(['new'])
  })

  test('events that expire between plan and read end the query in the connector’s words', async () => {
    const { open, send, clock, broker } = bench(60_000)
    await send(0, 'old')
    const source = await open(FROM_START)
    const end = (await source.latestOffset(null, DEFAULT)).end as string
    clock.ms += 120_000
    await send(0, 'new')
    await (await broker.hub('clicks')).log.settled()
    await expect(bodiesOf(source.read(null, end, null))).rejects.toThrow(
      'In partition 0 of clicks, with consumer group $Default, request seqNo 0 is less than the received seqNo 1. ' +
        'The earliest seqNo is 1.',
    )
  })

  test('a hub that was deleted and made again is not read as if nothing had happened', async () => {
    const { open, send, broker } = bench()
    await send(0, 'a', 'b')
    const source = await open(FROM_START)
    const end = (await source.latestOffset(null, DEFAULT)).end
    await broker.deleteHub('clicks')
    await send(0, 'c')
    await expect(source.latestOffset(end, DEFAULT)).rejects.toThrow(
      "Partition 0's sequence number was changed from 2 to 1, some data may have been missed",
    )
  })

  test('a checkpoint of another hub is refused', async () => {
    const { open } = bench()
    const end = (await (await open()).latestOffset(null, DEFAULT)).end
    const source = await open({ 'eventhubs.connectionString': 'Endpoint=sb://local/;EntityPath=orders' })
    await expect(source.latestOffset(end, DEFAULT)).rejects.toMatchObject({ condition: 'CHECKPOINT_OF_ANOTHER_HUB' })
  })

  test('without EntityPath it reads the hub a producer opened with the same string, and stays with it', async () => {
    const { open, broker, send } = bench()
    await broker.hubFor('Endpoint=sb://...', 'clicks')
    await send(0, 'a')
    const options = { ...FROM_START, 'eventhubs.connectionString': 'Endpoint=sb://...' }
    const end = (await (await open(options)).latestOffset(null, DEFAULT)).end as string
    expect(end).toMatch(/^\{"clicks"/)
    await broker.hubFor('Endpoint=sb://...', 'orders')
    expect((await (await open(options)).latestOffset(end, DEFAULT)).end).toBe(end)
  })

  test('an encrypted connection string is read like a plain one', async () => {
    const { open, send } = bench()
    await send(0, 'a')
    const source = await open({ ...FROM_START, 'eventhubs.connectionString': await encryptConnection(CONNECTION) })
    expect((await source.latestOffset(null, DEFAULT)).end).toMatch(/^\{"clicks":\{"0":1/)
  })

  test('strict mode ignores an option without prefix, as the connector does', async () => {
    const { open, send } = bench()
    await send(0, 'old')
    const options = { startingPosition: '{"offset":"-1"}' }
    const strict = await open(options, { 'runnel.compatibility': 'strict' })
    const end = (await strict.latestOffset(null, DEFAULT)).end as string
    expect(await bodiesOf(strict.read(null, end, null))).toEqual([])
    const workshop = bench()
    await workshop.send(0, 'old')
    const source = await workshop.open(options)
    expect(await bodiesOf(source.read(null, end, null))).toEqual(['old'])
  })

  test('a batch query reads from the starting to the ending positions', async () => {
    const { send, context } = bench()
    await send(0, 'a', 'b', 'c')
    const options = {
      'eventhubs.connectionString': CONNECTION,
      ...FROM_START,
      'eventhubs.endingPosition': '{"seqNo": 2}',
    }
    const rows = definition.scan?.(new OptionMap(options), await schemaOf({}), ['body'], context())
    expect(await bodiesOf(rows as AsyncIterable<Batch>)).toEqual(['a', 'b'])
  })

  test('the description has the shape of the connector’s', async () => {
    const { open } = bench()
    expect((await open()).description).toMatch(/^org\.apache\.spark\.sql\.eventhubs\.EventHubsSource@[0-9a-f]+$/)
  })
})

type Noted = { id: string; detail: Readonly<Record<string, string>> }

async function schemaOf(
  options: Record<string, string>,
  compatibility: 'workshop' | 'strict' = 'workshop',
  noted: Noted[] = [],
) {
  const { files, broker } = bench()
  const context: SchemaContext = {
    files,
    streaming: true,
    compatibility,
    broker: () => broker,
    lenient(id, detail = {}) {
      noted.push({ id, detail })
      if (compatibility === 'strict')
        throw new Error(LENIENCIES[id].spark.replace(/\{(\w+)\}/g, (_, key: string) => detail[key]))
    },
  }
  return definition.schema(new OptionMap({ 'eventhubs.connectionString': CONNECTION, ...options }), null, context)
}

describe('eventhubs options', () => {
  test('the workshop’s cell is understood, and every change for real Spark is named', async () => {
    const noted: Noted[] = []
    await schemaOf(
      {
        'eventhubs.connectionString': 'Endpoint=sb://...',
        'eventhubs.consumerGroup': '$Default',
        maxEventsPerTrigger: '1000',
        startingPosition: '{"offset": "-1"}',
      },
      'workshop',
      noted,
    )
    expect(noted.map(({ id }) => id)).toEqual([
      'eventhubs-connector-spark4',
      'eventhubs-unprefixed-option',
      'eventhubs-unencrypted',
      'eventhubs-no-entity-path',
    ])
    for (const { id, detail } of noted) {
      const { notice, spark, fix } = LENIENCIES[id]
      for (const words of [notice, spark, fix?.description ?? '', fix?.from ?? '', fix?.to ?? ''])
        for (const [, key] of words.matchAll(/\{(\w+)\}/g)) expect(detail).toHaveProperty(key)
    }
    expect(noted[3].detail).toMatchObject({
      hub: 'your-event-hub-name',
      from: '"Endpoint=sb://..."',
      to: '"Endpoint=sb://...;EntityPath=your-event-hub-name"',
    })
  })

  test('strict mode refuses a plain connection string in the words of the connector', async () => {
    await expect(schemaOf({ 'eventhubs.connectionString': 'Endpoint=sb://...' }, 'strict')).rejects.toThrow(
      'Input byte array has wrong 4-byte ending unit',
    )
    const encrypted = await encryptConnection('Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=b')
    await expect(schemaOf({ 'eventhubs.connectionString': encrypted }, 'strict')).rejects.toThrow(
      'No EntityPath has been set in the Event Hubs connection string.',
    )
    const complete = { 'eventhubs.connectionString': await encryptConnection(CONNECTION), anything: 'x' }
    expect((await schemaOf(complete, 'strict')).fields).toHaveLength(9)
  })

  test('a string that may be real is refused in both modes, plain or encrypted', async () => {
    const real = `Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${'k'.repeat(44)};EntityPath=e`
    for (const connection of [real, await encryptConnection(real)])
      for (const mode of ['workshop', 'strict'] as const)
        await expect(schemaOf({ 'eventhubs.connectionString': connection }, mode)).rejects.toThrow(
          'This looks like a real Event Hub. This version does not connect to Azure.',
        )
  })

  test('a key is never part of a notice', async () => {
    const noted: Noted[] = []
    await schemaOf({ 'eventhubs.connectionString': 'Endpoint=sb://x/;SharedAccessKey=topsecret' }, 'workshop', noted)
    expect(JSON.stringify(noted)).not.toContain('topsecret')
  })

  test.each([
    ['maxEventsPerTrigger', 'abc', 'For input string: "abc"', 'NumberFormatException'],
    ['maxEventsPerTrigger', '0', 'must be a whole number of at least 1', 'IllegalArgumentException'],
    [
      'eventhubs.startingPosition',
      'earliest',
      'The option eventhubs.startingPosition must be JSON',
      'IllegalArgumentException',
    ],
    ['eventhubs.startingPosition', '{}', 'No position has been set.', 'IllegalArgumentException'],
    [
      'eventhubs.startingPosition',
      '{"offset":"first"}',
      'must be "-1", "@latest" or a number, got "first"',
      'IllegalArgumentException',
    ],
    [
      'eventhubs.startingPosition',
      '{"enqueuedTime":"yesterday"}',
      'must be a time such as',
      'IllegalArgumentException',
    ],
    [
      'eventhubs.startingPositions',
      '{"0":{"offset":"-1"}}',
      'which is not {"ehName":"HUB","partitionId":0}',
      'IllegalArgumentException',
    ],
    ['eventhubs.receiverTimeout', 'soon', 'Text cannot be parsed to a Duration', 'IllegalArgumentException'],
    [
      'eventhubs.receiverTimeout',
      'PT10M',
      'receiver timeout is greater than operation timeout',
      'IllegalArgumentException',
    ],
    [
      'eventhubs.operationTimeout',
      'PT5S',
      'operation timeout is less than receiver timeout',
      'IllegalArgumentException',
    ],
    ['eventhubs.maxSilentTime', 'PT1S', 'max silent time is less than PT30S', 'IllegalArgumentException'],
    ['eventhubs.prefetchCount', '5000', 'within the range [1, 4000]', 'IllegalArgumentException'],
    ['eventhubs.useExclusiveReceiver', 'yes', 'For input string: "yes"', 'IllegalArgumentException'],
    ['eventhubs.useAadAuth', 'true', 'eventhubs.useAadAuth is not supported', 'UnsupportedOperationException'],
  ])('%s = %s is refused', async (option, value, message, exception) => {
    const error = await schemaOf({ [option]: value }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(RunnelError)
    const { shape } = error as RunnelError
    expect(shape.message).toContain(message)
    expect(shape.exception).toBe(exception)
    expect(`${shape.message} ${shape.hint}`).toContain(option)
    expect(`${shape.message} ${shape.hint}`).toContain(value)
  })

  test('a missing connection string is named', async () => {
    const { files } = bench()
    const context: SchemaContext = { files, streaming: true, compatibility: 'strict', lenient: () => undefined }
    await expect(definition.schema(new OptionMap({}), null, context)).rejects.toThrow(
      'The option eventhubs.connectionString is not set.',
    )
  })

  test('an unknown option is told, and a plain duration is understood', async () => {
    const noted: Noted[] = []
    await schemaOf({ 'eventhubs.connectionTimeout': '120s', 'eventhubs.operationTimeout': '120s' }, 'workshop', noted)
    expect(noted).toContainEqual({ id: 'eventhubs-unknown-option', detail: { option: 'eventhubs.connectionTimeout' } })
    expect(noted).toContainEqual({
      id: 'eventhubs-duration',
      detail: { option: 'eventhubs.operationTimeout', value: '120s', iso: 'PT120S' },
    })
  })
})
