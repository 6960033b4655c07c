import { create, toBinary } from '@bufbuild/protobuf'
import { afterEach, describe, expect, test } from 'vitest'
import { resolveInputs } from '../engine/analyzer/resolve-inputs'
import { batchToRows } from '../engine/batch/to-values'
import { closePlan } from '../engine/plan/close-plan'
import { OptionMap } from '../engine/ports/options'
import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'
import type { QueryId, OperationId, RunId } from '../protocol/ids'
import type { Relation } from '../protocol/spark-connect'
import { RelationSchema } from '../protocol/spark-connect'
import type { LaunchRecord } from '../protocol/workers/launch-record'
import type { StreamingQueryProgress } from '../protocol/workers/progress'
import { expose } from '../protocol/workers/remote'
import type { QueryStart, StreamHostApi } from '../protocol/workers/stream'
import { definition as rate } from '../sources/rate'
import { lockCheckpoint } from '../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { dataSource, emptyCatalog, localRows, select } from '../testing/plan-builder'
import { allocateCancelFlag, cancelFlag } from './cancel-flag'
import { serveFiles } from './file-port'
import { streamRuntime } from './stream-runtime'

const ID = '00000000-0000-4000-8000-000000000001' as QueryId
const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** A stream worker in this thread with real ports around it; its host lets a second of stream time pass before each trigger. */
async function bootWorker(files = new MemoryFileStore()) {
  const clockMemory = allocateClock(true)
  const clock = new ClockWriter(clockMemory)
  clock.start(Date.UTC(2026, 0, 1))
  clock.setPaused(true)
  const written: { batchId: number; rows: Record<string, unknown>[] }[] = []
  const progress: StreamingQueryProgress[] = []
  const steps: string[] = []
  const hostApi: StreamHostApi = {
    awaitTrigger: async () => {
      clock.jumpTo(clock.nowMs() + 1000)
      return { nowMs: clock.nowMs() }
    },
    triggerDone: async () => {},
    progress: (report) => void progress.push(report),
    status: () => {},
    afterStep: async (step) => void steps.push(step),
    writeHosted: async (_kind, batchId, _schema, batches) =>
      void written.push({ batchId, rows: batches.flatMap(batchToRows) }),
  }
  const [host, served, broker] = [new MessageChannel(), new MessageChannel(), new MessageChannel()]
  for (const { port1, port2 } of [host, served, broker]) {
    closers.push(() => {
      port1.close()
      port2.close()
    })
  }
  expose(hostApi, host.port1)
  serveFiles(files, served.port1)
  const cancel = allocateCancelFlag()
  const api = streamRuntime({ openFiles: () => Promise.reject(new Error('Files come over the port')) })
  await api.boot(
    { clock: clockMemory, storage: 'memory', workspace: 'test', cancel, files: served.port2 },
    host.port2,
    broker.port2,
  )
  return { api, files, written, progress, steps, cancel: cancelFlag(cancel) }
}

const schemaContext = { files: new MemoryFileStore(), streaming: true, compatibility: 'strict' as const, lenient() {} }

async function closed(relation: Relation): Promise<Uint8Array> {
  const inputs = await resolveInputs(relation, emptyCatalog, {
    schemaOf: ({ options }) => rate.schema(new OptionMap(options), null, schemaContext),
  })
  return toBinary(RelationSchema, create(RelationSchema, closePlan(inputs)))
}

