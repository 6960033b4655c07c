import { beforeAll, describe, expect, test } from 'vitest'
import { LocalBroker } from '../../broker/local/local-broker'
import { batchToRows } from '../../engine/batch/to-values'
import { OptionMap } from '../../engine/ports/options'
import type { SourceContext, StreamSource } from '../../engine/ports/source'
import { schemaToJson } from '../../engine/types/type-json'
import type { StructType } from '../../protocol/columns'
import { fullMessage, RunnelError } from '../../protocol/errors/runnel-error'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { schemaOf } from '../../testing/plan-builder'
import { kafkaGolden, wordsOf } from '../../testing/golden/sinks/golden'
import type { KafkaOptionCase } from '../../testing/golden/sinks/golden'
import { ScriptedClock } from '../../testing/scripted-clock'
import { definition } from '.'

const golden = kafkaGolden()
const SERVERS = 'localhost:9092'
const clock = new ScriptedClock()

/** A broker with a topic of two partitions (or as many as said) and rows spread over them. */
async function brokerWith(topics: Readonly<Record<string, readonly number[]>>): Promise<LocalBroker> {
  const broker = new LocalBroker(new MemoryFileStore(), { nowMs: () => clock.nowMs() })
  for (const [topic, counts] of Object.entries(topics)) {
    await broker.createHub(topic, counts.length)
    for (const [partition, count] of counts.entries()) await send(broker, topic, partition, count)
  }
  return broker
}

async function send(broker: LocalBroker, topic: string, partition: number, count: number): Promise<void> {
  const values = new TextEncoder().encode('v'.repeat(count))
  const valueOffsets = Int32Array.from({ length: count + 1 }, (_, row) => row)
  await broker.append(topic, { numRows: count, values, valueOffsets, partition })
}

function contextOf(broker: LocalBroker, files = new MemoryFileStore()): SourceContext {
  return { files, clock, broker: () => broker, metadataPath: '/ckpt/sources/0', conf: {} }
}

function optionsOf(options: Readonly<Record<string, string>>): OptionMap {
  const texts = Object.entries(options).map(([key, value]) => [key, value.replace('<servers>', SERVERS)])
  return new OptionMap(Object.fromEntries(texts) as Record<string, string>)
}

const load = (options: OptionMap, streaming: boolean, schema: StructType | null = null) =>
  definition.schema(options, schema, { files: new MemoryFileStore(), streaming, compatibility: 'strict', lenient() {} })

async function textOf(action: () => Promise<unknown>): Promise<string | null> {
  try {
    await action()
    return null
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    return fullMessage(error.shape).trim()
  }
}

/** One batch with everything, as Trigger.AvailableNow would plan it. */
async function runOnce(source: StreamSource): Promise<[unknown, unknown, number]> {
  await source.pinAvailableNow?.()
  const { end } = await source.latestOffset(null, { kind: 'default' })
  let numRows = 0
  for await (const batch of source.read(null, end!, null)) numRows += batch.numRows
  return [null, JSON.parse(end!), numRows]
}

let broker: LocalBroker
beforeAll(async () => {
  broker = await brokerWith({ two: [5, 5], one: [1] })
})

/** Without the parts that are a broker's own: consumer groups, Java's exception class in front. */
function comparable(text: string | null): string | null {
  if (text === null) return null
  return text
    .replace(/^An error occurred while calling [^\n]*\n: [\w.$]+: /, '')
    .replace(/with consumer group .*$/s, '')
    .trim()
}

const label = ({ options }: KafkaOptionCase) => {
  const own = Object.entries(options).filter(([key]) => key !== 'kafka.bootstrap.servers')
  return JSON.stringify(Object.fromEntries(own)) + ('kafka.bootstrap.servers' in options ? '' : ' without servers')
}
/** A topic that nobody made is made in the browser; Kafka without auto-creation times out. */
const cases = golden.options.filter(({ options }) => options.subscribe !== 'nowhere')

