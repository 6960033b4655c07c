import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { HUB, batchesPass, startProducer } from './pages/pipeline'
import { Workbench } from './pages/workbench'

/** A stream over the hub of the specs; `body` is text. */
const READ = `
from pyspark.sql.functions import col, count, from_json, window
raw = (spark.readStream.format("eventhubs")
    .option("eventhubs.connectionString", "Endpoint=sb://local/;EntityPath=${HUB}")
    .option("eventhubs.startingPosition", '{"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}')
    .load())
def parsed(schema):
    return raw.select(from_json(col("body").cast("string"), schema).alias("data")).select("data.*")
`
const START_BRONZE = `
bronze = (parsed("eventID STRING, eventType STRING").writeStream
    .option("checkpointLocation", "Files/checkpoints/bronze").toTable("bronze"))
`

const card = (page: Page, title: string) => page.getByRole('article', { name: `Stream ${title}` })

async function crash(page: Page, title: string, place: string): Promise<void> {
  await page.getByRole('button', { name: `Crash ${title}` }).click()
  await page.getByRole('menuitem', { name: place }).click()
  await expect(card(page, title).getByRole('button', { name: 'Recover' })).toBeVisible()
}

test('crash on purpose and recover: Delta loses and doubles nothing, a naive foreachBatch doubles and says why', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(READ + START_BRONZE)
  await bench.run(`
def keep(rows, batch_id):
    rows.write.format("delta").mode("append").saveAsTable("naive")
naive = (parsed("eventID STRING").writeStream.queryName("naive_copy").foreachBatch(keep)
    .option("checkpointLocation", "Files/checkpoints/naive").start())
`)
  await batchesPass(bench, 'bronze', 1)
  await expect(card(page, 'bronze').getByText('in-browser hub')).toBeVisible()

  await crash(page, 'bronze', 'after sink write')
  await card(page, 'bronze').getByRole('button', { name: 'Recover' }).click()
  const delivery = page.getByRole('status', { name: 'Delivery of bronze' })
  await expect(delivery).toContainText(/sent [\d,]+ · in table ([\d,]+) · distinct \1 · lost 0 · doubled 0/)

  await batchesPass(bench, 'naive_copy', 1)
  await crash(page, 'naive_copy', 'after sink write')
  await card(page, 'naive_copy').getByRole('button', { name: 'Recover' }).click()
  const naive = page.getByRole('status', { name: 'Delivery of naive_copy' })
  await expect(naive).toContainText(/lost 0 · doubled [1-9]/)
  await expect(naive).toContainText('txnAppId')
})

test('a query without rows says why: names that differ, a filter, a window that is open and can be closed', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(`${READ}
where = "Files/checkpoints/"
names = (parsed("eventid STRING").filter("eventid IS NOT NULL").writeStream
    .queryName("names").option("checkpointLocation", where + "names").toTable("names"))
none = (parsed("eventType STRING").filter("eventType = 'REFUND'").writeStream
    .queryName("none").option("checkpointLocation", where + "none").toTable("none"))
gold = (parsed("eventTime TIMESTAMP, eventType STRING").withWatermark("eventTime", "10 minutes")
    .groupBy(window("eventTime", "5 minutes"), "eventType").agg(count("*").alias("n"))
    .writeStream.queryName("gold").option("checkpointLocation", where + "gold").toTable("gold"))
`)
  await expect(card(page, 'names')).toContainText('100 % of `data` is NULL: field names differ: eventid vs eventID.')
  await expect(card(page, 'none')).toContainText(/All [\d,]+ rows? of the last batch (was|were) filtered out by/)
  await expect(card(page, 'gold')).toContainText(
    /No window has closed yet\. \d\d:\d\d-\d\d:\d\d leaves when an event later than/,
  )
  await expect(card(page, 'gold')).toContainText(/watermark .* · newest event \d\d:\d\d:\d\d/)

  await card(page, 'gold').getByRole('button', { name: 'Skip there' }).click()
  await expect(card(page, 'gold')).not.toContainText('No window has closed yet')
  await expect
    .poll(() => bench.ask<number>('import json\nprint(json.dumps(spark.table("gold").count()))'))
    .toBeGreaterThan(0)

  // Twenty events that are 15 to 25 minutes old now come behind the watermark.
  await page.getByRole('button', { name: 'More for gold' }).click()
  await page.getByRole('menuitem', { name: 'Inject late events (20)' }).click()
  await expect(card(page, 'gold')).toContainText(/late events dropped 20/)
  await card(page, 'gold').getByText('late events dropped').click()
  await expect(card(page, 'gold').getByRole('listitem').first()).toContainText(
    /event \d\d:\d\d:\d\d, window \d\d:\d\d-\d\d:\d\d ended, watermark \d\d:\d\d:\d\d/,
  )
})

