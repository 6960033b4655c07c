import { expect } from '@playwright/test'
import type { ProducerConfig } from '../../src/protocol/workers/broker'
import type { Workbench } from './workbench'

/** A hub of the specs' own: no notebook declares a producer for it. */
export const HUB = 'spec-clicks'

/** The workshop's pipeline in short: events from a hub to bronze, exploded to silver, with triggers in stream time. */
export const START_PIPELINE = `
from pyspark.sql.functions import col, explode, from_json
schema = """eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>,
  extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>"""
raw = (spark.readStream.format("eventhubs")
    .option("eventhubs.connectionString", "Endpoint=sb://local/;EntityPath=${HUB}")
    .option("eventhubs.startingPosition", '{"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}')
    .load())
clicks = raw.select(from_json(col("body").cast("string"), schema).alias("data")).select("data.*")
bronze = (clicks.writeStream.option("checkpointLocation", "Files/checkpoints/bronze")
    .trigger(processingTime="1 second").toTable("bronze_events"))
silver = (spark.readStream.table("bronze_events").withColumn("item", explode("extraPayload"))
    .writeStream.option("checkpointLocation", "Files/checkpoints/silver")
    .trigger(processingTime="2 seconds").toTable("silver_events"))
`

/** Prints `Counts` but for `sent`. */
export const COUNT = `
import json
from pyspark.sql.functions import col, count, size, sum as total
bronze_rows = spark.table("bronze_events")
print(json.dumps({
    "bronze": bronze_rows.count(),
    "distinct": bronze_rows.select("eventID").distinct().count(),
    "items": bronze_rows.agg(total(size(col("extraPayload"))).alias("n")).collect()[0]["n"] or 0,
    "silver": spark.table("silver_events").count(),
}))
`

export type Counts = { sent: number; bronze: number; distinct: number; items: number; silver: number }

/** Sends until told otherwise, at a rate that keeps several batches of work waiting. */
export async function startProducer(
  bench: Workbench,
  {
    eventsPerSecond = 40,
    malformedShare = 0,
  }: Partial<Pick<ProducerConfig, 'eventsPerSecond' | 'malformedShare'>> = {},
): Promise<void> {
  const config = {
    hub: HUB,
    preset: 'workshop',
    seed: 7,
    eventsPerSecond,
    lateShare: 0,
    outOfOrderShare: 0,
    malformedShare,
    maxEvents: null,
    numKeys: 0,
  }
  await bench.evaluate(
    `runnel.broker.createHub(${JSON.stringify(HUB)}, 4).then(() => runnel.broker.startProducer(${JSON.stringify(config)}))`,
  )
}

/** Stops sending, lets both queries read everything, and counts. */
export async function settle(bench: Workbench): Promise<Counts> {
  await bench.evaluate('runnel.broker.stopAllProducers()')
  for (const title of ['bronze_events', 'silver_events']) {
    await bench.evaluate(`runnel.engine.processAllAvailable(${JSON.stringify(await bench.query(title))})`)
  }
  const sent = await bench.sent(HUB)
  return { sent, ...(await bench.ask<Omit<Counts, 'sent'>>(COUNT)) }
}

/** Every event whose append resolved stands in bronze once; silver has one row for each payload item of bronze. */
export function expectExactlyOnce(counts: Counts): void {
  expect(counts.sent).toBeGreaterThan(0)
  expect(counts).toMatchObject({ bronze: counts.sent, distinct: counts.sent, silver: counts.items })
}

/** Waits until the query has finished so many more batches. */
export async function batchesPass(bench: Workbench, title: string, count: number): Promise<void> {
  const lastBatchId = async () => (await bench.queries()).find((query) => query.title === title)?.lastBatchId ?? -1
  const before = await lastBatchId()
  await expect.poll(lastBatchId, { timeout: 60_000 }).toBeGreaterThanOrEqual(before + count)
}
