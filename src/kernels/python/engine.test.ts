import { MessageChannel } from 'node:worker_threads'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allocateBridge } from '../../protocol/bridge/channel'
import { ClockWriter, allocateClock } from '../../protocol/clock/session-clock'
import type { CellOutcome, KernelEvent } from '../../protocol/workers/kernel'
import { startWorkerThread } from '../../testing/bundle-worker'
import { SESSION, inProcessEngine } from '../../testing/in-process-engine'
import type { InProcessEngine } from '../../testing/in-process-engine'
import { assetsUrl, buildAssets } from '../../testing/test-kernel'

/** Python in a worker thread on the real engine: what a notebook does, end to end, without a browser. */
let engine: InProcessEngine
let worker: Worker
const events: KernelEvent[] = []
let number = 0

beforeAll(async () => {
  buildAssets()
  engine = await inProcessEngine()
  const bridge = allocateBridge()
  const clock = allocateClock(true)
  new ClockWriter(clock).start(Date.UTC(2026, 0, 1))
  const kick = new MessageChannel()
  const eventPort = new MessageChannel()
  eventPort.port1.on('message', (event: KernelEvent) => events.push(event))
  await engine.api.connectKernel(SESSION, bridge, kick.port1 as unknown as MessagePort)
  const config = { session: SESSION, bridge, clock, assetsUrl, compatibility: 'workshop' as const }
  worker = await startWorkerThread(
    new URL('../../testing/python-worker.ts', import.meta.url),
    { config, engine: kick.port2, events: eventPort.port2 },
    [kick.port2, eventPort.port2],
  )
  await new Promise((resolve) => worker.once('message', resolve))
}, 90_000)

afterAll(async () => {
  await worker.terminate()
  await engine.close()
})

test('batch rows go there and back', async () => {
  expect(
    await run(
      'df = spark.createDataFrame([(1, "é"), (2, None)], ["a", "b"])\nprint(df.withColumn("c", df.a + 1).collect())',
    ),
  ).toBe("[Row(a=1, b='é', c=2), Row(a=2, b=None, c=3)]\n")
  expect(await run('spark.range(2).show()')).toBe('+---+\n| id|\n+---+\n|  0|\n|  1|\n+---+\n\n')
}, 60_000)

test('a producer, a stream from the hub to a table, and its progress', async () => {
  const printed = await run(`
producer = EventHubProducerClient.from_connection_string("Endpoint=sb://...", eventhub_name="clicks")
batch = producer.create_batch()
for n in range(5):
    batch.add(EventData(json.dumps({"n": n})))
producer.send_batch(batch)
options = {"eventhubs.connectionString": "Endpoint=sb://...;EntityPath=clicks", "startingPosition": json.dumps({"offset": "-1"})}
raw = spark.readStream.format("eventhubs").options(**options).load()
parsed = raw.select(from_json(col("body").cast("string"), "n INT").alias("data")).select("data.*")
query = parsed.writeStream.format("delta").option("checkpointLocation", "/c/bronze").trigger(availableNow=True).table("bronze")
query.awaitTermination()
print(spark.table("bronze").count(), query.isActive, spark.table("bronze").agg({"n": "sum"}).first()[0])
print(query.lastProgress["id"] == query.id, len(query.recentProgress) > 0)
`)
  expect(printed).toBe('5 False 10\nTrue True\n')
}, 60_000)

test('foreachBatch runs in the notebook with that batch', async () => {
  const printed = await run(`
seen = []
def each(df, batch_id):
    seen.append(df.count())
    print("batch of", df.count())
query = spark.readStream.table("bronze").writeStream.foreachBatch(each).trigger(availableNow=True).start()
query.awaitTermination()
print(seen)
`)
  expect(printed).toBe('[batch 0] batch of 5\n[5]\n')
}, 60_000)

test('foreachBatch: batch id, several actions, Delta writes that a repeat does not double', async () => {
  const printed = await run(`
def upsert(df, batch_id):
    df.persist()
    for _ in range(2):
        df.write.format("delta").mode("append").option("txnAppId", "copy").option("txnVersion", batch_id).saveAsTable("once")
    df.unpersist()
    print(type(batch_id).__name__, df.isStreaming, df.sparkSession.range(2).count(), df.columns, df.count())
query = spark.readStream.table("bronze").writeStream.foreachBatch(upsert).option("checkpointLocation", "/c/once").trigger(availableNow=True).start()
query.awaitTermination()
print(spark.table("once").count())
`)
  expect(printed).toBe("[batch 0] int False 2 ['n'] 5\n5\n")
}, 60_000)

