import { describe, expect, test } from 'vitest'
import type { Batch } from '../../protocol/columns'
import { streamFailureText } from './stream-failure'
import type { QueryId, RunId } from '../../protocol/ids'
import { AFTER_STEPS } from '../../protocol/workers/engine'
import type { TriggerSpec } from '../../protocol/workers/launch-record'
import { OptionMap } from '../ports/options'
import { definition as memorySink } from '../../sinks/memory'
import { definition as rateSource } from '../../sources/rate'
import { FileCheckpoint } from '../../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { identityPlan } from '../../testing/identity-plan'
import { MemoryStream } from '../../testing/memory-stream'
import { rowsOf } from '../../testing/rows'
import { ScriptedClock } from '../../testing/scripted-clock'
import { ScriptedHost } from '../../testing/scripted-host'
import {
  add,
  advance,
  checkAll,
  checkNew,
  crashAfter,
  expectFailure,
  runToEnd,
  start,
  stop,
  streamTest,
  verify,
} from '../../testing/stream-test'
import type { StreamTestWorld } from '../../testing/stream-test'
import type { TestPlan } from '../../testing/test-query'
import { CHECKPOINT, TestRun, allOf, settle } from '../../testing/test-query'
import { publishedBatches } from '../../testing/transactional-sink'
import { MicroBatchExecution } from './micro-batch'

const ID = '00000000-0000-4000-8000-000000000001' as QueryId
const events = () => new MemoryStream('value INT', { name: 'value#1' })
const rows = (...values: number[]) => values.map((value) => ({ value }))
const offsetsOf = (world: StreamTestWorld, batchId: number) =>
  new FileCheckpoint(world.files, CHECKPOINT).offsets(batchId)
const progressOf = (world: StreamTestWorld) => world.running().host.progressReports
const everySecond: TriggerSpec = { kind: 'processingTime', intervalMs: 1000 }

describe('batches', () => {
  const stream = events()
  streamTest('a batch takes everything added since the last one', () => allOf(stream), [
    add(stream, rows(1, 2)),
    add(stream, rows(3)),
    checkNew(rows(1, 2, 3)),
    add(stream, rows(4)),
    checkNew(rows(4)),
    verify('two batches ran', async (world) => {
      expect((await offsetsOf(world, 0))?.offsets).toEqual(['1'])
      expect((await offsetsOf(world, 1))?.offsets).toEqual(['2'])
      expect(await offsetsOf(world, 2)).toBeNull()
    }),
  ])

  const idle = events()
  streamTest('no data means no batch and nothing written', () => allOf(idle), [
    checkAll([]),
    verify('the checkpoint has no offsets', async (world) => {
      expect(await world.files.list(`${CHECKPOINT}/offsets`)).toEqual([])
    }),
  ])

  const limited = new MemoryStream('value INT', { addsPerBatch: 1 })
  streamTest('a rate limit of the source cuts the batches', () => allOf(limited), [
    add(limited, rows(1)),
    add(limited, rows(2)),
    add(limited, rows(3)),
    checkNew(rows(1, 2, 3)),
    verify('one add a batch', async (world) => {
      expect(
        progressOf(world)
          .filter((p) => p.numInputRows > 0)
          .map((p) => p.batchId),
      ).toEqual([0, 1, 2])
    }),
  ])

  const left = events()
  const right = events()
  const twoSources = (): TestPlan => {
    const leaf = identityPlan(left.schema).leaves[0]
    return {
      streams: [left, right],
      plan: {
        schema: left.schema,
        isStreaming: true,
        leaves: [leaf, { ...leaf, input: { ...leaf.input, key: 'right' } }],
        scans: [0, 1, 0],
        async *run(read) {
          yield* read(0)
          yield* read(1)
          yield* read(0)
        },
      },
    }
  }
  streamTest('a source used twice has a line for each use and counts each read', twoSources, [
    add(left, rows(1)),
    checkNew(rows(1, 1)),
    add(right, rows(2)),
    checkNew(rows(2)),
    verify('lines follow the plan', async (world) => {
      expect((await offsetsOf(world, 0))?.offsets).toEqual(['0', null, '0'])
      expect((await offsetsOf(world, 1))?.offsets).toEqual(['0', '0', '0'])
      const [first, second] = progressOf(world)
      expect(first.sources.map((source) => source.numInputRows)).toEqual([2, 0])
      expect(second.sources.map((source) => [source.startOffset, source.endOffset])).toEqual([
        [0, 0],
        [null, 0],
      ])
    }),
    stop(),
    add(left, rows(3)),
    start(),
    checkNew(rows(3, 3)),
  ])
})

