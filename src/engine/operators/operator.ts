import type { Batch, Column, StructType, VoidColumn } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { EvaluationContext } from '../expressions/bound'

/** What every operator sees of a run: the leaves, what is constant for the batch query or micro-batch, who collects metrics. */
export type Run = {
  /** Rows of a leaf, projected to the compiled leaf's columns. */
  readonly read: (leaf: number) => AsyncIterable<Batch>
  readonly context: EvaluationContext
  /** Called once per `observe` with its one row of metrics, after the last batch passed. */
  readonly onMetrics?: (name: string, metrics: Batch) => void
}

/** Pulls batches. Batches keep their node's full width: a column nobody above needs is a void placeholder at its place. */
export type Operator = (run: Run) => AsyncIterable<Batch>

/** Works batch by batch with no state between them; null drops the batch. Opened once per run. */
export type Transform = (batch: Batch, context: EvaluationContext) => Batch | null

/** Rows a source-like operator puts into one batch. */
export const ROWS_PER_BATCH = 8192

/** Chained transforms over one input, fused: a batch goes through all of them before the next is pulled. */
export function fused(input: Operator, transforms: readonly Transform[]): Operator {
  if (transforms.length === 0) return input
  return async function* (run) {
    for await (const pulled of input(run)) {
      throwIfCanceled(run.context)
      let batch: Batch | null = pulled
      for (const transform of transforms) {
        batch = transform(batch, run.context)
        if (batch === null || batch.numRows === 0) break
      }
      if (batch !== null && batch.numRows > 0) yield batch
    }
  }
}

export function throwIfCanceled(context: EvaluationContext): void {
  if (!context.isCanceled()) return
  throw userError('OPERATION_CANCELED', 'Operation has been canceled.', {
    sqlState: 'HY008',
    exception: 'SparkException',
  })
}

/** Stands where a column is not needed; never read. */
export function placeholder(numRows: number): VoidColumn {
  return { layout: 'void', type: { kind: 'void' }, length: numRows, validity: null }
}

/** A batch with `columnOf(index)` at the needed places and placeholders elsewhere. */
export function sparseBatch(
  schema: StructType,
  numRows: number,
  needed: ReadonlySet<number>,
  columnOf: (index: number) => Column,
): Batch {
  const columns = schema.fields.map((_, index) => (needed.has(index) ? columnOf(index) : placeholder(numRows)))
  return { schema, numRows, columns }
}