test('display(stream) shows its newest rows and ends with its cell; show() on a stream offers it', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(`${READ}\nclicks = parsed("eventID STRING, eventType STRING")\ndisplay(clicks)`)
  const preview = page.getByRole('group', { name: 'Preview display_query_1' })
  await expect(preview.getByRole('row').nth(3)).toBeVisible()
  await expect(preview).toContainText(/rows\/s/)
  const height = (await preview.boundingBox())?.height
  await batchesPass(bench, 'display_query_1', 2)
  expect((await preview.boundingBox())?.height).toBe(height)

  await page
    .getByRole('button', { name: /^More for cell \d+$/ })
    .last()
    .click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(preview).toBeHidden()
  await expect
    .poll(async () => (await bench.queries()).find(({ title }) => title === 'display_query_1')?.state)
    .toBe('stopped')

  const refused = await bench.tryRun('clicks.show()')
  expect(refused.error?.message).toContain('writeStream.start()')
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByRole('group', { name: 'Preview display_query_2' })).toBeVisible()
})

test('the hub strip, a real connection string, and the files of a checkpoint in sentences', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.evaluate(`runnel.broker.createHub('${HUB}', 2)`)
  await bench.run(READ + START_BRONZE)
  await page.getByRole('button', { name: 'Send sample clicks' }).first().click()
  await batchesPass(bench, 'bronze', 1)
  await page.getByRole('region', { name: 'Streams' }).getByRole('button', { name: 'Stop stream' }).click()
  await expect(card(page, 'bronze')).toContainText('stopped after batch')

  await page.getByRole('button', { name: 'Files', exact: true }).click()
  for (const folder of ['Lakehouse', 'default', 'Files', 'checkpoints', 'bronze', 'offsets'])
    await page.getByRole('treeitem', { name: folder, exact: true }).first().click()
  await page.getByRole('treeitem', { name: /^1/ }).first().click()
  const drawer = page.getByRole('region', { name: 'Preview' })
  await expect(drawer).toContainText(
    /Batch 1 was planned at \d\d:\d\d:\d\d to read partition \d from [\d,]+ to [\d,]+.* and was finished\./,
  )
  await drawer.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('Spark then knows nothing of batch 1')
  await page.getByRole('button', { name: 'Cancel' }).click()

  const key = 'k'.repeat(43)
  const real = await bench.tryRun(`
conn = "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=${key}=;EntityPath=clicks"
spark.readStream.format("eventhubs").option("eventhubs.connectionString", conn).load()
`)
  expect(real.error?.condition).toBe('EVENT_HUB_NOT_REACHABLE')
  const question = page.getByText('This looks like a real Event Hub. This version does not connect to Azure.').first()
  await expect(question).toBeVisible()
  await page.getByRole('button', { name: 'Use the in-browser hub clicks instead' }).click()
  await expect(question).toBeHidden()
})

test('event time is drawn from the own run: windows close by the watermark, a late row is left out and shown', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await bench.run(`
from pyspark.sql.functions import col, count, window
def arrive(*times):
    rows = spark.createDataFrame([(f"2026-01-15 {time}",) for time in times], "at STRING")
    rows.select(col("at").cast("timestamp")).write.mode("append").saveAsTable("arrivals")
    if spark.streams.active:
        spark.streams.active[0].processAllAvailable()
arrive("10:00:10", "10:01:50")
per_window = (spark.readStream.table("arrivals").withWatermark("at", "1 minute")
    .groupBy(window("at", "2 minutes")).agg(count("*").alias("n")))
query = (per_window.writeStream.queryName("minutes").option("checkpointLocation", "Files/checkpoints/minutes")
    .toTable("per_window"))
query.processAllAvailable()
`)
  await page.getByRole('button', { name: 'Event time of minutes' }).click()
  const drawer = page.getByRole('region', { name: 'Event time', exact: true })
  const windows = drawer.getByRole('region', { name: 'Windows of minutes' })
  await expect(windows.getByRole('row').nth(1)).toHaveText(
    /10:00:00–10:02:00\s*2\s*0\s*open until the watermark reaches 10:02:00/,
  )

  // One at 10:03:30 moves the watermark past the window's end; what comes for it then is too late.
  await bench.run('arrive("10:03:30")')
  const first = windows.getByRole('row', { name: /10:00:00/ })
  await expect(first).toHaveText(/2\s*0\s*given out in batch \d+/)
  await bench.run('arrive("10:00:30", "10:03:40")')
  await expect(first).toHaveText(/2\s*1\s*given out in batch \d+/)
  await expect(drawer.getByRole('img', { name: /1 row left out as late/ })).toBeVisible()
  expect(await bench.ask<number>('print(spark.table("per_window").first()["n"])')).toBe(2)
  await expect(card(page, 'minutes')).toContainText('late events dropped 1')

  await drawer.getByRole('button', { name: 'Close event time' }).click()
  await expect(drawer).toBeHidden()
})
