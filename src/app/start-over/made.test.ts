import { expect, it } from 'vitest'
import type { CellId, QueryId } from '../../protocol/ids'
import { NOTHING_MADE, noteMade, partingList } from './made'

const query = (id: string, cell: string | null, target: string | null) => ({
  id: id as QueryId,
  cell: cell as CellId | null,
  checkpointPath: `/lakehouse/default/Files/checkpoints/${id}`,
  target,
})
const empty = { queries: [], tables: [], hubs: [] }
const cells = new Set(['c1', 'c2'])

it('owns what appears while it is open, not what stood there before', () => {
  const before = { ...empty, tables: ['old'], hubs: ['shared'] }
  const now = { ...empty, tables: ['old', 'bronze'], hubs: ['shared', 'clicks'] }
  expect(noteMade(NOTHING_MADE, before, now, cells)).toMatchObject({ tables: ['bronze'], hubs: ['clicks'] })
})

it('owns the queries of its cells, their checkpoints and the tables they write', () => {
  const now = { ...empty, tables: ['gold'], queries: [query('q1', 'c1', 'gold'), query('q2', 'elsewhere', 'x')] }
  expect(noteMade(NOTHING_MADE, { ...empty, tables: ['gold'] }, now, cells)).toEqual({
    queries: ['q1'],
    checkpoints: ['/lakehouse/default/Files/checkpoints/q1'],
    tables: ['gold'],
    hubs: [],
  })
})

it('stays the same object when nothing is new', () => {
  const now = { ...empty, tables: ['bronze'], queries: [query('q1', 'c1', 'bronze')] }
  const made = noteMade(NOTHING_MADE, empty, now, cells)
  expect(noteMade(made, now, now, cells)).toBe(made)
})

it('lists what goes, without what is gone already', () => {
  const made = {
    queries: ['q1'],
    checkpoints: ['/lakehouse/default/Files/checkpoints/bronze'],
    tables: ['bronze', 'dropped'],
    hubs: ['clicks'],
  }
  const now = { ...empty, tables: ['bronze'], hubs: ['clicks'], numRunning: 1, numProducers: 1 }
  expect(partingList(made, now)).toEqual([
    'Running: 1 stream',
    'Sending: 1 producer',
    '1 table: bronze',
    '1 checkpoint: Files/checkpoints/bronze',
    '1 hub with the events in it: clicks',
  ])
  expect(partingList(NOTHING_MADE, { ...empty, numRunning: 0, numProducers: 0 })).toEqual([])
})
