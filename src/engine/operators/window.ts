import type { Batch, Column, DataType, FixedColumn, StructType } from '../../protocol/columns'
import { sortRows } from '../batch/compare'
import { concatColumns } from '../batch/concat'
import { gatherColumn, selectTrue } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { BoundAggregate, BoundExpression, EvaluationContext } from '../expressions/bound'
import type { SortKey, WindowFrame, WindowFunction } from '../plan/node'
import { collect } from './sort'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, sparseBatch, throwIfCanceled } from './operator'
import { aggregateOverFrames } from './window-aggregate'

/**
 * Window functions: every input row with one column a function, computed over the row's partition.
 *
 * Input   batches of any row count
 * Output  all rows, partition after partition in the window's order, in batches of at most `ROWS_PER_BATCH`
 * State   the whole input
 * Errors  those of the expressions; ARITHMETIC_OVERFLOW of sums
 */
export function window(
  input: Operator,
  inputSchema: StructType,
  schema: StructType,
  shape: {
    readonly partition: readonly BoundExpression[]
    readonly order: readonly SortKey[]
    readonly functions: readonly WindowFunction[]
  },
  needed: ReadonlySet<number>,
): Operator {
  return async function* (run) {
    const all = await collect(input(run), inputSchema)
    if (all.numRows === 0) return
    const ordered = orderRows(all, shape.partition, shape.order, run.context)
    const sorted: Batch = { ...all, columns: all.columns.map((column) => gatherColumn(column, ordered.rows)) }
    const width = inputSchema.fields.length
    const values = shape.functions.map((one, index) =>
      needed.has(width + index) ? valuesOf(one, sorted, ordered, shape.order, run.context) : null,
    )
    for (let start = 0; start < all.numRows; start += ROWS_PER_BATCH) {
      throwIfCanceled(run.context)
      const end = Math.min(all.numRows, start + ROWS_PER_BATCH)
      const part = Int32Array.from({ length: end - start }, (_, i) => start + i)
      yield sparseBatch(schema, part.length, needed, (index) =>
        gatherColumn(index < width ? sorted.columns[index] : values[index - width]!, part),
      )
    }
  }
}

/** Rows in window order; for each place where its partition and its peers (rows equal in the order keys) start and end. */
type Ordered = {
  readonly rows: Int32Array
  readonly partitionStart: Int32Array
  readonly partitionEnd: Int32Array
  readonly peerStart: Int32Array
  readonly peerEnd: Int32Array
}

function orderRows(
  all: Batch,
  partition: readonly BoundExpression[],
  order: readonly SortKey[],
  context: EvaluationContext,
): Ordered {
  const { numRows } = all
  const partitionColumns = partition.map((key) => key.evaluate(all, context))
  const orderColumns = order.map((key) => key.expression.evaluate(all, context))
  const partitions = groupsOf(partition, partitionColumns, numRows)
  const peers = groupsOf(
    order.map((key) => key.expression),
    orderColumns,
    numRows,
  )
  const ascending = { descending: false, nullsFirst: true }
  const rows = sortRows([...partitionColumns, ...orderColumns], numRows, [...partition.map(() => ascending), ...order])
  const isPartitionStart = (i: number) => i === 0 || partitions[rows[i]] !== partitions[rows[i - 1]]
  const isPeerStart = (i: number) => isPartitionStart(i) || peers[rows[i]] !== peers[rows[i - 1]]
  const [partitionStart, partitionEnd] = runsOf(numRows, isPartitionStart)
  const [peerStart, peerEnd] = runsOf(numRows, isPeerStart)
  return { rows, partitionStart, partitionEnd, peerStart, peerEnd }
}

function groupsOf(keys: readonly BoundExpression[], columns: readonly Column[], numRows: number): Int32Array {
  if (keys.length === 0) return new Int32Array(numRows)
  return new KeyGroups(keys.map((key) => key.type)).groupsOf(columns, numRows)
}

function runsOf(numRows: number, startsAt: (index: number) => boolean): [Int32Array, Int32Array] {
  const starts = new Int32Array(numRows)
  const ends = new Int32Array(numRows)
  for (let i = 0, start = 0; i < numRows; i++) {
    if (startsAt(i)) start = i
    starts[i] = start
  }
  for (let i = numRows - 1, end = numRows; i >= 0; i--) {
    ends[i] = end
    if (starts[i] === i) end = i
  }
  return [starts, ends]
}

