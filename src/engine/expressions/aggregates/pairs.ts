import type { Column } from '../../../protocol/columns'
import { DOUBLE, isIntegral } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { unexpectedInputType } from '../errors'
import { double } from '../functions/argument-types'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'

/** Count, means and second moments of pairs (x, y), in this order in `Moments`. */
type Moments = [n: number, meanX: number, meanY: number, xx: number, yy: number, xy: number]

/** Pairs where neither is NULL: covariance and correlation. */
class PairState implements AggregateState {
  readonly #finish: (moments: Moments) => number | null
  readonly #groups: Moments[] = []

  constructor(finish: (moments: Moments) => number | null) {
    this.#finish = finish
  }

  get sizeBytes(): number {
    return this.#groups.length * 6 * 8
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#groups[group] = [0, 0, 0, 0, 0, 0]
  }

  grow(numGroups: number): void {
    while (this.#groups.length < numGroups) this.#groups.push([0, 0, 0, 0, 0, 0])
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    const [readX, readY] = [readerOf(inputs[0]), readerOf(inputs[1])]
    for (let i = 0; i < numRows; i++) {
      const [x, y] = [readX(i), readY(i)]
      if (x !== null && y !== null) mergePairs(this.#groups[groups[i]], [1, x as number, y as number, 0, 0, 0])
    }
  }

  results(groups: Int32Array): Column {
    return columnOfRows(DOUBLE, groups.length, (i) =>
      this.#groups[groups[i]][0] === 0 ? null : this.#finish(this.#groups[groups[i]]),
    )
  }

  save(groups: Int32Array): readonly Column[] {
    return Array.from({ length: 6 }, (_, k) => columnOfRows(DOUBLE, groups.length, (i) => this.#groups[groups[i]][k]))
  }

  merge(groups: Int32Array, state: readonly Column[]): void {
    const readers = state.map(readerOf)
    for (let i = 0; i < groups.length; i++)
      mergePairs(this.#groups[groups[i]], readers.map((read) => read(i) as number) as Moments)
  }
}

function mergePairs(a: Moments, [n, meanX, meanY, xx, yy, xy]: Moments): void {
  if (n === 0) return
  const total = a[0] + n
  const [dx, dy] = [meanX - a[1], meanY - a[2]]
  const weight = (a[0] * n) / total
  a[3] += xx + dx * dx * weight
  a[4] += yy + dy * dy * weight
  a[5] += xy + dx * dy * weight
  a[1] += (dx * n) / total
  a[2] += (dy * n) / total
  a[0] = total
}

function pairEntry(name: string, doc: string, finish: (moments: Moments) => number | null): AggregateEntry {
  return {
    name,
    arity: [2, 2],
    doc,
    bind({ args, sql }: AggregateCall): AggregateParts {
      args.forEach((arg, i) => {
        if (double.accept(arg.type) === null) throw unexpectedInputType(sql, i, '"DOUBLE"', arg)
      })
      const inputs = args.map((arg) => implicitCast(arg, DOUBLE))
      return {
        type: DOUBLE,
        nullable: true,
        inputs,
        stateTypes: inputs.flatMap(() => [DOUBLE, DOUBLE, DOUBLE]),
        open: () => new PairState(finish),
      }
    },
  }
}

/** Bitwise aggregates of integers; NULL without a value. */
class BitState implements AggregateState {
  readonly #type: AggregateParts['type']
  readonly #operation: (a: bigint, b: bigint) => bigint
  readonly #values: (bigint | null)[] = []

  constructor(type: AggregateParts['type'], operation: (a: bigint, b: bigint) => bigint) {
    this.#type = type
    this.#operation = operation
  }

  get sizeBytes(): number {
    return this.#values.length * 16
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#values[group] = null
  }

  grow(numGroups: number): void {
    while (this.#values.length < numGroups) this.#values.push(null)
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    const read = readerOf(input)
    for (let i = 0; i < numRows; i++) {
      const value = read(i)
      if (value === null) continue
      const before = this.#values[groups[i]]!
      this.#values[groups[i]] =
        before === null ? BigInt(value as number) : this.#operation(before, BigInt(value as number))
    }
  }

  results(groups: Int32Array): Column {
    return columnOfRows(this.#type, groups.length, (i): Value => {
      const value = this.#values[groups[i]]!
      return value === null || this.#type.kind === 'long' ? value : Number(value)
    })
  }

  save(groups: Int32Array): readonly Column[] {
    return [this.results(groups)]
  }

  merge(groups: Int32Array, state: readonly Column[]): void {
    this.add(groups, groups.length, state)
  }
}

function bitEntry(name: string, doc: string, operation: (a: bigint, b: bigint) => bigint): AggregateEntry {
  return {
    name,
    arity: [1, 1],
    doc,
    bind({ args, sql }: AggregateCall): AggregateParts {
      const arg = args[0]
      if (!isIntegral(arg.type)) throw unexpectedInputType(sql, 0, '"INTEGRAL"', arg)
      return {
        type: arg.type,
        nullable: true,
        inputs: [arg],
        stateTypes: [arg.type],
        open: () => new BitState(arg.type, operation),
      }
    },
  }
}

export const PAIR_AGGREGATES: readonly AggregateEntry[] = [
  pairEntry('covar_pop', 'Population covariance.', ([n, , , , , xy]) => xy / n),
  pairEntry('covar_samp', 'Sample covariance.', ([n, , , , , xy]) => (n === 1 ? null : xy / (n - 1))),
  pairEntry('corr', 'Pearson correlation.', ([n, , , xx, yy, xy]) => (n === 1 ? null : xy / Math.sqrt(xx * yy))),
  // The dependent variable y comes first: x is the second argument.
  pairEntry('regr_avgx', 'Mean of the second argument where neither is NULL.', ([, , y]) => y),
  pairEntry('regr_avgy', 'Mean of the first argument where neither is NULL.', ([, x]) => x),
  pairEntry('regr_sxx', 'Sum of squares of the second argument.', ([, , , , yy]) => yy),
  pairEntry('regr_syy', 'Sum of squares of the first argument.', ([, , , xx]) => xx),
  pairEntry('regr_sxy', 'Sum of products of both arguments.', ([, , , , , xy]) => xy),
  pairEntry('regr_slope', 'Slope of the line through (second, first).', ([, , , , yy, xy]) =>
    yy === 0 ? null : xy / yy,
  ),
  pairEntry('regr_intercept', 'Where that line meets zero.', ([, x, y, , yy, xy]) =>
    yy === 0 ? null : x - (xy / yy) * y,
  ),
  pairEntry('regr_r2', 'Square of the correlation.', ([, , , xx, yy, xy]) =>
    yy === 0 ? null : xx === 0 ? 1 : (xy * xy) / (xx * yy),
  ),
  bitEntry('bit_and', 'Bitwise AND of the values.', (a, b) => a & b),
  bitEntry('bit_or', 'Bitwise OR of the values.', (a, b) => a | b),
  bitEntry('bit_xor', 'Bitwise XOR of the values.', (a, b) => a ^ b),
]
