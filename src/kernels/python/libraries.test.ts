import { tableFromIPC } from 'apache-arrow'
import { beforeAll, expect, test } from 'vitest'
import type { Batch, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { ExecuteResult } from '../../protocol/workers/kernel-requests'
import { startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

let python: TestKernel

beforeAll(async () => {
  python = await startKernel()
  python.engine.answers.hubInfo = () => ({ partitions: [{ begin: 0, next: 3, lastEnqueuedMicros: 1_000_000 }] })
}, 60_000)

const params = <T>(method: string) =>
  python.engine.requests.flatMap((request) => (request.method === method ? [request.params as T] : []))

type Append = {
  hub: string
  values: Uint8Array
  valueOffsets: Int32Array
  partition: number | null
  key: string | null
  properties: unknown
}

test('a producer appends a batch as one block of bytes with offsets', async () => {
  const outcome = await python.run(`
from azure.eventhub import EventHubProducerClient, EventData
producer = EventHubProducerClient.from_connection_string(conn_str="Endpoint=sb://x/;EntityPath=clicks")
with producer:
    batch = producer.create_batch(partition_key="k")
    batch.add(EventData('{"a": 1}'))
    event = EventData(b"xy")
    event.properties = {"kind": "b", "n": 5}
    batch.add(event)
    producer.send_batch(batch)
print(len(batch), producer.get_partition_ids())
`)
  expect(outcome.error).toBeNull()
  expect(python.text()).toBe("2 ['0']\n")
  const [append] = params<Append>('hubAppend')
  expect(append).toMatchObject({ hub: 'clicks', partition: null, key: 'k', properties: [null, { kind: 'b', n: '5' }] })
  expect(new TextDecoder().decode(append.values)).toBe('{"a": 1}xy')
  expect(append.valueOffsets).toEqual(Int32Array.from([0, 8, 10]))
})

test('a batch refuses what would make it too large, and a closed client refuses to send', async () => {
  const outcome = await python.run(`
batch = EventHubProducerClient.from_connection_string("Endpoint=sb://x/", eventhub_name="h").create_batch(max_size_in_bytes=20)
try:
    batch.add(EventData("x" * 30))
except ValueError as full:
    print(full)
producer.send_batch([EventData("late")])
`)
  expect(python.text()).toBe('EventDataBatch has reached its size limit: 20\n')
  expect(outcome.error?.message).toContain('has been closed')
})

test('the asyncio producer sends too', async () => {
  const before = params('hubAppend').length
  const outcome = await python.run(`
from azure.eventhub.aio import EventHubProducerClient as AsyncProducer
async with AsyncProducer.from_connection_string("Endpoint=sb://x/", eventhub_name="h") as p:
    batch = await p.create_batch()
    batch.add(EventData("a"))
    await p.send_batch(batch)
`)
  expect(outcome.error).toBeNull()
  expect(params('hubAppend').length).toBe(before + 1)
})

test('a consumer reads from its position until it is closed', async () => {
  python.engine.answers.hubRead = ({ from }) => ({
    firstSequence: from,
    numRows: from < 3 ? 3 - from : 0,
    values: new TextEncoder().encode('abc').slice(from),
    valueOffsets: Int32Array.from({ length: 4 - from }, (_, index) => index),
    enqueuedMicros: Float64Array.from({ length: 3 - from }, () => 2_000_000),
  })
  const outcome = await python.run(`
from azure.eventhub import EventHubConsumerClient
client = EventHubConsumerClient.from_connection_string("Endpoint=sb://x/", "$Default", eventhub_name="h")
def on_event(context, event):
    print(context.partition_id, event.sequence_number, event.body_as_str(), event.enqueued_time.isoformat())
    if event.sequence_number == 2: client.close()
client.receive(on_event, starting_position="-1")
`)
  expect(outcome.error).toBeNull()
  expect(python.text()).toBe(['0 0 a', '0 1 b', '0 2 c'].map((line) => `${line} 1970-01-01T00:00:02+00:00\n`).join(''))
})

test('createDataFrame crosses as Arrow with its schema', async () => {
  const outcome = await python.run(
    `
import datetime, decimal
from pyspark.sql import types as T
df = spark.createDataFrame(
    [(1, "é", 1.5, datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4, 5, 6), [1, None], {"k": 2.0}, b"xy", True, decimal.Decimal("-1.25")),
     (2**40, None, float("nan"), None, None, None, None, None, None, None)],
    "a LONG, ...")
`.replace(
      '"a LONG, ..."',
      `T.StructType([T.StructField("a", T.LongType()), T.StructField("b", T.StringType()), T.StructField("c", T.DoubleType()),
     T.StructField("d", T.DateType()), T.StructField("e", T.TimestampType()), T.StructField("f", T.ArrayType(T.IntegerType())),
     T.StructField("g", T.MapType(T.StringType(), T.DoubleType())), T.StructField("h", T.BinaryType()), T.StructField("i", T.BooleanType()),
     T.StructField("j", T.DecimalType(10, 2))])`,
    ),
  )
  expect(outcome.error).toBeNull()
  await python.run('df.select("*")')
  const relation = python.engine.plans().at(-1)?.opType
  const input =
    relation?.case === 'root' && relation.value.relType.case === 'project'
      ? relation.value.relType.value.input
      : undefined
  if (input?.relType.case !== 'localRelation') throw new Error('no local relation')
  expect(JSON.parse(input.relType.value.schema ?? '')).toMatchObject({ type: 'struct' })
  const table = tableFromIPC(input.relType.value.data ?? new Uint8Array())
  const first = table.get(0)?.toJSON() as Record<string, unknown>
  expect(table.numRows).toBe(2)
  expect(first.a).toBe(1n)
  expect(first.b).toBe('é')
  expect(first.c).toBe(1.5)
  expect([...(first.f as Iterable<unknown>)]).toEqual([1, null])
  expect([...(first.g as Iterable<unknown>)]).toEqual([['k', 2]])
  expect(new TextDecoder().decode(first.h as Uint8Array)).toBe('xy')
  expect(first.i).toBe(true)
  const second = table.get(1)?.toJSON() as Record<string, unknown>
  expect(second.a).toBe(2n ** 40n)
  expect([second.b, second.d, second.e, second.f, second.j]).toEqual([null, null, null, null, null])
})

test('rows come back as Python values of every type', async () => {
  python.engine.isStreaming = false
  python.engine.onExecute = everyType
  const outcome = await python.run(
    'row = spark.range(1).collect()[0]\nfor value in row: print(repr(value))\nprint(spark.range(1).collect()[1])',
  )
  expect(outcome.error).toBeNull()
  expect(python.text().trimEnd().split('\n')).toEqual([
    '9007199254740993',
    '2.0',
    "'é'",
    'datetime.date(2026, 1, 2)',
    'datetime.datetime(2026, 1, 2, 3, 4, 5, 6)',
    "Decimal('-1.25')",
    "bytearray(b'xy')",
    '[1, 2]',
    "{'k': 1}",
    'Row(x=7)',
    'True',
    "'b'",
    'Row(long=None, double=None, string=None, date=None, timestamp=None, decimal=None, binary=None, array=None, map=None, struct=None, boolean=None, dictionary=None)',
  ])
})

test('files and secrets go through the engine and the session', async () => {
  const files = new Map<string, Uint8Array>()
  python.engine.answers.fileWrite = ({ path, bytes }) => void files.set(path, bytes.slice())
  python.engine.answers.fileRead = ({ path }) => ({ bytes: files.get(path) })
  python.engine.answers.fileRemove = ({ path }) => void files.delete(path)
  python.engine.answers.fileList = ({ path }) => {
    const inside = [...files].filter(([name]) => name.startsWith(`${path}/`))
    if (inside.length === 0) throw userError('PATH_NOT_FOUND', `Path does not exist: ${path}.`)
    return {
      entries: inside.map(([name, bytes]) => ({
        path: name,
        name: name.slice(path.length + 1),
        isFolder: false,
        sizeBytes: bytes.length,
        modifiedMs: 0,
      })),
    }
  }
  const outcome = await python.run(`
import notebookutils
from notebookutils import mssparkutils
notebookutils.fs.put("Files/a.txt", "hello", True)
mssparkutils.fs.append("Files/a.txt", " world")
print(notebookutils.fs.head("Files/a.txt"), [info.name for info in dbutils.fs.ls("Files")], notebookutils.fs.exists("Files/b.txt"))
notebookutils.fs.cp("Files/a.txt", "Files/b.txt")
notebookutils.fs.mv("Files/b.txt", "Files/c.txt")
notebookutils.fs.rm("Files/a.txt")
print([info.name for info in notebookutils.fs.ls("Files")])
notebookutils.credentials.putSecret("vault", "key", "s3cret")
print(notebookutils.credentials.getSecret("vault", "key"))
notebookutils.fs.mount("abfss://x", "/y")
`)
  expect(python.text()).toBe("hello world ['a.txt'] False\n['c.txt']\ns3cret\n")
  expect(outcome.error?.message).toBe('notebookutils.fs.mount is not available in this notebook.')
})

test('an engine error is the PySpark exception of its class and prints as Spark prints it', async () => {
  python.engine.answers.analyzePlan = () => {
    throw userError('UNRESOLVED_COLUMN.WITH_SUGGESTION', 'A column `x` cannot be resolved.', {
      sqlState: '42703',
      parameters: { objectName: '`x`' },
      hint: 'Columns here: id.',
    })
  }
  const outcome = await python.run(`
from pyspark.errors import AnalysisException
try:
    spark.range(1)
except AnalysisException as e:
    print(e)
    print(e.getCondition(), e.getSqlState(), e.getMessageParameters())
spark.range(1)
`)
  expect(python.text()).toBe(
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column `x` cannot be resolved. SQLSTATE: 42703\nUNRESOLVED_COLUMN.WITH_SUGGESTION 42703 {'objectName': '`x`'}\n",
  )
  expect(outcome.error).toMatchObject({
    condition: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    hint: 'Columns here: id.',
    place: { line: 8 },
  })
  expect(python.outputs().at(-1)).toMatchObject({ ename: 'AnalysisException' })
  delete python.engine.answers.analyzePlan
})

test('the JVM is refused by name, but for the connector’s encrypt', async () => {
  const outcome = await python.run(`
import base64
print(len(base64.b64decode(sc._jvm.org.apache.spark.eventhubs.EventHubsUtils.encrypt("Endpoint=sb://x"))))
sc._jvm.java.lang.System
`)
  expect(python.text()).toBe('16\n')
  expect(outcome.error).toMatchObject({ condition: 'NOT_IMPLEMENTED', message: 'sc._jvm.java is not implemented.' })
  expect((await python.run('spark.range(1).rdd')).error?.hint).toContain('RDDs need a JVM')
})

function everyType(): ExecuteResult {
  const field = (name: string, type: StructType['fields'][number]['type']) => ({ name, type, nullable: true })
  const inner: StructType = { kind: 'struct', fields: [field('x', { kind: 'integer' })] }
  const schema: StructType = {
    kind: 'struct',
    fields: [
      field('long', { kind: 'long' }),
      field('double', { kind: 'double' }),
      field('string', { kind: 'string' }),
      field('date', { kind: 'date' }),
      field('timestamp', { kind: 'timestamp' }),
      field('decimal', { kind: 'decimal', precision: 20, scale: 2 }),
      field('binary', { kind: 'binary' }),
      field('array', { kind: 'array', elementType: { kind: 'integer' }, containsNull: true }),
      field('map', {
        kind: 'map',
        keyType: { kind: 'string' },
        valueType: { kind: 'integer' },
        valueContainsNull: true,
      }),
      field('struct', inner),
      field('boolean', { kind: 'boolean' }),
      field('dictionary', { kind: 'string' }),
    ],
  }
  const types = schema.fields.map((each) => each.type)
  const shared = { length: 2, validity: Uint8Array.from([1, 0]) }
  const integers = (...values: number[]) =>
    ({
      layout: 'fixed',
      type: { kind: 'integer' },
      length: values.length,
      validity: null,
      values: Int32Array.from(values),
    }) as const
  const utf8 = (text: string, ...offsets: number[]) =>
    ({
      layout: 'bytes',
      type: { kind: 'string' },
      length: offsets.length - 1,
      validity: null,
      offsets: Int32Array.from(offsets),
      bytes: new TextEncoder().encode(text),
    }) as const
  const offsets = Int32Array.from([0, 1, 1])
  const batch = {
    schema,
    numRows: 2,
    columns: [
      { ...shared, layout: 'fixed', type: types[0], values: BigInt64Array.from([9007199254740993n, 0n]) },
      { ...shared, layout: 'fixed', type: types[1], values: Float64Array.from([2, 0]) },
      { ...utf8('é', 0, 2, 2), ...shared },
      { ...shared, layout: 'fixed', type: types[3], values: Int32Array.from([20455, 0]) },
      { ...shared, layout: 'fixed', type: types[4], values: BigInt64Array.from([1767323045000006n, 0n]) },
      { ...shared, layout: 'decimal128', type: types[5], values: BigInt64Array.from([-125n, -1n, 0n, 0n]) },
      { ...utf8('xy', 0, 2, 2), ...shared, type: types[6] },
      { ...shared, layout: 'list', type: types[7], offsets: Int32Array.from([0, 2, 2]), child: integers(1, 2) },
      { ...shared, layout: 'map', type: types[8], offsets, keys: utf8('k', 0, 1), values: integers(1) },
      { ...shared, layout: 'struct', type: inner, children: [integers(7, 0)] },
      { ...shared, layout: 'fixed', type: types[10], values: Uint8Array.from([1, 0]) },
      {
        ...shared,
        layout: 'dictionary',
        type: types[11],
        codes: Int32Array.from([1, 0]),
        dictionary: utf8('ab', 0, 1, 2),
      },
    ],
  } as unknown as Batch
  return { kind: 'rows', schema, batches: [batch] }
}
