import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { listFolder, readBytes } from './pages/files'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, startProducer } from './pages/pipeline'

/** What the page around the notebook promises: paste, Run all, Start over, full disk, the log. */

function paste(page: Page, text: string): Promise<void> {
  return page.evaluate((content) => {
    const data = new DataTransfer()
    data.setData('text/plain', content)
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  }, text)
}

async function newCodeCell(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add code at the end' }).click()
  await expect(page.getByRole('textbox', { name: /^Cell \d+ code/ })).toBeFocused()
}

test('a pasted page of text becomes cells, and pasted code is cleaned with a way back', async ({ page }) => {
  const bench = await Workbench.open(page)
  await newCodeCell(page)
  const numCells = await page.getByRole('group', { name: /^Cell \d+$/ }).count()
  await paste(page, 'First read\n```python\nprint("a")\n```\nthen ask\n```sql\nSELECT 1\n```\n')
  await page.getByRole('button', { name: 'Make 4 cells' }).click()
  // Three more: the empty cell gave way.
  await expect(page.getByRole('group', { name: /^Cell \d+$/ })).toHaveCount(numCells + 3)
  await expect(page.getByRole('group', { name: `Cell ${numCells + 3}`, exact: true })).toContainText('SELECT 1')

  await newCodeCell(page)
  await paste(page, 'print(\u201ccurly\u201d,\u00a01)')
  await expect(page.getByText('Cleaned 3 characters')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('curly 1', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.keyboard.press('Control+s')
  await expect.poll(async () => bench.evaluate<string>('runnel.result()')).toContain('print(\u201ccurly\u201d,\u00a01)')
})

test('Start over lists what goes, takes it away, and leaves the rest', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  await expect
    .poll(() =>
      page.evaluate("navigator.locks.query().then(({ held }) => held.some(({ name }) => name === 'runnel.streaming'))"),
    )
    .toBe(true)

  await page.getByRole('button', { name: 'Start over' }).click()
  const dialog = page.getByRole('dialog', { name: 'Start over?' })
  await expect(dialog).toContainText('Running: 2 streams')
  await expect(dialog).toContainText('2 tables: bronze_events, silver_events')
  await expect(dialog).toContainText('2 checkpoints: Files/checkpoints/bronze, Files/checkpoints/silver')
  await expect(dialog).toContainText(`2 hubs with the events in it: ${HUB}, clicks`)
  await expect(dialog.getByRole('checkbox', { name: 'Keep mine as a copy' })).toBeChecked()
  const start = Date.now()
  await dialog.getByRole('button', { name: 'Start over' }).click()
  await expect(page.getByText('Started over: this notebook is as on its first day.')).toBeVisible()
  test.info().annotations.push({ type: 'Start over', description: `${Date.now() - start} ms` })

  expect(await bench.queries()).toEqual([])
  expect(await bench.evaluate('runnel.engine.tables()')).toEqual([])
  expect(await bench.evaluate('runnel.broker.hubs()')).toEqual([])
  expect(await listFolder(bench, '/lakehouse/default/Files/checkpoints')).toEqual([])
  const saved = (await listFolder(bench, '/notebooks')).map(({ name }) => name)
  expect(saved.some((name) => name.endsWith('-mine.ipynb'))).toBe(true)
  await expect(page.getByText('Starts with your first stream')).toBeVisible()
  // Python is new, and the author's text holds nothing of what was added.
  const { error } = await bench.tryRun('bronze')
  expect(error?.message).toContain("name 'bronze' is not defined")
  expect(
    await page.evaluate(
      "navigator.locks.query().then(({ held }) => held.some(({ name }) => name === 'runnel.streaming'))",
    ),
  ).toBe(false)
})

test('with a full disk the notebook is still saved, and the bar offers the largest table', async ({
  page,
  context,
}) => {
  test.setTimeout(180_000)
  const bench = await Workbench.open(page)
  await bench.run('spark.range(20000).selectExpr("id", "uuid() AS text").write.saveAsTable("large")')
  const cdp = await context.newCDPSession(page)
  const origin = new URL(Workbench.url()).origin
  const { usage } = await cdp.send('Storage.getUsageAndQuota', { origin })
  await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 1000 })

  await newCodeCell(page)
  await page.keyboard.insertText(`# ${'kept although the disk is full '.repeat(200)}`)
  await page.keyboard.press('Control+s')
  await expect(page.getByText(/^No space left/)).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: 'Export' })).toBeVisible()
  const path = await bench.evaluate<string>("runnel.engine.listFiles('/notebooks').then(([file]) => file.path)")
  await expect
    .poll(async () => (await readBytes(bench, path)).toString('utf8'))
    .toContain('kept although the disk is full')

  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('alertdialog', { name: 'Delete the table large?' })).toBeVisible()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await cdp.send('Storage.overrideQuotaForOrigin', { origin })
  await expect(page.getByText(/^No space left/)).toBeHidden({ timeout: 30_000 })
})

test('Run all stops at the first error and goes on as told; every run is in the log, without the key', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await bench.evaluate("runnel.command('new')")
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^notebook/)
  for (const code of [
    'good = 1',
    'SharedAccessKey = "SharedAccessKey=0123456789abcdef"\nmissing_name',
    '.option("a", "b")',
    'good + 41',
  ]) {
    await newCodeCell(page)
    await page.keyboard.insertText(code)
  }
  await page.getByRole('button', { name: 'Run all' }).click()
  await expect(page.getByText('Stopped at cell 3.')).toBeVisible()
  await page.getByRole('button', { name: 'Skip', exact: true }).click()
  await expect(page.getByText(/^Run all: 2 ok · 1 fragment skipped/)).toBeVisible()

  await bench.evaluate("runnel.engine.clock({ kind: 'pause' })")
  const log = async () => {
    const files = await listFolder(bench, '/runnel/events')
    const texts = await Promise.all(files.map(async ({ path }) => (await readBytes(bench, path)).toString('utf8')))
    return texts.join('')
  }
  await expect.poll(log, { timeout: 20_000 }).toContain('engine.clock')
  const text = await log()
  const kinds = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind)
  expect(kinds.filter((kind) => kind === 'python.run')).toHaveLength(3)
  expect(text).not.toContain('0123456789abcdef')
  expect(text).toContain('<secret:')
})
