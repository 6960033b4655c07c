import type { Batch, Column } from '../../protocol/columns'
import { gatherBatch, gatherColumn } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { EvaluationContext } from '../expressions/bound'
import type { OperatorState } from '../execution/stateful-query'
import { AggregateValues } from '../state/state-values'
import type { StateTable } from '../state/state-table'
import type { AggregateShape } from './aggregate'
import { addRows, groupSchema } from './aggregate'
import type { TimePath } from './late-rows'
import { splitLate, timeColumn } from './late-rows'
import { LocalGroups, gatherKey } from './local-groups'
import type { RowGroups } from './local-groups'
import { PartialSums } from './partial-sums'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, throwIfCanceled } from './operator'

export type StreamingAggregateShape = AggregateShape & {
  readonly outputMode: 'append' | 'update' | 'complete'
  /** Event time among the keys; null when none of them is. */
  readonly eventTime: TimePath | null
  /** The input column with the raw event time, for showing late rows; null when it is not there. */
  readonly rawTime: number | null
}

/**
 * Streaming aggregation: groups live across batches; what a batch gives out depends on the output mode.
 *
 * Input   batches of any row count; NULL keys form a group of their own
 * Output  append: groups whose event time is at or before the eviction watermark, once, as they leave
 *         update: groups this batch changed · complete: all groups; without keys one row, also for no input
 * State   keys -> states of the aggregates
 * Late    append and update drop rows whose key time is at or before the late watermark; complete keeps all
 * Expiry  end of the batch, key time <= eviction watermark; never in complete mode or without event time in the keys
 * Errors  those of the expressions; ARITHMETIC_OVERFLOW of sums
 * Source  Spark 4.1 StateStoreSaveExec
 */
export function streamingAggregate(input: Operator, shape: StreamingAggregateShape, state: OperatorState): Operator {
  const { keys, aggregates, outputMode } = shape
  const isGlobal = keys.length === 0
  const eventTime = outputMode === 'complete' ? null : shape.eventTime
  const wideSchema = groupSchema(keys, aggregates)
  const table = state.table(
    keys.map((key) => key.type),
    () => new AggregateValues(aggregates),
  )
  const lateKeys = new LateKeys(shape)

  const local = isGlobal ? null : new LocalGroups()

  const add = (rows: StateTable<AggregateValues>, batch: Batch, context: EvaluationContext) => {
    const keyColumns = keys.map((key) => key.evaluate(batch, context))
    const grouped = local?.group(keyColumns, batch.numRows) ?? null
    // One row a group stands for all of them: late or not, and where its group is.
    const shown = grouped === null ? keyColumns : keyColumns.map((column) => gatherKey(column, grouped.firstRows))
    const split = eventTime === null ? null : splitLate(timeColumn(shown, eventTime), state.lateWatermarkMs)
    if (split !== null) {
      const { kept, late } = grouped === null ? split : rowsOfGroups(grouped, split.late)
      lateKeys.add(keyColumns, late, batch, state)
      if (kept.length > 0) addToGroups(rows, null, gatherKeys(keyColumns, kept), gatherBatch(batch, kept), context)
      return
    }
    addToGroups(rows, grouped, shown, batch, context)
  }

  const addToGroups = (
    rows: StateTable<AggregateValues>,
    grouped: RowGroups | null,
    keyColumns: readonly Column[],
    batch: Batch,
    context: EvaluationContext,
  ) => {
    const slots = rows.upsert(keyColumns, grouped === null ? batch.numRows : grouped.firstRows.length)
    const { states } = rows.values
    if (grouped === null) {
      aggregates.forEach((aggregate, index) => addRows(aggregate, states[index], slots, batch, context))
      return
    }
    const partials = new PartialSums(grouped)
    let slotOfRow: Int32Array | null = null
    aggregates.forEach((aggregate, index) => {
      const partial = aggregate.filter === null ? partials.of(aggregate, states[index], batch, context) : null
      if (partial !== null) states[index].merge(slots, partial)
      else {
        slotOfRow ??= grouped.groups.map((group) => slots[group])
        addRows(aggregate, states[index], slotOfRow, batch, context)
      }
    })
  }

  /** Takes the changes of the batch in, and gives the slots to show: read them before they are removed. */
  const finish = (rows: StateTable<AggregateValues>): { shown: Int32Array; evicted: Int32Array } => {
    const evicted = eventTime === null ? new Int32Array(0) : rows.expired(eventTime, state.evictionWatermarkMs)
    if (outputMode === 'append') return { shown: evicted, evicted }
    return { shown: outputMode === 'update' ? rows.touchedSlots() : rows.slots(), evicted }
  }

  return async function* (run) {
    const { metrics } = state
    const rows = table.rows
    lateKeys.clear()
    let startMs = state.realNowMs()
    let inputMs = 0
    // One group for all rows: it is there, and changes, in every batch.
    if (isGlobal) rows.upsert([], 1)
    for await (const batch of timed(input(run), state, (ms) => (inputMs += ms))) add(rows, batch, run.context)
    metrics.numRowsUpdated = rows.numTouched
    metrics.numRowsDroppedByWatermark = lateKeys.numKeys
    const { shown, evicted } = finish(rows)
    const output: Batch[] = []
    for (let start = 0; start < shown.length; start += ROWS_PER_BATCH)
      output.push(resultsOf(shown.subarray(start, start + ROWS_PER_BATCH), rows, run.context))
    metrics.allUpdatesTimeMs = state.realNowMs() - startMs - inputMs
    startMs = state.realNowMs()
    rows.remove(evicted)
    metrics.numRowsRemoved = evicted.length
    metrics.allRemovalsTimeMs = state.realNowMs() - startMs
    // Only now: whoever reads may stop early, and the state must be whole all the same.
    for (const batch of output) {
      throwIfCanceled(run.context)
      yield batch
    }
  }

  function resultsOf(slots: Int32Array, rows: StateTable<AggregateValues>, context: EvaluationContext): Batch {
    const columns = [...rows.keysOf(slots), ...rows.values.states.map((one) => one.results(slots))]
    const wide: Batch = { schema: wideSchema, numRows: slots.length, columns }
    return {
      schema: shape.schema,
      numRows: slots.length,
      columns: shape.results.map((result) => result.evaluate(wide, context)),
    }
  }
}

