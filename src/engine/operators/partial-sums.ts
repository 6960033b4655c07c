import type { Batch, Column } from '../../protocol/columns'
import type { AggregateState, BoundAggregate, EvaluationContext } from '../expressions/bound'
import { DOUBLE, LONG } from '../types/atomic-types'
import type { RowGroups } from './local-groups'

type Sums = { readonly sums: Float64Array; readonly counts: Float64Array }

/**
 * Counts and sums of one batch by group, each input summed once for all aggregates that want it. They go into the states like
 * saved state, a row a group: Spark's partial aggregation, with the order of additions it has there.
 */
export class PartialSums {
  readonly #grouped: RowGroups
  readonly #byInput = new Map<Column, Sums>()

  constructor(grouped: RowGroups) {
    this.#grouped = grouped
  }

  /** State columns for `merge`; null when the aggregate needs its rows one by one. */
  of(
    aggregate: BoundAggregate,
    state: AggregateState,
    batch: Batch,
    context: EvaluationContext,
  ): readonly Column[] | null {
    if (state.partial === undefined || aggregate.inputs.length > 1) return null
    if (aggregate.inputs.length === 0) return [longs(this.#grouped.counts)]
    const input = aggregate.inputs[0].evaluate(batch, context)
    if (state.partial === 'count') {
      const counts = input.layout === 'void' ? null : this.#countsOf(input.validity)
      return counts === null ? null : [longs(counts)]
    }
    const sums = this.#sumsOf(input)
    return sums === null ? null : [doubles(sums.sums), longs(sums.counts)]
  }

  #countsOf(validity: Uint8Array | null): Float64Array {
    const { groups, counts } = this.#grouped
    if (validity === null) return counts
    const valid = new Float64Array(counts.length)
    for (let row = 0; row < groups.length; row++) valid[groups[row]] += validity[row]
    return valid
  }

  #sumsOf(input: Column): Sums | null {
    const known = this.#byInput.get(input)
    if (known !== undefined) return known
    if (input.layout !== 'fixed' || !(input.values instanceof Float64Array)) return null
    const { groups, counts } = this.#grouped
    const { values, validity } = input
    const sums = new Float64Array(counts.length)
    if (validity === null) for (let row = 0; row < groups.length; row++) sums[groups[row]] += values[row]
    else for (let row = 0; row < groups.length; row++) if (validity[row] === 1) sums[groups[row]] += values[row]
    const result = { sums, counts: this.#countsOf(validity) }
    this.#byInput.set(input, result)
    return result
  }
}

function longs(counts: Float64Array): Column {
  const values = new BigInt64Array(counts.length)
  for (let i = 0; i < counts.length; i++) values[i] = BigInt(counts[i])
  return { layout: 'fixed', type: LONG, length: counts.length, validity: null, values }
}

function doubles(values: Float64Array): Column {
  return { layout: 'fixed', type: DOUBLE, length: values.length, validity: null, values }
}
