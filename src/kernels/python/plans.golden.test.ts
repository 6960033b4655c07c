import { fromJson, toJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExpressionSchema, PlanSchema } from '../../protocol/spark-connect'
import type { ExecuteResult } from '../../protocol/workers/kernel-requests'
import { toBinary } from '@bufbuild/protobuf'
import { RelationSchema } from '../../protocol/spark-connect'
import type { Plan } from '../../protocol/spark-connect'
import { root, startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

type PlanCase = { readonly code: string; readonly plan: JsonValue }
type FunctionCase = { readonly code: string; readonly expression: JsonValue }

const folder = `${root}src/testing/golden/plans/`
const dataframes = JSON.parse(readFileSync(`${folder}dataframes.json`, 'utf8')) as { spark: string; cases: PlanCase[] }
const functions = JSON.parse(readFileSync(`${folder}functions.json`, 'utf8')) as {
  spark: string
  cases: FunctionCase[]
}

let python: TestKernel

beforeAll(async () => {
  python = await startKernel()
  python.engine.schema = {
    kind: 'struct',
    fields: ['id', 'name', 'ts', 'nested'].map((name) => ({ name, type: { kind: 'string' }, nullable: true })),
  }
  python.engine.onExecute = answer
  python.engine.answers.parseDdl = () => ({ schemaJson: '{"type":"struct","fields":[]}' })
  const prepared = await python.run(`
from pyspark.sql import functions as F, types as T, Window
df = spark.table("t")
stream = spark.readStream.format("rate").load()
`)
  expect(prepared.error).toBeNull()
}, 60_000)

describe('plans are those of the Connect client', () => {
  test.each(dataframes.cases)('$code', async ({ code, plan }) => {
    python.engine.isStreaming = !code.includes('df.write')
    const before = python.engine.plans().length
    const outcome = await python.run(`_made = ${code}`)
    expect(outcome.error).toBeNull()
    const built = python.engine.plans().slice(before)
    const ours =
      'command' in (plan as object) ? built.filter((each) => each.opType.case === 'command').at(-1) : built.at(-1)
    expect(normal(toJson(PlanSchema, ours as Plan))).toEqual(normal(known(plan)))
  })
})

test('every function builds the expression of the Connect client', async () => {
  const codes = functions.cases.map((each) => each.code)
  const outcome = await python.run(`
import json
for code in json.loads(${JSON.stringify(JSON.stringify(codes))}):
    try:
        print(json.dumps(eval(code)._expr))
    except Exception as refused:
        print(json.dumps(f"{type(refused).__name__}: {refused}"))
`)
  expect(outcome.error).toBeNull()
  const ours = python.text().trimEnd().split('\n')
  expect(ours).toHaveLength(codes.length)
  const differing = functions.cases.flatMap<Record<string, string>>((golden, index) => {
    const built = JSON.parse(ours[index]) as JsonValue
    if (typeof built === 'string') return [{ code: golden.code, built }]
    const left = JSON.stringify(normal(toJson(ExpressionSchema, fromJson(ExpressionSchema, built))))
    const right = JSON.stringify(
      normal(toJson(ExpressionSchema, fromJson(ExpressionSchema, golden.expression, { ignoreUnknownFields: true }))),
    )
    return left === right ? [] : [{ code: golden.code, ours: left, client: right }]
  })
  expect(differing).toEqual([])
})

/** The golden without fields our messages leave out. */
function known(plan: JsonValue): JsonValue {
  return toJson(PlanSchema, fromJson(PlanSchema, plan, { ignoreUnknownFields: true }))
}

/**
 * Plan ids and lambda variables get numbers by first use; function payloads and random seeds are masked: all differ by right.
 */
function normal(value: JsonValue): JsonValue {
  const ids = new Map<string, string>()
  const numbered = (id: string) => {
    if (!ids.has(id)) ids.set(id, `#${ids.size}`)
    return ids.get(id) as string
  }
  const visit = (node: JsonValue, key: string): JsonValue => {
    if (Array.isArray(node)) return node.map((item) => visit(item, key))
    if (typeof node === 'object' && node !== null) {
      if (key === 'pythonFunction') return 'a Python function'
      if (key === 'literal' && 'long' in node && typeof node.long === 'string' && node.long.length > 15) return 'a seed'
      return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, visit(item, name)]))
    }
    if (key === 'planId' || key === 'nameParts') return numbered(String(node))
    if (key === 'name' && typeof node === 'string' && node.startsWith('_')) return 'a made name'
    return node
  }
  return visit(value, '')
}

function answer(plan: Plan): ExecuteResult {
  if (plan.opType.case === 'command') {
    const command = plan.opType.value.commandType
    if (command.case === 'writeStreamOperationStart') return { kind: 'streamStarted', id: 'q', runId: 'r', name: null }
    if (command.case === 'sqlCommand' && command.value.input) {
      return { kind: 'sqlResult', relation: toBinary(RelationSchema, command.value.input) }
    }
  }
  return { kind: 'done' }
}
