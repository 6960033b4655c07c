import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QueryId } from '../../protocol/ids'
import type { TriggerSpec } from '../../protocol/workers/launch-record'
import { SimulatedTime } from '../../testing/simulated-time'
import { TriggerScheduler } from './trigger-scheduler'
import { nextDueMs } from './triggers'

const START_MS = 1_000_000
const END_MS = START_MS + 4_000

type QueryShape = { readonly intervalMs: number; readonly startAfterMs: number }
type Machine = { readonly speed: number; readonly bootMs: readonly number[]; readonly workMs: readonly number[] }

/** One machine: queries read what arrived since their last batch; each later query also reads what the one before wrote. */
async function batchesOn(machine: Machine, queries: readonly QueryShape[], arrivalsMs: readonly number[]) {
  const time = new SimulatedTime(START_MS, machine.speed)
  const scheduler = new TriggerScheduler(time.clock, time)
  const batches: { query: number; atMs: number; rows: number }[] = []
  const written = queries.map(() => 0)
  let step = 0
  const workMs = () => machine.workMs[step++ % machine.workMs.length]

  async function run(index: number) {
    const query = `q${index}` as QueryId
    scheduler.register(query)
    await time.work(machine.bootMs[index % machine.bootMs.length])
    const trigger: TriggerSpec = { kind: 'processingTime', intervalMs: queries[index].intervalMs }
    let read = 0
    for (let dueMs = 0; ;) {
      const { nowMs } = await scheduler.awaitTrigger(query, dueMs)
      if (nowMs >= END_MS) return scheduler.unregister(query)
      const arrived = arrivalsMs.filter((atMs) => START_MS + atMs <= time.clock.nowMs()).length
      const available = arrived + (index === 0 ? 0 : written[index - 1])
      await time.work(workMs())
      const rows = available - read
      if (rows > 0) batches.push({ query: index, atMs: nowMs, rows })
      read = available
      written[index] += rows
      scheduler.triggerDone(query)
      const last = { startMs: nowMs, endMs: time.clock.nowMs(), ranBatch: rows > 0 }
      dueMs = nextDueMs(trigger, last, { minBatchIntervalMs: 200, pollingDelayMs: 10 })
      await time.work(workMs())
    }
  }

  // A query's start is itself an action at a session time: here a trigger of a driver that starts them in order.
  const driver = 'driver' as QueryId
  scheduler.register(driver)
  const runs: Promise<void>[] = []
  const drive = async () => {
    for (const [index, { startAfterMs }] of queries.entries()) {
      await scheduler.awaitTrigger(driver, START_MS + startAfterMs)
      runs.push(run(index))
      scheduler.triggerDone(driver)
    }
    scheduler.unregister(driver)
  }
  await time.passUntil(drive().then(() => Promise.all(runs)))
  return batches
}

const machines = fc.record({
  speed: fc.constantFrom(1, 10, 20, 60),
  bootMs: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 3 }),
  workMs: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 7 }),
})

const queries = fc
  .array(
    fc.record({ intervalMs: fc.constantFrom(0, 500, 700, 1000), startAfterMs: fc.integer({ min: 0, max: 800 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) => list.sort((a, b) => a.startAfterMs - b.startAfterMs))

test('same seed and same actions give the same batches at every speed and on every machine', async () => {
  await fc.assert(
    fc.asyncProperty(
      machines,
      machines,
      queries,
      fc.array(fc.integer({ min: 0, max: 3_900 }), { maxLength: 30 }),
      async (one, other, shapes, arrivals) => {
        expect(await batchesOn(one, shapes, arrivals)).toEqual(await batchesOn(other, shapes, arrivals))
      },
    ),
    { numRuns: 40 },
  )
})

test('eighty milliseconds of work at x60, 4.8 s of stream time, cost no batch', async () => {
  const arrivals = Array.from({ length: 39 }, (_, i) => i * 100)
  const shapes = [{ intervalMs: 500, startAfterMs: 0 }]
  const fast = await batchesOn({ speed: 1, bootMs: [0], workMs: [0] }, shapes, arrivals)
  const slow = await batchesOn({ speed: 60, bootMs: [300], workMs: [80] }, shapes, arrivals)
  expect(slow).toEqual(fast)
  expect(fast.length).toBeGreaterThan(5)
})
