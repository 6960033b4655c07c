import { describe, expect, test } from 'vitest'
import type { QueryId } from '../../protocol/ids'
import { SimulatedTime } from '../../testing/simulated-time'
import { TriggerScheduler } from './trigger-scheduler'

const A = 'a' as QueryId
const B = 'b' as QueryId

function setup(speed = 1) {
  const time = new SimulatedTime(100_000, speed)
  const scheduler = new TriggerScheduler(time.clock, time)
  const granted: string[] = []
  const ask = (query: QueryId, dueMs: number) =>
    scheduler.awaitTrigger(query, dueMs).then(({ nowMs }) => granted.push(`${query}@${nowMs - 100_000}`))
  return { time, scheduler, granted, ask }
}

describe('trigger scheduler', () => {
  test('grants the first trigger at the instant the query was started, however long its worker takes to boot', async () => {
    const { time, scheduler, granted, ask } = setup(60)
    scheduler.register(A)
    await time.pass(1500)
    void ask(A, 0)
    await time.pass(0)
    expect(granted).toEqual(['a@0'])
  })

  test('holds the clock while a trigger runs and until the query says when it is due again', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 100_500)
    await time.pass(5000)
    expect(granted).toEqual(['a@500'])
    scheduler.triggerDone(A)
    await time.pass(5000)
    expect(time.clock.nowMs()).toBe(100_500)
    void ask(A, 101_000)
    await time.pass(100)
    expect(time.clock.nowMs()).toBe(100_600)
  })

  test('fires triggers due at one instant in start order, one after the other', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(B)
    scheduler.register(A)
    void ask(A, 101_000)
    void ask(B, 101_000)
    await time.pass(3000)
    expect(granted).toEqual(['b@1000'])
    scheduler.triggerDone(B)
    await time.pass(10)
    expect(granted).toEqual(['b@1000'])
    void ask(B, 102_000)
    await time.pass(0)
    expect(granted).toEqual(['b@1000', 'a@1000'])
  })

  test('a query that is due again at once lets the others of that instant go first', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.register(B)
    void ask(A, 0)
    void ask(B, 0)
    for (let i = 0; i < 4; i++) {
      await time.pass(1)
      const query = granted.at(-1)!.startsWith('a') ? A : B
      scheduler.triggerDone(query)
      void ask(query, 0)
    }
    await time.pass(1)
    expect(granted).toEqual(['a@0', 'b@0', 'a@0', 'b@0', 'a@0'])
  })

  test('a query that ends while its trigger runs releases the clock and the others', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.register(B)
    void ask(A, 0)
    void ask(B, 100_010)
    await time.pass(1000)
    expect(granted).toEqual(['a@0'])
    scheduler.unregister(A)
    await time.pass(1000)
    expect(granted).toEqual(['a@0', 'b@10'])
  })

  test('a query that never asks for its first trigger holds nobody once it is gone', async () => {
    const { time, scheduler } = setup()
    scheduler.register(A)
    await time.pass(1000)
    expect(time.clock.nowMs()).toBe(100_000)
    scheduler.unregister(A)
    await time.pass(1000)
    expect(time.clock.nowMs()).toBe(101_000)
  })

  test('while paused nothing is granted; a step lets exactly one trigger of the chosen query run, at its due time', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.register(B)
    void ask(A, 100_500)
    void ask(B, 100_900)
    scheduler.pause()
    await time.pass(5000)
    expect(granted).toEqual([])
    scheduler.step(B)
    await time.pass(5000)
    expect(granted).toEqual(['b@900'])
    scheduler.triggerDone(B)
    void ask(B, 101_900)
    await time.pass(5000)
    expect(granted).toEqual(['b@900'])
    scheduler.step(null)
    await time.pass(0)
    expect(granted).toEqual(['b@900', 'a@900'])
  })

  test('a step of a running clock pauses it first', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 160_000)
    await time.pass(1000)
    scheduler.step(A)
    await time.pass(0)
    expect(granted).toEqual(['a@60000'])
    expect(scheduler.clockState().paused).toBe(true)
  })

  test('a step that was not used is forgotten when the clock goes on', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.step(A)
    scheduler.resume()
    scheduler.pause()
    void ask(A, 0)
    await time.pass(100)
    expect(granted).toEqual([])
  })

  test('skipping to a moment runs what is due by then once, there, and waits for a trigger under way', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 0)
    await time.pass(0)
    scheduler.skipTo(700_000)
    expect(time.clock.nowMs()).toBe(100_000)
    scheduler.triggerDone(A)
    void ask(A, 101_000)
    await time.pass(0)
    expect(granted).toEqual(['a@0', 'a@600000'])
    scheduler.skipTo(200_000)
    scheduler.triggerDone(A)
    expect(time.clock.nowMs()).toBe(700_000)
  })

  test('skip jumps to the next due trigger', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 400_000)
    await time.pass(10)
    scheduler.skip()
    await time.pass(0)
    expect(granted).toEqual(['a@300000'])
    scheduler.skip()
    expect(time.clock.nowMs()).toBe(400_000)
  })

  test('a change of speed moves the timers', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 160_000)
    await time.pass(1000)
    scheduler.setSpeed(60)
    await time.pass(1000)
    expect(granted).toEqual(['a@60000'])
  })

  test('a trigger that sleeps in stream time lets the clock and other queries go on', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.register(B)
    void ask(A, 0)
    void ask(B, 101_000)
    await time.pass(0)
    let awake = false
    void scheduler.sleepInTrigger(A, 2000).then(() => (awake = true))
    await time.pass(1500)
    expect(granted).toEqual(['a@0', 'b@1000'])
    scheduler.triggerDone(B)
    void ask(B, 105_000)
    await time.pass(999)
    expect(awake).toBe(false)
    await time.pass(2)
    expect(awake).toBe(true)
    expect(time.clock.nowMs()).toBe(102_000)
  })

  test('a trigger that waits for another query lets that query run', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    scheduler.register(B)
    void ask(A, 0)
    void ask(B, 101_000)
    await time.pass(0)
    let finish = () => {}
    const other = new Promise<void>((resolve) => (finish = resolve))
    let goesOn = false
    void scheduler.waitInTrigger(A, other).then(() => (goesOn = true))
    await time.pass(1500)
    expect(granted).toEqual(['a@0', 'b@1000'])
    finish()
    await time.pass(0)
    expect(goesOn).toBe(false)
    scheduler.triggerDone(B)
    void ask(B, 105_000)
    await time.pass(0)
    expect(goesOn).toBe(true)
  })

  test('a trigger months away is waited for with a timer the platform can count', async () => {
    const { time, scheduler, granted, ask } = setup()
    scheduler.register(A)
    void ask(A, 100_000 + 60 * 86_400_000)
    await time.pass(50 * 86_400_000)
    expect(granted).toEqual([])
    expect(time.longestTimerMs).toBeLessThan(2 ** 31)
    await time.pass(11 * 86_400_000)
    expect(granted).toHaveLength(1)
  })

  test('tells the speed it keeps when triggers hold the clock', async () => {
    const { time, scheduler } = setup(60)
    scheduler.register(A)
    let dueMs = 0
    // Each trigger is due a second of stream time after the last (17 ms) and takes 50 ms.
    for (let i = 0; i < 60; i++) {
      const { nowMs } = await time.passUntil(scheduler.awaitTrigger(A, dueMs))
      await time.pass(50)
      scheduler.triggerDone(A)
      dueMs = nowMs + 1000
    }
    expect(scheduler.runningAtSpeed()).toBeGreaterThan(12)
    expect(scheduler.runningAtSpeed()).toBeLessThan(20)
  })

  test('says when a query is due', () => {
    const { scheduler, ask } = setup()
    scheduler.register(A)
    expect(scheduler.nextDueMs(A)).toBeNull()
    void ask(A, 130_000)
    expect(scheduler.nextDueMs(A)).toBe(130_000)
    expect(scheduler.nextDueMs(B)).toBeNull()
  })
})
