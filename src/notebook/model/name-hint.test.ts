import { expect, it } from 'vitest'
import { newCell } from './document'
import { nameHint, unknownName } from './name-hint'
import { IDLE_RUN } from './types'

const cells = [
  newCell('markdown', 'x = 1'),
  newCell('code', 'import json\nx = 1'),
  newCell('code', 'silver_stream = x'),
  newCell('code', 'print(silver_stream)'),
]
const [, first, second, failed] = cells

it('reads the name out of the message', () => {
  expect(unknownName("name 'silver_stream' is not defined. Did you mean: 'y'?")).toBe('silver_stream')
  expect(unknownName('something else')).toBe(null)
})

it('says which cell defined a name before the reload and which cells to run', () => {
  const old = { ...IDLE_RUN, isFromBefore: true }
  const hint = nameHint('silver_stream', cells, { [first.id]: old, [second.id]: old }, failed.id)
  expect(hint).toEqual({
    text: '`silver_stream` was defined by cell 3 before the reload.',
    cells: [first.id, second.id],
  })
})

it('says which cell has not run yet', () => {
  expect(nameHint('json', cells, {}, failed.id)?.text).toBe('`json` is defined by cell 2, which has not run yet.')
})

it('is silent when the defining cell has run or no cell defines the name', () => {
  expect(nameHint('x', cells, { [first.id]: { ...IDLE_RUN, state: 'ok' } }, failed.id)).toBe(null)
  expect(nameHint('nobody', cells, {}, failed.id)).toBe(null)
  expect(nameHint('x', [newCell('code', 'x == 1'), failed], {}, failed.id)).toBe(null)
})
