import { wrongNumArgs } from '../errors'
import { unresolvedRoutine } from '../functions/registry'
import { APPROXIMATE_AGGREGATES } from './approximate'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'
import { distinctParts } from './distinct'
import { NUMBER_AGGREGATES } from './numbers'
import { PAIR_AGGREGATES } from './pairs'
import { QUANTILES } from './quantiles'
import { STATISTICS } from './statistics'
import { VALUE_AGGREGATES } from './values'

/** Every aggregate function. To add one: an entry in its family's file, its name in `is-aggregate.ts`, and golden rows. */
export const AGGREGATES: readonly AggregateEntry[] = [
  ...NUMBER_AGGREGATES,
  ...VALUE_AGGREGATES,
  ...STATISTICS,
  ...PAIR_AGGREGATES,
  ...QUANTILES,
  ...APPROXIMATE_AGGREGATES,
]

const BY_NAME: ReadonlyMap<string, AggregateEntry> = new Map(
  AGGREGATES.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
)

/** A call's parts, DISTINCT included. Throws UNRESOLVED_ROUTINE, WRONG_NUM_ARGS or DATATYPE_MISMATCH. */
export function aggregateParts(call: AggregateCall): AggregateParts {
  const entry = BY_NAME.get(call.name)
  if (entry === undefined) throw unresolvedRoutine(call.name)
  const [min, max] = entry.arity
  const count = call.args.length
  if (count < min || count > max)
    throw wrongNumArgs(
      call.name,
      max === Infinity ? `> ${min - 1}` : min === max ? String(min) : `[${min}, ${max}]`,
      count,
    )
  if (entry.name === 'collect_set') return distinctParts(entry.bind(call))
  // The extreme of the distinct values is the extreme.
  const isIdempotent = ['min', 'max', 'bool_and', 'bool_or', 'approx_count_distinct'].includes(entry.name)
  if (!call.isDistinct || isIdempotent) return entry.bind(call)
  // Every argument takes part in a distinct count, also one that cannot be NULL.
  const parts = entry.bind(call)
  return distinctParts(entry.name === 'count' ? { ...parts, inputs: call.args } : parts)
}
