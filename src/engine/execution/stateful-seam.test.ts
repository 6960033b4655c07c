import { describe, expect, test } from 'vitest'
import type { Batch } from '../../protocol/columns'
import { FileCheckpoint } from '../../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { identityPlan } from '../../testing/identity-plan'
import { MemoryStream } from '../../testing/memory-stream'
import { rowsOf } from '../../testing/rows'
import { ScriptedClock } from '../../testing/scripted-clock'
import type { TestPlan, TestRunOptions } from '../../testing/test-query'
import { CHECKPOINT, TestRun } from '../../testing/test-query'
import type { EventTimeStats, StatefulBatch, StatefulPlan } from './stateful-plan'
import { WatermarkTracker } from './watermark-tracker'

const DELAY_MS = 10_000

/** One watermark node and an operator that wants another batch whenever the watermark moved: an append aggregation. */
function watermarked(stream: MemoryStream) {
  const calls: string[] = []
  const begun: StatefulBatch[] = []
  let stats: EventTimeStats | null = null
  let evictionMs = 0
  const stateful: StatefulPlan = {
    watermarkDelaysMs: [DELAY_MS],
    async begin(batch) {
      calls.push(`begin ${batch.batchId}`)
      begun.push(batch)
      stats = null
      evictionMs = batch.evictionWatermarkMs
    },
    async stage(batchId) {
      calls.push(`stage ${batchId}`)
    },
    async committed(batchId) {
      calls.push(`committed ${batchId}`)
    },
    discard: () => void calls.push('discard'),
    eventTimes: () => [stats],
    shouldRunAnotherBatch: (nextMs) => nextMs > evictionMs,
    progress: () => [],
  }
  const plan = identityPlan(stream.schema)
  const observe = async function* (batches: AsyncIterable<Batch>): AsyncIterable<Batch> {
    for await (const batch of batches) {
      const times = rowsOf([batch]).map((row) => Number(row.seconds) * 1000)
      const maxMs = Math.max(...times)
      const minMs = Math.min(...times)
      stats = { minMs, maxMs, avgMs: times.reduce((sum, time) => sum + time, 0) / times.length }
      yield batch
    }
  }
  const query: TestPlan = {
    streams: [stream],
    stateful,
    plan: {
      ...plan,
      run: (read) => observe(plan.run(read, { nowMicros: 0n, timeZone: 'UTC', seed: 0, isCanceled: () => false })),
    },
  }
  return { query, calls, begun }
}

function world() {
  const stream = new MemoryStream('seconds INT')
  const files = new MemoryFileStore()
  const clock = new ScriptedClock()
  const checkpoint = new FileCheckpoint(files, CHECKPOINT)
  const built = watermarked(stream)
  let runs = 0
  const start = (options: TestRunOptions = {}) =>
    new TestRun(built.query, files, clock, { ...options, runNumber: ++runs })
  const add = (...seconds: number[]) => stream.add(seconds.map((value) => ({ seconds: value })))
  /** Watermark in force and next watermark of each batch. */
  const watermarks = async () => {
    const found: [number, number][] = []
    for (let batchId = 0; ; batchId++) {
      const offsets = await checkpoint.offsets(batchId)
      if (offsets === null) return found
      const commit = JSON.parse(
        new TextDecoder().decode(await files.read(`${CHECKPOINT}/commits/${batchId}`)).split('\n')[1],
      ) as { nextBatchWatermarkMs: number }
      found.push([offsets.batchWatermarkMs, commit.nextBatchWatermarkMs])
    }
  }
  return { ...built, files, start, add, watermarks }
}

