import { describe, expect, test } from 'vitest'
import type { Broker, EventBatch, EventsToAppend } from '../engine/ports/broker'

export type BrokerUnderTest = {
  readonly broker: Broker
  /** Moves session time forward. */
  passMs(ms: number): void
  /** A broker over the same storage, as after a kill: nothing in memory carries over. */
  restart(): Promise<Broker>
}

/** What every `Broker` promises. `make` gives an empty broker whose session clock stands at `START_MS`. */
export const START_MS = 1_760_000_000_000

export function describeBroker(name: string, make: () => Promise<BrokerUnderTest>): void {
  describe(name, () => {
    test('a hub is there at first mention, with four empty partitions', async () => {
      const { broker } = await make()
      expect(await broker.partitions('clicks')).toBe(4)
      expect(await broker.bounds('clicks')).toEqual(
        Array.from({ length: 4 }, () => ({ begin: 0, next: 0, lastEnqueuedMicros: 0 })),
      )
    })

    test('events are read back as they were sent, with their arrival time', async () => {
      const { broker, passMs } = await make()
      await broker.append('clicks', events(['a', '', 'ccc'], { partition: 2 }))
      passMs(1_500)
      await broker.append('clicks', events(['d'], { partition: 2 }))
      const batch = await broker.read('clicks', 2, 0, 4)
      expect(bodies(batch)).toEqual(['a', '', 'ccc', 'd'])
      expect(batch.firstSequence).toBe(0)
      expect([...batch.enqueuedMicros]).toEqual([0, 0, 0, 1_500].map((ms) => (START_MS + ms) * 1000))
      expect((await broker.bounds('clicks'))[2]).toEqual({
        begin: 0,
        next: 4,
        lastEnqueuedMicros: (START_MS + 1_500) * 1000,
      })
    })

    test('a range is exact and its buffers belong to the reader', async () => {
      const { broker } = await make()
      await broker.append('clicks', events(['a', 'bb', 'c', 'd'], { partition: 0 }))
      const first = await broker.read('clicks', 0, 1, 3)
      expect(bodies(first)).toEqual(['bb', 'c'])
      expect(first.firstSequence).toBe(1)
      expect(first.valueOffsets[0]).toBe(0)
      expect(first.values.byteLength).toBe(first.values.buffer.byteLength)
      first.values.fill(0)
      expect(bodies(await broker.read('clicks', 0, 1, 3))).toEqual(['bb', 'c'])
    })

    test('an empty range is an empty batch', async () => {
      const { broker } = await make()
      expect((await broker.read('clicks', 0, 0, 0)).numRows).toBe(0)
    })

    test('a key always goes to the same partition and is kept with the event', async () => {
      const { broker } = await make()
      for (const body of ['1', '2']) await broker.append('clicks', events([body], { key: 'device-7' }))
      const bounds = await broker.bounds('clicks')
      const partition = bounds.findIndex(({ next }) => next === 2)
      const batch = await broker.read('clicks', partition, 0, 2)
      expect(bodies(batch)).toEqual(['1', '2'])
      expect(batch.keys).toEqual(['device-7', 'device-7'])
    })

    test('without partition and key each call goes to one partition, and calls take turns', async () => {
      const { broker } = await make()
      for (let i = 0; i < 8; i++) await broker.append('clicks', events([`${i}a`, `${i}b`], {}))
      expect((await broker.bounds('clicks')).map(({ next }) => next)).toEqual([4, 4, 4, 4])
    })

    test('properties stay with their event', async () => {
      const { broker } = await make()
      const properties = [{ kind: 'click' }, null]
      await broker.append('clicks', { ...events(['a', 'b'], { partition: 1 }), properties })
      expect((await broker.read('clicks', 1, 0, 2)).properties).toEqual(properties)
    })

    test('positions resolve to sequence numbers and stay within the partition', async () => {
      const { broker, passMs } = await make()
      await broker.append('clicks', events(['a', 'b'], { partition: 0 }))
      passMs(1_000)
      await broker.append('clicks', events(['c'], { partition: 0 }))
      const at = (position: Parameters<Broker['position']>[2]) => broker.position('clicks', 0, position)
      const micros = (ms: number) => (START_MS + ms) * 1000
      expect(await at({ kind: 'earliest' })).toBe(0)
      expect(await at({ kind: 'latest' })).toBe(3)
      expect(await at({ kind: 'sequence', sequence: 1 })).toBe(1)
      expect(await at({ kind: 'sequence', sequence: 99 })).toBe(3)
      expect(await at({ kind: 'enqueuedTime', micros: micros(-1) })).toBe(0)
      expect(await at({ kind: 'enqueuedTime', micros: micros(1) })).toBe(2)
      expect(await at({ kind: 'enqueuedTime', micros: micros(1_001) })).toBe(3)
    })

    test('what append acknowledged is there after a restart, and numbering goes on', async () => {
      const { broker, restart } = await make()
      await broker.append('clicks', { ...events(['a', 'b'], { key: 'k' }), properties: [{ n: '1' }, null] })
      const before = await broker.bounds('clicks')
      const partition = before.findIndex(({ next }) => next === 2)
      const again = await restart()
      expect(await again.bounds('clicks')).toEqual(before)
      await again.append('clicks', events(['c'], { partition }))
      const batch = await again.read('clicks', partition, 0, 3)
      expect(bodies(batch)).toEqual(['a', 'b', 'c'])
      expect(batch.keys).toEqual(['k', 'k', null])
      expect(batch.properties).toEqual([{ n: '1' }, null, null])
    })

    test('a partition that does not exist is refused by name', async () => {
      const { broker } = await make()
      await expect(broker.append('clicks', events(['a'], { partition: 4 }))).rejects.toMatchObject({
        message: 'The hub clicks has partitions 0 to 3, there is no partition 4.',
      })
      await expect(broker.read('clicks', -1, 0, 0)).rejects.toMatchObject({ name: 'IllegalArgumentException' })
    })

    test('hubs are apart', async () => {
      const { broker } = await make()
      await broker.append('a/b', events(['x'], { partition: 0 }))
      await broker.append('a', events(['y'], { partition: 0 }))
      expect(bodies(await broker.read('a/b', 0, 0, 1))).toEqual(['x'])
      expect(bodies(await broker.read('a', 0, 0, 1))).toEqual(['y'])
    })

    test('many appends at once all arrive, in order within each caller', async () => {
      const { broker } = await make()
      const callers = Array.from({ length: 20 }, (_, caller) => Array.from({ length: 25 }, (_, i) => `${caller}-${i}`))
      await Promise.all(callers.flat().map((body) => broker.append('clicks', events([body], { partition: 3 }))))
      const read = bodies(await broker.read('clicks', 3, 0, 500))
      for (const [caller, sent] of callers.entries())
        expect(read.filter((body) => body.startsWith(`${caller}-`))).toEqual(sent)
    })
  })
}

export function events(texts: readonly string[], to: Pick<EventsToAppend, 'partition' | 'key'>): EventsToAppend {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const valueOffsets = new Int32Array(texts.length + 1)
  encoded.forEach((bytes, i) => (valueOffsets[i + 1] = valueOffsets[i] + bytes.length))
  const values = new Uint8Array(valueOffsets[texts.length])
  encoded.forEach((bytes, i) => values.set(bytes, valueOffsets[i]))
  return { numRows: texts.length, values, valueOffsets, ...to }
}

export function bodies(batch: EventBatch): string[] {
  return Array.from({ length: batch.numRows }, (_, i) =>
    new TextDecoder().decode(batch.values.subarray(batch.valueOffsets[i], batch.valueOffsets[i + 1])),
  )
}
