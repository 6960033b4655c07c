import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowStarts } from '../batch/time-windows'

const micros = fc.oneof(
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  fc.bigInt({ min: -(10n ** 15n), max: 4n * 10n ** 15n }),
)

describe('windowStarts', () => {
  it('is the latest multiple of the slide (plus start) at or before the time, for any time, exactly', () => {
    fc.assert(
      fc.property(
        micros,
        fc.integer({ min: 1, max: 100_000_000_000 }),
        fc.nat({ max: 1_000_000 }),
        (time, slideMicros, offset) => {
          const startMicros = offset % slideMicros
          const [start] = windowStarts(BigInt64Array.of(time), 1, {
            windowMicros: slideMicros,
            slideMicros,
            startMicros,
          })
          expect(start <= time && time < start + BigInt(slideMicros)).toBe(true)
          expect((start - BigInt(startMicros)) % BigInt(slideMicros)).toBe(0n)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
