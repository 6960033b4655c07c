import { expect, test } from '@playwright/test'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

/** What goes wrong stays where it is: the pipeline runs on, and its counts are exact in the end. */
async function withPipeline(bench: Workbench, wrong: () => Promise<void>): Promise<void> {
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'bronze_events', 1)
  await wrong()
  for (const title of ['bronze_events', 'silver_events']) await batchesPass(bench, title, 1)
  expectExactlyOnce(await settle(bench))
}

/** The error of a query that fails; the others' states stay as they are. */
async function failureOf(bench: Workbench, title: string) {
  const found = async () => (await bench.queries()).find((query) => query.title === title)
  await expect.poll(async () => (await found())?.state, { timeout: 60_000 }).toBe('failed')
  return (await found())?.error ?? null
}

const RAW = `(spark.readStream.format("eventhubs")
    .option("eventhubs.connectionString", "Endpoint=sb://local/;EntityPath=${HUB}")
    .option("eventhubs.startingPosition", '{"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}'))`

test('a wrong option value is named with what would be right', async ({ page }) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    const { status, error } = await bench.tryRun(
      `${RAW}.option("eventhubs.maxEventsPerTrigger", "many").load().writeStream.format("noop").start()`,
    )
    expect(status).toBe('error')
    expect(error?.condition).toBe('_LEGACY_OPTION_VALUE')
    expect(error?.message).toBe('For input string: "many"')
    expect(error?.hint).toContain('maxEventsPerTrigger')
    await expect(page.getByText('For input string: "many"').first()).toBeVisible()
  })
})

test('an unknown format is refused at the cell that names it', async ({ page }) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    for (const code of [
      'spark.readStream.format("telegraph").load()',
      'spark.read.format("telegraph").load("Files/x")',
      `${RAW}.load().writeStream.format("telegraph").option("checkpointLocation", "Files/checkpoints/t").start()`,
    ]) {
      const { error } = await bench.tryRun(code)
      expect(error?.condition, code).toBe('DATA_SOURCE_NOT_FOUND')
      expect(error?.message).toContain('Failed to find the data source: telegraph.')
    }
  })
})

test('malformed JSON becomes nulls, or with FAILFAST fails its query alone', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench, { malformedShare: 0.2 })
  await bench.run(START_PIPELINE)
  await bench.run(`
strict = (raw.select(from_json(col("body").cast("string"), schema, {"mode": "FAILFAST"}).alias("data")).select("data.*")
    .writeStream.option("checkpointLocation", "Files/checkpoints/strict").queryName("strict").toTable("strict_events"))`)
  const error = await failureOf(bench, 'strict')
  expect(error).toMatchObject({ condition: 'STREAM_FAILED' })
  expect(JSON.stringify(error)).toContain('MALFORMED_RECORD_IN_PARSING')
  for (const title of ['bronze_events', 'silver_events']) await batchesPass(bench, title, 1)

  const counts = await settle(bench)
  const nulls = await bench.ask<number>('print(spark.table("bronze_events").where(col("eventID").isNull()).count())')
  expect(nulls).toBeGreaterThan(0)
  expect(counts.bronze).toBe(counts.sent)
  // All malformed rows share the null id.
  expect(counts.distinct).toBe(counts.sent - nulls + 1)
  expect(await bench.ask('print(spark.table("strict_events").where(col("eventID").isNull()).count())')).toBe(0)
})

