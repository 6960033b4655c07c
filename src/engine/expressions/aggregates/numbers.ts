import type { Column, DataType, DecimalType } from '../../../protocol/columns'
import { internalError } from '../../../protocol/errors/runnel-error'
import { decimalText } from '../../batch/to-values'
import { BOOLEAN, DOUBLE, LONG, isIntegral, isNumeric } from '../../types/atomic-types'
import { decimalResult } from '../../types/coercion'
import type { AggregateState } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { decimalOutOfRange } from '../casts/convert-value'
import { rescaleDecimal } from '../casts/parse-values'
import { boundedDecimal } from '../decimal-types'
import { arithmeticOverflow, unexpectedInputType } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import { ensure, isValid } from './define'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'

/** count(*) has no inputs; count(x, y) counts rows where no argument is NULL. */
function bindCount({ args }: AggregateCall): AggregateParts {
  const inputs = args.filter((arg) => arg.nullable)
  return { type: LONG, nullable: false, inputs, stateTypes: [LONG], open: () => new CountState() }
}

class CountState implements AggregateState {
  readonly partial = 'count'
  #counts = new Float64Array(0)

  get sizeBytes(): number {
    return this.#counts.byteLength
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#counts[group] = 0
  }

  grow(numGroups: number): void {
    this.#counts = ensure(this.#counts, numGroups)
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    const counts = this.#counts
    const validities = inputs.filter((input) => input.layout === 'void' || input.validity !== null)
    if (validities.length === 0) {
      for (let i = 0; i < numRows; i++) counts[groups[i]]++
      return
    }
    for (let i = 0; i < numRows; i++) if (validities.every((input) => isValid(input, i))) counts[groups[i]]++
  }

