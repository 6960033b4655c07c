import { expect, it } from 'vitest'
import { formatBytes, formatClock, formatCount, formatDuration, formatMinutes, formatRate } from './format'

it('writes counts, rates and sizes as people read them', () => {
  expect(formatCount(1240)).toBe('1,240')
  expect([0, 0.44, 9.96, 12.4, 1240, 12_400].map(formatRate)).toEqual(['0', '0.4', '10.0', '12', '1,240', '12.4k'])
  expect([900, 18_400, 1_840_000, 18_400_000, 2e9].map(formatBytes)).toEqual([
    '900 B',
    '18 kB',
    '1.8 MB',
    '18 MB',
    '2.0 GB',
  ])
})

it('writes durations and times', () => {
  expect([12, 830, 80_000].map(formatDuration)).toEqual(['12 ms', '0.8 s', '1 min 20 s'])
  expect([23_000, 83_000, 3_723_000, -5].map(formatMinutes)).toEqual(['0:23', '1:23', '1:02:03', '0:00'])
  expect(formatClock(Date.UTC(2026, 0, 1, 10, 4, 31))).toBe('10:04:31')
})
