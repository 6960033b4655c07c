import type { Batch, Column, StructType } from '../../protocol/columns'
import { nullColumn } from '../batch/empty'
import { gatherColumn, selectTrue } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { BoundExpression, EvaluationContext } from '../expressions/bound'
import type { JoinType } from '../plan/node'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, placeholder, sparseBatch, throwIfCanceled } from './operator'
import { collect } from './sort'

export type JoinShape = {
  readonly joinType: JoinType
  /** Pairs by position; all are bound over left columns, then right columns. */
  readonly leftKeys: readonly BoundExpression[]
  readonly rightKeys: readonly BoundExpression[]
  /** Over left columns, then right columns. */
  readonly condition: BoundExpression | null
  readonly leftSchema: StructType
  readonly rightSchema: StructType
  readonly schema: StructType
}

type Pairs = { readonly left: Int32Array; readonly right: Int32Array }

/**
 * Hash join: the right side is held, the left side goes past it. Without equality keys every pair is tried. A stream
 * joined with a static side takes it too: each micro-batch is a join of its own.
 *
 * Input   batches of any row count; a NULL in a key matches nothing
 * Output  left columns then right columns (left alone for semi and anti); left order, each row's matches in right order;
 *         unmatched right rows of right and full outer joins last
 * State   the whole right side
 * Errors  those of the keys and the condition
 */
export function join(
  left: Operator,
  right: Operator,
  shape: JoinShape,
  needed: ReadonlySet<number>,
  conditionInputs: ReadonlySet<number>,
): Operator {
  return async function* (run) {
    const table = buildTable(await collect(right(run), shape.rightSchema), shape, run.context)
    const { joinType } = shape
    const keepsLeft = joinType === 'leftOuter' || joinType === 'fullOuter'
    for await (const batch of left(run)) {
      for (const part of probes(batch, table, shape, run.context)) {
        throwIfCanceled(run.context)
        const pairs = matched(part, batch, table, shape, conditionInputs, run.context)
        table.mark(pairs.right)
        if (joinType === 'leftSemi' || joinType === 'leftAnti') table.markLeft(pairs.left, batch.numRows)
        else if (pairs.left.length > 0) yield output(batch, table.rows, pairs, shape, needed)
        if (keepsLeft) table.markLeft(pairs.left, batch.numRows)
      }
      if (joinType === 'leftSemi' || joinType === 'leftAnti' || keepsLeft) {
        const rows = table.leftRows(batch.numRows, joinType === 'leftSemi')
        if (rows.length > 0)
          yield output(batch, table.rows, { left: rows, right: new Int32Array(rows.length).fill(-1) }, shape, needed)
      }
    }
    if (joinType === 'rightOuter' || joinType === 'fullOuter') {
      const rest = table.unmatched()
      for (let start = 0; start < rest.length; start += ROWS_PER_BATCH) {
        const part = rest.subarray(start, start + ROWS_PER_BATCH)
        yield output(null, table.rows, { left: new Int32Array(part.length).fill(-1), right: part }, shape, needed)
      }
    }
  }
}

/** The held side: rows by key in one array (`rows of group g` = order[starts[g] .. starts[g + 1])), and who was matched. */
function buildTable(rows: Batch, shape: JoinShape, context: EvaluationContext) {
  const groups = new KeyGroups(shape.rightKeys.map((key) => key.type))
  const hasKeys = shape.rightKeys.length > 0
  const view: Batch = {
    schema: rows.schema,
    numRows: rows.numRows,
    columns: [...shape.leftSchema.fields.map(() => placeholder(rows.numRows)), ...rows.columns],
  }
  const keys = shape.rightKeys.map((key) => key.evaluate(view, context))
  const ids = hasKeys ? groups.groupsOf(keys, rows.numRows) : new Int32Array(rows.numRows)
  const numGroups = hasKeys ? groups.numGroups : 1
  const isNull = nullKeys(keys, rows.numRows)
  const starts = new Int32Array(numGroups + 1)
  for (let row = 0; row < rows.numRows; row++) if (isNull === null || isNull[row] === 0) starts[ids[row] + 1]++
  for (let group = 0; group < numGroups; group++) starts[group + 1] += starts[group]
  const next = starts.slice()
  const order = new Int32Array(rows.numRows)
  for (let row = 0; row < rows.numRows; row++) if (isNull === null || isNull[row] === 0) order[next[ids[row]]++] = row
  const isMatched = new Uint8Array(rows.numRows)
  let leftMatched = new Uint8Array(0)
  return {
    rows,
    starts,
    order,
    groupsOf: (columns: readonly Column[], numRows: number) =>
      hasKeys ? groups.findGroups(columns, numRows) : new Int32Array(numRows),
    mark(right: Int32Array): void {
      for (const row of right) isMatched[row] = 1
    },
    markLeft(left: Int32Array, numRows: number): void {
      if (leftMatched.length < numRows) leftMatched = new Uint8Array(numRows)
      for (const row of left) leftMatched[row] = 1
    },
    /** Left rows of the current batch that matched (or did not), and forgets them. */
    leftRows(numRows: number, wanted: boolean): Int32Array {
      const found = new Int32Array(numRows)
      let count = 0
      for (let row = 0; row < numRows; row++) if ((leftMatched[row] === 1) === wanted) found[count++] = row
      leftMatched.fill(0)
      return found.subarray(0, count)
    },
    unmatched(): Int32Array {
      const found = new Int32Array(rows.numRows)
      let count = 0
      for (let row = 0; row < rows.numRows; row++) if (isMatched[row] === 0) found[count++] = row
      return found.subarray(0, count)
    },
  }
}