function valuesOf(
  one: WindowFunction,
  sorted: Batch,
  ordered: Ordered,
  order: readonly SortKey[],
  context: EvaluationContext,
): Column {
  switch (one.kind) {
    case 'rank':
      return rankValues(one.name, ordered, sorted.numRows)
    case 'ntile':
      return integers(ntileValues(one.buckets, ordered, sorted.numRows))
    case 'offset':
      return offsetValues(one, sorted, ordered, context)
    case 'nth': {
      const frames = framesOf(one.frame, sorted, ordered, order, context)
      return nthValues(one.value.evaluate(sorted, context), one.position, one.ignoresNulls, frames, sorted.numRows)
    }
    case 'aggregate': {
      const { starts, ends } = framesOf(one.frame, sorted, ordered, order, context)
      return aggregateOverFrames(one.aggregate, inputsOf(one.aggregate, sorted, context), starts, ends, sorted.numRows)
    }
  }
}

function inputsOf(aggregate: BoundAggregate, sorted: Batch, context: EvaluationContext) {
  const columns = aggregate.inputs.map((input) => input.evaluate(sorted, context))
  if (aggregate.filter === null) return { columns, passing: null }
  const { rows, count } = selectTrue(aggregate.filter.evaluate(sorted, context))
  return { columns, passing: rows.subarray(0, count) }
}

function rankValues(name: string, ordered: Ordered, numRows: number): Column {
  const { partitionStart, partitionEnd, peerStart, peerEnd } = ordered
  if (name === 'percent_rank' || name === 'cume_dist') {
    const values = new Float64Array(numRows)
    for (let i = 0; i < numRows; i++) {
      const size = partitionEnd[i] - partitionStart[i]
      const before = peerStart[i] - partitionStart[i]
      if (name === 'cume_dist') values[i] = (peerEnd[i] - partitionStart[i]) / size
      else values[i] = size === 1 ? 0 : before / (size - 1)
    }
    return { layout: 'fixed', type: { kind: 'double' }, length: numRows, validity: null, values }
  }
  const values = new Int32Array(numRows)
  for (let i = 0, dense = 0; i < numRows; i++) {
    if (i === partitionStart[i]) dense = 0
    if (i === peerStart[i]) dense++
    values[i] =
      name === 'row_number' ? i - partitionStart[i] + 1 : name === 'rank' ? peerStart[i] - partitionStart[i] + 1 : dense
  }
  return integers(values)
}

function integers(values: Int32Array): FixedColumn {
  return { layout: 'fixed', type: { kind: 'integer' }, length: values.length, validity: null, values }
}

/** The first `size % buckets` buckets hold one row more. */
function ntileValues(buckets: number, { partitionStart, partitionEnd }: Ordered, numRows: number): Int32Array {
  const values = new Int32Array(numRows)
  for (let i = 0; i < numRows; i++) {
    const size = partitionEnd[i] - partitionStart[i]
    const small = Math.floor(size / buckets)
    const larger = size % buckets
    const at = i - partitionStart[i]
    const inLarger = larger * (small + 1)
    values[i] = at < inLarger ? Math.floor(at / (small + 1)) + 1 : larger + Math.floor((at - inLarger) / small) + 1
  }
  return values
}

function offsetValues(
  one: Extract<WindowFunction, { kind: 'offset' }>,
  sorted: Batch,
  { partitionStart, partitionEnd }: Ordered,
  context: EvaluationContext,
): Column {
  const { numRows } = sorted
  const column = one.value.evaluate(sorted, context)
  const picked = new Int32Array(numRows)
  const step = Math.sign(one.offset)
  for (let i = 0; i < numRows; i++) {
    let at = i + one.offset
    if (one.ignoresNulls && step !== 0) {
      let left = Math.abs(one.offset)
      at = i
      while (left > 0) {
        at += step
        if (at < partitionStart[i] || at >= partitionEnd[i]) break
        if (isValid(column, at)) left--
      }
    }
    const isInside = at >= partitionStart[i] && at < partitionEnd[i]
    picked[i] = isInside ? at : one.otherwise === null ? -1 : numRows + i
  }
  if (one.otherwise === null) return gatherColumn(column, picked)
  return gatherColumn(concatColumns(one.value.type, [column, one.otherwise.evaluate(sorted, context)]), picked)
}

