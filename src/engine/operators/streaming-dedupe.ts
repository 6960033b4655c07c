import type { Batch, Column, StructType } from '../../protocol/columns'
import { gatherBatch, gatherColumn } from '../batch/gather'
import type { OperatorState } from '../execution/stateful-query'
import { FixedValuesState, NO_VALUES } from '../state/state-values'
import type { KeyPath } from '../state/state-table'
import type { TimePath } from './late-rows'
import { splitLate, timeColumn } from './late-rows'
import type { Operator } from './operator'
import { sparseBatch } from './operator'

export type DedupeShape = {
  readonly schema: StructType
  /** Columns that make two rows copies of each other. */
  readonly keys: readonly number[]
  /** Event time among the columns; null without a watermark. */
  readonly eventTime: TimePath | null
}

/**
 * Dedupe: lets the first row of each key through, drops every later copy. NULL equals NULL, NaN equals NaN.
 *
 * Input   batches of any row count
 * Output  same schema, input order kept, 0..input rows
 * State   keys seen
 * Late    rows at or before the late watermark are dropped, whether or not event time is a key
 * Expiry  end of the batch, event time <= eviction watermark; never when event time is not a key
 * Errors  none at run time
 * Source  Spark 4.1 StreamingDeduplicateExec
 */
export function streamingDedupe(
  input: Operator,
  shape: DedupeShape,
  state: OperatorState,
  needed: ReadonlySet<number>,
): Operator {
  const { keys, schema } = shape
  const table = state.table(
    keys.map((key) => schema.fields[key].type),
    () => NO_VALUES,
  )
  const expiry = expiryPath(shape)
  return async function* (run) {
    const rows = table.rows
    const output = await firstsOf(
      input(run),
      shape,
      state,
      needed,
      (batch) => rows.insertMissing(keyColumns(batch, keys), batch.numRows).rows,
    )
    if (expiry !== null) {
      const expired = rows.expired(expiry, state.evictionWatermarkMs)
      rows.remove(expired)
      state.metrics.numRowsRemoved = expired.length
    }
    yield* output
  }
}

/**
 * Dedupe within the watermark: as dedupe, but a key is forgotten a delay after the event time of its first row, then the next
 * row of the key goes through again.
 *
 * Input   batches with a marked event time
 * Output  same schema, input order kept, 0..input rows
 * State   keys -> `expiresAt`: event time of the first row + delay, microseconds; later copies do not move it
 * Late    rows at or before the late watermark are dropped
 * Expiry  end of the batch, expiresAt <= eviction watermark
 * Errors  none at run time
 * Source  Spark 4.1 StreamingDeduplicateWithinWatermarkExec
 */
export function streamingDedupeWithinWatermark(
  input: Operator,
  shape: DedupeShape & { readonly eventTime: TimePath; readonly delayMs: number },
  state: OperatorState,
  needed: ReadonlySet<number>,
): Operator {
  const { keys, eventTime, schema } = shape
  const delayMicros = BigInt(shape.delayMs) * 1000n
  const table = state.table(
    keys.map((key) => schema.fields[key].type),
    () => new FixedValuesState([{ kind: 'timestamp' }]),
  )
  return async function* (run) {
    const rows = table.rows
    const output = await firstsOf(input(run), shape, state, needed, (batch) => {
      const fresh = rows.insertMissing(keyColumns(batch, keys), batch.numRows)
      const times = timeColumn(batch.columns, eventTime)
      const expiresAt = rows.values.column(0) as BigInt64Array
      fresh.rows.forEach((row, i) => (expiresAt[fresh.slots[i]] = microsAt(times, row) + delayMicros))
      return fresh.rows
    })
    const limit = BigInt(state.evictionWatermarkMs) * 1000n
    const expiresAt = rows.values.column(0) as BigInt64Array
    const expired = rows.slots().filter((slot) => expiresAt[slot] <= limit)
    rows.remove(expired)
    state.metrics.numRowsRemoved = expired.length
    yield* output
  }
}

/** Where the event time stands in the keys of the state; null when it is none of them. */
function expiryPath({ keys, eventTime }: DedupeShape): KeyPath | null {
  if (eventTime === null) return null
  const [column, ...rest] = eventTime
  const key = keys.indexOf(column)
  return key < 0 ? null : [key, ...rest]
}

function keyColumns(batch: Batch, keys: readonly number[]): Column[] {
  return keys.map((key) => batch.columns[key])
}

/** The first row of each key, of the rows that are not late. `insertMissing` keeps the keys not seen yet and gives their rows. */
async function firstsOf(
  input: AsyncIterable<Batch>,
  { eventTime }: DedupeShape,
  state: OperatorState,
  needed: ReadonlySet<number>,
  insertMissing: (batch: Batch) => Int32Array,
): Promise<Batch[]> {
  const output: Batch[] = []
  state.metrics.custom.numDroppedDuplicateRows = 0
  for await (const pulled of input) {
    const batch = withoutLate(pulled, eventTime, state)
    if (batch.numRows === 0) continue
    const firsts = tellFresh(batch, insertMissing(batch), state, needed)
    if (firsts !== null) output.push(firsts)
  }
  return output
}

/** The rows that are not late; the others are counted and shown. */
function withoutLate(batch: Batch, eventTime: TimePath | null, state: OperatorState): Batch {
  if (eventTime === null) return batch
  const time = timeColumn(batch.columns, eventTime)
  const split = splitLate(time, state.lateWatermarkMs)
  if (split === null) return batch
  const { kept, late } = split
  state.metrics.numRowsDroppedByWatermark += late.length
  state.addLateRows(
    BigInt64Array.from(late, (row) => microsAt(time, row)),
    null,
  )
  return gatherBatch(batch, kept)
}

/** Counts the fresh rows and the copies, and gives the fresh ones on. */
function tellFresh(
  batch: Batch,
  fresh: Int32Array,
  { metrics }: OperatorState,
  needed: ReadonlySet<number>,
): Batch | null {
  metrics.numRowsUpdated += fresh.length
  metrics.custom.numDroppedDuplicateRows += batch.numRows - fresh.length
  if (fresh.length === 0) return null
  if (fresh.length === batch.numRows) return batch
  return sparseBatch(batch.schema, fresh.length, needed, (index) => gatherColumn(batch.columns[index], fresh))
}

/** Spark reads a NULL event time as 1970 here. */
function microsAt(time: Column, row: number): bigint {
  if (time.layout !== 'fixed' || !(time.values instanceof BigInt64Array)) return 0n
  return time.validity !== null && time.validity[row] === 0 ? 0n : time.values[row]
}
