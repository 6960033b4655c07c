import { describe, expect, it } from 'vitest'
import { ourAnswer, streamingCases, streamingGaps } from './streaming-case'
import { expectSameAnswer } from './streaming-case-answer'

/** Whole streaming queries, batch by batch, against the recorded answers of a real Spark. */
const gaps = streamingGaps()
const groups = streamingCases()

for (const [group, cases] of groups) {
  describe(`${group}: rows, watermarks, state figures and refusals of each batch are Spark's`, () => {
    for (const one of cases) {
      const run = async () => expectSameAnswer(await ourAnswer(one), one.answer, one)
      const gap = gaps[`${group}/${one.name}`]
      if (gap === undefined) it(one.name, run)
      else it.fails(`${one.name} (gap: ${gap})`, run)
    }
  })
}

it('every gap names a case', () => {
  const names = [...groups].flatMap(([group, cases]) => cases.map((one) => `${group}/${one.name}`))
  expect(Object.keys(gaps).filter((name) => !names.includes(name))).toEqual([])
})
