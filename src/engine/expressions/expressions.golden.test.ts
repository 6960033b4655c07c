import { describe, expect, test } from 'vitest'
import { expressionAnswers, expressionGaps, expressionGoldens } from '../../testing/golden-expression'

const gaps = expressionGaps()

describe.each([...expressionGoldens()])('%s as real Spark answers', (stem, golden) => {
  const answersOf = expressionAnswers(stem, golden)
  for (const one of golden.cases) {
    const run = gaps[stem]?.includes(one.sql) ? test.fails : test
    run(one.sql, () => {
      const [ours, sparks] = answersOf(one)
      expect(ours === sparks, `ours:\n${ours}\nSpark:\n${sparks}\n`).toBe(true)
    })
  }
})
