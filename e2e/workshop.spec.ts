import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import type { CodeCell } from './pages/headless-notebook'
import { root, runHeadless } from './pages/headless-notebook'
import { Workbench } from './pages/workbench'

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

test('Apply all on the pasted workshop leaves no notice, and the cells that have any text to change run in strict mode', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const input = join(exercises, 'fabric-workshop.ipynb')
  test.skip(!existsSync(input), `No exercise notebooks at ${exercises}`)
  const name = JSON.stringify('fabric-workshop.ipynb')
  const runAll = async (mode: string, text: string) => {
    await page.goto('about:blank')
    await page.goto(Workbench.url(`#automation&mode=${mode}`))
    await expect.poll(() => page.evaluate('globalThis.runnel !== undefined'), { timeout: 30_000 }).toBe(true)
    await page.evaluate(`runnel.open(${name}, ${JSON.stringify(text)})`)
    await page.evaluate('runnel.setSpeed(60)')
    await page.evaluate("runnel.runAll({ allowErrors: true, producer: 'workshop' })")
  }
  await runAll('workshop', readFileSync(input, 'utf8'))
  await page.getByRole('button', { name: /^\d+ changes for real Spark/ }).click()
  const notices = page.getByRole('region', { name: 'Notices' })
  await expect(notices).toContainText('Read the hub through its Kafka endpoint')
  // One cause is said once, however many cells use the source.
  await expect(notices.getByText('The connection string is plain text')).toHaveCount(1)
  await notices.getByRole('button', { name: 'Apply all' }).click()
  await expect(notices).toContainText('Nothing to change')
  const applied = await page.evaluate<string>('runnel.result()')

  await page.evaluate('runnel.engine.stopAllQueries()')
  await runAll('strict', applied)
  const { cells } = JSON.parse(await page.evaluate<string>('runnel.result()')) as { cells: CodeCell[] }
  const outcomes = cells
    .filter((cell) => cell.cell_type === 'code')
    .map(
      ({ metadata, outputs }) =>
        metadata.runnel_outcome ?? outputs.find((o) => o.output_type === 'error')?.ename ?? 'ok',
    )
  // Cells 8, 10 and 16 want what the text never says: a Scala class, a trained model, and what that model gives.
  expect(
    outcomes.map((outcome, index) => [index + 1, outcome]).filter(([, o]) => o !== 'ok' && o !== 'fragment'),
  ).toEqual([
    [8, 'NameError'],
    [10, 'AnalysisException'],
    [16, 'NameError'],
  ])
})

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