test('appending another schema is refused and changes nothing', async ({ page }) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    await bench.run('spark.createDataFrame([(1, "a")], ["id", "name"]).write.saveAsTable("people")')
    const other = await bench.tryRun(
      'spark.createDataFrame([(2, "b", 3.5)], ["id", "name", "height"]).write.mode("append").saveAsTable("people")',
    )
    expect(other.error?.condition).toMatch(/^DELTA_METADATA_MISMATCH|^_LEGACY_ERROR_TEMP_DELTA_0007/)
    expect(other.error?.message).toContain('A schema mismatch detected when writing to the Delta table')
    const wrongType = await bench.tryRun(
      'spark.createDataFrame([("x", "b")], ["id", "name"]).write.mode("append").saveAsTable("people")',
    )
    expect(wrongType.error?.condition).toBe('DELTA_FAILED_TO_MERGE_FIELDS')
    expect(await bench.ask('print(spark.table("people").count())')).toBe(1)

    // A stream into a table of another shape fails; the table and the pipeline stay as they are.
    const stream = await bench.tryRun(`
wrong = (spark.readStream.format("rate").load().writeStream.queryName("wrong")
    .option("checkpointLocation", "Files/checkpoints/wrong").toTable("people"))`)
    if (stream.error === null) {
      expect(JSON.stringify(await failureOf(bench, 'wrong'))).toContain('schema mismatch')
    } else expect(stream.error.message).toContain('schema mismatch')
    expect(await bench.ask('print(spark.table("people").count())')).toBe(1)
  })
})

test('a checkpoint of another query is refused, and stays good for its own', async ({ page }) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    await bench.run('silver.stop()')
    await bench.run(`
foreign = (spark.readStream.format("rate").load().union(spark.readStream.format("rate").load())
    .writeStream.queryName("foreign").option("checkpointLocation", "Files/checkpoints/silver").toTable("foreign_rows"))`)
    const error = await failureOf(bench, 'foreign')
    expect(error?.message).toContain(
      'There are [1] sources in the checkpoint offsets and now there are [2] sources requested by the query. Cannot continue.',
    )
    expect(error?.hint).toContain('its own checkpointLocation')
    await bench.run(START_PIPELINE)
  })
})

test('of two queries on one checkpoint the first gives way, or the second is refused in Spark’s words', async ({
  page,
}) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    await bench.run('first = bronze')
    await bench.run(START_PIPELINE)
    expect((await bench.queries()).map(({ title, state }) => [title, state])).toEqual([
      ['bronze_events', 'running'],
      ['silver_events', 'running'],
    ])
    // The query object of the first start is over, as in Spark; it answers instead of failing.
    expect(
      await bench.ask(
        'import json\nprint(json.dumps([first.isActive, first.exception(), bronze.isActive, first.id == bronze.id]))',
      ),
    ).toEqual([false, null, true, true])

    await bench.run('spark.conf.set("spark.sql.streaming.stopActiveRunOnRestart", False)')
    const { error } = await bench.tryRun(START_PIPELINE)
    expect(error?.message).toMatch(
      /^Cannot start query with id [0-9a-f-]{36} as another query with same id is already active\. Perhaps you are attempting to restart a query from checkpoint that is already active\./,
    )
    expect((await bench.queries()).every(({ state }) => state === 'running')).toBe(true)
  })
})

