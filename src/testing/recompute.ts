import type { CompiledPlan } from '../engine/plan/compiled'
import type { MemoryStream } from './memory-stream'
import type { Row } from './rows'
import { rowsOf } from './rows'

/** The slow, obvious answer of a stateless plan: all input at once, in one go, no checkpoint. */
export async function recompute(plan: CompiledPlan, ...streams: readonly MemoryStream[]): Promise<Row[]> {
  const rows: Row[] = []
  const context = { nowMicros: 0n, timeZone: 'UTC', seed: 0, isCanceled: () => false }
  const read = async function* (leaf: number) {
    yield* streams[leaf].all
  }
  for await (const batch of plan.run(read, context)) rows.push(...rowsOf([batch]))
  return rows
}
