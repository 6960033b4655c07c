import { beforeAll, expect, test } from 'vitest'
import { userError } from '../../protocol/errors/runnel-error'
import { startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

let workshop: TestKernel
let strict: TestKernel

beforeAll(async () => {
  workshop = await startKernel()
  strict = await startKernel('strict')
  strict.engine.answers.lenient = ({ id }) => {
    throw userError(id, 'Spark would refuse this.')
  }
}, 60_000)

const lenient = (python: TestKernel) =>
  python.engine.requests.flatMap((request) => (request.method === 'lenient' ? [request.params] : []))

test('a name the text never defines is found, told once a cell, and never stored', async () => {
  const before = lenient(workshop).length
  const outcome = await workshop.run(
    'json.dumps({"a": 1})\nprint(json.dumps([1]), storage_account)\nprint("json" in dir(), "json" in globals())',
  )
  expect(outcome.error).toBeNull()
  expect(workshop.text()).toBe('[1] mystorageaccount\nFalse False\n')
  expect(lenient(workshop).slice(before)).toEqual([
    { id: 'python-default-name', cell: 'cell-1', detail: { name: 'json', import: 'import json' } },
    {
      id: 'python-default-name',
      cell: 'cell-1',
      detail: { name: 'storage_account', import: 'storage_account = "mystorageaccount"' },
    },
  ])
})

test("the user's own definition wins", async () => {
  await workshop.run('storage_account = "mine"\nprint(storage_account)')
  expect(workshop.text()).toBe('mine\n')
})

test('functions and types of Spark are found, in functions too', async () => {
  const outcome = await workshop.run(
    'def schema():\n    return StructType([StructField("a", LongType())])\nprint(schema().simpleString(), from_json(col("x"), schema()))',
  )
  expect(outcome.error).toBeNull()
  expect(workshop.text()).toContain('struct<a:bigint>')
})

test('strict mode raises the NameError of plain Python', async () => {
  const outcome = await strict.run('json.dumps(1)')
  expect(outcome).toMatchObject({
    status: 'error',
    error: { condition: 'NameError', message: "name 'json' is not defined" },
  })
})

test('writeStream.table is toTable in the workshop and an AttributeError in strict mode', async () => {
  const source = 'spark.readStream.format("rate").load().writeStream.table("bronze")'
  workshop.engine.onExecute = () => ({ kind: 'streamStarted', id: 'q', runId: 'r', name: null })
  expect((await workshop.run(source)).error).toBeNull()
  const command = workshop.engine.plans().at(-1)?.opType.value
  expect(command).toMatchObject({
    commandType: {
      case: 'writeStreamOperationStart',
      value: { sinkDestination: { case: 'tableName', value: 'bronze' } },
    },
  })
  expect((await strict.run(source)).error).toMatchObject({
    condition: 'AttributeError',
    message: "'DataStreamWriter' object has no attribute 'table'",
    fix: { from: '.table(', to: '.toTable(' },
  })
})

test('a NameError says which cell defines the name', async () => {
  const definedNames = {
    silver: { cell: 9, when: 'before-reload' as const },
    gold: { cell: 3, when: 'not-run' as const },
  }
  expect((await workshop.run('silver', { definedNames })).error?.hint).toBe(
    '`silver` was defined by cell 9 before the reload.',
  )
  expect((await workshop.run('gold')).error?.hint).toBe('`gold` is defined by cell 3, not run yet.')
  expect((await workshop.run('bronze')).error?.hint).toBe('`bronze` is not defined in this workshop.')
})

test('EventHubsConf is named as the Scala API, with a fix that replaces the statement', async () => {
  const statement = 'ehConf = EventHubsConf(cs) \\\n    .setMaxRatePerPartition(1000)'
  const outcome = await workshop.run(`cs = "x"\n${statement}`)
  expect(outcome.error).toMatchObject({
    condition: 'NameError',
    hint: '`EventHubsConf` is the Scala API. In Python: `ehConf["maxEventsPerTrigger"] = 1000`',
    fix: { from: statement, to: 'ehConf["maxEventsPerTrigger"] = 1000' },
  })
})

test('a model the workshop does not ship: Spark says the path is missing, and the hint says why', async () => {
  workshop.engine.answers.fileList = () => ({ entries: [] })
  const outcome = await workshop.run(
    'from pyspark.ml.feature import VectorAssembler\nfrom pyspark.ml.clustering import KMeansModel\nKMeansModel.load("/models/anomaly_detection")',
  )
  expect(outcome.error).toMatchObject({
    condition: 'PATH_NOT_FOUND',
    message: 'Path does not exist: file:/models/anomaly_detection/metadata.',
    sqlState: '42K03',
    exception: 'AnalysisException',
  })
  expect(outcome.error?.hint).toContain('The workshop ships no model')
})
