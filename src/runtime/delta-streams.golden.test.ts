import type { JsonObject } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tableHistory } from '../delta/history'
import { createDeltaTables } from '../delta/tables'
import { batchToRows } from '../engine/batch/to-values'
import { RunnelError, fullMessage } from '../protocol/errors/runnel-error'
import { sinksGolden, wordsOf } from '../testing/golden/sinks/golden'
import type { InProcessEngine } from '../testing/in-process-engine'
import { inProcessEngine } from '../testing/in-process-engine'
import { localRows } from '../testing/plan-builder'
import { toJson } from '@bufbuild/protobuf'
import { RelationSchema } from '../protocol/spark-connect'
import { ScriptedClock } from '../testing/scripted-clock'

/** Streams into Delta and memory tables, batch by batch, as real Spark ran them. */
const { 'delta streams': golden, memory } = sinksGolden()
const LETTERS = [
  [{ k: 'a' }, { k: 'b' }, { k: 'a' }],
  [{ k: 'c' }, { k: 'a' }],
]

let engine: InProcessEngine
beforeAll(async () => {
  engine = await inProcessEngine()
})
afterAll(() => engine.close())

let number = 0
/** A folder of JSON files, one a micro-batch. */
async function streamOf(schema: string, batches: readonly (readonly object[])[]): Promise<JsonObject> {
  const folder = `/lakehouse/default/Files/in-${number++}`
  for (const [index, lines] of batches.entries()) {
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    await engine.files.write(`${folder}/${index}.json`, new TextEncoder().encode(text))
  }
  const options = { maxFilesPerTrigger: '1' }
  return { read: { isStreaming: true, dataSource: { format: 'json', schema, options, paths: [folder] } } }
}

const column = (name: string): JsonObject => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const counted = async (): Promise<JsonObject> => ({
  aggregate: {
    input: await streamOf('k STRING', LETTERS),
    groupType: 'GROUP_TYPE_GROUPBY',
    groupingExpressions: [column('k')],
    aggregateExpressions: [
      {
        alias: {
          expr: { unresolvedFunction: { functionName: 'count', arguments: [{ literal: { integer: 1 } }] } },
          name: ['count'],
        },
      },
    ],
  },
})

/** Spark's words, or null when the query came to its end. */
async function run(start: JsonObject, checkpoint = `Files/ckpt/${number++}`): Promise<string | null> {
  try {
    const options = { ...(start['options'] as JsonObject), checkpointLocation: checkpoint }
    const started = await engine.execute({
      command: { writeStreamOperationStart: { availableNow: true, ...start, options } },
    })
    if (started.kind !== 'streamStarted') throw new Error('not started')
    const queryId = { id: started.id, runId: started.runId }
    await engine.execute({ command: { streamingQueryCommand: { queryId, awaitTermination: {} } } })
    return null
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    return comparable(fullMessage(error.shape))
  }
}

function comparable(text: string): string {
  const words = wordsOf({ exception: '', text })
  return words
    .replace(/\(Table ID: [^)]*\)/, '(Table ID)')
    .replace(/ SQLSTATE: \w+$/, '')
    .trim()
}

const told = (name: string) => golden[name].error && comparable(golden[name].error.text)

async function save(ddl: string, rows: unknown[][], folder: string): Promise<void> {
  const input = toJson(RelationSchema, localRows(ddl, rows))
  await engine.execute({ command: { writeOperation: { input, source: 'delta', path: folder } } })
}

async function stateOf(folder: string) {
  const random = { uuid: () => 'x', next: () => 0 }
  const table = await createDeltaTables({ files: engine.files, clock: new ScriptedClock(), random }).open(folder)
  const rows: unknown[][] = []
  for await (const batch of table!.scan(null)) rows.push(...batchToRows(batch).map(plain))
  const history = (await tableHistory(engine.files, folder)).reverse()
  const operations = history.map(({ info }) => [info!.operation, { ...info!.operationParameters, queryId: '<id>' }])
  return { rows: rows.sort(byText), partitionColumns: table!.partitionColumns, operations }
}

function expectedState(name: string) {
  const table = golden[name].table!
  return {
    rows: [...table.rows].sort(byText),
    partitionColumns: table.partitionColumns,
    operations: table.operations.map(([operation, parameters]) => [operation, { ...parameters, queryId: '<id>' }]),
  }
}

const plain = (row: Record<string, unknown>) =>
  Object.values(row).map((value) => (typeof value === 'bigint' ? Number(value) : value))
const byText = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b))
const FILES = '/lakehouse/default/Files'

test('complete mode overwrites the table with each batch', async () => {
  const start = { input: await counted(), format: 'delta', outputMode: 'complete', path: `${FILES}/complete` }
  expect(await run(start)).toBe(told('complete'))
  expect(await stateOf(`${FILES}/complete`)).toEqual(expectedState('complete'))
})

