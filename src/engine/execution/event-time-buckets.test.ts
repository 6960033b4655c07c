import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventTimeBuckets, bucketScale, eventTimeRows } from './event-time-buckets'

const window = (slideMs: number, startMs = 0) => ({ durationMs: slideMs, slideMs, startMs })
const watermark = (delayMs: number) => ({ column: 't', delayMs, origin: 'body' as const })
const none: ReadonlyMap<number, number> = new Map()

function bucketsOf(timesMs: readonly number[], scale: { widthMs: number; originMs: number }) {
  const buckets = new EventTimeBuckets(scale)
  buckets.add(BigInt64Array.from(timesMs, (ms) => BigInt(ms) * 1000n))
  return buckets
}

describe('rows by event time', () => {
  it('cuts a window into eight, from where windows begin', () => {
    expect(bucketScale({ watermark: watermark(60_000), window: window(120_000, 30_000) })).toEqual({
      widthMs: 15_000,
      originMs: 30_000,
    })
  })

  it('cuts the delay into eight where nothing is grouped by a window, and is absent without a watermark', () => {
    expect(bucketScale({ watermark: watermark(80_000), window: null })).toEqual({ widthMs: 10_000, originMs: 0 })
    expect(bucketScale({ watermark: watermark(0), window: null })).toEqual({ widthMs: 125, originMs: 0 })
    expect(bucketScale({ watermark: null, window: window(120_000) })).toBeNull()
  })

  it('counts what came and what of it was late, from early to late', () => {
    const scale = { widthMs: 1000, originMs: 0 }
    const seen = bucketsOf([5_100, 5_900, 2_000, -1], scale).counts()
    const late = bucketsOf([2_000], scale).counts()
    expect(eventTimeRows(scale, seen, late)).toEqual({
      bucketMs: 1000,
      startsMs: [-1000, 2000, 5000],
      numRows: [1, 1, 2],
      numLateRows: [0, 1, 0],
    })
  })

  it('leaves NULL times out and starts anew with each batch', () => {
    const buckets = new EventTimeBuckets({ widthMs: 1000, originMs: 0 })
    buckets.add(BigInt64Array.of(1_000_000n, 2_000_000n), Uint8Array.of(1, 0))
    expect([...buckets.counts()]).toEqual([[1, 1]])
    buckets.clear()
    expect(buckets.counts().size).toBe(0)
    expect(eventTimeRows({ widthMs: 1000, originMs: 0 }, buckets.counts(), none)).toBeNull()
  })

  it('tells wider buckets when a batch spans many, and an event of the year 2099 costs one', () => {
    const scale = { widthMs: 1000, originMs: 500 }
    const year2099 = Date.UTC(2099, 0, 1)
    const told = eventTimeRows(
      scale,
      bucketsOf([...Array(10_000).keys(), 40].map((i) => i * 1000).concat(year2099), scale).counts(),
      none,
    )!
    expect(told.bucketMs).toBe(64_000)
    expect(told.startsMs.length).toBeLessThanOrEqual(256)
    expect(told.startsMs.at(-1)).toBe(500 + Math.floor((year2099 - 500) / 64_000) * 64_000)
    expect(told.numRows.at(-1)).toBe(1)
  })

  it('puts each row into the one bucket that holds its time', () => {
    const scale = { widthMs: 250, originMs: 100 }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5_000_000, max: 5_000_000 }), { maxLength: 600 }), (timesMs) => {
        const told = eventTimeRows(scale, bucketsOf(timesMs, scale).counts(), none)
        const holds = (startMs: number) =>
          timesMs.filter((ms) => ms >= startMs && ms < startMs + (told?.bucketMs ?? 0)).length
        expect(told?.numRows ?? []).toEqual((told?.startsMs ?? []).map(holds))
        expect((told?.numRows ?? []).reduce((sum, count) => sum + count, 0)).toBe(timesMs.length)
      }),
    )
  })
})
