import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { batchFromRows } from '../../batch/from-values'
import { DOUBLE, INTEGER, LONG, STRING, structOf } from '../../types/atomic-types'
import { HyperLogLogState, precisionFor } from './hyper-log-log'

type Case = readonly [numRows: number, form: string, relativeSd: number, count: number]
const { cases } = JSON.parse(
  readFileSync(new URL('../../../testing/golden/aggregates/approx-count-distinct.json', import.meta.url), 'utf8'),
) as { cases: readonly Case[] }

const schema = structOf({ id: LONG, text: STRING, double: DOUBLE, int: INTEGER })
const FORMS = schema.fields.map(({ name }) => name)

function rowsOf(numRows: number) {
  const rows = Array.from({ length: numRows }, (_, i) => {
    return { id: BigInt(i), text: `user-${i}`, double: i / 3, int: i % 777 }
  })
  return batchFromRows(schema, rows)
}

describe('approx_count_distinct gives the number Spark gives', () => {
  for (const numRows of new Set(cases.map(([n]) => n))) {
    test(`of ${numRows} rows`, () => {
      const batch = rowsOf(numRows)
      for (const [, form, relativeSd, count] of cases.filter(([n]) => n === numRows)) {
        const state = new HyperLogLogState(precisionFor(relativeSd))
        state.grow(1)
        state.add(new Int32Array(numRows), numRows, [batch.columns[FORMS.indexOf(form)]])
        const [found] = (state.results(Int32Array.of(0)) as { values: BigInt64Array }).values
        expect([form, relativeSd, Number(found)]).toEqual([form, relativeSd, count])
      }
    })
  }
})

test('merging two halves gives the sketch of the whole', () => {
  const batch = rowsOf(2000)
  const half = (from: number) => {
    const state = new HyperLogLogState(9)
    state.grow(2)
    state.add(
      Int32Array.from({ length: 2000 }, (_, i) => (i < 1000 ? from : 1 - from)),
      2000,
      [batch.columns[1]],
    )
    return state
  }
  const [left, right] = [half(0), half(1)]
  const groups = Int32Array.of(0, 1)
  left.merge(groups, right.save(groups))
  const whole = new HyperLogLogState(9)
  whole.grow(1)
  whole.add(new Int32Array(2000), 2000, [batch.columns[1]])
  const [merged, all] = [left.save(groups), whole.save(Int32Array.of(0))].map(
    ([column]) => (column as { bytes: Uint8Array }).bytes,
  )
  expect(merged.subarray(0, 512)).toEqual(all)
  expect(merged.subarray(512)).toEqual(all)
})