function isValid(column: Column, row: number): boolean {
  return column.layout !== 'void' && (column.validity === null || column.validity[row] === 1)
}

function nthValues(
  column: Column,
  position: number,
  ignoresNulls: boolean,
  { starts, ends }: Frames,
  numRows: number,
): Column {
  // Places of the rows that count; a frame is then a range of these.
  const places = ignoresNulls ? validRows(column, numRows) : null
  const picked = new Int32Array(numRows)
  for (let i = 0; i < numRows; i++) {
    const start = places === null ? starts[i] : lowerBound(places, starts[i])
    const end = places === null ? ends[i] : lowerBound(places, ends[i])
    const at = position > 0 ? start + position - 1 : end + position
    picked[i] = at < start || at >= end ? -1 : places === null ? at : places[at]
  }
  return gatherColumn(column, picked)
}

function validRows(column: Column, numRows: number): Int32Array {
  const rows = new Int32Array(numRows)
  let count = 0
  for (let i = 0; i < numRows; i++) if (isValid(column, i)) rows[count++] = i
  return rows.subarray(0, count)
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows `[starts[i], ends[i])` that row i's function sees. */
type Frames = { readonly starts: Int32Array; readonly ends: Int32Array }

function framesOf(
  frame: WindowFrame,
  sorted: Batch,
  ordered: Ordered,
  order: readonly SortKey[],
  context: EvaluationContext,
): Frames {
  const { numRows } = sorted
  const { partitionStart, partitionEnd, peerStart, peerEnd } = ordered
  const { unit, lower, upper } = frame
  const starts = new Int32Array(numRows)
  const ends = new Int32Array(numRows)
  const distance = unit === 'range' && ((lower ?? 0) !== 0 || (upper ?? 0) !== 0)
  const keys = distance ? keyNumbers(order[0], sorted, context) : null
  for (let i = 0; i < numRows; i++) {
    const first = partitionStart[i]
    const last = partitionEnd[i]
    let start: number
    let end: number
    if (unit === 'rows') {
      start = lower === null ? first : clamp(i + lower, first, last)
      end = upper === null ? last : clamp(i + upper + 1, first, last)
    } else {
      start =
        lower === null ? first : lower === 0 || keys === null ? peerStart[i] : keys.find(i, lower, first, last, false)
      end = upper === null ? last : upper === 0 || keys === null ? peerEnd[i] : keys.find(i, upper, first, last, true)
      // A NULL key has its peers alone near it.
      if (keys?.isNull(i) === true) {
        if (lower !== null) start = peerStart[i]
        if (upper !== null) end = peerEnd[i]
      }
    }
    starts[i] = start
    ends[i] = Math.max(start, end)
  }
  return { starts, ends }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/** Order keys as numbers that rise along the partition (negated when descending), NULLs beyond the end they stand at. */
function keyNumbers({ expression, descending, nullsFirst }: SortKey, sorted: Batch, context: EvaluationContext) {
  const column = expression.evaluate(sorted, context)
  const read = numberReader(column, expression.type)
  const sign = descending ? -1 : 1
  const numbers = new Float64Array(sorted.numRows)
  for (let i = 0; i < numbers.length; i++)
    numbers[i] = isValid(column, i) ? sign * read(i) : nullsFirst ? -Infinity : Infinity
  return {
    isNull: (row: number) => !isValid(column, row),
    /** First place in `[first, last)` whose key reaches (or, `past`, passes) the row's key plus `by`. */
    find(row: number, by: number, first: number, last: number, past: boolean): number {
      const wanted = numbers[row] + by
      let low = first
      let high = last
      while (low < high) {
        const middle = (low + high) >> 1
        if (numbers[middle] < wanted || (past && numbers[middle] === wanted)) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}

function numberReader(column: Column, type: DataType): (row: number) => number {
  const scale = type.kind === 'decimal' ? 10 ** type.scale : 1
  if (column.layout === 'fixed') return (row) => Number(column.values[row]) / scale
  if (column.layout === 'decimal128')
    return (row) =>
      (Number(column.values[2 * row + 1]) * 2 ** 64 + Number(BigInt.asUintN(64, column.values[2 * row]))) / scale
  return () => 0
}