test('mistakes in SQL, windows, modes and lambdas are named and marked in their cell, and the pipeline runs on', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    const events =
      'raw.select(from_json(col("body").cast("string"), "eventTime TIMESTAMP, eventType STRING").alias("d")).select("d.*")'
    for (const [code, condition, line] of [
      ['%%sql\nSELECT eventType,\n  count(*) FORM bronze_events', 'PARSE_SYNTAX_ERROR', 3],
      ["%%sql\nSELECT transform(array(1, 2),\n  x -> x + 'a')", 'CAST_INVALID_INPUT', 3],
      ['%%sql\nSELECT\n  filter(array(1, 2), x -> x + 1)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', 3],
      [
        'import pyspark.sql.functions as F\nxs = spark.sql("SELECT array(1, 2) AS xs")\nxs.select(F.transform("xs", lambda x: x + F.lit("a"))).show()',
        'CAST_INVALID_INPUT',
        3,
      ],
      ['\nxs.select(F.filter("xs", lambda x: x + 1))', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', 2],
      [`events = ${events}\nevents.groupBy(F.window("eventTime", "5 minuts")).count()`, 'CANNOT_PARSE_INTERVAL', 2],
      [
        'events.writeStream.outputMode("complete").format("memory").queryName("x").start()',
        'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
        1,
      ],
    ] as const) {
      const { error } = await bench.tryRun(code)
      expect(error?.condition, code).toBe(condition)
      expect(error?.hint, code).not.toBeNull()
      const cell = page.getByRole('group', { name: /^Cell \d+$/ }).last()
      await expect(cell.locator('[data-error-line]'), code).toHaveAttribute('data-error-line', String(line))
    }

    // A stream whose function fails, and one whose clock an event of the year 2099 has poisoned.
    await bench.run(`
def refuse(rows, batch_id):
    raise ValueError("no batch is good enough")
refusing = events.writeStream.queryName("refusing").foreachBatch(refuse).start()
late = (events.withWatermark("eventTime", "1 minute").groupBy(F.window("eventTime", "1 minute")).count()
    .writeStream.queryName("late").option("checkpointLocation", "Files/checkpoints/late").toTable("late"))`)
    const failure = await failureOf(bench, 'refusing')
    expect(JSON.stringify(failure)).toContain('no batch is good enough')
    await bench.run(`
from azure.eventhub import EventData, EventHubProducerClient
future = EventHubProducerClient.from_connection_string("Endpoint=sb://local/", eventhub_name="${HUB}")
batch = future.create_batch()
batch.add(EventData('{"eventTime": "2099-01-01T00:00:00Z", "eventType": "FUTURE", "eventID": "future", "extraPayload": []}'))
future.send_batch(batch)`)
    const card = page.getByRole('article', { name: 'Stream late' })
    await expect(card).toContainText(
      'newest event 2099-01-01 00:00:00 · ahead of stream time: events of today come too late',
    )
    await expect(card).toContainText(/late events dropped [1-9]/)
  })
})

test('a damaged state file stops its query with the name of the file; repaired, it goes on', async ({ page }) => {
  const bench = await Workbench.open(page)
  await withPipeline(bench, async () => {
    const start = `seen = (clicks.select("eventType").dropDuplicates().writeStream.queryName("seen")
    .option("checkpointLocation", "Files/checkpoints/seen").toTable("seen"))`
    await bench.run(start)
    await batchesPass(bench, 'seen', 1)
    await bench.run('seen.stop()')
    const before = await bench.ask<number>('print(spark.table("seen").count())')
    const file = "'/lakehouse/default/Files/checkpoints/seen/state/1.delta'"
    await bench.evaluate(`runnel.engine.readFile(${file}).then((bytes) => {
      globalThis.keptState = bytes.slice()
      bytes[bytes.length >> 1] ^= 16
      return runnel.engine.writeFile(${file}, bytes)
    })`)
    await bench.run(start)
    expect(await failureOf(bench, 'seen')).toMatchObject({
      condition: 'STREAM_FAILED',
      cause: { condition: 'CANNOT_LOAD_STATE_STORE.UNCATEGORIZED' },
    })
    const alert = page.getByRole('article', { name: 'Stream seen' }).getByRole('alert')
    await expect(alert).toContainText('checkpoints/seen/state/1.delta')
    await expect(alert).toContainText(
      'The file was changed or cut. Restore it, or start with a new checkpointLocation.',
    )

    await bench.evaluate(`runnel.engine.writeFile(${file}, globalThis.keptState)`)
    await bench.run(start)
    await batchesPass(bench, 'seen', 1)
    const distinct = 'print(spark.table("seen").select("eventType").distinct().count())'
    const rows = await bench.ask<number>('print(spark.table("seen").count())')
    expect(rows).toBeGreaterThanOrEqual(before)
    expect(await bench.ask<number>(distinct)).toBe(rows)
    await bench.run('seen.stop()')
  })
})
