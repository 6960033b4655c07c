import type { AggregateEntry } from './define'
import { distinctParts } from './distinct'
import { NUMBER_AGGREGATES } from './numbers'

const count = NUMBER_AGGREGATES.find((entry) => entry.name === 'count')!

/**
 * approx_count_distinct as an exact distinct count: within every error bound, at the cost of keeping the values.
 * Spark's HyperLogLog++ gives slightly different numbers above a few hundred values.
 */
export const APPROXIMATE_AGGREGATES: readonly AggregateEntry[] = [
  {
    name: 'approx_count_distinct',
    arity: [1, 2],
    doc: 'Number of distinct values.',
    bind: (call) =>
      distinctParts({ ...count.bind({ ...call, args: call.args.slice(0, 1) }), inputs: call.args.slice(0, 1) }),
  },
]