test('a failing foreachBatch ends its query with the traceback and the words of Spark, others go on', async () => {
  const printed = await run(`
from pyspark.errors import StreamingQueryException
def fail(df, batch_id):
    raise ValueError("no luck with batch " + str(batch_id))
other = spark.readStream.format("rate").load().writeStream.format("noop").start()
query = spark.readStream.table("bronze").writeStream.foreachBatch(fail).trigger(availableNow=True).start()
try:
    query.awaitTermination()
except StreamingQueryException as error:
    text = str(error)
print("[STREAM_FAILED]" in text, "[FOREACH_BATCH_USER_FUNCTION_ERROR] An error occurred in the user provided function in foreach batch sink. Reason: An exception was raised by the Python Proxy. Return Message: Traceback (most recent call last):" in text)
print("ValueError: no luck with batch 0" in text, "SQLSTATE: 39000" in text)
print(query.isActive, other.isActive, query.exception() is not None)
other.stop()
`)
  expect(printed).toBe('True True\nTrue True\nFalse True True\n')
}, 60_000)

test('foreach calls a function, or open, process and close, for each row', async () => {
  const printed = await run(`
rows, calls = [], []
class Writer:
    def open(self, partition_id, epoch_id):
        calls.append(("open", partition_id, epoch_id))
        return True
    def process(self, row):
        calls.append(("process", row.n))
    def close(self, error):
        calls.append(("close", error))
for f in (lambda row: rows.append(row.n), Writer()):
    spark.readStream.table("bronze").writeStream.foreach(f).trigger(availableNow=True).start().awaitTermination()
print(sorted(rows), calls[0], sorted(calls[1:-1]), calls[-1])
`)
  expect(printed).toBe(
    "[0, 1, 2, 3, 4] ('open', 0, 0) [('process', 0), ('process', 1), ('process', 2), ('process', 3), ('process', 4)] ('close', None)\n",
  )
}, 60_000)

test('DeltaTable tells the history and details of a table', async () => {
  const printed = await run(`
from delta.tables import DeltaTable
table = DeltaTable.forName(spark, "once")
print([(row.version, row.operation) for row in table.history().select("version", "operation").collect()])
print(table.detail().select("format", "numFiles").collect()[0].format, table.toDF().count(), DeltaTable.isDeltaTable(spark, "Tables/once"))
`)
  expect(printed).toBe("[(0, 'CREATE TABLE AS SELECT')]\ndelta 5 True\n")
}, 60_000)

test('a memory table is a table of every cell, and Kafka topics are written and read', async () => {
  const printed = await run(`
spark.createDataFrame([("k", "1"), ("k", "2")], ["key", "value"]).write.format("kafka").option("kafka.bootstrap.servers", "localhost:9092").option("topic", "t").save()
stream = spark.readStream.format("kafka").option("kafka.bootstrap.servers", "localhost:9092").option("subscribe", "t").option("startingOffsets", "earliest").load()
stream.selectExpr("CAST(value AS STRING) AS v").writeStream.format("memory").queryName("held").trigger(availableNow=True).start().awaitTermination()
`)
  expect(printed).toBe('')
  expect(await run('print(sorted(row.v for row in spark.table("held").collect()))')).toBe("['1', '2']\n")
}, 60_000)

test('an error of the engine arrives with its class, hint and place', async () => {
  const outcome = await runCell('x = 1\nspark.range(1).select("nope")')
  expect(outcome.error).toMatchObject({
    condition: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    exception: 'AnalysisException',
    place: { line: 2 },
  })
}, 60_000)

async function run(source: string): Promise<string> {
  const outcome = await runCell(source)
  expect(outcome.error).toBeNull()
  return events
    .flatMap((event) => (event.kind === 'output' && event.output.output_type === 'stream' ? [event.output.text] : []))
    .join('')
}

function runCell(source: string): Promise<CellOutcome> {
  number++
  events.length = 0
  return new Promise((resolve) => {
    // Events travel on another port: let them arrive.
    worker.once('message', ({ outcome }: { outcome: CellOutcome }) => setTimeout(() => resolve(outcome), 50))
    worker.postMessage({ cell: `cell-${number}`, cellNumber: number, executionCount: number, source })
  })
}