function gatherKeys(keys: readonly Column[], rows: Int32Array): Column[] {
  return keys.map((column) => gatherKey(column, rows))
}

/** Rows whose group is late, and the others. */
function rowsOfGroups(
  { groups, firstRows }: RowGroups,
  lateGroups: Int32Array,
): { kept: Int32Array; late: Int32Array } {
  const isLate = new Uint8Array(firstRows.length)
  for (const group of lateGroups) isLate[group] = 1
  const kept = new Int32Array(groups.length)
  const late = new Int32Array(groups.length)
  let [numKept, numLate] = [0, 0]
  for (let row = 0; row < groups.length; row++) {
    if (isLate[groups[row]] === 1) late[numLate++] = row
    else kept[numKept++] = row
  }
  return { kept: kept.subarray(0, numKept), late: late.subarray(0, numLate) }
}

/** Late rows of one batch: Spark counts their groups, the page shows the rows. */
class LateKeys {
  readonly #shape: StreamingAggregateShape
  #groups: KeyGroups | null = null

  constructor(shape: StreamingAggregateShape) {
    this.#shape = shape
  }

  get numKeys(): number {
    return this.#groups?.numGroups ?? 0
  }

  clear(): void {
    this.#groups = null
  }

  add(keys: readonly Column[], late: Int32Array, batch: Batch, state: OperatorState): void {
    const { eventTime, rawTime } = this.#shape
    this.#groups ??= new KeyGroups(this.#shape.keys.map((key) => key.type))
    const lateKeys = gatherKeys(keys, late)
    this.#groups.groupsOf(lateKeys, late.length)
    const timeOf = (path: TimePath) => bigs(timeColumn(lateKeys, path))
    const isWindow = eventTime!.length === 2
    const windows = isWindow ? { starts: timeOf([eventTime![0], 0]), ends: timeOf([eventTime![0], 1]) } : null
    const times = rawTime === null ? timeOf(eventTime!) : bigs(gatherColumn(batch.columns[rawTime], late))
    state.addLateRows(times, windows)
  }
}

function bigs(column: Column): BigInt64Array {
  return column.layout === 'fixed' && column.values instanceof BigInt64Array
    ? column.values
    : new BigInt64Array(column.length)
}

/** Tells how long each pull from the input took, so that it is not counted as state work. */
async function* timed(
  input: AsyncIterable<Batch>,
  state: OperatorState,
  add: (ms: number) => void,
): AsyncIterable<Batch> {
  let startMs = state.realNowMs()
  for await (const batch of input) {
    add(state.realNowMs() - startMs)
    yield batch
    startMs = state.realNowMs()
  }
  add(state.realNowMs() - startMs)
}
