import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { listFolder, readBytes } from './pages/files'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, startProducer } from './pages/pipeline'

/** What the page around the notebook promises: paste, Run all, Start over, full disk, the log. */

async function newCodeCell(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add code at the end' }).click()
  await expect(page.getByRole('textbox', { name: /^Cell \d+ code/ })).toBeFocused()
}

test('a pasted page of text becomes cells, and pasted code is cleaned with a way back', async ({ page }) => {
  const bench = await Workbench.open(page)
  await newCodeCell(page)
  const numCells = await page.getByRole('group', { name: /^Cell \d+$/ }).count()
  await bench.paste('First read\n```python\nprint("a")\n```\nthen ask\n```sql\nSELECT 1\n```\n')
  await page.getByRole('button', { name: 'Make 4 cells' }).click()
  // Three more: the empty cell gave way.
  await expect(page.getByRole('group', { name: /^Cell \d+$/ })).toHaveCount(numCells + 3)
  await expect(page.getByRole('group', { name: `Cell ${numCells + 3}`, exact: true })).toContainText('SELECT 1')

  await newCodeCell(page)
  await bench.paste('print(\u201ccurly\u201d,\u00a01)')
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

test('a key lives in this session only: not in the file, the export or the log, and asked for again after a reload', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  const key = 'k9Zq'.repeat(10)
  await bench.newNotebook([
    `connection = "Endpoint=sb://local/;SharedAccessKeyName=r;SharedAccessKey=${key}=;EntityPath=clicks"\nprint(connection)`,
  ])
  await bench.cell(2).getByRole('button', { name: 'Run cell 2' }).click()
  await expect(bench.cell(2)).toContainText(`SharedAccessKey=${key}=;EntityPath=clicks\n`.trim())
  await expect(bench.cell(2)).toContainText('The key is not saved. After a reload, paste it again.')
  await bench.evaluate("runnel.command('save')")
  await expect(page.getByText(/^Saved \d\d:\d\d$/)).toBeVisible()

  const download = page.waitForEvent('download')
  await bench.evaluate("runnel.command('export')")
  const exported = readFileSync(await (await download).path(), 'utf8')
  expect(exported).toContain('SharedAccessKey=<secret:eventhub-1>')
  expect(exported).not.toContain(key)
  // Every file of the workspace, the event log among them.
  const holds = (text: string) =>
    bench.evaluate<string[]>(`(async () => {
      const found = []
      const walk = async (folder) => {
        for (const { path, isFolder } of await runnel.engine.listFiles(folder)) {
          if (isFolder) await walk(path)
          else if (new TextDecoder('latin1').decode(await runnel.engine.readFile(path)).includes(${JSON.stringify(text)})) found.push(path)
        }
      }
      await walk('/')
      return found
    })()`)
  await expect
    .poll(async () => (await holds('<secret:eventhub-1>')).join(), { timeout: 20_000 })
    .toContain('/runnel/events/')
  expect(await holds(key)).toEqual([])

  await bench.reload()
  await expect(bench.cell(2)).toContainText('SharedAccessKey=<secret:eventhub-1>')
  await expect(bench.cell(2)).toContainText('The key is not saved. After a reload, paste it again.')
  await expect(page.locator('body')).not.toContainText(key)
})

test('what this Python lacks is named with what to use instead', async ({ page }) => {
  const bench = await Workbench.open(page)
  for (const code of [
    'import pandas',
    'import numpy as np',
    'import matplotlib.pyplot as plt',
    'import requests',
    'from pyarrow import Table',
    '%pip install pandas',
    'import threading\nthreading.Thread(target=print).start()',
    'spark.range(3).toPandas()',
  ]) {
    const { error } = await bench.tryRun(code)
    expect(error?.hint, code).toBe(
      'Not part of this offline Python. For tables and charts: `display(df)`; for background sending: the Producers panel or `asyncio`.',
    )
  }
})
