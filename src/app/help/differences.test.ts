import { expect, it } from 'vitest'
import { LENIENCIES } from '../../protocol/leniencies'
import { differences } from './differences'

it('has at most thirty lines, one for each leniency while they fit', () => {
  const lines = differences('workshop')
  expect(lines.length).toBeLessThanOrEqual(30)
  expect(lines.some(({ here }) => here.includes('`writeStream.table(...)` is not a PySpark method'))).toBe(true)
  expect(lines.length).toBeGreaterThan(Math.min(29, Object.keys(LENIENCIES).length))
})

it('shows no placeholder, and nothing about leniencies in strict mode', () => {
  for (const { here, cluster } of differences('workshop')) expect(here + cluster).not.toMatch(/[{}]/)
  expect(differences('strict').length).toBeLessThan(differences('workshop').length)
})
