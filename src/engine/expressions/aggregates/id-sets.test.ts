import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IdSets } from './id-sets'

const NUM_SETS = 3
const action = fc.oneof(
  { weight: 20, arbitrary: fc.record({ set: fc.nat(NUM_SETS - 1), id: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ clear: fc.nat(NUM_SETS - 1) }) },
)

it('says what is new and keeps the order, over any adding and clearing, as a Set does', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
      const sets = new IdSets()
      sets.grow(NUM_SETS)
      const model = Array.from({ length: NUM_SETS }, () => new Set<number>())
      for (const one of actions) {
        if ('clear' in one) {
          sets.clear(one.clear)
          model[one.clear].clear()
          continue
        }
        expect(sets.add(one.set, one.id)).toBe(!model[one.set].has(one.id))
        model[one.set].add(one.id)
      }
      expect(model.map((_, set) => [...sets.idsOf(set)])).toEqual(model.map((ids) => [...ids]))
      expect(sets.numIds).toBe(model.reduce((sum, ids) => sum + ids.size, 0))
    }),
  )
})

it('knows its numbers under their new names', () => {
  const sets = new IdSets()
  sets.grow(2)
  for (let id = 0; id < 100; id += 2) sets.add(id % 4 === 0 ? 0 : 1, id)
  sets.renumber(Int32Array.from({ length: 100 }, (_, id) => id / 2))
  expect([...sets.idsOf(0)].slice(0, 3)).toEqual([0, 2, 4])
  expect(sets.add(0, 2)).toBe(false)
  expect(sets.add(0, 3)).toBe(true)
})

it('gives its room back when all sets are cleared', () => {
  const sets = new IdSets()
  sets.grow(2)
  const emptyBytes = sets.sizeBytes
  for (let id = 0; id < 1000; id++) sets.add(id % 2, id)
  expect(sets.sizeBytes - emptyBytes).toBeLessThanOrEqual(19 * 1000)
  for (const set of [0, 1]) sets.clear(set)
  expect(sets.sizeBytes).toBe(emptyBytes)
})