describe('restarts', () => {
  const stream = events()
  streamTest('a restart goes on after the last committed batch', () => allOf(stream), [
    add(stream, rows(1)),
    checkNew(rows(1)),
    stop(),
    add(stream, rows(2)),
    start(),
    checkNew(rows(2)),
    verify('batch 1 began where batch 0 ended', async (world) => {
      expect(progressOf(world)[0]).toMatchObject({ batchId: 1, sources: [{ startOffset: 0, endOffset: 1 }] })
    }),
  ])

  for (const step of AFTER_STEPS) {
    const killed = events()
    streamTest(`a kill after the step "${step}" neither loses nor doubles a row`, () => allOf(killed), [
      add(killed, rows(1)),
      checkNew(rows(1)),
      add(killed, rows(2)),
      crashAfter(step),
      add(killed, rows(3)),
      start(),
      checkNew(rows(2, 3)),
      checkAll(rows(1, 2, 3)),
    ])
  }

  const rerun = events()
  streamTest('a batch with offsets but no commit runs again exactly as planned', () => allOf(rerun), [
    add(rerun, rows(1)),
    crashAfter('offsets'),
    add(rerun, rows(2)),
    advance(60_000),
    start(),
    checkNew(rows(1, 2)),
    verify('batch 0 kept its end and its time', async (world) => {
      const [first, second] = progressOf(world)
      expect(first).toMatchObject({ batchId: 0, sources: [{ startOffset: null, endOffset: 0, latestOffset: null }] })
      expect(Object.keys(first.durationMs!)).toEqual([
        'addBatch',
        'commitOffsets',
        'getBatch',
        'queryPlanning',
        'triggerExecution',
      ])
      expect(second).toMatchObject({ batchId: 1, sources: [{ startOffset: 0, endOffset: 1 }] })
      const times = [(await offsetsOf(world, 0))!.batchTimestampMs, (await offsetsOf(world, 1))!.batchTimestampMs]
      expect(times[1] - times[0]).toBeGreaterThanOrEqual(60_000)
    }),
  ])

  const torn = events()
  streamTest('a torn last offsets file is a batch that never began', () => allOf(torn), [
    add(torn, rows(1)),
    checkNew(rows(1)),
    add(torn, rows(2)),
    crashAfter('offsets'),
    verify('tear it', (world) =>
      world.files.write(`${CHECKPOINT}/offsets/1`, new TextEncoder().encode('v1\n{"batchWaterm')),
    ),
    add(torn, rows(3)),
    start(),
    checkNew(rows(2, 3)),
  ])

  const tornCommit = events()
  streamTest('a torn last commit runs its batch again without doubling it', () => allOf(tornCommit), [
    add(tornCommit, rows(1)),
    checkNew(rows(1)),
    stop(),
    verify('tear it', (world) => world.files.write(`${CHECKPOINT}/commits/0`, new Uint8Array())),
    start(),
    checkNew([]),
    checkAll(rows(1)),
  ])

  const otherPlan = events()
  test('a plan with another number of sources is refused in Spark words', async () => {
    const files = new MemoryFileStore()
    const clock = new ScriptedClock()
    otherPlan.add(rows(1))
    const first = new TestRun(allOf(otherPlan), files, clock)
    await first.processAllAvailable()
    await first.stop()
    const second = new TestRun(allOf(otherPlan, 2), files, clock)
    const end = await second.passUntil(second.end)
    expect(end.kind === 'failed' && end.error.cause?.message).toBe(
      'assertion failed: There are [1] sources in the checkpoint offsets and now there are [2] sources requested by the query. Cannot continue.',
    )
  })

  const gone = events()
  streamTest(
    'offsets that are gone while their commits stay are refused before anything is written',
    () => allOf(gone),
    [
      add(gone, rows(1)),
      checkNew(rows(1)),
      stop(),
      verify('remove them', (world) => world.files.remove(`${CHECKPOINT}/offsets`)),
      start(),
      expectFailure('STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY'),
    ],
  )

  const lastGone = events()
  streamTest('a committed batch without its offsets is refused', () => allOf(lastGone), [
    add(lastGone, rows(1)),
    checkNew(rows(1)),
    add(lastGone, rows(2)),
    checkNew(rows(2)),
    stop(),
    verify('remove them', (world) => world.files.remove(`${CHECKPOINT}/offsets/1`)),
    start(),
    expectFailure('CONCURRENT_STREAM_LOG_UPDATE'),
  ])

  const before = events()
  streamTest('a batch cannot run again when the offsets before it are gone', () => allOf(before), [
    add(before, rows(1)),
    checkNew(rows(1)),
    add(before, rows(2)),
    crashAfter('offsets'),
    verify('remove them', (world) => world.files.remove(`${CHECKPOINT}/offsets/0`)),
    start(),
    expectFailure(/batch 0 doesn't exist$/),
  ])

  const pinned = events()
  streamTest('confs pinned in the offsets win over the session', () => allOf(pinned), [
    start({ conf: { 'spark.sql.shuffle.partitions': '7' } }),
    add(pinned, rows(1)),
    checkNew(rows(1)),
    stop(),
    start({ conf: { 'spark.sql.shuffle.partitions': '9' } }),
    add(pinned, rows(2)),
    checkNew(rows(2)),
    verify('still 7', async (world) => {
      expect((await offsetsOf(world, 1))?.conf['spark.sql.shuffle.partitions']).toBe('7')
    }),
  ])

  const committed = events()
  streamTest('a source hears of a commit when the next batch is planned', () => allOf(committed), [
    add(committed, rows(1)),
    checkNew(rows(1)),
    verify('not yet', () => expect(committed.committed).toEqual([])),
    add(committed, rows(2)),
    checkNew(rows(2)),
    verify('now', () => expect(committed.committed).toEqual(['0'])),
  ])
})

describe('triggers', () => {
  const once = new MemoryStream('value INT', { addsPerBatch: 1 })
  streamTest('Once runs one batch with everything, rate limits ignored', () => allOf(once), [
    verify('prepare', async (world) => {
      await world.run?.stop()
      world.run = null
    }),
    add(once, rows(1)),
    add(once, rows(2)),
    runToEnd({ kind: 'once' }),
    checkNew(rows(1, 2)),
    runToEnd({ kind: 'once' }),
    checkNew([]),
  ])

  const pending = events()
  streamTest('Once with a pending batch runs that batch and leaves new data', () => allOf(pending), [
    add(pending, rows(1)),
    crashAfter('data'),
    add(pending, rows(2)),
    runToEnd({ kind: 'once' }),
    checkNew(rows(1)),
    runToEnd({ kind: 'once' }),
    checkNew(rows(2)),
  ])

  const available = new MemoryStream('value INT', { addsPerBatch: 1 })
  streamTest('AvailableNow honours rate limits and ends at what was there at start', () => allOf(available), [
    add(available, rows(1)),
    add(available, rows(2)),
    crashAfter('data'),
    add(available, rows(3)),
    runToEnd({ kind: 'availableNow' }),
    checkNew(rows(1, 2, 3)),
    verify('three batches', async (world) => {
      expect((await world.files.list(`${CHECKPOINT}/commits`)).map((file) => file.name).sort()).toEqual(['0', '1', '2'])
    }),
  ])

  test('AvailableNow does not wait for what comes while it runs', async () => {
    const stream = new MemoryStream('value INT', { addsPerBatch: 1 })
    stream.add(rows(1))
    stream.add(rows(2))
    const files = new MemoryFileStore()
    const run = new TestRun(allOf(stream), files, new ScriptedClock(), { trigger: { kind: 'availableNow' } })
    run.host.onStep = (step) => step === 'commit' && stream.add(rows(9))
    expect(await run.passUntil(run.end)).toEqual({ kind: 'finished' })
    expect([...(await publishedBatches(files, '/table')).values()].flat()).toHaveLength(2)
  })

  const unpinnable = new MemoryStream('value INT', { addsPerBatch: 1, canPin: false })
  streamTest('AvailableNow falls back to one batch when a source cannot pin its end', () => allOf(unpinnable), [
    stop(),
    add(unpinnable, rows(1)),
    add(unpinnable, rows(2)),
    runToEnd({ kind: 'availableNow' }),
    verify('one batch', async (world) => {
      expect((await world.files.list(`${CHECKPOINT}/commits`)).map((file) => file.name)).toEqual(['0'])
    }),
  ])

  test('a processing time trigger fires at once, then at multiples of its interval since 1970', async () => {
    const clock = new ScriptedClock(10_300)
    const run = new TestRun(allOf(events()), new MemoryFileStore(), clock, { trigger: everySecond })
    await settle()
    for (let i = 0; i < 34; i++) {
      clock.advance(100)
      await settle()
    }
    expect(run.host.triggers).toEqual([10_300, 11_000, 12_000, 13_000])
    await run.stop()
  })

  test('a continuously fed default trigger leaves the set time between batch starts', async () => {
    const clock = new ScriptedClock(0)
    const stream = events()
    const conf = { 'runnel.streaming.minBatchIntervalMs': '200' }
    const run = new TestRun(allOf(stream), new MemoryFileStore(), clock, { conf })
    await settle()
    for (let i = 0; i < 100; i++) {
      stream.add(rows(i))
      clock.advance(10)
      await settle()
    }
    expect(run.host.triggers).toEqual([0, 200, 400, 600, 800, 1000])
    await run.stop()
  })

  test('an idle default trigger polls every 10 ms', async () => {
    const clock = new ScriptedClock(0)
    const run = new TestRun(allOf(events()), new MemoryFileStore(), clock)
    await settle()
    for (let i = 0; i < 50; i++) {
      clock.advance(1)
      await settle()
    }
    expect(run.host.triggers).toEqual([0, 10, 20, 30, 40, 50])
    await run.stop()
  })
})

describe('waiting, stopping, failing', () => {
  test('status messages come in the order of Spark', async () => {
    const stream = events()
    const run = new TestRun(allOf(stream), new MemoryFileStore(), new ScriptedClock(), { trigger: everySecond })
    stream.add(rows(1))
    await run.processAllAvailable()
    await run.stop()
    const messages = run.host.messages.filter((message, index, all) => message !== all[index - 1])
    expect(messages).toEqual([
      'Initializing sources',
      'Getting offsets from MemoryStream[value#1]',
      'Writing offsets to log',
      'Processing new data',
      'Waiting for next trigger',
      'Getting offsets from MemoryStream[value#1]',
      'Waiting for data to arrive',
      'Waiting for next trigger',
      'Stopped',
    ])
    expect(run.host.statuses.at(-1)).toEqual({ message: 'Stopped', isDataAvailable: false, isTriggerActive: false })
  })

  test('isDataAvailable stays true between data triggers until an idle one', async () => {
    const stream = events()
    stream.add(rows(1))
    const clock = new ScriptedClock()
    const run = new TestRun(allOf(stream), new MemoryFileStore(), clock, { trigger: everySecond })
    await settle()
    expect(run.status).toEqual({ message: 'Waiting for next trigger', isDataAvailable: true, isTriggerActive: false })
    clock.advance(1000)
    await settle()
    expect(run.status).toEqual({ message: 'Waiting for next trigger', isDataAvailable: false, isTriggerActive: false })
    await run.stop()
  })

  test('a stop while the query waits for its trigger ends it at once', async () => {
    const run = new TestRun(allOf(events()), new MemoryFileStore(), new ScriptedClock(), { trigger: everySecond })
    await settle()
    expect(await run.stop()).toEqual({ kind: 'stopped' })
  })

  test('a stop in the middle of a batch abandons it without a commit', async () => {
    const stream = events()
    stream.add(rows(1))
    const files = new MemoryFileStore()
    const run = new TestRun(allOf(stream), files, new ScriptedClock())
    run.host.onStep = (step) => step === 'offsets' && void run.stop()
    expect(await run.end).toEqual({ kind: 'stopped' })
    expect(await files.list(`${CHECKPOINT}/commits`)).toEqual([])
    expect(run.host.progressReports).toEqual([])
  })

  test('a batch whose commit is written reports its progress even when the query is being stopped', async () => {
    const stream = events()
    stream.add(rows(1))
    const run = new TestRun(allOf(stream), new MemoryFileStore(), new ScriptedClock())
    run.host.onStep = (step) => step === 'commit' && void run.stop()
    expect(await run.end).toEqual({ kind: 'stopped' })
    expect(run.host.progressReports).toHaveLength(1)
  })

  const broken = events()
  streamTest('a failure carries cause, offsets and the debug block', () => allOf(broken), [
    start({ name: 'orders' }),
    add(broken, rows(1)),
    checkNew(rows(1)),
    verify('the next read fails', () => {
      broken.failOnce = { offset: 1, error: new Error('boom') }
    }),
    add(broken, rows(2)),
    verify('fails', async (world) => {
      const run = world.running()
      const end = await run.passUntil(run.end)
      if (end.kind !== 'failed') throw new Error(end.kind)
      const { error } = end
      expect(error.condition).toBe('STREAM_FAILED')
      expect(error.exception).toBe('StreamingQueryException')
      expect(error.parameters).toMatchObject({ startOffset: '[0]', endOffset: '[1]' })
      expect(error.cause?.message).toMatch(/boom/)
      expect(streamFailureText({ ...error, message: 'M' })).toBe(
        '[STREAM_FAILED] M SQLSTATE: XXKST\n=== Streaming Query ===\n' +
          `Identifier: orders [id = ${ID}, runId = 00000000-0000-4000-9000-000000000001]\n` +
          'Current Committed Offsets: {MemoryStream[value#1]: 0}\nCurrent Available Offsets: {MemoryStream[value#1]: 1}\n\n' +
          'Current State: ACTIVE\nThread State: RUNNABLE',
      )
      expect(run.status.message).toMatch(/^Terminated with exception: .*boom/)
      await expect(run.processAllAvailable()).rejects.toThrow(/terminated with exception/)
      world.run = null
    }),
    start(),
    checkNew(rows(2)),
  ])

  test('a source that cannot be opened fails the query, not its start', async () => {
    const stream = events()
    stream.open = () => {
      throw new Error('no such topic')
    }
    const run = new TestRun(allOf(stream), new MemoryFileStore(), new ScriptedClock())
    const end = await run.end
    expect(end.kind === 'failed' && end.error.parameters.queryDebugString).toMatch(/Current State: INITIALIZING\n/)
    expect(end.kind === 'failed' && end.error.parameters).toMatchObject({ startOffset: '[]', endOffset: '[]' })
  })

  test('processAllAvailable after the end resolves, while waiting it hears of the stop', async () => {
    const run = new TestRun(allOf(events()), new MemoryFileStore(), new ScriptedClock(), { trigger: everySecond })
    await settle()
    const waiting = run.processAllAvailable()
    await run.stop()
    await waiting
    await run.processAllAvailable()
  })
})

describe('log retention', () => {
  test('keeps M + 1 offsets and commits, removed beside the triggers', async () => {
    const stream = events()
    const files = new MemoryFileStore()
    const conf = { 'spark.sql.streaming.minBatchesToRetain': '2' }
    const run = new TestRun(allOf(stream), files, new ScriptedClock(), { conf })
    for (let value = 0; value < 8; value++) {
      stream.add(rows(value))
      await run.processAllAvailable()
    }
    await run.stop()
    const names = async (folder: string) =>
      (await files.list(`${CHECKPOINT}/${folder}`)).map((file) => Number(file.name)).sort()
    expect([await names('offsets'), await names('commits')]).toEqual([
      [5, 6, 7],
      [5, 6, 7],
    ])
  })
})

test('rate to memory: batches follow the clock and rows arrive once', async () => {
  const clock = new ScriptedClock(1_000_000)
  const files = new MemoryFileStore()
  const host = new ScriptedHost(clock)
  const written: { batchId: number; batches: readonly Batch[] }[] = []
  const options = new OptionMap({ rowsPerSecond: '2' })
  const schema = await rateSource.schema(options, null, {
    files,
    streaming: true,
    compatibility: 'strict',
    lenient() {},
  })
  const checkpoint = new FileCheckpoint(files, '/ckpt')
  const broker = () => {
    throw new Error('no broker')
  }
  const execution = new MicroBatchExecution({
    id: await checkpoint.queryId(ID),
    runId: ID as string as RunId,
    name: 'q',
    plan: identityPlan(schema, 'rate'),
    trigger: everySecond,
    conf: {},
    clock,
    checkpoint,
    host,
    openSources: async () => [
      await rateSource.open!(options, null, { files, clock, broker, metadataPath: checkpoint.sourcePath(0), conf: {} }),
    ],
    openSink: () =>
      memorySink.open(new OptionMap({}), {
        files,
        clock,
        random: { next: () => 0, uuid: () => ID },
        queryId: ID,
        schema,
        outputMode: 'append',
        partitionColumns: [],
        hosted: { write: async (_kind, batchId, batches) => void written.push({ batchId, batches }) },
      }),
    readStatic: () => {
      throw new Error('no static leaf')
    },
    isCanceled: () => false,
  })
  const end = execution.run()
  for (let i = 0; i < 3; i++) {
    await settle()
    clock.advance(1000)
  }
  execution.stop()
  expect(await end).toEqual({ kind: 'stopped' })
  expect(written.map(({ batchId, batches }) => [batchId, rowsOf(batches).map((row) => row.value)])).toEqual([
    [0, []],
    [1, [0n, 1n]],
    [2, [2n, 3n]],
  ])
})
