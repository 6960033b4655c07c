import { compilePlan } from '../engine/plan/compile'
import type { Relation } from '../protocol/spark-connect'
import type { MemoryStream } from './memory-stream'
import { dataSource, planOf } from './plan-builder'
import type { TestPlan } from './test-query'

/** `readStream` of a memory stream, as a relation to build a query on. */
export function readStream(stream: MemoryStream): Relation {
  return dataSource('memory', { name: stream.name }, true)
}

/** The query as the engine runs it: analysed, compiled, its leaves tied to the streams by name. */
export async function queryOf(relation: Relation, streams: readonly MemoryStream[]): Promise<TestPlan> {
  const named = (name: string | undefined) => {
    const stream = streams.find((candidate) => candidate.name === name)
    if (stream === undefined) throw new Error(`No stream is called ${name}`)
    return stream
  }
  const node = await planOf(relation, { schemaOf: async (request) => named(request.options.name).schema })
  const plan = compilePlan(node)
  return { plan, streams: plan.leaves.map((leaf) => named(leaf.input.options.name)) }
}
