import { LONG, BINARY } from '../../types/atomic-types'
import { sparkError } from '../errors'
import type { Node } from '../node'
import type { AggregateEntry } from './define'
import { HyperLogLogState, precisionFor } from './hyper-log-log'

const DEFAULT_RELATIVE_SD = 0.05

/** A literal DOUBLE or DECIMAL, as Spark wants it: not an expression that would fold to one. */
function relativeSdOf(node: Node | undefined): number {
  if (node === undefined) return DEFAULT_RELATIVE_SD
  const value = node.literal?.value
  if (node.type.kind === 'double' && typeof value === 'number') return value
  if (node.type.kind === 'decimal' && typeof value === 'bigint') return Number(value) / 10 ** node.type.scale
  throw sparkError('_LEGACY_ERROR_TEMP_1104', {}, { hint: 'Write the error as a number, for example 0.02.' })
}

export const APPROXIMATE_AGGREGATES: readonly AggregateEntry[] = [
  {
    name: 'approx_count_distinct',
    arity: [1, 2],
    doc: 'Number of distinct values, within a relative standard deviation (0.05 unless given), in little memory.',
    bind: ({ args: [input, relativeSd], name }) => {
      const precision = precisionFor(relativeSdOf(relativeSd))
      if (!(precision >= 4)) {
        const hint = 'The relative error must lie above 0 and may be at most 0.39.'
        throw sparkError('FAILED_FUNCTION_CALL', { funcName: `\`${name}\`` }, { hint })
      }
      return {
        type: LONG,
        nullable: false,
        inputs: [input],
        stateTypes: [BINARY],
        open: () => new HyperLogLogState(precision),
      }
    },
  },
]
