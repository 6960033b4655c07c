import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import type { CodeCell } from './pages/headless-notebook'
import { root, runHeadless } from './pages/headless-notebook'

/** The exercise notebooks are not ours to ship: they lie beside the checkout, or where `RUNNEL_EXERCISES` says. */
const exercises = process.env['RUNNEL_EXERCISES'] ?? resolve(root, '../shared/exercises')

type Verdict = {
  notebook: string
  cell: number
  part: string
  mode: 'workshop' | 'strict'
  outcome: 'ok' | 'error' | 'fragment'
  error?: string
  condition?: string
  message?: string
  hint?: string
}

const { rows } = JSON.parse(readFileSync(join(root, 'e2e/fixtures/verdicts.json'), 'utf8')) as { rows: Verdict[] }

/** The workshop's clicks come from a producer; the tutorial sends its own transactions. */
const NOTEBOOKS = [
  { name: 'fabric-workshop', producer: 'workshop' },
  { name: 'synapse-tutorial', producer: null },
] as const

for (const { name, producer } of NOTEBOOKS) {
  for (const mode of ['workshop', 'strict'] as const) {
    test(`${name} as pasted, ${mode} mode: every cell ends as its verdict says`, async () => {
      const input = join(exercises, `${name}.ipynb`)
      test.skip(!existsSync(input), `No exercise notebooks at ${exercises}`)
      const cells = await runHeadless({ input, mode, producer, timeoutSeconds: 100 })
      const verdicts = rows.filter((row) => row.notebook === name && row.mode === mode)
      expect(cells.length).toBe(verdicts.length)
      for (const verdict of verdicts) expectVerdict(cells[verdict.cell - 1], verdict)
    })
  }
}

function expectVerdict(cell: CodeCell, verdict: Verdict): void {
  const what = `cell ${verdict.cell} (${verdict.part}), ${verdict.mode}`
  const error = cell.outputs.find((output) => output.output_type === 'error')
  if (verdict.outcome === 'fragment') {
    expect(cell.metadata.runnel_outcome, what).toBe('fragment')
    return
  }
  if (verdict.outcome === 'ok') {
    expect(error, what).toBeUndefined()
    return
  }
  expect(error?.ename, what).toBe(verdict.error)
  if (verdict.message !== undefined) expect(error?.evalue, what).toContain(verdict.message)
  if (verdict.condition !== undefined) expect(cell.metadata.runnel_error?.condition, what).toBe(verdict.condition)
  if (verdict.hint !== undefined) expect(cell.metadata.runnel_error?.hint, what).toContain(verdict.hint)
}