test('complete mode into a table with other columns: missing ones are NULL, new ones are refused, unless it says so', async () => {
  await save('k STRING, count BIGINT, extra INT', [['z', 0n, 1]], `${FILES}/other`)
  const other = { input: await counted(), format: 'delta', outputMode: 'complete', path: `${FILES}/other` }
  expect(await run(other)).toBe(told('complete, table with another schema'))
  expect((await stateOf(`${FILES}/other`)).rows).toEqual(expectedState('complete, table with another schema').rows)
  await save('q STRING', [['z']], `${FILES}/schema`)
  const schema = { input: await counted(), format: 'delta', outputMode: 'complete', path: `${FILES}/schema` }
  // Delta lists the table's missing column among the data's: it has filled it with NULL by then. We name what was sent.
  const withoutFilled = told('complete, other columns')!.replace(
    'Data schema:\nroot\n |-- q: string (nullable = true)',
    'Data schema:\nroot',
  )
  expect(await run(schema)).toBe(withoutFilled)
  expect(await run({ ...schema, options: { overwriteSchema: 'true' } })).toBe(told('complete, overwriteSchema'))
  expect((await stateOf(`${FILES}/schema`)).rows).toEqual(expectedState('complete, overwriteSchema').rows)
})

test('update mode is refused when the query starts', async () => {
  const update = { input: await counted(), format: 'delta', outputMode: 'update' }
  expect(await run({ ...update, path: `${FILES}/update` })).toBe(told('update'))
  expect(await run({ ...update, tableName: 's_update' })).toBe(told('update, toTable'))
})

test('toTable makes a partitioned table; another partitioning is refused', async () => {
  const rows = [[{ k: 'a', n: 1 }], [{ k: 'b', n: 2 }]]
  const first = await streamOf('k STRING, n INT', rows)
  const table = { format: 'delta', tableName: 's_parts' }
  expect(await run({ input: first, ...table, partitioningColumnNames: ['k'] })).toBe(told('toTable partitionBy'))
  const folder = '/lakehouse/default/Tables/s_parts'
  const state = await stateOf(folder)
  expect(state.rows).toEqual(expectedState('toTable partitionBy').rows)
  expect(state.partitionColumns).toEqual(['k'])
  const one = await streamOf('k STRING, n INT', [[{ k: 'a', n: 1 }]])
  expect(await run({ input: one, ...table, partitioningColumnNames: ['n'] })).toBe(told('toTable, other partitionBy'))
  expect(await run({ input: one, format: 'delta', path: folder, partitioningColumnNames: ['n'] })).toBe(
    told('start, other partitionBy'),
  )
  expect(await run({ input: one, format: 'delta', path: `${FILES}/zz`, partitioningColumnNames: ['zz'] })).toBe(
    told('start, unknown partition column'),
  )
})

test('a new column is refused, or merged when the query says so', async () => {
  await save('k STRING', [['z']], `${FILES}/merge`)
  const input = await streamOf('k STRING, n INT', [[{ k: 'a', n: 1 }]])
  const start = { input, format: 'delta', path: `${FILES}/merge` }
  expect(await run(start)).toBe(told('new column'))
  expect(await run({ ...start, options: { mergeSchema: 'true' } })).toBe(told('new column, mergeSchema'))
  expect((await stateOf(`${FILES}/merge`)).rows).toEqual(expectedState('new column, mergeSchema').rows)
})

test('a missing path and complete mode without aggregation are refused', async () => {
  const input = await streamOf('k STRING', LETTERS)
  expect(await run({ input, format: 'delta' })).toBe(told('no path'))
  expect(await run({ input, format: 'delta', outputMode: 'complete', path: `${FILES}/cwa` })).toBe(
    told('complete without aggregation'),
  )
})

test('toTable refuses a temporary view and a table of another format', async () => {
  const input = await streamOf('k STRING', LETTERS)
  await run({ input, format: 'delta', tableName: 's_plain' })
  const view = { name: 'a_view', replace: true, input: toJson(RelationSchema, localRows('id INT', [[1]])) }
  await engine.execute({ command: { createDataframeView: view } })
  expect(await run({ input, tableName: 'a_view' })).toBe(told('toTable on a view'))
  expect(await run({ input, format: 'parquet', tableName: 's_plain' })).toBe(
    told('toTable of another format')!.replace('s_parts', 's_plain'),
  )
})

const memoryRows = async (name: string) => {
  const result = await engine.execute({ root: { read: { namedTable: { unparsedIdentifier: name } } } })
  return result.kind === 'rows' ? result.batches.flatMap(batchToRows).map(plain).sort(byText) : null
}

test.each(['append', 'update', 'complete'])(
  'a memory table in %s mode, and its restart on the checkpoint',
  async (mode) => {
    const input = mode === 'append' ? await streamOf('k STRING', LETTERS) : await counted()
    const start = { input, format: 'memory', queryName: `m_${mode}`, outputMode: mode }
    const checkpoint = `Files/ckpt/memory-${mode}`
    expect(await run(start, checkpoint)).toBeNull()
    expect(await memoryRows(`m_${mode}`)).toEqual([...(memory[mode] as unknown[][])].sort(byText))
    const again = await run(start, checkpoint)
    const spark = memory[`restart, ${mode}`]
    if (Array.isArray(spark)) {
      expect(again).toBeNull()
      expect(await memoryRows(`m_${mode}`)).toEqual(spark)
    } else {
      const { text } = spark as { text: string }
      expect(again?.replace(/location\. Delete .*\/offsets/, '')).toBe(
        text.replace(/location\. Delete .*\/offsets/, ''),
      )
    }
  },
)

test('a memory table needs a name', async () => {
  const input = await streamOf('k STRING', LETTERS)
  expect(await run({ input, format: 'memory' })).toBe((memory['without a name'] as { text: string }).text)
})
