import type { Batch, StructType } from '../../protocol/columns'
import type { EvaluationContext } from '../expressions/bound'
import type { LeafInput } from './node'

/** A plan ready to run: batch queries run it once, a stream runs it once a micro-batch. */
export interface CompiledPlan {
  readonly schema: StructType
  readonly isStreaming: boolean
  /** Distinct leaves in plan order; streaming ones become sources 0, 1, 2, ... */
  readonly leaves: readonly CompiledLeaf[]
  /** Leaf of each scan in plan order, a leaf used twice twice: the lines of `offsets/N`. Absent: each leaf `uses` times in a row. */
  readonly scans?: readonly number[]
  /**
   * Pulls batches through the operators. `read` gives a leaf's rows, already projected to `leaf.columns`.
   * `onMetrics` gets the one row of each `observe` after the last batch.
   */
  run(
    read: (leaf: number) => AsyncIterable<Batch>,
    context: EvaluationContext,
    onMetrics?: (name: string, metrics: Batch) => void,
  ): AsyncIterable<Batch>
}

export type CompiledLeaf = {
  readonly input: LeafInput
  /** Columns the plan needs, in the leaf's order; null = all. */
  readonly columns: readonly string[] | null
  /** How often the plan reads it: numInputRows counts every use. */
  readonly uses: number
}
