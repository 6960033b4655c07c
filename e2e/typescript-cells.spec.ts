import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { Workbench } from './pages/workbench'

test('a TypeScript cell: typed, completed, streaming, its names and views shared', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run('print("ready")')

  // A new cell at the end, made TypeScript by the keyboard alone.
  const editor = await newTypeScriptCell(page)
  await page.keyboard.type(
    "const rate = spark.readStream.format('rate').option('rowsPerSecond', 20).load()\nrate.withW",
  )
  const suggestion = page.locator('.suggest-widget.visible')
  await expect(suggestion).toContainText('withWatermark', { timeout: 60_000 })
  await page.keyboard.press('Enter')
  await page.keyboard.type("('timestamp', '1 minute')")
  await runLive(page)
  await expect(outputsOf(editor)).toContainText('DataFrame[timestamp: timestamp, value: bigint]')

  // Its names are known in the next cell, to the checker and to the kernel.
  expect(
    await bench.run(`%%ts
const query = rate.writeStream.format('memory').queryName('seen').trigger({ processingTime: '1 second' }).start()
const batches: number[] = []
for await (const progress of query.progress()) {
  batches.push(progress.batchId)
  if (batches.length === 2) break
}
await query.stop()
spark.table('seen').createOrReplaceTempView('seen_view')
console.log(batches.join(), query.isActive)`),
  ).toBe('0,1 false\n')
  expect(await bench.run('print(spark.table("seen_view").count() >= 0, spark.table("seen_view").columns)')).toBe(
    "True ['timestamp', 'value']\n",
  )
  expect((await bench.tryRun('%%ts\nbatches.nope()')).error?.condition).toBe('TypeError')
})

test('TypeScript and SQL cells run while Python is busy, and a cell that never ends can be stopped', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await bench.run('%%ts\nconst kept = 1')
  const busy = bench.tryRun('import time\nfor _ in range(10**12): pass')
  await expect(page.getByRole('button', { name: /Interrupt cell/ })).toBeVisible()
  expect(await bench.run('%%ts\nconsole.log(await spark.range(kept + 2).count())')).toBe('3\n')
  await bench.run('%%sql\nSELECT 1 AS one')
  await expect(page.getByRole('grid').last()).toContainText('one')
  await bench.evaluate("runnel.command('interrupt')")
  expect((await busy).status).toBe('interrupted')

  const endless = bench.tryRun('%%ts\nwhile (true) {}')
  await expect(page.getByRole('button', { name: /Interrupt cell/ })).toBeVisible()
  await bench.evaluate("runnel.command('interrupt')")
  expect((await endless).status).toBe('interrupted')
  expect(await bench.run('%%ts\nconsole.log(kept)')).toBe('1\n')
})

async function newTypeScriptCell(page: Page) {
  await page.getByRole('button', { name: 'Add code at the end' }).click()
  await page.keyboard.press('Control+Alt+3')
  const cell = page.locator('[data-cell][aria-current="true"]')
  await expect(cell.getByRole('button', { name: /^Language of cell \d+: TypeScript$/ })).toBeVisible()
  return cell
}

async function runLive(page: Page): Promise<void> {
  await page.keyboard.press('Control+Enter')
}

function outputsOf(cell: ReturnType<Page['locator']>) {
  return cell.getByRole('group', { name: /output$/ })
}
