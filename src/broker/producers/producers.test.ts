import { describe, expect, test } from 'vitest'
import type { ProducerConfig } from '../../protocol/workers/broker'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { bodies, events } from '../broker.contract'
import { LocalBroker } from '../local/local-broker'
import { PRESETS } from './presets'
import { produceEvents } from './produce'
import { Producers } from './producers'
import { dueMs, dueUntil } from './schedule'

const START_MS = Date.UTC(2026, 10, 20, 10, 0, 0)

const config: ProducerConfig = {
  hub: 'clicks',
  preset: 'workshop',
  seed: 42,
  eventsPerSecond: 20,
  lateShare: 0.1,
  outOfOrderShare: 0.1,
  malformedShare: 0.1,
  maxEvents: null,
  numKeys: 0,
}

function session(files = new MemoryFileStore(), startMs = START_MS) {
  const clock = { nowMs: startMs }
  const errors: unknown[] = []
  const broker: LocalBroker = new LocalBroker(files, {
    nowMs: () => clock.nowMs,
    produceDue: (hub, asOfMs) => producers.advance(hub, asOfMs),
  })
  const producers = new Producers({
    openHub: (name) => broker.hub(name),
    nowMs: () => clock.nowMs,
    onError: (_, error) => errors.push(error),
  })
  return { files, clock, broker, producers, errors }
}

async function everything(broker: LocalBroker, hub = 'clicks') {
  const bounds = await broker.bounds(hub)
  return Promise.all(
    bounds.map(async ({ begin, next }, partition) => {
      const batch = await broker.read(hub, partition, begin, next)
      return { bodies: bodies(batch), enqueuedMicros: [...batch.enqueuedMicros], keys: batch.keys }
    }),
  )
}

const numSent = async (broker: LocalBroker) => (await broker.bounds('clicks')).reduce((sum, { next }) => sum + next, 0)

