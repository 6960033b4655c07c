import { expect, test } from '@playwright/test'
import { note } from './pages/note'
import { Workbench } from './pages/workbench'
import { START_PIPELINE, batchesPass, startProducer } from './pages/pipeline'

/** Minutes of work for one core; nothing of it fits a cache or a shortcut. */
const LONG_QUERY = `
from pyspark.sql.functions import col, sum as total
spark.range(20_000_000_000).groupBy((col("id") % 1000).alias("key")).agg(total("id")).collect()
`

const FIVE_STREAMS = `${START_PIPELINE}
rate = spark.readStream.format("rate").option("rowsPerSecond", 20).load()
nothing = rate.writeStream.format("noop").trigger(processingTime="1 second").start()
kept = rate.writeStream.format("memory").queryName("kept").trigger(processingTime="1 second").start()
printed = rate.writeStream.format("console").trigger(processingTime="1 second").start()
`

/** A function that sleeps for an hour of stream time in every batch. */
const SLEEPER = `
import time
entered = []
def sleep_long(batch, batch_id):
    entered.append(batch_id)
    time.sleep(3600)
sleeper = (spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    .writeStream.queryName("sleeper").foreachBatch(sleep_long).start())
`

/** Starts a cell without waiting for its end; \`longRun\` in the page settles with its outcome. */
async function startCell(bench: Workbench, code: string): Promise<void> {
  await bench.evaluate(
    `void (globalThis.longEnded = false, globalThis.longRun = runnel.runCode(${JSON.stringify(code)}).finally(() => (globalThis.longEnded = true)))`,
  )
}

/** Milliseconds of real time, measured in the page. */
function timed(bench: Workbench, expression: string): Promise<number> {
  return bench.evaluate(
    `(async () => { const start = performance.now(); await (${expression}); return performance.now() - start })()`,
  )
}

test('with five streams running, show() answers', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(FIVE_STREAMS)
  const titles = (await bench.queries()).map(({ title }) => title)
  expect(titles).toHaveLength(5)
  for (const title of titles) await batchesPass(bench, title, 1)

  expect((await bench.run('spark.range(3).show()')).trim()).toBe('+---+\n| id|\n+---+\n|  0|\n|  1|\n|  2|\n+---+')
  const start = Date.now()
  expect(await bench.run('spark.table("bronze_events").select("eventType").show(2)')).toContain(
    'only showing top 2 rows',
  )
  note('show() of a table', `${Date.now() - start} ms`)
  expect(Date.now() - start).toBeLessThan(10_000)

  for (const query of await bench.queries()) expect(query.state, query.title).toBe('running')
  for (const title of titles) await batchesPass(bench, title, 1)
})

test('a long batch query leaves the catalog answering, and Interrupt ends it', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run('spark.range(10).write.saveAsTable("numbers")')
  await startCell(bench, LONG_QUERY)
  await expect(page.getByRole('button', { name: /^Interrupt cell/ })).toBeVisible()
  // The query has left the engine worker when its own worker has taken the plan.
  await timed(bench, 'runnel.engine.tables()')

  const answers: number[] = []
  for (let i = 0; i < 20; i++) answers.push(await timed(bench, 'runnel.engine.tables()'))
  const median = answers.sort((a, b) => a - b)[10]
  note('catalog', `median ${median.toFixed(1)} ms, worst ${answers[19].toFixed(1)} ms`)
  expect(median).toBeLessThan(100)
  expect(await bench.evaluate('longEnded')).toBe(false)

  const button = page.getByRole('button', { name: 'Interrupt', exact: true }).first()
  const tookMs = await button.evaluate(async (element: HTMLElement) => {
    const start = performance.now()
    element.click()
    await (globalThis as unknown as { longRun: Promise<unknown> }).longRun
    return performance.now() - start
  })
  note('Interrupt', `${tookMs.toFixed(0)} ms`)
  expect(tookMs).toBeLessThan(500)
  expect(await bench.evaluate<{ status: string }>('longRun')).toMatchObject({ status: 'interrupted' })
  expect(await bench.ask('print(spark.table("numbers").count())')).toBe(10)
})

