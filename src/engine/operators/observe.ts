import type { AggregateShape } from './aggregate'
import { openGroups } from './aggregate'
import type { Operator } from './operator'

/**
 * Observe: rows pass unchanged; the named metrics see them all and are reported once, after the last batch.
 *
 * State   one global aggregate
 */
export function observe(input: Operator, name: string, metrics: AggregateShape): Operator {
  return async function* (run) {
    const group = openGroups(metrics)
    for await (const batch of input(run)) {
      group.add(batch, run.context)
      yield batch
    }
    run.onMetrics?.(name, group.results(0, 1, run.context))
  }
}