describe('producers', () => {
  test('the same seed and the same actions give the same events at every speed', async () => {
    const runs = await Promise.all(
      // Real time between two looks at the clock is 100 ms: x1, x60 with a hiccup, and no look at all before the trigger.
      [[100], [6_000, 1, 17_999], []].map(async (steps) => {
        const { clock, broker, producers } = session()
        await producers.start({ ...config, numKeys: 5 })
        for (let i = 0; steps.length > 0; i++) {
          const nowMs = clock.nowMs + steps[i % steps.length]
          if (nowMs >= START_MS + 60_000) break
          clock.nowMs = nowMs
          await producers.advance('clicks', nowMs)
        }
        clock.nowMs = START_MS + 60_000
        await broker.bounds('clicks', clock.nowMs)
        return everything(broker)
      }),
    )
    expect(runs[0].reduce((sum, partition) => sum + partition.bodies.length, 0)).toBe(1_201)
    expect(runs[1]).toEqual(runs[0])
    expect(runs[2]).toEqual(runs[0])
  })

  test('another seed gives other events', async () => {
    const [first, second] = await Promise.all(
      [42, 43].map(async (seed) => {
        const { clock, broker, producers } = session()
        await producers.start({ ...config, seed })
        await broker.bounds('clicks', (clock.nowMs += 1_000))
        return everything(broker)
      }),
    )
    expect(first).not.toEqual(second)
  })

  test('asking for a moment brings everything due up to it, stamped with its due time', async () => {
    const { clock, broker, producers } = session()
    await producers.start(config)
    clock.nowMs += 1_000
    expect((await broker.bounds('clicks', START_MS + 200)).map(({ next }) => next)).toEqual([2, 1, 1, 1])
    const stamps = (await everything(broker)).map(({ enqueuedMicros }) =>
      enqueuedMicros.map((each) => each / 1000 - START_MS),
    )
    expect(stamps).toEqual([[0, 200], [50], [100], [150]])
  })

  test('events a user sends stand behind everything that was due before', async () => {
    const { clock, broker, producers } = session()
    await producers.start(config)
    clock.nowMs += 400
    await broker.append('clicks', events(['mine'], { partition: 0 }))
    const [first] = await everything(broker)
    expect(first.bodies.at(-1)).toBe('mine')
    expect(first.bodies).toHaveLength(4)
    expect(first.enqueuedMicros).toEqual(first.enqueuedMicros.toSorted((a, b) => a - b))
  })

  test('after a reload the producer is off, invents nothing for the time away and repeats no event', async () => {
    const before = session()
    await before.producers.start(config)
    await before.broker.bounds('clicks', (before.clock.nowMs += 10_000))
    const after = session(before.files, START_MS + 3_600_000)
    const hub = await after.broker.hub('clicks')
    expect(after.producers.running('clicks')).toBeNull()
    expect(after.producers.interrupted(hub)).toEqual(config)
    await after.broker.bounds('clicks', (after.clock.nowMs += 1_000))
    expect(await numSent(after.broker)).toBe(201)

    const resumedMs = after.clock.nowMs
    await after.producers.start(config)
    expect(after.producers.interrupted(hub)).toBeNull()
    await after.broker.bounds('clicks', (after.clock.nowMs += 1_000))
    const partitions = await everything(after.broker)
    expect(await numSent(after.broker)).toBe(201 + 21)
    const late = partitions.flatMap(({ enqueuedMicros }) => enqueuedMicros).filter((each) => each >= resumedMs * 1000)
    expect(late).toHaveLength(21)
    expect(new Set(partitions.flatMap((each) => each.bodies)).size).toBe(222)
  })

  test('a stopped producer is not offered again and starts where it stopped', async () => {
    const { clock, broker, producers } = session()
    await producers.start(config)
    clock.nowMs += 1_000
    expect(await producers.stop('clicks')).toBe(true)
    expect(await numSent(broker)).toBe(21)
    clock.nowMs += 60_000
    expect(await numSent(broker)).toBe(21)
    expect(producers.interrupted(await broker.hub('clicks'))).toBeNull()
    await producers.start(config)
    expect(await numSent(broker)).toBe(22)
    expect(new Set((await everything(broker)).flatMap((each) => each.bodies)).size).toBe(22)
  })

  test('a producer with a maximum ends by itself, also when a reload lies between', async () => {
    const before = session()
    await before.producers.start({ ...config, maxEvents: 30 })
    await before.broker.bounds('clicks', (before.clock.nowMs += 500))
    const after = session(before.files, before.clock.nowMs)
    await after.producers.start({ ...config, maxEvents: 30 })
    await after.broker.bounds('clicks', (after.clock.nowMs += 600_000))
    expect(await numSent(after.broker)).toBe(30)
    expect(after.producers.running('clicks')).toBeNull()
    expect(after.producers.interrupted(await after.broker.hub('clicks'))).toBeNull()
  })

  test('a new rate goes on with the next event', async () => {
    const { clock, broker, producers } = session()
    await producers.start(config)
    clock.nowMs += 1_000
    await producers.start({ ...config, eventsPerSecond: 1 })
    await broker.bounds('clicks', (clock.nowMs += 1_999))
    expect(await numSent(broker)).toBe(21 + 2)
  })

  test('a full disk stops the producer and says so, while the hub stays readable', async () => {
    const files = new MemoryFileStore()
    const { clock, broker, producers, errors } = session(files)
    await producers.start(config)
    await broker.bounds('clicks', (clock.nowMs += 1_000))
    files.setQuota(files.usedBytes)
    await broker.bounds('clicks', (clock.nowMs += 1_000))
    expect(errors).toMatchObject([{ condition: 'DISK_FULL' }])
    expect(producers.running('clicks')).toBeNull()
    files.setQuota(Infinity)
    await producers.start(config)
    expect(await numSent(broker)).toBe(22)
    expect(new Set((await everything(broker)).flatMap((each) => each.bodies)).size).toBe(22)
  })

  test('events sent by hand never repeat and do not disturb the running producer', async () => {
    const { clock, broker, producers } = session()
    await producers.start({ ...config, preset: 'transactions', malformedShare: 0 })
    await producers.sendByHand('clicks', 'transactions', 100)
    await producers.sendByHand('clicks', 'transactions', 100)
    await broker.bounds('clicks', (clock.nowMs += 1_000))
    const ids = (await everything(broker)).flatMap((each) =>
      each.bodies.map((body) => (JSON.parse(body) as { transaction_id: string }).transaction_id),
    )
    expect(new Set(ids).size).toBe(221)
  })

  test('a configuration that makes no sense is refused with the value seen', async () => {
    const { producers } = session()
    await expect(producers.start({ ...config, lateShare: 1.5 })).rejects.toThrow(
      'lateShare must be between 0 and 1, got 1.5.',
    )
    await expect(producers.start({ ...config, eventsPerSecond: 0 })).rejects.toThrow('eventsPerSecond must be above 0')
    await expect(producers.start({ ...config, preset: 'nothing' })).rejects.toThrow(
      'There is no sample data called nothing.',
    )
  })
})

