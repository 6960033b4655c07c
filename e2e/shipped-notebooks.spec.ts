import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { CodeCell } from './pages/headless-notebook'
import { root, runHeadless } from './pages/headless-notebook'

/** Notebooks that come with Runnel: each ends with a check, and each is true on a cluster, so strict mode changes nothing. */
const NOTEBOOKS = [
  { name: 'structured-streaming-workshop', passes: 'All three tables hold what they should.' },
  { name: 'transactions-tutorial', passes: 'One hundred payments, each counted once.' },
] as const

const run = (input: string) => runHeadless({ input, mode: 'strict', producer: null, timeoutSeconds: 150 })

const textOf = (cell: CodeCell) =>
  cell.outputs.map(({ text = [], evalue = '' }) => [text].flat().join('') + evalue).join('')

for (const { name, passes } of NOTEBOOKS) {
  test(`${name} runs from the first cell to its check, and nothing is left to change for real Spark`, async () => {
    test.setTimeout(200_000)
    const cells = await run(join(root, `public/notebooks/${name}.ipynb`))
    for (const cell of cells) {
      const error = cell.outputs.find((output) => output.output_type === 'error')
      expect(error?.evalue, cell.source.join('')).toBeUndefined()
      expect(cell.metadata.runnel_notices ?? [], cell.source.join('')).toEqual([])
    }
    expect(cells.some((cell) => textOf(cell).includes(passes))).toBe(true)
  })
}

test('the check of the workshop fails where nothing has run', async () => {
  const source = join(root, 'public/notebooks/structured-streaming-workshop.ipynb')
  const notebook = JSON.parse(readFileSync(source, 'utf8')) as { cells: CodeCell[] }
  const check = notebook.cells.filter((cell) => cell.source.join('').includes('processAllAvailable'))
  const folder = mkdtempSync(join(tmpdir(), 'runnel-check-'))
  try {
    const input = join(folder, 'check.ipynb')
    writeFileSync(input, JSON.stringify({ ...notebook, cells: check }))
    const cells = await run(input)
    expect(cells).toHaveLength(1)
    expect(cells[0].outputs.some((output) => output.output_type === 'error')).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