test('a stream stops while its Python function runs', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run(SLEEPER)
  await expect
    .poll(async () => (await bench.queries()).find(({ title }) => title === 'sleeper')?.status.isTriggerActive, {
      timeout: 30_000,
    })
    .toBe(true)
  const id = await bench.query('sleeper')
  const tookMs = await timed(bench, `runnel.engine.stopQuery(${JSON.stringify(id)})`)
  note('stop from the page', `${tookMs.toFixed(0)} ms`)
  expect(tookMs).toBeLessThan(2_500)
  expect(await bench.ask('print(int(sleeper.isActive))')).toBe(0)
})

test('a cell stops a stream whose function waits for Python', async ({ page }) => {
  const bench = await Workbench.open(page)
  // While this cell computes, the batch waits for Python; stop() must not wait for the batch.
  const tookMs = await bench.ask<number>(`${SLEEPER}
while not sleeper.status["isTriggerActive"]:
    pass
start = time.perf_counter()
sleeper.stop()
print(int((time.perf_counter() - start) * 1000))`)
  note('stop from a cell', `${tookMs} ms`)
  expect(tookMs).toBeLessThan(2_500)
  expect(await bench.ask('print(len(entered))')).toBe(0)
})

test('during time.sleep one stream’s function stops another whose function sleeps', async ({ page }) => {
  const bench = await Workbench.open(page)
  const took = await bench.ask<{ stopMs: number; sleepMs: number; entered: number; active: boolean }>(`${SLEEPER}
import json
stops = []
def stop_sleeper(batch, batch_id):
    if entered and not stops:
        start = time.perf_counter()
        sleeper.stop()
        stops.append(time.perf_counter() - start)
stopper = (spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    .writeStream.queryName("stopper").foreachBatch(stop_sleeper).start())
start = time.perf_counter()
while not stops:
    time.sleep(1)
    if time.perf_counter() - start > 60:
        break
print(json.dumps({"stopMs": stops[0] * 1000, "sleepMs": (time.perf_counter() - start) * 1000,
    "entered": len(entered), "active": sleeper.isActive}))
stopper.stop()`)
  note('stop in a function', JSON.stringify(took))
  expect(took).toMatchObject({ entered: 1, active: false })
  expect(took.stopMs).toBeLessThan(2_500)
})

test('two functions that sleep do not hold each other up', async ({ page }) => {
  const bench = await Workbench.open(page)
  // The first sleep is over while the second one, on top of it in the one Python, still waits for stream time.
  const ended = await bench.ask<string[]>(`
import json, time
ended = []
def short(batch, batch_id):
    if not ended:
        time.sleep(2)
        ended.append("short")
def long(batch, batch_id):
    if ended == []:
        time.sleep(5)
        ended.append("long")
rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
queries = [rate.writeStream.foreachBatch(f).start() for f in (short, long)]
start = time.perf_counter()
while len(ended) < 2 and time.perf_counter() - start < 60:
    time.sleep(1)
for query in queries:
    query.stop()
print(json.dumps(ended))`)
  expect(ended).toEqual(['long', 'short'])
})

test('a function that stops its own stream ends it', async ({ page }) => {
  const bench = await Workbench.open(page)
  const answer = await bench.ask<{ active: boolean; seen: number }>(`
import json, time
seen = []
def stop_myself(batch, batch_id):
    seen.append(batch.count())
    own.stop()
own = (spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    .writeStream.queryName("own").foreachBatch(stop_myself).start())
own.awaitTermination(60)
print(json.dumps({"active": own.isActive, "seen": len(seen)}))`)
  expect(answer).toEqual({ active: false, seen: 1 })
})
