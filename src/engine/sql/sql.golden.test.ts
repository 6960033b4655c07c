import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Batch, DataType } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { analyze } from '../analyzer/analyze'
import { checkBatch } from '../analyzer/check-streaming'
import { resolveInputs } from '../analyzer/resolve-inputs'
import { decimalText, columnToValues } from '../batch/to-values'
import { runBatchQuery } from '../execution/batch-query'
import type { BindContext, EvaluationContext } from '../expressions/bound'
import { formatDate, formatTimestamp } from '../expressions/casts/format-values'
import { dayTimeIntervalSql, yearMonthIntervalSql } from '../expressions/casts/intervals'
import { closePlan, openClosedPlan } from '../plan/close-plan'
import { compilePlan } from '../plan/compile'
import type { Catalog } from '../ports/catalog'
import { simpleString } from '../types/type-names'
import { parseStatement } from './parse'

/** Queries against recorded answers of real Spark: names, types and rows, or the error with its parameters and place. */

type Refusal = {
  readonly exception: string
  readonly condition: string | null
  readonly parameters: Readonly<Record<string, string>>
  readonly message: string
  readonly contexts: readonly { readonly fragment: string; readonly start: number; readonly stop: number }[]
}
type Case = {
  readonly sql: string
  readonly schema?: readonly (readonly [string, string])[]
  readonly rows?: readonly (readonly unknown[])[]
  readonly error?: Refusal
}
type Recording = {
  readonly spark: string
  readonly views: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}

const FOLDER = new URL('../../testing/golden/sql/', import.meta.url)
const families = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'gaps.json')
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))

/** Cases where we differ from Spark, with the reason; each must still differ, or its line goes. */
const GAPS = read('gaps.json') as Readonly<Record<string, string>>

const bindContext: BindContext = { conf: {}, isStreaming: false, lenient: () => undefined }
const context: EvaluationContext = {
  nowMicros: 1_700_000_000_000_000n,
  timeZone: 'UTC',
  seed: 1,
  isCanceled: () => false,
}

function catalogOf(views: Recording['views']): Catalog {
  return {
    lookup: async (parts) => {
      const name = parts.at(-1)!.toLowerCase()
      const text = parts.length === 1 ? views[name] : undefined
      const parsed = text === undefined ? null : parseStatement(text)
      return parsed?.kind === 'query' ? { kind: 'view', name, relation: parsed.relation } : null
    },
    similar: async () => [],
  }
}

async function* nothing(): AsyncGenerator<Batch> {
  // These queries read views of values alone.
}

async function answerOf(sql: string, catalog: Catalog) {
  const parsed = parseStatement(sql)
  if (parsed.kind !== 'query') throw new Error(`${parsed.kind} is no query`)
  const inputs = await resolveInputs(parsed.relation, catalog, { schemaOf: async () => null })
  const plan = analyze(openClosedPlan(closePlan(inputs)), bindContext)
  checkBatch(plan)
  const batches: Batch[] = await runBatchQuery(compilePlan(plan), nothing, context)
  const fields = plan.schema.fields
  return {
    schema: fields.map((field) => [field.name, simpleString(field.type)]),
    rows: batches.flatMap((batch) => {
      const columns = batch.columns.map((column) => columnToValues(column))
      return Array.from({ length: batch.numRows }, (_, row) =>
        fields.map((field, index) => recorded(field.type, columns[index][row])),
      )
    }),
  }
}

/** A value as the recording writes it. */
function recorded(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'double':
    case 'float':
      return { double: value }
    case 'decimal':
      return { decimal: typeof value === 'string' ? value : decimalText(value as bigint, type.scale) }
    case 'long':
      return Number(value)
    case 'date':
      return { date: formatDate(value as number) }
    case 'timestamp':
    case 'timestamp_ntz':
      return { timestamp: formatTimestamp(value as bigint, 'UTC').replace(' ', 'T') }
    case 'binary':
      return { binary: Buffer.from(value as Uint8Array).toString('hex') }
    case 'day-time-interval':
      return dayTimeIntervalSql(value as bigint, type)
    case 'year-month-interval':
      return yearMonthIntervalSql(value as number, type)
    case 'array':
      return (value as unknown[]).map((item) => recorded(type.elementType, item))
    case 'map':
      return {
        map: (value as [unknown, unknown][]).map(([k, v]) => [recorded(type.keyType, k), recorded(type.valueType, v)]),
      }
    case 'struct':
      return type.fields.map((field, index) => {
        const list = Array.isArray(value) ? (value as unknown[])[index] : (value as Record<string, unknown>)[field.name]
        return recorded(field.type, list)
      })
    default:
      return value
  }
}

/** Doubles as numbers, so that 5.0 and 5 are the same. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const { double } = value as { double?: string | number }
  if (double !== undefined) return { double: Number(Number(double).toPrecision(14)) }
  const { decimal } = value as { decimal?: string }
  if (decimal !== undefined)
    return { decimal: decimal.replace(/^-?0E-?\d+$/, '0') === '0' ? '0' : decimal.replace(/(\.\d*?)0+$/, '$1') }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]))
}

const asMultiset = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(comparable(row))).sort()
const isOrdered = (sql: string) => /ORDER BY (?!.*\))/i.test(sql)

async function expectAsRecorded(one: Case, catalog: Catalog): Promise<void> {
  if (one.error === undefined) {
    const answer = await answerOf(one.sql, catalog)
    expect(JSON.stringify(answer.schema)).toBe(JSON.stringify(one.schema))
    if (isOrdered(one.sql)) expect(JSON.stringify(comparable(answer.rows))).toBe(JSON.stringify(comparable(one.rows)))
    else expect(asMultiset(answer.rows).join()).toBe(asMultiset(one.rows!).join())
    return
  }
  let failure: unknown = null
  try {
    await answerOf(one.sql, catalog)
  } catch (error) {
    failure = error
  }
  if (!(failure instanceof RunnelError)) throw failure instanceof Error ? failure : new Error('it succeeded')
  const { condition, parameters, exception, contexts, message } = failure.shape
  expect(condition).toBe(one.error.condition ?? '')
  if (exception !== 'ParseException') return
  expect(`${exception} ${JSON.stringify(parameters)}`).toBe(
    `${one.error.exception} ${JSON.stringify(one.error.parameters)}`,
  )
  expect(one.error.message).toContain(message)
  const place = / \(line (\d+), pos (\d+)\)/.exec(one.error.message)
  if (place === null) return
  const before = one.sql.slice(0, contexts[0].startIndex)
  expect([before.split('\n').length, before.length - before.lastIndexOf('\n') - 1]).toEqual([
    Number(place[1]),
    Number(place[2]),
  ])
}

describe.each(families)('%s answers as real Spark', (family) => {
  const { views, cases } = read(family) as Recording
  const catalog = catalogOf(views)
  for (const one of cases) {
    const gap = GAPS[one.sql]
    if (gap === undefined) it(one.sql, () => expectAsRecorded(one, catalog))
    else it.fails(`${one.sql} (gap: ${gap})`, () => expectAsRecorded(one, catalog))
  }
})