describe('options of a stream', () => {
  test.each(cases.map((item) => [label(item), item] as const))('%s', async (_label, item) => {
    const options = optionsOf(item.options)
    expect(await textOf(() => load(options, true))).toEqual(item.streamLoad && wordsOf(item.streamLoad))
    if (item.streamLoad !== null) return
    let ran: unknown = null
    const error = await textOf(async () => {
      ran = await runOnce(await definition.open!(options, null, contextOf(broker)))
    })
    expect(comparable(error)).toEqual(item.streamRun ? comparable(wordsOf(item.streamRun)) : null)
    if (item.streamOffsets) {
      const total = item.streamOffsets.reduce((sum, [, , numRows]) => sum + numRows, 0)
      expect(ran).toEqual([null, item.streamOffsets.at(-1)![1], total])
    }
  })
})

describe('options of a batch read', () => {
  test.each(cases.map((item) => [label(item), item] as const))('%s', async (_label, item) => {
    const options = optionsOf(item.options)
    expect(await textOf(() => load(options, false))).toEqual(item.batchLoad && comparable(wordsOf(item.batchLoad)))
    if (item.batchLoad !== null) return
    let numRows = 0
    const error = await textOf(async () => {
      const context = { files: new MemoryFileStore(), clock, broker: () => broker }
      for await (const batch of definition.scan!(options, schemaOf('value BINARY'), null, context))
        numRows += batch.numRows
    })
    expect(comparable(error)).toEqual(item.batchRun ? comparable(wordsOf(item.batchRun)) : null)
    if (error === null) expect(numRows).toBe(item.batchRows)
  })
})

test('a schema of the user is refused', async () => {
  const options = optionsOf({ 'kafka.bootstrap.servers': SERVERS, subscribe: 'two' })
  const given = schemaOf('a INT')
  expect(await textOf(() => load(options, true, given))).toEqual(wordsOf(golden.userSchema.stream))
  expect(await textOf(() => load(options, false, given))).toEqual(wordsOf(golden.userSchema.batch))
})

test('the schema is that of Spark, with headers when they are wanted', async () => {
  const options = { 'kafka.bootstrap.servers': SERVERS, subscribe: 'two' }
  const schemaJson = async (more: object, streaming: boolean) =>
    JSON.parse(schemaToJson(await load(optionsOf({ ...options, ...more }), streaming))) as unknown
  expect(await schemaJson({}, true)).toEqual(golden.schemas.plain)
  expect(await schemaJson({ includeHeaders: 'true' }, true)).toEqual(golden.schemas.headers)
  expect(await schemaJson({}, false)).toEqual(golden.schemas.batch)
})

/** Reports of all batches until nothing is left. */
async function reports(
  source: StreamSource,
  pin = false,
  beforeBatch: (batch: number) => Promise<void> = async () => {},
  maxBatches = Infinity,
) {
  if (pin) await source.pinAvailableNow?.()
  const told: unknown[] = []
  for (let start: string | null = null, batch = 0; batch < maxBatches; batch++) {
    await beforeBatch(batch)
    const { end, latest } = await source.latestOffset(start, { kind: 'default' })
    if (end === start) break
    let numInputRows = 0
    for await (const rows of source.read(start, end!, null)) numInputRows += rows.numRows
    const json = (offset: string | null) => (offset === null ? null : (JSON.parse(offset) as unknown))
    told.push({
      description: source.description,
      startOffset: json(start),
      endOffset: json(end),
      latestOffset: json(latest),
      numInputRows,
      metrics: source.metrics?.(end),
    })
    start = end
  }
  return told
}

const reported = (name: string) =>
  golden.progress[name].map(
    ({ sources: [{ description, startOffset, endOffset, latestOffset, numInputRows, metrics }] }) => ({
      description,
      startOffset,
      endOffset,
      latestOffset,
      numInputRows,
      metrics,
    }),
  )

