import { fromBinary } from '@bufbuild/protobuf'
import type { Batch, StructType } from '../protocol/columns'
import { operationCanceled } from '../protocol/bridge/kernel-end'
import { internalError } from '../protocol/errors/runnel-error'
import { RelationSchema } from '../protocol/spark-connect'
import type { BatchRun } from '../protocol/workers/stream'
import { analyze } from '../engine/analyzer/analyze'
import { runBatchQuery } from '../engine/execution/batch-query'
import type { EvaluationContext } from '../engine/expressions/bound'
import { openClosedPlan } from '../engine/plan/close-plan'
import { compilePlan } from '../engine/plan/compile'
import type { Broker } from '../engine/ports/broker'
import type { Clock } from '../engine/ports/clock'
import type { FileStore } from '../engine/ports/file-store'
import { OptionMap } from '../engine/ports/options'
import type { Tables } from '../engine/ports/table'
import { findSink } from '../sinks'
import { LeafReader } from './leaf-reader'
import { platformRandom } from './random'

type Workspace = {
  readonly files: FileStore
  readonly clock: Clock
  readonly broker: Broker
  readonly tables: Tables
  isCanceled: () => boolean
}

/** One closed batch plan: its rows, or, when it writes a table, the commit and no rows. */
export async function runBatchPlan(
  workspace: Workspace,
  run: BatchRun,
): Promise<{ schema: StructType; batches: Batch[] }> {
  const inputs = openClosedPlan(fromBinary(RelationSchema, run.plan))
  const plan = compilePlan(analyze(inputs, { conf: run.conf, isStreaming: false, lenient: () => undefined }))
  const leaves = new LeafReader(workspace, run.secrets, run.conf)
  const context: EvaluationContext = {
    nowMicros: BigInt(Math.floor(workspace.clock.nowMs() * 1000)),
    timeZone: run.conf['spark.sql.session.timeZone'] ?? 'UTC',
    seed: Math.floor(platformRandom.next() * 2 ** 32),
    isCanceled: workspace.isCanceled,
  }
  const read = (leaf: number) => cancelable(leaves.readStatic(plan.leaves[leaf]), workspace.isCanceled)
  const batches = await runBatchQuery(plan, read, context, {
    limitRows: run.write || run.sink ? null : run.limitRows,
  })
  if (workspace.isCanceled()) throw operationCanceled()
  if (run.sink !== undefined) {
    await writeSink(workspace, run.sink, plan.schema, batches)
    return { schema: plan.schema, batches: [] }
  }
  if (run.write === undefined) return { schema: plan.schema, batches }
  const { folder, ...target } = run.write
  await workspace.tables.write(folder, { ...target, schema: plan.schema, batches })
  return { schema: plan.schema, batches: [] }
}

async function writeSink(
  { files, clock, broker }: Workspace,
  { format, options }: NonNullable<BatchRun['sink']>,
  schema: StructType,
  batches: readonly Batch[],
): Promise<void> {
  const sink = await findSink(format)
  if (sink?.writeBatch === undefined) throw internalError(`A batch query was to write the sink ${format}`)
  const context = { files, clock, random: platformRandom, schema, broker: () => broker }
  await sink.writeBatch(new OptionMap(options), batches, context)
}

/** Looks at the cancel flag once a batch. */
async function* cancelable(batches: AsyncIterable<Batch>, isCanceled: () => boolean): AsyncIterable<Batch> {
  for await (const batch of batches) {
    if (isCanceled()) throw operationCanceled()
    yield batch
  }
}