type Table = ReturnType<typeof buildTable>

/** Candidate pairs of a left batch, at most about 64k at a time. */
function* probes(batch: Batch, table: Table, shape: JoinShape, context: EvaluationContext): Generator<Pairs> {
  const keys = shape.leftKeys.map((key) => key.evaluate(batch, context))
  const groups = table.groupsOf(keys, batch.numRows)
  const isNull = nullKeys(keys, batch.numRows)
  const { starts, order } = table
  for (let row = 0; row < batch.numRows;) {
    let count = 0
    const first = row
    for (; row < batch.numRows && count < MAX_PAIRS; row++) count += matchesOf(row)
    const left = new Int32Array(count)
    const right = new Int32Array(count)
    for (let at = 0, i = first; i < row; i++) {
      const size = matchesOf(i)
      const start = size === 0 ? 0 : starts[groups[i]]
      for (let k = 0; k < size; k++, at++) {
        left[at] = i
        right[at] = order[start + k]!
      }
    }
    yield { left, right }
  }
  function matchesOf(row: number): number {
    const group = groups[row]
    return group < 0 || (isNull !== null && isNull[row] === 1) ? 0 : starts[group + 1] - starts[group]
  }
}

const MAX_PAIRS = 65_536

function matched(
  pairs: Pairs,
  batch: Batch,
  table: Table,
  shape: JoinShape,
  inputs: ReadonlySet<number>,
  context: EvaluationContext,
): Pairs {
  if (shape.condition === null || pairs.left.length === 0) return pairs
  const candidate = gatherPair(batch, table.rows, pairs, inputs, shape)
  const { rows, count } = selectTrue(shape.condition.evaluate(candidate, context))
  const left = new Int32Array(count)
  const right = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    left[i] = pairs.left[rows[i]]!
    right[i] = pairs.right[rows[i]]!
  }
  return { left, right }
}

function gatherPair(
  left: Batch | null,
  right: Batch,
  pairs: Pairs,
  needed: ReadonlySet<number>,
  shape: JoinShape,
): Batch {
  const width = shape.leftSchema.fields.length
  const schema: StructType = { kind: 'struct', fields: [...shape.leftSchema.fields, ...shape.rightSchema.fields] }
  return sparseBatch(schema, pairs.left.length, needed, (index) => {
    const column = index < width ? left?.columns[index] : right.columns[index - width]
    const rows = index < width ? pairs.left : pairs.right
    return column === undefined || (column.length === 0 && rows.length > 0)
      ? nullColumn(schema.fields[index].type, rows.length)
      : gatherColumn(column, rows)
  })
}

function output(left: Batch | null, right: Batch, pairs: Pairs, shape: JoinShape, needed: ReadonlySet<number>): Batch {
  const batch = gatherPair(left, right, pairs, needed, shape)
  return { schema: shape.schema, numRows: batch.numRows, columns: batch.columns.slice(0, shape.schema.fields.length) }
}

function nullKeys(keys: readonly Column[], numRows: number): Uint8Array | null {
  let isNull: Uint8Array | null = null
  for (const { layout, validity } of keys) {
    if (layout === 'void') return new Uint8Array(numRows).fill(1)
    if (validity === null) continue
    isNull ??= new Uint8Array(numRows)
    for (let row = 0; row < numRows; row++) if (validity[row] === 0) isNull[row] = 1
  }
  return isNull
}