describe('progress', () => {
  const open = (topics: LocalBroker, options: Record<string, string>, files?: MemoryFileStore) =>
    definition.open!(optionsOf({ 'kafka.bootstrap.servers': SERVERS, ...options }), null, contextOf(topics, files))
  const limited = { subscribe: 'lag', startingOffsets: 'earliest', maxOffsetsPerTrigger: '4' }

  test('offsets, latest offsets and lag under a rate limit, with AvailableNow and without', async () => {
    const lag = await brokerWith({ lag: [8, 3] })
    expect(await reports(await open(lag, limited), true)).toEqual(reported('availableNow, 4 a trigger'))
    expect(await reports(await open(lag, limited))).toEqual(reported('default trigger, 4 a trigger'))
  })

  test('a stream from the end runs an empty batch first', async () => {
    const lag = await brokerWith({ lag: [8, 3] })
    const more = async (batch: number) => {
      if (batch > 0) for (const partition of [0, 1]) await send(lag, 'lag', partition, 1)
    }
    expect(await reports(await open(lag, { subscribe: 'lag' }), false, more, 3)).toEqual(reported('latest, then rows'))
  })

  test('several topics, a pattern and single partitions', async () => {
    const from = { startingOffsets: 'earliest' }
    expect(await reports(await open(broker, { subscribe: 'two,one', ...from }))).toEqual(reported('two topics'))
    expect(await reports(await open(broker, { subscribePattern: 't.*o', ...from }))).toEqual(reported('pattern'))
    expect(await reports(await open(broker, { assign: '{"two":[1]}', ...from }))).toEqual(reported('assign'))
  })

  test('where the query started is written once, in the form of Spark, and stands whatever comes later', async () => {
    const lag = await brokerWith({ lag: [8, 3] })
    const files = new MemoryFileStore()
    await reports(await open(lag, limited, files))
    expect(new TextDecoder().decode(await files.read('/ckpt/sources/0/0'))).toBe(golden.checkpoint['sources/0/0'])
    const again = await open(lag, { subscribe: 'lag', startingOffsets: 'latest' }, files)
    const { end } = await again.latestOffset(null, { kind: 'default' })
    let numRows = 0
    for await (const batch of again.read(null, end!, ['offset'])) numRows += batch.numRows
    expect(numRows).toBe(11)
  })

  test('offsets are written as Spark writes them, topics in the order of its hash map', async () => {
    const written = await (await open(broker, { subscribe: 'two,one' })).latestOffset(null, { kind: 'all' })
    expect(written.end).toBe('{"one":{"0":1},"two":{"0":5,"1":5}}')
    expect(golden.checkpoint['offsets/2'].split('\n')[2]).toBe('{"lag":{"0":8,"1":3}}')
  })
})

describe('lost records', () => {
  const retention = { maxAgeMs: 1_000, maxBytes: 1 << 30 }
  async function withExpired() {
    let nowMs = 1_000_000
    const gone = new LocalBroker(new MemoryFileStore(), { nowMs: () => nowMs, retention })
    await gone.createHub('gone', 1)
    await send(gone, 'gone', 0, 6)
    await send(gone, 'gone', 0, 3)
    nowMs += 10_000
    await send(gone, 'gone', 0, 3)
    return gone
  }
  const open = (topics: LocalBroker, more: Record<string, string> = {}) =>
    definition.open!(
      optionsOf({ 'kafka.bootstrap.servers': SERVERS, subscribe: 'gone', ...more }),
      null,
      contextOf(topics),
    )
  const drain = async (source: StreamSource, start: string | null) => {
    const { end } = await source.latestOffset(start, { kind: 'default' })
    const rows: Record<string, unknown>[] = []
    for await (const batch of source.read(start, end!, null)) rows.push(...batchToRows(batch))
    return rows
  }

  test('expired records fail the query, or are passed over when it says so', async () => {
    const topics = await withExpired()
    const start = '{"gone":{"0":6}}'
    const error = await textOf(async () => drain(await open(topics), start))
    expect(comparable(error)).toBe(comparable(wordsOf(golden.loss.expired)))
    const rows = await drain(await open(topics, { failOnDataLoss: 'false' }), start)
    expect(rows.map((row) => row.offset)).toEqual([9n, 10n, 11n])
  })

  test('a topic that got shorter, and a checkpoint of another topic', async () => {
    const one = await brokerWith({ one: [1], two: [5, 5] })
    const options = (more: object) => optionsOf({ 'kafka.bootstrap.servers': SERVERS, ...more })
    const high = await definition.open!(
      options({ subscribe: 'one', startingOffsets: '{"one":{"0":50}}' }),
      null,
      contextOf(one),
    )
    expect(await textOf(() => drain(high, null))).toBe(wordsOf(golden.loss['start too high']))
    const other = await definition.open!(options({ subscribe: 'two' }), null, contextOf(one))
    expect(await textOf(() => drain(other, '{"one":{"0":1}}'))).toBe(
      wordsOf(golden.loss['checkpoint of another topic']),
    )
  })
})