  results(groups: Int32Array): Column {
    return longColumn(groups.length, (i) => BigInt(this.#counts[groups[i]]))
  }

  save(groups: Int32Array): readonly Column[] {
    return [this.results(groups)]
  }

  merge(groups: Int32Array, [counts]: readonly Column[]): void {
    const values = bigs(counts)
    for (let i = 0; i < groups.length; i++) this.#counts[groups[i]] += Number(values[i])
  }
}

function longColumn(length: number, valueAt: (i: number) => bigint): Column {
  const values = new BigInt64Array(length)
  for (let i = 0; i < length; i++) values[i] = valueAt(i)
  return { layout: 'fixed', type: LONG, length, validity: null, values }
}

function bigs(column: Column): BigInt64Array {
  if (column.layout === 'fixed' && column.values instanceof BigInt64Array) return column.values
  throw internalError(`a state column of ${column.type.kind} is not 8-byte integers`)
}

function doubles(column: Column): Float64Array {
  if (column.layout === 'fixed' && column.values instanceof Float64Array) return column.values
  throw internalError(`a state column of ${column.type.kind} is not doubles`)
}

/** The argument of sum and avg: a number, or text read as DOUBLE. */
function numberArgument({ args, sql }: AggregateCall): Node {
  const arg = args[0]
  if (isNumeric(arg.type) || arg.type.kind === 'day-time-interval' || arg.type.kind === 'year-month-interval')
    return arg
  if (arg.type.kind === 'string' || arg.type.kind === 'void') return implicitCast(arg, DOUBLE)
  throw unexpectedInputType(sql, 0, '"NUMERIC" or "ANSI INTERVAL"', arg)
}

/** sum: BIGINT of integers, DOUBLE of floats, decimal(p + 10, s); NULL without a value. */
function bindSum(call: AggregateCall): AggregateParts {
  const arg = numberArgument(call)
  const isTry = call.name === 'try_sum'
  const { type } = arg
  if (type.kind === 'decimal') {
    const result = boundedDecimal(type.precision + 10, type.scale)
    return {
      type: result,
      nullable: true,
      inputs: [arg],
      stateTypes: [{ kind: 'decimal', precision: 38, scale: type.scale }, LONG],
      open: () => new DecimalSumState(result, (sum) => fitDecimal(sum, type.scale, result, isTry), type.scale),
    }
  }
  if (type.kind === 'day-time-interval' || type.kind === 'year-month-interval') {
    return { type, nullable: true, inputs: [arg], stateTypes: [LONG, LONG], open: () => new LongSumState(type, false) }
  }
  if (isIntegral(type))
    return {
      type: LONG,
      nullable: true,
      inputs: [arg],
      stateTypes: [LONG, LONG],
      open: () => new LongSumState(LONG, isTry),
    }
  return {
    type: DOUBLE,
    nullable: true,
    inputs: [implicitCast(arg, DOUBLE)],
    stateTypes: [DOUBLE, LONG],
    open: () => new DoubleSumState(false),
  }
}

/** avg: DOUBLE, or decimal(p + 4, s + 4). */
function bindAverage(call: AggregateCall): AggregateParts {
  const arg = numberArgument(call)
  const { type } = arg
  if (type.kind === 'decimal') {
    const result = boundedDecimal(type.precision + 4, type.scale + 4)
    const sumType = boundedDecimal(type.precision + 10, type.scale)
    const quotient = decimalResult('/', sumType, { kind: 'decimal', precision: 20, scale: 0 })
    const average = (sum: bigint, count: bigint) => {
      const exact = rescaleDecimal(
        { unscaled: (sum * 10n ** 40n) / count, scale: sumType.scale + 40 },
        quotient.precision,
        quotient.scale,
      )
      return exact === null
        ? null
        : rescaleDecimal({ unscaled: exact, scale: quotient.scale }, result.precision, result.scale)
    }
    return {
      type: result,
      nullable: true,
      inputs: [arg],
      stateTypes: [{ kind: 'decimal', precision: 38, scale: type.scale }, LONG],
      open: () => new DecimalSumState(result, average, type.scale),
    }
  }
  if (type.kind === 'day-time-interval' || type.kind === 'year-month-interval') {
    return {
      type,
      nullable: true,
      inputs: [arg],
      stateTypes: [LONG, LONG],
      open: () => new LongSumState(type, false, true),
    }
  }
  return {
    type: DOUBLE,
    nullable: true,
    inputs: [implicitCast(arg, DOUBLE)],
    stateTypes: [DOUBLE, LONG],
    open: () => new DoubleSumState(true),
  }
}

function fitDecimal(sum: bigint, scale: number, result: DecimalType, isTry: boolean): bigint | null {
  const value = rescaleDecimal({ unscaled: sum, scale }, result.precision, result.scale)
  if (value !== null || isTry) return value
  throw decimalOutOfRange(decimalText(sum, scale), result)
}

/** Sums of doubles; with a count for avg and for "no value yet". */
class DoubleSumState implements AggregateState {
  readonly partial = 'double-sum'
  readonly #isAverage: boolean
  #sums = new Float64Array(0)
  #counts = new Float64Array(0)

  constructor(isAverage: boolean) {
    this.#isAverage = isAverage
  }

  get sizeBytes(): number {
    return this.#sums.byteLength + this.#counts.byteLength
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#sums[group] = this.#counts[group] = 0
  }

  grow(numGroups: number): void {
    this.#sums = ensure(this.#sums, numGroups)
    this.#counts = ensure(this.#counts, numGroups)
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    if (input.layout === 'void') return
    const values = doubles(input)
    const { validity } = input
    const [sums, counts] = [this.#sums, this.#counts]
    if (validity === null) {
      for (let i = 0; i < numRows; i++) {
        sums[groups[i]] += values[i]
        counts[groups[i]]++
      }
      return
    }
    for (let i = 0; i < numRows; i++) {
      if (validity[i] === 0) continue
      sums[groups[i]] += values[i]
      counts[groups[i]]++
    }
  }

  results(groups: Int32Array): Column {
    return columnOfRows(DOUBLE, groups.length, (i) => {
      const count = this.#counts[groups[i]]
      return count === 0 ? null : this.#isAverage ? this.#sums[groups[i]] / count : this.#sums[groups[i]]
    })
  }

  save(groups: Int32Array): readonly Column[] {
    const sums = columnOfRows(DOUBLE, groups.length, (i) => this.#sums[groups[i]])
    return [sums, longColumn(groups.length, (i) => BigInt(this.#counts[groups[i]]))]
  }

  merge(groups: Int32Array, [sums, counts]: readonly Column[]): void {
    const [s, c] = [doubles(sums), bigs(counts)]
    for (let i = 0; i < groups.length; i++) {
      this.#sums[groups[i]] += s[i]
      this.#counts[groups[i]] += Number(c[i])
    }
  }
}

/** Sums of integers of any width; a sum past 64 bits is an error, or NULL for try_sum. */
class LongSumState implements AggregateState {
  readonly #type: DataType
  readonly #isTry: boolean
  readonly #isAverage: boolean
  #sums = new BigInt64Array(0)
  #counts = new Float64Array(0)
  #failed = new Uint8Array(0)

  constructor(type: DataType, isTry: boolean, isAverage = false) {
    this.#type = type
    this.#isTry = isTry
    this.#isAverage = isAverage
  }

  get sizeBytes(): number {
    return this.#sums.byteLength + this.#counts.byteLength + this.#failed.byteLength
  }

  reset(groups: Int32Array): void {
    for (const group of groups) {
      this.#sums[group] = 0n
      this.#counts[group] = this.#failed[group] = 0
    }
  }

  grow(numGroups: number): void {
    this.#sums = ensure(this.#sums, numGroups)
    this.#counts = ensure(this.#counts, numGroups)
    this.#failed = ensure(this.#failed, numGroups)
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    if (input.layout !== 'fixed') return
    const { values, validity } = input
    const counts = this.#counts
    if (values instanceof BigInt64Array) {
      for (let i = 0; i < numRows; i++) {
        if (validity !== null && validity[i] === 0) continue
        this.#addOne(groups[i], values[i])
        counts[groups[i]]++
      }
      return
    }
    this.#addSmall(groups, numRows, values as Int32Array, validity)
  }

  /** Integers of 32 bits and less sum exactly in doubles first, so that one bigint addition a group is left. */
  #addSmall(groups: Int32Array, numRows: number, values: Int32Array, validity: Uint8Array | null): void {
    const partial = new Float64Array(this.#sums.length)
    const counts = this.#counts
    for (let i = 0; i < numRows; i++) {
      if (validity !== null && validity[i] === 0) continue
      partial[groups[i]] += values[i]
      counts[groups[i]]++
    }
    for (let group = 0; group < partial.length; group++)
      if (partial[group] !== 0) this.#addOne(group, BigInt(partial[group]))
  }

  #addOne(group: number, value: bigint): void {
    const sum = this.#sums[group] + value
    this.#sums[group] = sum
    if (this.#sums[group] === sum) return
    if (!this.#isTry) throw arithmeticOverflow('long overflow', 'try_add')
    this.#failed[group] = 1
  }

  results(groups: Int32Array): Column {
    return columnOfRows(this.#type, groups.length, (i) => {
      const group = groups[i]
      const count = this.#counts[group]
      if (count === 0 || this.#failed[group] === 1) return null
      const value = this.#isAverage ? BigInt(Math.round(Number(this.#sums[group]) / count)) : this.#sums[group]
      return this.#type.kind === 'year-month-interval' ? Number(value) : value
    })
  }

  save(groups: Int32Array): readonly Column[] {
    const counts = longColumn(groups.length, (i) =>
      this.#failed[groups[i]] === 1 ? -1n : BigInt(this.#counts[groups[i]]),
    )
    return [longColumn(groups.length, (i) => this.#sums[groups[i]]), counts]
  }

  merge(groups: Int32Array, [sums, counts]: readonly Column[]): void {
    const [s, c] = [bigs(sums), bigs(counts)]
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]
      if (c[i] < 0n) this.#failed[group] = 1
      else this.#counts[group] += Number(c[i])
      this.#addOne(group, s[i])
    }
  }
}

/** Sums of decimals, exact; `finish` makes the result from sum and count. */
class DecimalSumState implements AggregateState {
  readonly #type: DecimalType
  readonly #finish: (sum: bigint, count: bigint) => bigint | null
  readonly #scale: number
  #sums: bigint[] = []
  #counts = new Float64Array(0)

  constructor(type: DecimalType, finish: (sum: bigint, count: bigint) => bigint | null, scale: number) {
    this.#type = type
    this.#finish = finish
    this.#scale = scale
  }

  get sizeBytes(): number {
    return this.#sums.length * 24 + this.#counts.byteLength
  }

  reset(groups: Int32Array): void {
    for (const group of groups) {
      this.#sums[group] = 0n
      this.#counts[group] = 0
    }
  }

  grow(numGroups: number): void {
    while (this.#sums.length < numGroups) this.#sums.push(0n)
    this.#counts = ensure(this.#counts, numGroups)
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    const read = readerOf(input)
    for (let i = 0; i < numRows; i++) {
      const value = read(i)
      if (value === null) continue
      this.#sums[groups[i]] += value as bigint
      this.#counts[groups[i]]++
    }
  }

  results(groups: Int32Array): Column {
    return columnOfRows(this.#type, groups.length, (i) => {
      const count = this.#counts[groups[i]]
      return count === 0 ? null : this.#finish(this.#sums[groups[i]], BigInt(count))
    })
  }

  save(groups: Int32Array): readonly Column[] {
    const type: DataType = { kind: 'decimal', precision: 38, scale: this.#scale }
    return [
      columnOfRows(type, groups.length, (i) => this.#sums[groups[i]]),
      longColumn(groups.length, (i) => BigInt(this.#counts[groups[i]])),
    ]
  }

  merge(groups: Int32Array, [sums, counts]: readonly Column[]): void {
    const read = readerOf(sums)
    const c = bigs(counts)
    for (let i = 0; i < groups.length; i++) {
      this.#sums[groups[i]] += read(i) as bigint
      this.#counts[groups[i]] += Number(c[i])
    }
  }
}

/** count_if(condition) counts the rows where it is true. */
function bindCountIf({ args, sql }: AggregateCall): AggregateParts {
  const given = args[0]
  if (!['boolean', 'string', 'void'].includes(given.type.kind)) throw unexpectedInputType(sql, 0, '"BOOLEAN"', given)
  const condition = implicitCast(given, BOOLEAN)
  const onlyTrue = node({
    type: BOOLEAN,
    nullable: true,
    sql: condition.sql,
    children: [condition],
    evaluate(batch, context) {
      const column = condition.evaluate(batch, context)
      if (column.layout !== 'fixed') return column
      const validity = new Uint8Array(column.length)
      for (let i = 0; i < column.length; i++) validity[i] = column.values[i] === 1 && isValid(column, i) ? 1 : 0
      return { ...column, validity }
    },
  })
  return { type: LONG, nullable: false, inputs: [onlyTrue], stateTypes: [LONG], open: () => new CountState() }
}

export const NUMBER_AGGREGATES: readonly AggregateEntry[] = [
  { name: 'regr_count', arity: [2, 2], doc: 'Rows where neither argument is NULL.', bind: bindCount },
  { name: 'count', arity: [1, Infinity], doc: 'Rows, or rows where no argument is NULL.', bind: bindCount },
  { name: 'count_if', arity: [1, 1], doc: 'Rows where the condition is true.', bind: bindCountIf },
  { name: 'sum', aliases: ['try_sum'], arity: [1, 1], doc: 'Sum; NULL without a value.', bind: bindSum },
  { name: 'avg', aliases: ['mean', 'try_avg'], arity: [1, 1], doc: 'Mean; NULL without a value.', bind: bindAverage },
]