describe('watermarks between batches', () => {
  test('a batch that moves the watermark is followed by one batch without data, and no further one', async () => {
    const { start, add, watermarks, begun } = world()
    const run = start()
    add(10, 11, 12, 13, 14, 15)
    await run.processAllAvailable()
    add(25)
    await run.processAllAvailable()
    add(10)
    await run.processAllAvailable()
    await run.stop()
    // The ready-made scenario of an append count over 5 s windows with a delay of 10 s.
    expect(await watermarks()).toEqual([
      [0, 5000],
      [5000, 5000],
      [5000, 15000],
      [15000, 15000],
      [15000, 15000],
    ])
    expect(begun.map((batch) => [batch.version, batch.lateWatermarkMs, batch.evictionWatermarkMs])).toEqual([
      [0, 0, 0],
      [1, 0, 5000],
      [2, 5000, 5000],
      [3, 5000, 15000],
      [4, 15000, 15000],
    ])
    const reports = run.host.progressReports.filter((_, index) => !run.host.reports[index].isIdle)
    expect(
      reports.map((report) => [report.numInputRows, report.eventTime?.watermark, report.eventTime?.max ?? null]),
    ).toEqual([
      [6, '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:15.000Z'],
      [0, '1970-01-01T00:00:05.000Z', null],
      [1, '1970-01-01T00:00:05.000Z', '1970-01-01T00:00:25.000Z'],
      [0, '1970-01-01T00:00:15.000Z', null],
      [1, '1970-01-01T00:00:15.000Z', '1970-01-01T00:00:10.000Z'],
    ])
    expect(run.host.messages).toContain('No new data but cleaning up state')
  })

  test('after a restart a watermark that is due to act waits for new data', async () => {
    const { start, add, watermarks } = world()
    const first = start()
    add(15)
    await first.passUntil(first.host.crashAfter('commit'))
    const second = start()
    await second.processAllAvailable()
    expect(await watermarks()).toEqual([[0, 5000]])
    add(16)
    await second.processAllAvailable()
    expect(await watermarks()).toEqual([
      [0, 5000],
      [5000, 6000],
      [6000, 6000],
    ])
    await second.stop()
  })

  test('AvailableNow runs the trailing batch without data, Once does not', async () => {
    for (const [kind, numBatches] of [
      ['availableNow', 2],
      ['once', 1],
    ] as const) {
      const { start, add, watermarks } = world()
      add(15)
      const run = start({ trigger: { kind } })
      await run.end
      expect(await watermarks()).toHaveLength(numBatches)
    }
  })

  test('batches without data can be switched off', async () => {
    const { start, add, watermarks } = world()
    const run = start({ conf: { 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' } })
    add(15)
    await run.processAllAvailable()
    await run.stop()
    expect(await watermarks()).toEqual([[0, 5000]])
  })

  test('a batch that runs again has the watermarks it was planned with', async () => {
    const { start, add, begun } = world()
    const first = start()
    add(15)
    await first.processAllAvailable()
    add(30)
    await first.passUntil(first.host.crashAfter('data'))
    const second = start()
    await second.processAllAvailable()
    await second.stop()
    const [planned, again] = begun.filter((batch) => batch.batchId === 2)
    expect(again).toEqual(planned)
    expect([again.lateWatermarkMs, again.evictionWatermarkMs]).toEqual([5000, 5000])
  })
})

describe('state and the steps of a batch', () => {
  test('state is staged with the data, before anything is visible, and settled after the commit', async () => {
    const { start, add, calls } = world()
    const run = start({ conf: { 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' } })
    run.host.onStep = (step) => calls.push(step)
    add(15)
    await run.processAllAvailable()
    await run.stop()
    expect(calls).toEqual([
      'trigger',
      'offsets',
      'begin 0',
      'stage 0',
      'data',
      'publish',
      'committed 0',
      'commit',
      'discard',
    ])
  })

  test('a failed batch drops its state', async () => {
    const { query, start, add, calls } = world()
    query.streams[0].failOnce = { offset: 0, error: new Error('boom') }
    add(15)
    const run = start()
    expect((await run.passUntil(run.end)).kind).toBe('failed')
    expect(calls).toEqual(['begin 0', 'discard'])
  })
})

describe('watermark tracker', () => {
  const at = (maxMs: number): EventTimeStats => ({ minMs: 0, maxMs, avgMs: 0 })

  test('the smallest node counts, a node without rows as 0', () => {
    const tracker = new WatermarkTracker('min', 2, 0)
    tracker.update([at(20_000), null], [1000, 2000])
    expect(tracker.currentMs).toBe(0)
    tracker.update([null, at(10_000)], [1000, 2000])
    expect(tracker.currentMs).toBe(8000)
  })

  test('under the policy max the greatest node counts', () => {
    const tracker = new WatermarkTracker('max', 2, 0)
    tracker.update([at(20_000), at(3000)], [1000, 2000])
    expect(tracker.currentMs).toBe(19_000)
  })

  test('it never goes back, not even to what a restart forgot', () => {
    const tracker = new WatermarkTracker('min', 1, 9000)
    tracker.update([at(5000)], [0])
    expect(tracker.currentMs).toBe(9000)
  })
})
