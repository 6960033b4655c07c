import { fromJson } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Batch, StructType } from '../../protocol/columns'
import { RunnelError, fullMessage } from '../../protocol/errors/runnel-error'
import type { Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { goldenValue } from '../../testing/golden-value'
import type { BindContext, EvaluationContext } from '../expressions/bound'
import { runBatchQuery } from '../execution/batch-query'
import { compilePlan } from '../plan/compile'
import type { PlanNode } from '../plan/node'
import { closePlan, openClosedPlan } from '../plan/close-plan'
import type { Catalog } from '../ports/catalog'
import { showString } from '../show-string/show-string'
import { treeString } from '../show-string/tree-string'
import { typeToJsonValue } from '../types/type-json'
import { analyze } from './analyze'
import type { OutputMode } from './check-streaming'
import { checkBatch, checkStreaming } from './check-streaming'
import type { LeafSchemas } from './resolve-inputs'
import { resolveInputs } from './resolve-inputs'

/** Whole plans against recorded answers of real Spark: same plan (from the Connect client), answer of classic PySpark. */

type Refusal = {
  readonly exception: string
  readonly condition: string | null
  readonly sqlState: string | null
  readonly message: string
}
type Answer = {
  readonly error?: Refusal
  readonly schema?: unknown
  readonly rows?: unknown[][]
  readonly text?: string
  readonly level?: number | null
  readonly batch?: true
  readonly collect?: { readonly error: Refusal }
  readonly start?: Record<OutputMode, 'started' | { readonly error: Refusal }>
}
type Case = {
  readonly name: string
  readonly plan: Record<string, unknown>
  readonly answer: Answer
  readonly ordered?: boolean
  readonly n?: number
  readonly truncate?: number
  readonly vertical?: boolean
}

/** Cases where we differ from Spark on purpose or for now, with the reason; each must still differ, or its line goes. */
const GAPS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('../../testing/golden/relations/gaps.json', import.meta.url), 'utf8'),
) as Record<string, string>

const bindContext: BindContext = { conf: {}, isStreaming: false, lenient: () => undefined }
const context: EvaluationContext = { nowMicros: 0n, timeZone: 'UTC', seed: 1, isCanceled: () => false }

const catalog: Catalog = { lookup: async () => null, similar: async () => [] }
const rateSchema: StructType = {
  kind: 'struct',
  fields: [
    { name: 'timestamp', type: { kind: 'timestamp' }, nullable: true },
    { name: 'value', type: { kind: 'long' }, nullable: true },
  ],
}
const leafSchemas: LeafSchemas = { schemaOf: async ({ format }) => (format === 'rate' ? rateSchema : null) }

function casesOf(kind: string): Case[] {
  const text = readFileSync(new URL(`../../testing/golden/relations/${kind}.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { cases: Case[] }).cases
}

async function planOf(one: Case): Promise<PlanNode> {
  const relation: Relation = fromJson(RelationSchema, one.plan as Parameters<typeof fromJson>[1])
  const inputs = await resolveInputs(relation, catalog, leafSchemas)
  // A closed plan must mean the same without the catalog.
  return analyze(openClosedPlan(closePlan(inputs)), bindContext)
}

async function* nothing(): AsyncGenerator<Batch> {
  yield* []
}

async function rowsOf(plan: PlanNode): Promise<Batch[]> {
  checkBatch(plan)
  return runBatchQuery(compilePlan(plan), nothing, context)
}

function compare(one: Case, run: () => Promise<void>): void {
  const gap = GAPS[one.name]
  if (gap === undefined) it(one.name, run)
  else it.fails(`${one.name} (gap: ${gap})`, run)
}

describe('plans give the rows and the schema of Spark, or its refusal', () => {
  for (const one of casesOf('rows')) {
    compare(one, async () => {
      const { answer } = one
      if (answer.error !== undefined)
        return expectRefusal(answer.error, async () => {
          await rowsOf(await planOf(one))
        })
      const plan = await planOf(one)
      expect(schemaValue(plan.schema)).toEqual(schemaWithoutAliasMarks(answer.schema))
      const batches = await rowsOf(plan)
      const rows = batches.flatMap((batch) =>
        Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => goldenValue(column, row))),
      )
      if (one.ordered) expect(rows).toEqual(answer.rows)
      else expect(sorted(rows)).toEqual(sorted(answer.rows!))
    })
  }
})

describe('show() prints what Spark prints', () => {
  for (const one of casesOf('show')) {
    compare(one, async () => {
      const plan = await planOf(one)
      const batches = await rowsOf(plan)
      const options = { numRows: one.n!, truncate: one.truncate!, vertical: one.vertical!, timeZone: 'UTC' }
      expect(showString(plan.schema, batches, options)).toBe(one.answer.text)
    })
  }
})

describe('printSchema() prints what Spark prints', () => {
  for (const one of casesOf('tree')) {
    compare(one, async () => {
      expect(treeString((await planOf(one)).schema, one.answer.level ?? null)).toBe(one.answer.text)
    })
  }
})

describe('streams are refused as Spark refuses them', () => {
  for (const one of casesOf('stream')) {
    compare(one, async () => {
      const { answer } = one
      if (answer.error !== undefined)
        return expectRefusal(answer.error, async () => {
          await planOf(one)
        })
      const plan = await planOf(one)
      expect(schemaValue(plan.schema)).toEqual(schemaWithoutAliasMarks(answer.schema))
      expect(plan.isStreaming).toBe(answer.batch === undefined)
      if (answer.collect === undefined) return
      await expectRefusal(answer.collect.error, async () => checkBatch(plan))
      for (const mode of ['append', 'update', 'complete'] as const) {
        const expected = answer.start![mode]
        if (expected !== 'started') await expectRefusal(expected.error, async () => checkStreaming(plan, mode))
        else expectStarted(() => checkStreaming(plan, mode))
      }
    })
  }
})

async function expectRefusal(expected: Refusal, run: () => Promise<void>): Promise<void> {
  const error: unknown = await run().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) throw new Error(`Spark refuses this (${expected.condition}: ${expected.message}), we do not`)
  if (!(error instanceof RunnelError)) throw new Error('This failed for another reason', { cause: error })
  const { shape } = error
  expect({
    exception: shape.exception,
    condition: shape.condition === '' ? null : shape.condition,
    sqlState: shape.sqlState,
    message: fullMessage(shape).split(';\n')[0].trim(),
  }).toEqual(expected)
  expect(shape.hint, 'every refusal says what to do').toBeTruthy()
}

/** Spark starts it; we may still refuse it by the feature's name, never with an error class of Spark's checks. */
function expectStarted(run: () => void): void {
  try {
    run()
  } catch (error) {
    expect((error as RunnelError).condition).toMatch(/^UNSUPPORTED_FEATURE\./)
  }
}

function schemaValue(schema: StructType): unknown {
  return typeToJsonValue(schema)
}

/** Spark marks columns it named itself in their metadata; nothing reads the mark, so we do not keep it. */
function schemaWithoutAliasMarks(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('__autoGeneratedAlias' in value)) return value
    const { __autoGeneratedAlias: _mark, ...rest } = value
    return rest
  })
}

function sorted(rows: readonly unknown[][]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}
