import { checkStreaming } from '../engine/analyzer/check-streaming'
import type { OutputMode } from '../engine/analyzer/check-streaming'
import type { BindContext } from '../engine/expressions/bound'
import { StatefulQuery } from '../engine/execution/stateful-query'
import { compilePlan } from '../engine/plan/compile'
import type { FileStore } from '../engine/ports/file-store'
import type { Relation } from '../protocol/spark-connect'
import type { MemoryStream } from './memory-stream'
import { stateFilesOf } from '../storage/checkpoint/state-files'
import { dataSource, planOf } from './plan-builder'
import type { TestPlan } from './test-query'
import { CHECKPOINT } from './test-query'

/** `readStream` of a memory stream, as a relation to build a query on. */
export function readStream(stream: MemoryStream): Relation {
  return dataSource('memory', { name: stream.name }, true)
}

/** The query as the engine runs it: analysed, compiled, its leaves tied to the streams by name. */
export async function queryOf(
  relation: Relation,
  streams: readonly MemoryStream[],
  outputMode: OutputMode = 'append',
  lenient?: BindContext['lenient'],
): Promise<TestPlan> {
  const named = (name: string | undefined) => {
    const stream = streams.find((candidate) => candidate.name === name)
    if (stream === undefined) throw new Error(`No stream is called ${name}`)
    return stream
  }
  const node = await planOf(relation, { schemaOf: async (request) => named(request.options.name).schema })
  checkStreaming(node, outputMode, lenient)
  const open = (files: FileStore) => {
    const stateful = new StatefulQuery(stateFilesOf(files, CHECKPOINT), () => 0)
    const plan = compilePlan(node, { outputMode, stateful })
    return { plan, stateful: stateful.isEmpty ? null : stateful }
  }
  const plan = compilePlan(node)
  return { plan, open, streams: plan.leaves.map((leaf) => named(leaf.input.options.name)) }
}
