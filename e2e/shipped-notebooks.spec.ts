import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, expect, test } from '@playwright/test'
import { execute } from '../src/cli/execute'

/** Notebooks that come with Runnel: each ends with a check, and each is true on a cluster, so strict mode changes nothing. */
const root = resolve(import.meta.dirname, '..')

type Output = { readonly output_type: string; readonly text?: string[] | string; readonly evalue?: string }
type Cell = {
  readonly cell_type: string
  readonly source: string[]
  readonly metadata: { readonly runnel_notices?: readonly unknown[] }
  readonly outputs: readonly Output[]
}

const NOTEBOOKS = [
  { name: 'structured-streaming-workshop', passes: 'All three tables hold what they should.' },
  { name: 'transactions-tutorial', passes: 'One hundred payments, each counted once.' },
] as const

async function run(input: string, mode: 'workshop' | 'strict'): Promise<Cell[]> {
  const folder = mkdtempSync(join(tmpdir(), 'runnel-shipped-'))
  try {
    const options = {
      input,
      output: join(folder, 'out.ipynb'),
      mode,
      allowErrors: true,
      producer: null,
      speed: 60,
      untilIdle: false,
      timeoutSeconds: 150,
    }
    const executablePath = process.env['CHROMIUM_PATH'] ?? chromium.executablePath()
    const { notebook } = await execute(options, { root, executablePath })
    return (JSON.parse(notebook) as { cells: Cell[] }).cells.filter((cell) => cell.cell_type === 'code')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const textOf = (cell: Cell) =>
  cell.outputs.map(({ text = [], evalue = '' }) => [text].flat().join('') + evalue).join('')

for (const { name, passes } of NOTEBOOKS) {
  test(`${name} runs from the first cell to its check, and nothing is left to change for real Spark`, async () => {
    test.setTimeout(200_000)
    const cells = await run(join(root, `public/notebooks/${name}.ipynb`), 'strict')
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
  const notebook = JSON.parse(readFileSync(source, 'utf8')) as { cells: Cell[] }
  const check = notebook.cells.filter((cell) => cell.source.join('').includes('processAllAvailable'))
  const folder = mkdtempSync(join(tmpdir(), 'runnel-check-'))
  try {
    const input = join(folder, 'check.ipynb')
    writeFileSync(input, JSON.stringify({ ...notebook, cells: check }))
    const cells = await run(input, 'strict')
    expect(cells).toHaveLength(1)
    expect(cells[0].outputs.some((output) => output.output_type === 'error')).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
