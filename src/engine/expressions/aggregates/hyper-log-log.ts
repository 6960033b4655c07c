import type { BytesColumn, Column, DataType } from '../../../protocol/columns'
import { internalError } from '../../../protocol/errors/runnel-error'
import { BINARY, LONG } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { xxHash64 } from '../functions/hash'
import { readerOf } from '../row-values'
import { isValid } from './define'
import { BIASES, LINEAR_COUNTING_THRESHOLDS, RAW_ESTIMATES } from './hyper-log-log-tables'

/** Neighbours whose mean error corrects an estimate. */
const NEIGHBOURS = 6
/** Tables and thresholds exist for precisions 4 to 18. */
const LOWEST_PRECISION = 4
const HIGHEST_CORRECTED_PRECISION = 18

/** Bits of the hash that choose a register, for a maximum relative standard deviation. Below 4 there is no such sketch. */
export function precisionFor(relativeSd: number): number {
  return Math.ceil((2 * Math.log(1.106 / relativeSd)) / Math.log(2))
}

/**
 * Distinct values by Spark's HyperLogLog++: the same hash (xxHash64, seed 42), registers, bias tables and rounding, so the same number.
 *
 * State    per group `2 ** precision` registers of one byte, kept as one BINARY
 * Input    one column of any type; NULL does not count
 * Source   Spark 4.1 `approx_count_distinct`; Heule, Nunkesser, Hall 2013
 */
export class HyperLogLogState implements AggregateState {
  readonly #precision: number
  readonly #numRegisters: number
  #registers: Uint8Array[] = []

  constructor(precision: number) {
    this.#precision = precision
    this.#numRegisters = 2 ** precision
  }

  grow(numGroups: number): void {
    while (this.#registers.length < numGroups) this.#registers.push(new Uint8Array(this.#numRegisters))
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    const hashOf = hasherOf(input)
    const precision = BigInt(this.#precision)
    const shift = 64n - precision
    const padding = 1n << (precision - 1n)
    for (let i = 0; i < numRows; i++) {
      if (!isValid(input, i)) continue
      const hash = hashOf(i)
      const register = Number(hash >> shift)
      const rank = leadingZeros(BigInt.asUintN(64, hash << precision) | padding) + 1
      const registers = this.#registers[groups[i]]
      if (rank > registers[register]) registers[register] = rank
    }
  }

  results(groups: Int32Array): Column {
    const values = new BigInt64Array(groups.length)
    groups.forEach((group, i) => (values[i] = BigInt(estimate(this.#registers[group], this.#precision))))
    return { layout: 'fixed', type: LONG, length: groups.length, validity: null, values }
  }

  save(groups: Int32Array): readonly Column[] {
    const bytes = new Uint8Array(groups.length * this.#numRegisters)
    const offsets = new Int32Array(groups.length + 1)
    groups.forEach((group, i) => {
      bytes.set(this.#registers[group], i * this.#numRegisters)
      offsets[i + 1] = (i + 1) * this.#numRegisters
    })
    const column: BytesColumn = { layout: 'bytes', type: BINARY, length: groups.length, validity: null, offsets, bytes }
    return [column]
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#registers[group].fill(0)
  }

  get sizeBytes(): number {
    return this.#registers.length * this.#numRegisters
  }

  merge(groups: Int32Array, [state]: readonly Column[]): void {
    if (state.layout !== 'bytes') throw internalError(`a HyperLogLog++ state is binary, not ${state.layout}`)
    const { offsets, bytes } = state
    groups.forEach((group, i) => {
      const own = this.#registers[group]
      for (let r = 0, at = offsets[i]; r < this.#numRegisters; r++, at++) if (bytes[at] > own[r]) own[r] = bytes[at]
    })
  }
}

/** The unsigned hash of a row; texts of a dictionary are hashed once. */
function hasherOf(column: Column): (row: number) => bigint {
  if (column.layout === 'dictionary') {
    const { codes } = column
    const ofText = hasherOf(column.dictionary)
    const known = new Array<bigint | undefined>(column.dictionary.length)
    return (row) => (known[codes[row]] ??= ofText(codes[row]))
  }
  const type: DataType = column.type
  const read = readerOf(column)
  return (row) => BigInt.asUintN(64, xxHash64(type, read(row)))
}

function leadingZeros(word: bigint): number {
  const high = Number(word >> 32n)
  return high === 0 ? 32 + Math.clz32(Number(word & 0xffffffffn)) : Math.clz32(high)
}

function estimate(registers: Uint8Array, precision: number): number {
  const m = registers.length
  let inverse = 0
  let numEmpty = 0
  for (const rank of registers) {
    // Spark shifts a 32-bit one: ranks past 31 wrap.
    inverse += 1 / (1 << rank)
    if (rank === 0) numEmpty++
  }
  const raw = (alpha(precision, m) * m * m) / inverse
  const isCorrected = precision <= HIGHEST_CORRECTED_PRECISION
  const corrected = () => (isCorrected && raw < 5 * m ? raw - bias(raw, precision) : raw)
  if (numEmpty === 0) return Math.round(corrected())
  const linear = m * Math.log(m / numEmpty)
  const isSmall = isCorrected && linear <= LINEAR_COUNTING_THRESHOLDS[precision - LOWEST_PRECISION]
  return Math.round(isSmall || raw <= 2.5 * m ? linear : corrected())
}

function alpha(precision: number, m: number): number {
  if (precision === 4) return 0.673
  if (precision === 5) return 0.697
  if (precision === 6) return 0.709
  return 0.7213 / (1 + 1.079 / m)
}

/** Mean error of the table's estimates nearest to this one. */
function bias(raw: number, precision: number): number {
  const estimates = RAW_ESTIMATES[precision - LOWEST_PRECISION]
  const found = estimates.findIndex((known) => known >= raw)
  const nearest = found < 0 ? estimates.length : found
  const distance = (i: number) => (raw - estimates[i]) ** 2
  let low = Math.max(nearest - NEIGHBOURS + 1, 0)
  let high = Math.min(low + NEIGHBOURS, estimates.length)
  while (high < estimates.length && distance(high) < distance(low)) {
    low++
    high++
  }
  const biases = BIASES[precision - LOWEST_PRECISION].slice(low, high)
  return biases.reduce((sum, one) => sum + one, 0) / biases.length
}