describe('sample data', () => {
  const recipe = { seed: 3, lateShare: 0.1, outOfOrderShare: 0.2, malformedShare: 0.05, numKeys: 0 }
  const produced = (preset: (typeof PRESETS)[number], malformedShare = recipe.malformedShare) =>
    produceEvents(preset, { ...recipe, malformedShare }, 1, 0, 5_000, () => START_MS).flatMap(({ rows }) =>
      bodies({ ...rows, firstSequence: 0 }),
    )

  test.each(PRESETS)('$info.title has the fields it declares, and about the shares that were asked', (preset) => {
    const texts = produced(preset)
    const parsed = texts.flatMap((text) => {
      try {
        return [JSON.parse(text) as Record<string, unknown>]
      } catch {
        return []
      }
    })
    for (const body of parsed) expect(Object.keys(body)).toEqual(preset.info.fields)
    expect(texts.length - parsed.length).toBeGreaterThan(200)
    expect(texts.length - parsed.length).toBeLessThan(300)
    const times = parsed.map((body) => Date.parse((body.eventTime ?? `${body.timestamp as string}Z`) as string))
    const late = times.filter((each) => each <= START_MS - 15 * 60_000).length
    const outOfOrder = times.filter((each) => each < START_MS && each >= START_MS - 30_001).length
    expect(late / parsed.length).toBeCloseTo(0.1, 1)
    expect(outOfOrder / parsed.length).toBeCloseTo(0.2, 1)
    expect(times.filter((each) => each === START_MS).length).toBe(parsed.length - late - outOfOrder)
  })

  test('clicks carry 0 to 3 related products and a load time that is sometimes far too long', () => {
    const clicks = produced(PRESETS[0], 0).map((text) => JSON.parse(text) as Click)
    expect(new Set(clicks.map((click) => click.extraPayload.length))).toEqual(new Set([0, 1, 2, 3]))
    const slow = clicks.filter((click) => click.page_loading_seconds > 10).length
    expect(slow / clicks.length).toBeCloseTo(0.02, 1)
    expect(clicks[0].eventID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(clicks.map((click) => click.eventID)).size).toBe(clicks.length)
  })
})

type Click = { readonly eventID: string; readonly extraPayload: unknown[]; readonly page_loading_seconds: number }

describe('schedule', () => {
  test('an event is due exactly when the count up to its due time says so', () => {
    for (const eventsPerSecond of [0.3, 1, 3, 7, 20, 333, 500]) {
      const schedule = { startMs: START_MS + 0.37, firstEvent: 11, eventsPerSecond, endEvent: null }
      expect(dueUntil(schedule, START_MS - 1)).toBe(11)
      for (let event = 11; event < 500; event++) {
        const due = dueMs(schedule, event)
        expect(dueUntil(schedule, due)).toBeGreaterThan(event)
        expect(dueUntil(schedule, due - 1)).toBeLessThanOrEqual(event)
      }
    }
  })
})