async function startOf(change: Partial<LaunchRecord> = {}, start: Partial<QueryStart> = {}): Promise<QueryStart> {
  const launch: LaunchRecord = {
    version: 1,
    queryId: ID,
    name: 'ticks',
    runNumber: 1,
    cell: null,
    checkpointPath: '/ckpt',
    temporaryCheckpoint: false,
    plan: await closed(select(dataSource('rate', { rowsPerSecond: '2' }, true), 'value')),
    sink: { format: 'memory', options: {}, outputMode: 'append', partitionColumns: [], target: null },
    trigger: { kind: 'once' },
    sources: [],
    conf: {},
    compatibility: 'workshop',
    ...change,
  }
  return { launch, runId: 'run' as RunId, secrets: {}, parkAfter: null, ...start }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('a streaming query', () => {
  test('runs from its launch record and goes on from its checkpoint', async () => {
    const { api, written, progress } = await bootWorker()
    expect(await api.runQuery(await startOf())).toEqual({ kind: 'finished' })
    expect(await api.runQuery(await startOf())).toEqual({ kind: 'finished' })
    await until(() => progress.length === 2)
    expect(written.map(({ batchId, rows }) => [batchId, rows.map((row) => row.value)])).toEqual([
      [0, [0n, 1n]],
      [1, [2n, 3n]],
    ])
    expect(progress[1].sources[0].numInputRows).toBe(2)
  })

  test('asks the engine before it goes on at the watched step, and at no other', async () => {
    const { api, steps, cancel } = await bootWorker()
    await api.runQuery(await startOf())
    expect(steps).toEqual([])
    cancel.watch('publish')
    await api.runQuery(await startOf())
    expect(steps).toEqual(['publish'])
    cancel.clear()
    await api.runQuery(await startOf())
    expect(steps).toEqual(['publish'])
  })

  test('reads only the columns its plan needs', async () => {
    const { api, written } = await bootWorker()
    await api.runQuery(await startOf())
    await api.runQuery(await startOf())
    expect(Object.keys(written[1].rows[0])).toEqual(['value'])
  })

  test('a second query on the same checkpoint is refused as Spark refuses it', async () => {
    const { api, files } = await bootWorker()
    const lock = await lockCheckpoint(files, '/ckpt')
    const end = await api.runQuery(await startOf())
    expect(end).toMatchObject({ kind: 'failed', error: { condition: 'CONCURRENT_STREAM_LOG_UPDATE' } })
    lock?.release()
  })

  test('a lock that its killed holder lets go of a moment later is waited for', async () => {
    const { api, files } = await bootWorker()
    const lock = await lockCheckpoint(files, '/ckpt')
    setTimeout(() => lock?.release(), 120)
    expect(await api.runQuery(await startOf())).toEqual({ kind: 'finished' })
  })

  test('the lock is free after the run', async () => {
    const { api, files } = await bootWorker()
    await api.runQuery(await startOf())
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await lockCheckpoint(files, '/ckpt')).not.toBeNull()
  })

  test('a temporary checkpoint is removed at the end, but not after a failure', async () => {
    const { api, files } = await bootWorker()
    await api.runQuery(await startOf({ temporaryCheckpoint: true }))
    expect(await files.stat('/ckpt')).toBeNull()
    const plan = await closed(dataSource('rate', { rowsPerSecond: '1000000000000000000', rampUpTime: '100s' }, true))
    const end = await api.runQuery(await startOf({ temporaryCheckpoint: true, plan }))
    expect(end).toMatchObject({
      kind: 'failed',
      error: { condition: 'STREAM_FAILED', cause: { condition: 'INCORRECT_RAMP_UP_RATE' } },
    })
    expect(await files.stat('/ckpt')).not.toBeNull()
  })

  test('a stop ends it, and processAllAvailable hears of it', async () => {
    const { api, progress } = await bootWorker()
    const end = api.runQuery(await startOf({ trigger: { kind: 'processingTime', intervalMs: 1000 } }))
    await until(() => progress.length >= 2)
    const waiting = api.processAllAvailable()
    api.stop()
    expect(await end).toEqual({ kind: 'stopped' })
    await waiting
    await api.processAllAvailable()
  })

  test('the cancel flag alone ends it', async () => {
    const { api, cancel, progress } = await bootWorker()
    const end = api.runQuery(await startOf({ trigger: { kind: 'processingTime', intervalMs: 1000 } }))
    await until(() => progress.length >= 1)
    cancel.set()
    expect(await end).toEqual({ kind: 'stopped' })
  })

  test('it parks after the step it is told to, and its batch runs again in the next worker', async () => {
    const files = new MemoryFileStore()
    const first = await bootWorker(files)
    void first.api.runQuery(await startOf({ checkpointPath: '/parked' }, { parkAfter: 'offsets' }))
    await until(() => first.steps.includes('offsets'))
    expect(await files.stat('/parked/offsets/0')).not.toBeNull()
    expect(await files.stat('/parked/commits/0')).toBeNull()
    expect(first.written).toEqual([])
  })

  test('a secret the session does not hold is named', async () => {
    const { api } = await bootWorker()
    const plan = await closed(dataSource('rate', { note: 'SharedAccessKey=<secret:eventhub-1>' }, true))
    const end = await api.runQuery(await startOf({ plan }))
    expect(end).toMatchObject({ kind: 'failed', error: { cause: { condition: 'SECRET_MISSING' } } })
    const known = await startOf({ plan }, { secrets: { 'eventhub-1': 'x' } })
    expect(await api.runQuery(known)).toEqual({ kind: 'finished' })
  })
})

describe('a batch query', () => {
  const batch = async (relation: Relation, limitRows: number | null = null) => ({
    operation: 'op' as OperationId,
    plan: await closed(relation),
    conf: {},
    limitRows,
    secrets: {},
  })
  const three = () => localRows('a INT', [[1], [2], [3]])

  test('gives its rows, and the same rows when it runs again', async () => {
    const { api } = await bootWorker()
    const run = await batch(three())
    for (let i = 0; i < 2; i++) {
      const { batches } = await api.runBatch(run)
      expect(batches.flatMap(batchToRows)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
    }
  })

  test('stops at its limit', async () => {
    const { api } = await bootWorker()
    const { batches } = await api.runBatch(await batch(three(), 2))
    expect(batches.flatMap(batchToRows)).toEqual([{ a: 1 }, { a: 2 }])
  })

  test('a canceled one says so', async () => {
    const { api, cancel } = await bootWorker()
    cancel.set()
    await expect(api.runBatch(await batch(three()))).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' })
  })

  test('with a target it commits the rows to the table and gives none back', async () => {
    const { api } = await bootWorker()
    const write = {
      folder: '/lakehouse/default/Tables/t',
      mode: 'append' as const,
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: null,
      operation: { name: 'WRITE', parameters: {} },
    }
    expect((await api.runBatch({ ...(await batch(three())), write })).batches).toEqual([])
  })
})

test('a worker that was not booted says so', async () => {
  const api = streamRuntime({ openFiles: async () => new MemoryFileStore() })
  await expect(api.runQuery(await startOf())).rejects.toThrow('before it was booted')
})
