import { expect, test } from '@playwright/test'
import { HUB, batchesPass, startProducer } from './pages/pipeline'
import { Workbench } from './pages/workbench'

/** A cell that does not end says what it waits for, and how to go on (B14). */

const BRONZE = `bronze = (spark.readStream.format("eventhubs")
    .option("eventhubs.connectionString", "Endpoint=sb://local/;EntityPath=${HUB}")
    .option("eventhubs.startingPosition", '{"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}')
    .load().selectExpr("CAST(body AS STRING) body")
    .writeStream.option("checkpointLocation", "Files/checkpoints/bronze").toTable("bronze"))`

test('Run all waits for a stream, sleeps and meets an error, and goes on as told', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.evaluate('runnel.setSpeed(1)')
  await bench.newNotebook([
    BRONZE,
    'bronze.awaitTermination()',
    'import time\nstarted = time.time()\ntime.sleep(3600)\nprint("slept", round(time.time() - started))',
    '.option("a", "b")',
    'ehConf = {}\nEventHubsConf("x").setMaxEventsPerTrigger(10)',
    'missing_name',
    '40 + 2',
  ])
  await page.getByRole('button', { name: 'Run all' }).click()

  const waiting = bench.cell(3).getByRole('status')
  await expect(waiting).toContainText(/Waiting for bronze( \(batch \d+\))?\. The cells below wait too\./)
  await expect(waiting.getByRole('button', { name: 'Stop the stream' })).toBeVisible()
  // The notebook is scrolled to its end, and the cell is not the selected one: the click must arrive all the same.
  await waiting.getByRole('button', { name: 'Stop waiting, keep the stream' }).click()

  const sleeping = bench.cell(4).getByRole('status')
  await expect(sleeping).toContainText(/Sleeping \d+:\d\d of 1:00:00 in stream time · streams go on/)
  await batchesPass(bench, 'bronze', 2)
  await sleeping.getByRole('button', { name: 'Skip' }).click()
  await expect(bench.cell(4)).toContainText(/slept 36\d\d/)

  // A fix is applied and the cell runs again; what has none is skipped.
  await expect(page.getByText('Stopped at cell 6.')).toBeVisible()
  await page.getByRole('button', { name: 'Apply fix and go on' }).click()
  await expect(page.getByText('Stopped at cell 7.')).toBeVisible()
  await expect(bench.cell(6)).toContainText('ehConf["maxEventsPerTrigger"] = 1000')
  await expect(page.getByRole('button', { name: 'Apply fix and go on' })).toBeHidden()
  await page.getByRole('button', { name: 'Skip', exact: true }).click()
  await expect(page.getByText(/^Run all: /)).toHaveText(
    'Run all: 4 ok · 1 fragment skipped · 1 wait ended · 1 stream running',
  )
  await expect(page.getByText('Take your work with you:')).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText(/Saved in this browser · \d notebooks? · [\d.]+ MB/)

  // Stop the stream ends the wait, and its cell is fine.
  await bench.cell(3).getByRole('button', { name: 'Run cell 3' }).click()
  await waiting.getByRole('button', { name: 'Stop the stream' }).click()
  await expect(bench.cell(3)).toContainText('✓')
  await expect(page.getByText(/^bronze: stopped after batch \d+; restart continues at \d+\.$/)).toBeVisible()
})

test('a Python loop that never ends is named, what waits for it says so, and SQL still answers', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run('spark.range(7).write.saveAsTable("numbers")')
  await bench.newNotebook([
    'rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()\n' +
      'copy = rate.writeStream.queryName("copy").foreachBatch(lambda rows, batch: None).start()',
    'while True:\n    pass',
    '%%sql\nSELECT count(*) * 6 AS answer FROM numbers',
  ])
  await bench.cell(2).getByRole('button', { name: 'Run cell 2' }).click()
  await batchesPass(bench, 'copy', 1)
  await bench.cell(3).getByRole('button', { name: 'Run cell 3' }).click()
  await expect(bench.cell(2)).toContainText(/batch \d+ waits for Python \(busy in cell 3\)/)
  const busy = bench.cell(3).getByRole('status')
  await expect(busy).toContainText('Python is busy in cell 3; SQL and TypeScript cells still run.')

  await bench.cell(4).getByRole('button', { name: 'Run cell 4' }).click()
  await expect(bench.cell(4).getByRole('gridcell', { name: '42', exact: true })).toBeVisible()

  await busy.getByRole('button', { name: 'Interrupt' }).click()
  await expect(bench.cell(3)).toContainText('Interrupted after')
  await batchesPass(bench, 'copy', 1)
  await expect(bench.cell(2)).not.toContainText('waits for Python')
})
