import type { Batch, Column, StructType } from '../../protocol/columns'
import { gatherColumn, selectTrue } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { AggregateState, BoundAggregate, BoundExpression, EvaluationContext } from '../expressions/bound'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, throwIfCanceled } from './operator'

export type AggregateShape = {
  readonly keys: readonly BoundExpression[]
  readonly aggregates: readonly BoundAggregate[]
  /** Over `[keys..., aggregate values...]`. */
  readonly results: readonly BoundExpression[]
  readonly schema: StructType
}

/**
 * Hash aggregate: one output row a group, groups in order of first appearance.
 *
 * Input   batches of any row count; NULL keys form a group of their own
 * Output  keys and aggregate values through the result expressions; without keys exactly one row, also for no input
 * State   the groups' keys and one aggregate state each
 * Errors  those of the expressions; ARITHMETIC_OVERFLOW of sums
 */
export function aggregate(input: Operator, shape: AggregateShape): Operator {
  return async function* (run) {
    const groups = openGroups(shape)
    for await (const batch of input(run)) groups.add(batch, run.context)
    for (let start = 0; start < groups.numGroups; start += ROWS_PER_BATCH) {
      throwIfCanceled(run.context)
      yield groups.results(start, Math.min(groups.numGroups, start + ROWS_PER_BATCH), run.context)
    }
  }
}

/** The groups of one run: add batches, then read results by group number. */
export function openGroups({ keys, aggregates, results, schema }: AggregateShape) {
  const isGlobal = keys.length === 0
  const groups = new KeyGroups(keys.map((key) => key.type))
  const states = aggregates.map((one) => openAggregate(one))
  const wideSchema = groupSchema(keys, aggregates)
  if (isGlobal) states.forEach((state) => state.grow(1))
  return {
    get numGroups(): number {
      return isGlobal ? 1 : groups.numGroups
    },
    add(batch: Batch, context: EvaluationContext): void {
      const { numRows } = batch
      const ids = isGlobal
        ? new Int32Array(numRows)
        : groups.groupsOf(
            keys.map((key) => key.evaluate(batch, context)),
            numRows,
          )
      for (const state of states) state.add(ids, isGlobal ? 1 : groups.numGroups, batch, context)
    },
    results(start: number, end: number, context: EvaluationContext): Batch {
      const ids = Int32Array.from({ length: end - start }, (_, index) => start + index)
      const columns = [...(isGlobal ? [] : groups.keysOf(ids)), ...states.map((state) => state.results(ids))]
      const wide: Batch = { schema: wideSchema, numRows: ids.length, columns }
      return { schema, numRows: ids.length, columns: results.map((result) => result.evaluate(wide, context)) }
    },
  }
}

/** Schema of `[keys..., aggregate values...]`, which the result expressions see. */
export function groupSchema(keys: readonly BoundExpression[], aggregates: readonly BoundAggregate[]): StructType {
  return {
    kind: 'struct',
    fields: [...keys, ...aggregates].map(({ name, type, nullable }) => ({ name, type, nullable })),
  }
}

/** One aggregate with its argument evaluation and `FILTER` around its state; DISTINCT is the state's own. */
function openAggregate(bound: BoundAggregate) {
  const state: AggregateState = bound.open()
  return {
    grow: (numGroups: number) => state.grow(numGroups),
    results: (ids: Int32Array): Column => state.results(ids),
    add(ids: Int32Array, numGroups: number, batch: Batch, context: EvaluationContext): void {
      state.grow(numGroups)
      addRows(bound, state, ids, batch, context)
    },
  }
}

/** Adds the batch's rows to the state's groups, row i to `ids[i]`; the state has room for them. */
export function addRows(
  bound: BoundAggregate,
  state: AggregateState,
  ids: Int32Array,
  batch: Batch,
  context: EvaluationContext,
): void {
  let groups = ids
  let numRows = batch.numRows
  let inputs: Column[] = bound.inputs.map((input) => input.evaluate(batch, context))
  if (bound.filter !== null) {
    const { rows, count } = selectTrue(bound.filter.evaluate(batch, context))
    ;({ groups, inputs } = pick(groups, inputs, rows.subarray(0, count)))
    numRows = count
  }
  if (numRows > 0) state.add(groups, numRows, inputs)
}

function pick(
  groups: Int32Array,
  inputs: readonly Column[],
  rows: Int32Array,
): { groups: Int32Array; inputs: Column[] } {
  const picked = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = groups[rows[i]]!
  return { groups: picked, inputs: inputs.map((input) => gatherColumn(input, rows)) }
}
