import { toJson } from '@bufbuild/protobuf'
import type { JsonObject } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDeltaTables } from '../../delta/tables'
import { tableHistory } from '../../delta/history'
import type { DataType } from '../../protocol/columns'
import { RunnelError, fullMessage } from '../../protocol/errors/runnel-error'
import { RelationSchema } from '../../protocol/spark-connect'
import { batchToRows } from '../batch/to-values'
import { simpleString } from '../types/type-names'
import { parseDdl } from '../types/type-ddl'
import { sinksGolden } from '../../testing/golden/sinks/golden'
import type { DeltaTableState, DeltaWriteCase } from '../../testing/golden/sinks/golden'
import type { InProcessEngine } from '../../testing/in-process-engine'
import { inProcessEngine } from '../../testing/in-process-engine'
import { localRows } from '../../testing/plan-builder'
import { ScriptedClock } from '../../testing/scripted-clock'

const golden = sinksGolden()['delta writes']
/** Refused by name instead: a write that replaces a part of a table. */
const NOT_BUILT = /replaceWhere|dynamic partition/
/** Recorded differences, each with its reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'path: no rows': 'Delta skips the commit of an overwrite that changes nothing; ours stands in the history',
}
const CASES = Object.entries(golden).filter(([name]) => !NOT_BUILT.test(name))

let engine: InProcessEngine
beforeAll(async () => {
  engine = await inProcessEngine()
})
afterAll(() => engine.close())

const MODES: Readonly<Record<string, string>> = {
  append: 'SAVE_MODE_APPEND',
  overwrite: 'SAVE_MODE_OVERWRITE',
  ignore: 'SAVE_MODE_IGNORE',
  errorifexists: 'SAVE_MODE_ERROR_IF_EXISTS',
}

function valueOf(value: unknown, type: DataType): unknown {
  if (type.kind === 'long' && typeof value === 'number') return BigInt(value)
  return value
}

async function write(step: DeltaWriteCase['steps'][number], target: JsonObject): Promise<string | null> {
  const schema = parseDdl(step.ddl)
  const rows = step.rows.map((row) => row.map((value, index) => valueOf(value, schema.fields[index].type)))
  const operation: JsonObject = {
    input: toJson(RelationSchema, localRows(step.ddl, rows)),
    source: 'delta',
    ...target,
    options: step.options,
    partitioningColumns: [...step.partitionBy],
    ...(step.mode === null ? {} : { mode: MODES[step.mode] }),
  }
  try {
    await engine.execute({ command: { writeOperation: operation } })
    return null
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    return fullMessage(error.shape)
  }
}

async function stateOf(folder: string): Promise<DeltaTableState | null> {
  const random = { uuid: () => 'x', next: () => 0 }
  const table = await createDeltaTables({ files: engine.files, clock: new ScriptedClock(), random }).open(folder)
  if (table === null) return null
  const rows: unknown[][] = []
  for await (const batch of table.scan(null))
    rows.push(...batchToRows(batch).map((row) => Object.values(row).map(plain)))
  const history = await tableHistory(engine.files, folder)
  return {
    // A column of type VOID is in the schema; Spark does not show it.
    columns: table.schema.fields
      .filter(({ type }) => type.kind !== 'void')
      .map(({ name, type }) => [name, simpleString(type)] as const),
    rows: rows.map((row) => row.slice(0, table.schema.fields.filter(({ type }) => type.kind !== 'void').length)),
    partitionColumns: table.partitionColumns,
    operations: history
      .reverse()
      .map(({ info }) => [info!.operation, info!.operationParameters as Record<string, string | null>]),
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value !== null && typeof value === 'object') return Object.values(value).map(plain)
  return value
}

const asBag = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort()

/** Words only: table ids and folders are a run's own, Spark adds a plan after some errors. */
function comparable(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  return text
    .replace(/\(Table ID: [^)]*\)/, '(Table ID)')
    .replace(/path \S+ without/, 'path without')
    .replace(/ SQLSTATE: \w+(;[\s\S]*)?$/, '')
    .trim()
}

describe('batch writes of a Delta table', () => {
  test.each(CASES)('%s', async (name, { steps, table }) => {
    const safe = name.replace(/\W+/g, '_').toLowerCase()
    const kind = name.split(':')[0]
    const folder = kind === 'path' ? `/lakehouse/default/Files/${safe}` : `/lakehouse/default/Tables/${safe}`
    const target = (method: string): JsonObject =>
      kind === 'path' ? { path: folder } : { table: { tableName: safe, saveMethod: method } }
    if (kind === 'insertInto' && !name.includes('missing')) {
      const made = { ddl: 'a INT, b STRING', rows: [[1, 'x']], mode: null, options: {}, partitionBy: [], error: null }
      expect(await write(made, target('TABLE_SAVE_METHOD_SAVE_AS_TABLE'))).toBeNull()
    }
    const method = kind === 'insertInto' ? 'TABLE_SAVE_METHOD_INSERT_INTO' : 'TABLE_SAVE_METHOD_SAVE_AS_TABLE'
    for (const step of steps) {
      const told = await write(step, target(method))
      const wanted = step.error?.text.replaceAll(/\b(t|ins)\d+\b/g, safe)
      if (name === 'insertInto: cast that fails') expect(told).toContain('CAST_INVALID_INPUT')
      else expect(comparable(told)).toBe(comparable(wanted))
    }
    const state = await stateOf(folder)
    if (table === null) return expect(state).toBeNull()
    expect(state!.columns).toEqual(table.columns)
    expect(asBag(state!.rows)).toEqual(asBag(table.rows))
    expect(state!.partitionColumns).toEqual(table.partitionColumns)
    if (!(name in DIFFERENT)) expect(state!.operations).toEqual(table.operations)
  })
})

test('a write that would replace a part of a table is refused by name and changes nothing', async () => {
  const base = { ddl: 'a INT, b STRING', rows: [[1, 'x']], mode: 'append', options: {}, partitionBy: [], error: null }
  const folder = '/lakehouse/default/Files/part'
  await write(base, { path: folder })
  const partial: Record<string, string>[] = [{ replaceWhere: "b = 'x'" }, { partitionOverwriteMode: 'dynamic' }]
  for (const options of partial)
    expect(await write({ ...base, mode: 'overwrite', options }, { path: folder })).toContain('UNSUPPORTED_FEATURE')
  expect((await stateOf(folder))!.rows).toEqual([[1, 'x']])
})
