import type { Column } from '../../../protocol/columns'
import { DOUBLE } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { typed } from '../functions/argument-types'
import { unexpectedInputType } from '../errors'
import { columnOfRows, readerOf } from '../row-values'
import { ensure, isValid } from './define'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'

type Moments = {
  readonly n: number
  readonly mean: number
  readonly m2: number
  readonly m3: number
  readonly m4: number
}

/** Central moments up to the fourth by single updates, merged pairwise: the variance family, skewness, kurtosis. */
class MomentState implements AggregateState {
  readonly #finish: (moments: Moments) => number | null
  #n = new Float64Array(0)
  #mean = new Float64Array(0)
  #m2 = new Float64Array(0)
  #m3 = new Float64Array(0)
  #m4 = new Float64Array(0)

  constructor(finish: (moments: Moments) => number | null) {
    this.#finish = finish
  }

  get sizeBytes(): number {
    return this.#n.byteLength * 5
  }

  reset(groups: Int32Array): void {
    for (const values of [this.#n, this.#mean, this.#m2, this.#m3, this.#m4])
      for (const group of groups) values[group] = 0
  }

  grow(numGroups: number): void {
    this.#n = ensure(this.#n, numGroups)
    this.#mean = ensure(this.#mean, numGroups)
    this.#m2 = ensure(this.#m2, numGroups)
    this.#m3 = ensure(this.#m3, numGroups)
    this.#m4 = ensure(this.#m4, numGroups)
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    if (input.layout !== 'fixed') return
    for (let i = 0; i < numRows; i++) {
      if (isValid(input, i)) this.#addOne(groups[i], input.values[i] as number)
    }
  }

  #addOne(group: number, value: number): void {
    const n = this.#n[group] + 1
    const delta = value - this.#mean[group]
    const deltaN = delta / n
    const [m2, m3] = [this.#m2[group], this.#m3[group]]
    const term = delta * (delta - deltaN)
    this.#n[group] = n
    this.#mean[group] += deltaN
    this.#m2[group] = m2 + term
    this.#m3[group] = m3 - 3 * deltaN * (m2 + term) + delta * (delta * delta - deltaN * deltaN)
    this.#m4[group] +=
      -4 * deltaN * this.#m3[group] -
      6 * deltaN * deltaN * this.#m2[group] +
      delta * (delta * delta * delta - deltaN * deltaN * deltaN)
  }

  results(groups: Int32Array): Column {
    return columnOfRows(DOUBLE, groups.length, (i) => {
      const group = groups[i]
      const n = this.#n[group]
      return n === 0
        ? null
        : this.#finish({
            n,
            mean: this.#mean[group],
            m2: this.#m2[group],
            m3: this.#m3[group],
            m4: this.#m4[group],
          })
    })
  }

  save(groups: Int32Array): readonly Column[] {
    return [this.#n, this.#mean, this.#m2, this.#m3, this.#m4].map((values) =>
      columnOfRows(DOUBLE, groups.length, (i) => values[groups[i]]),
    )
  }

  merge(groups: Int32Array, state: readonly Column[]): void {
    const [n, mean, m2, m3, m4] = state.map(readerOf) as [
      (i: number) => unknown,
      (i: number) => unknown,
      (i: number) => unknown,
      (i: number) => unknown,
      (i: number) => unknown,
    ]
    for (let i = 0; i < groups.length; i++) {
      this.#mergeOne(groups[i], {
        n: n(i) as number,
        mean: mean(i) as number,
        m2: m2(i) as number,
        m3: m3(i) as number,
        m4: m4(i) as number,
      })
    }
  }

  #mergeOne(group: number, b: Moments): void {
    const a: Moments = {
      n: this.#n[group],
      mean: this.#mean[group],
      m2: this.#m2[group],
      m3: this.#m3[group],
      m4: this.#m4[group],
    }
    const n = a.n + b.n
    if (b.n === 0) return
    const delta = b.mean - a.mean
    const deltaN = delta / n
    this.#n[group] = n
    this.#mean[group] = a.mean + deltaN * b.n
    this.#m2[group] = a.m2 + b.m2 + delta * deltaN * a.n * b.n
    this.#m3[group] =
      a.m3 + b.m3 + deltaN * deltaN * delta * a.n * b.n * (a.n - b.n) + 3 * deltaN * (a.n * b.m2 - b.n * a.m2)
    this.#m4[group] =
      a.m4 +
      b.m4 +
      deltaN * deltaN * deltaN * delta * a.n * b.n * (a.n * a.n - a.n * b.n + b.n * b.n) +
      6 * deltaN * deltaN * (a.n * a.n * b.m2 + b.n * b.n * a.m2) +
      4 * deltaN * (a.n * b.m3 - b.n * a.m3)
  }
}

function moment(
  name: string,
  aliases: readonly string[],
  doc: string,
  finish: (moments: Moments) => number | null,
): AggregateEntry {
  return {
    name,
    aliases,
    arity: [1, 1],
    doc,
    bind({ args, sql }: AggregateCall): AggregateParts {
      const target = typed(DOUBLE).accept(args[0].type)
      if (target === null) throw unexpectedInputType(sql, 0, '"DOUBLE"', args[0])
      return {
        type: DOUBLE,
        nullable: true,
        inputs: [implicitCast(args[0], DOUBLE)],
        stateTypes: [DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE],
        open: () => new MomentState(finish),
      }
    },
  }
}

/** Of one value the sample forms have no answer: NULL. */
const sampleVariance = ({ n, m2 }: Moments) => (n === 1 ? null : m2 / (n - 1))

export const STATISTICS: readonly AggregateEntry[] = [
  moment('variance', ['var_samp'], 'Sample variance.', sampleVariance),
  moment('var_pop', [], 'Population variance.', ({ n, m2 }) => m2 / n),
  moment('stddev', ['std', 'stddev_samp'], 'Sample standard deviation.', (moments) => {
    const variance = sampleVariance(moments)
    return variance === null ? null : Math.sqrt(variance)
  }),
  moment('stddev_pop', [], 'Population standard deviation.', ({ n, m2 }) => Math.sqrt(m2 / n)),
  moment('skewness', [], 'Skewness.', ({ n, m2, m3 }) =>
    m2 === 0 ? null : (Math.sqrt(n) * m3) / Math.sqrt(m2 * m2 * m2),
  ),
  moment('kurtosis', [], 'Excess kurtosis.', ({ n, m2, m4 }) => (m2 === 0 ? null : (n * m4) / (m2 * m2) - 3)),
]
