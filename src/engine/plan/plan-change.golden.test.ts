import { fromJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { PlanFacts } from '../../protocol/workers/insight'
import { RelationSchema } from '../../protocol/spark-connect'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { analysedPlan } from '../../testing/streaming-case'
import { planChange } from './plan-change'
import { planFacts } from './plan-facts'
import { stateSchemas } from './state-schema'

type Case = {
  readonly name: string
  readonly before: Record<string, unknown>
  readonly after: Record<string, unknown>
  readonly error: { readonly message: string } | null
}

/** What Spark did when a query went on with another plan: `npm run golden plan-changes`. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../testing/golden/streaming/plan-changes.json', import.meta.url), 'utf8'),
) as { cases: Case[] }

async function factsOf(plan: Record<string, unknown>): Promise<PlanFacts> {
  const files = new MemoryFileStore()
  for (const folder of ['in', 'other']) await files.write(`/fs/case/${folder}/_made`, new Uint8Array())
  const node = await analysedPlan(plan, {}, files)
  return { ...planFacts(fromJson(RelationSchema, plan as JsonValue)), state: stateSchemas(node) }
}

test('at least 40 changes were put to Spark, refused and accepted ones', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40)
  expect(cases.filter(({ error }) => error !== null).length).toBeGreaterThanOrEqual(10)
})

test.each(cases.map((one) => [one.name, one] as const))('%s: our verdict is what Spark did', async (_, one) => {
  const change = planChange(await factsOf(one.before), await factsOf(one.after))
  if (one.error === null) {
    expect(change?.verdict).not.toBe('refuses')
    return
  }
  expect(change?.verdict).toBe('refuses')
  // A condition is told by name, where Spark gives one.
  const condition = /\[([A-Z_]+)[\].]/.exec(one.error.message)?.[1]
  if (condition !== undefined) expect(change?.sentence).toContain(condition)
})
