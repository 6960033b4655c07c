import type { Column, DataType } from '../../protocol/columns'
import { fixedValuesOf, growTo, layoutOf } from '../batch/builders'
import { internalError } from '../../protocol/errors/runnel-error'
import type { AggregateState, BoundAggregate } from '../expressions/bound'

/** What a state table keeps for each slot, beside the key. Slots are numbers below the last `grow`. */
export interface StateValues {
  readonly types: readonly DataType[]
  readonly sizeBytes: number
  /** Makes room for slots `0 .. numSlots - 1`; new ones are empty. */
  grow(numSlots: number): void
  /** Makes the slots empty again. */
  reset(slots: Int32Array): void
  /** One column a type, row i for slot `slots[i]`. */
  save(slots: Int32Array): readonly Column[]
  /** Gives empty slots what `save` gave. */
  restore(slots: Int32Array, columns: readonly Column[]): void
}

/** Nothing beside the key: a set. */
export const NO_VALUES: StateValues = {
  types: [],
  sizeBytes: 0,
  grow: () => undefined,
  reset: () => undefined,
  save: () => [],
  restore: () => undefined,
}

/** The states of aggregates, side by side. */
export class AggregateValues implements StateValues {
  readonly types: readonly DataType[]
  readonly states: readonly AggregateState[]
  readonly #aggregates: readonly BoundAggregate[]

  constructor(aggregates: readonly BoundAggregate[]) {
    this.#aggregates = aggregates
    this.types = aggregates.flatMap((aggregate) => aggregate.stateTypes)
    this.states = aggregates.map((aggregate) => aggregate.open())
  }

  get sizeBytes(): number {
    return this.states.reduce((sum, state) => sum + state.sizeBytes, 0)
  }

  grow(numSlots: number): void {
    for (const state of this.states) state.grow(numSlots)
  }

  reset(slots: Int32Array): void {
    for (const state of this.states) state.reset(slots)
  }

  save(slots: Int32Array): readonly Column[] {
    return this.states.flatMap((state) => state.save(slots))
  }

  restore(slots: Int32Array, columns: readonly Column[]): void {
    let at = 0
    this.states.forEach((state, index) => {
      const width = this.#aggregates[index].stateTypes.length
      state.merge(slots, columns.slice(at, at + width))
      at += width
    })
  }
}

/** Plain columns of fixed-width types without NULL; an empty slot holds 0. */
export class FixedValuesState implements StateValues {
  readonly types: readonly DataType[]
  readonly #columns: ReturnType<typeof fixedValuesOf>[]
  #numSlots = 0

  constructor(types: readonly DataType[]) {
    for (const type of types) {
      if (layoutOf(type) !== 'fixed') throw internalError(`state of type ${type.kind} is not of fixed width`)
    }
    this.types = types
    this.#columns = types.map((type) => fixedValuesOf(type, 0))
  }

  get sizeBytes(): number {
    return this.#columns.reduce((sum, values) => sum + values.byteLength, 0)
  }

  grow(numSlots: number): void {
    if (numSlots <= this.#numSlots) return
    this.#numSlots = Math.max(numSlots, Math.ceil(this.#numSlots * 1.25), 16)
    this.#columns.forEach((values, c) => (this.#columns[c] = growTo(values, this.#numSlots)))
  }

  /** The values of column `c` by slot; valid until the next `grow`. */
  column(c: number): ReturnType<typeof fixedValuesOf> {
    return this.#columns[c]
  }

  reset(slots: Int32Array): void {
    for (const values of this.#columns) {
      if (values instanceof BigInt64Array) for (const slot of slots) values[slot] = 0n
      else for (const slot of slots) values[slot] = 0
    }
  }

  save(slots: Int32Array): readonly Column[] {
    return this.#columns.map((values, c): Column => {
      const type = this.types[c]
      const out = fixedValuesOf(type, slots.length)
      copyInto(out, values, slots)
      return { layout: 'fixed', type, length: slots.length, validity: null, values: out }
    })
  }

  restore(slots: Int32Array, columns: readonly Column[]): void {
    columns.forEach((column, c) => {
      if (column.layout !== 'fixed') throw internalError('a state column is not of fixed width')
      const values = this.#columns[c]
      const { values: from } = column
      if (values instanceof BigInt64Array && from instanceof BigInt64Array)
        for (let i = 0; i < slots.length; i++) values[slots[i]] = from[i]!
      else for (let i = 0; i < slots.length; i++) (values as Float64Array)[slots[i]] = Number(from[i])
    })
  }
}

function copyInto(
  out: ReturnType<typeof fixedValuesOf>,
  values: ReturnType<typeof fixedValuesOf>,
  slots: Int32Array,
): void {
  if (out instanceof BigInt64Array && values instanceof BigInt64Array)
    for (let i = 0; i < slots.length; i++) out[i] = values[slots[i]]!
  else for (let i = 0; i < slots.length; i++) (out as Float64Array)[i] = (values as Float64Array)[slots[i]]!
}
