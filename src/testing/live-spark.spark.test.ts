import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExpressionGolden } from './golden-expression'
import { expressionAnswers, expressionGaps, expressionGoldens } from './golden-expression'
import type { StreamingAnswer } from './streaming-case'
import { ourAnswer, streamingCases, streamingGaps } from './streaming-case'
import { expectSameAnswer } from './streaming-case-answer'

/** Every streaming and expression case asked anew of a live Spark: it still says what was recorded, and we say the same. */
const python = process.env.RUNNEL_PYTHON
const LIMIT_MS = 30 * 60_000

type LiveAnswers = {
  readonly spark: string
  readonly expressions: Readonly<Record<string, ExpressionGolden>>
  readonly streaming: Readonly<Record<string, Readonly<Record<string, StreamingAnswer>>>>
}

const folder = mkdtempSync(join(tmpdir(), 'runnel-live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let live: LiveAnswers

describe.skipIf(!python)('a live Spark', () => {
  beforeAll(() => {
    const script = fileURLToPath(new URL('./golden/live-answers.py', import.meta.url))
    const file = join(folder, 'answers.json')
    const { status, stderr } = spawnSync(python!, [script, file], { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (status !== 0) throw new Error(`Spark did not answer: ${stderr.slice(-2000)}`)
    live = JSON.parse(readFileSync(file, 'utf8')) as LiveAnswers
  }, LIMIT_MS)

  const streaming = streamingCases()
  const gaps = streamingGaps()
  const expressions = expressionGoldens()
  const expressionGap = expressionGaps()

  test('has at least 120 streaming and 600 expression cases to answer', () => {
    const numStreaming = [...streaming.values()].reduce((sum, cases) => sum + cases.length, 0)
    const numExpressions = [...expressions.values()].reduce((sum, golden) => sum + golden.cases.length, 0)
    expect(numStreaming).toBeGreaterThanOrEqual(120)
    expect(numExpressions).toBeGreaterThanOrEqual(600)
  })

  for (const [group, cases] of streaming) {
    test.each(cases.map((one) => [one.name, one] as const))(`${group}: %s`, async (name, one) => {
      const sparks = live.streaming[group][name]
      expectSameAnswer(sparks, one.answer, one)
      if (gaps[`${group}/${name}`] === undefined) expectSameAnswer(await ourAnswer(one), sparks, one)
    })
  }

  for (const [stem, recorded] of expressions) {
    test(`expressions, ${stem}`, () => {
      const golden = live.expressions[stem]
      expect(golden).toEqual(recorded)
      const answersOf = expressionAnswers(stem, golden)
      for (const one of golden.cases) {
        if (expressionGap[stem]?.includes(one.sql)) continue
        const [ours, sparks] = answersOf(one)
        expect(ours, one.sql).toBe(sparks)
      }
    })
  }
})
