import { expect, test } from '@playwright/test'
import { HUB, batchesPass, startProducer } from './pages/pipeline'
import { Workbench } from './pages/workbench'

const PARSED = `
from pyspark.sql.functions import col, from_json, window
parsed = (spark.readStream.format("eventhubs")
    .option("eventhubs.connectionString", "Endpoint=sb://local/;EntityPath=${HUB}")
    .option("eventhubs.startingPosition", '{"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}')
    .load().select(from_json(col("body").cast("string"), "eventTime TIMESTAMP, eventType STRING").alias("d")).select("d.*"))
`
const windowed = (length: string) => `${PARSED}
gold = (parsed.withWatermark("eventTime", "1 minute").groupBy(window("eventTime", "${length}")).count()
    .writeStream.option("checkpointLocation", "Files/checkpoints/gold").toTable("gold"))`

test('a cell that runs again says what that does: it continues, an earlier run goes on, or the plan has changed', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.newNotebook([
    windowed('5 minutes'),
    'free = parsed.writeStream.format("noop").start()',
    windowed('1 minute'),
  ])
  const run = (number: number) =>
    bench
      .cell(number)
      .getByRole('button', { name: `Run cell ${number}` })
      .click()
  const gold = page.getByRole('article', { name: 'Stream gold' })

  await run(2)
  await batchesPass(bench, 'gold', 1)
  await run(2)
  await expect(gold).toContainText(/run 2 · continues at batch \d+/)
  await expect(bench.cell(2)).toContainText(/run 2 · continues at batch \d+/)
  await batchesPass(bench, 'gold', 1)
  // The same text is the same plan.
  await expect(gold).not.toContainText('has changed')
  await expect(page.getByRole('article', { name: 'Stream gold' })).toHaveCount(1)

  await run(3)
  await batchesPass(bench, 'noop stream', 1)
  await run(3)
  await expect(bench.cell(3)).toContainText(/An earlier run of this cell is still going \(batch \d+\)\./)
  await bench.cell(3).getByRole('button', { name: 'Stop it' }).click()
  await expect(bench.cell(3)).not.toContainText('An earlier run')

  await run(4)
  await expect(gold).toContainText(
    'window 5 minutes → 1 minute: Spark accepts without checking; old windows stay in the state.',
  )
  await expect(gold).toContainText(/run 3 · continues at batch \d+/)
})

test('a console keeps its height and its last batches, and the three ways of stopping are three words', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.newNotebook([
    `${PARSED}told = parsed.writeStream.queryName("told").format("console").trigger(processingTime="1 second").start()`,
  ])
  await bench.cell(2).getByRole('button', { name: 'Run cell 2' }).click()
  const pane = bench.cell(2).getByLabel('Console of told', { exact: true })
  await expect(pane).toContainText('Batch: 0')
  await expect(page.getByText('On Fabric and Databricks this goes to the driver log.')).toBeVisible()
  const height = (await pane.boundingBox())?.height
  await expect(bench.cell(2)).toContainText(/\d+ earlier batch(es)?/, { timeout: 60_000 })
  await expect(bench.cell(2).getByRole('button', { name: 'Download Console of told' })).toBeVisible()
  expect((await pane.boundingBox())?.height).toBe(height)
  const numShown = async () => ((await pane.textContent()) ?? '').match(/Batch: \d+/g)?.length ?? 0
  expect(await numShown()).toBeGreaterThan(0)
  expect(await numShown()).toBeLessThanOrEqual(20)

  const ribbon = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  await expect(ribbon('Interrupt')).toBeDisabled()
  await expect(
    page.getByRole('article', { name: 'Stream told' }).getByRole('button', { name: 'Stop stream' }),
  ).toBeVisible()
  await ribbon('Stop producers').first().click()
  await expect(page.getByText('1 producer stopped.')).toBeVisible()
  // Nothing more comes, and the stream runs on until it is stopped in its turn.
  expect((await bench.queries()).map(({ state }) => state)).toEqual(['running'])
  const stopped = Date.now()
  await page.keyboard.press('Control+Shift+Period')
  await expect(page.getByRole('article', { name: 'Stream told' })).toContainText(
    /stopped after batch \d+; restart continues at \d+/,
  )
  test.info().annotations.push({ type: 'Stop all streams', description: `${Date.now() - stopped} ms` })
  await expect(page.getByRole('button', { name: 'Stop all streams (0)' }).first()).toBeDisabled()
})
