import { describe, expect, it } from 'vitest'
import type { CellId } from '../../protocol/ids'
import type { Notice } from '../../protocol/workers/engine'
import { numChangesForSpark, saidOnce, settledBy } from './notices'

const CELLS: Record<string, string> = {
  source: 'ehConf = {"startingPosition": "x"}\nraw = spark.readStream.format("eventhubs")',
  parsed: 'parsed = raw.select("body")',
  other: 'ehConf2 = {"startingPosition": "y"}',
}
const textOf = (cell: CellId | null) => CELLS[cell ?? ''] ?? ''
const notice = (cell: string, leniency: string, from: string | null): Notice => ({
  leniency,
  cell: cell as CellId,
  query: null,
  message: `about ${leniency}`,
  spark: 'no',
  fix: from === null ? null : { description: 'change it', from, to: 'z' },
})

describe('notices', () => {
  const option = (cell: string) => notice(cell, 'option', '"startingPosition":')
  const connector = (cell: string) => notice(cell, 'connector', null)
  const all = [option('source'), connector('source'), option('parsed'), connector('parsed'), option('other')]

  it('that a later cell only repeats are said once; where the text stands again, again', () => {
    expect(saidOnce(all, textOf)).toEqual([option('source'), connector('source'), option('other')])
    expect(numChangesForSpark(saidOnce(all, textOf))).toBe(3)
  })

  it('are said where they first came, although their text stands elsewhere', () => {
    const entity = (cell: string) => notice(cell, 'entity', 'Endpoint=sb://...')
    expect(saidOnce([entity('source'), entity('parsed')], textOf)).toEqual([entity('source')])
  })

  it('are settled with their repetitions, not with the same mistake in another cell', () => {
    expect(settledBy(option('source'), all, textOf)).toEqual([option('source'), option('parsed')])
  })
})
