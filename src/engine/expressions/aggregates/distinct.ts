import type { Column, StructType } from '../../../protocol/columns'
import { KeyGroups } from '../../batch/hash-keys'
import { gatherColumn } from '../../batch/gather'
import { arrayOf } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { isValid } from './define'
import type { AggregateParts } from './define'
import { IdSets } from './id-sets'

/**
 * DISTINCT around an aggregate: each (group, values) goes on once. The state is the set of values a group has seen;
 * rows with a NULL argument never count.
 */
export function distinctParts(inner: AggregateParts): AggregateParts {
  const element: StructType = {
    kind: 'struct',
    fields: inner.inputs.map((input, i) => ({ name: `v${i}`, type: input.type, nullable: false })),
  }
  const seen = arrayOf(element, false)
  return { ...inner, stateTypes: [seen], open: () => new DistinctState(inner, element) }
}

class DistinctState implements AggregateState {
  readonly #element: StructType
  readonly #inner: AggregateState
  /** Values that any group has seen, and some that none has any more: their numbers stand in the sets. */
  readonly #values: KeyGroups
  readonly #sets = new IdSets()

  constructor(inner: AggregateParts, element: StructType) {
    this.#element = element
    this.#inner = inner.open()
    this.#values = new KeyGroups(inner.inputs.map((input) => input.type))
  }

  grow(numGroups: number): void {
    this.#inner.grow(numGroups)
    this.#sets.grow(numGroups)
  }

  get sizeBytes(): number {
    return this.#inner.sizeBytes + this.#values.sizeBytes + this.#sets.sizeBytes
  }

  reset(groups: Int32Array): void {
    this.#inner.reset(groups)
    for (const group of groups) this.#sets.clear(group)
    if (this.#values.numGroups > 2 * this.#sets.numIds + 1024) this.#compact()
  }

  /** Forgets values that no group has any more. */
  #compact(): void {
    const isAlive = new Uint8Array(this.#values.numGroups)
    for (let set = 0; set < this.#sets.numSets; set++) for (const id of this.#sets.idsOf(set)) isAlive[id] = 1
    const alive = rowsWhere(isAlive)
    const names = new Int32Array(isAlive.length)
    alive.forEach((id, index) => (names[id] = index))
    this.#values.retain(alive)
    this.#sets.renumber(names)
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    const rows = rowsWithoutNull(numRows, inputs)
    const [length, values] =
      rows === null ? [numRows, inputs] : [rows.length, inputs.map((input) => gatherColumn(input, rows))]
    const ids = this.#values.groupsOf(values, length)
    const picks = new Int32Array(length)
    const targets = new Int32Array(length)
    let numFresh = 0
    for (let i = 0; i < length; i++) {
      const group = groups[rows === null ? i : rows[i]]
      if (!this.#sets.add(group, ids[i])) continue
      picks[numFresh] = i
      targets[numFresh++] = group
    }
    if (numFresh === 0) return
    const fresh = picks.subarray(0, numFresh)
    this.#inner.add(
      targets.subarray(0, numFresh),
      numFresh,
      values.map((value) => gatherColumn(value, fresh)),
    )
  }

  results(groups: Int32Array): Column {
    return this.#inner.results(groups)
  }

  save(groups: Int32Array): readonly Column[] {
    const offsets = new Int32Array(groups.length + 1)
    groups.forEach((group, i) => (offsets[i + 1] = offsets[i] + this.#sets.idsOf(group).length))
    const ids = new Int32Array(offsets[groups.length])
    groups.forEach((group, i) => ids.set(this.#sets.idsOf(group), offsets[i]))
    const type = arrayOf(this.#element, false)
    const child: Column = {
      layout: 'struct',
      type: this.#element,
      length: ids.length,
      validity: null,
      children: this.#values.keysOf(ids),
    }
    return [{ layout: 'list', type, length: groups.length, validity: null, offsets, child }]
  }

  merge(groups: Int32Array, [state]: readonly Column[]): void {
    if (state.layout !== 'list' || state.child.layout !== 'struct') return
    const [owners, picks]: [number[], number[]] = [[], []]
    for (let i = 0; i < groups.length; i++) {
      for (let at = state.offsets[i]; at < state.offsets[i + 1]; at++) {
        owners.push(groups[i])
        picks.push(at)
      }
    }
    const rows = Int32Array.from(picks)
    this.add(
      Int32Array.from(owners),
      picks.length,
      state.child.children.map((child) => gatherColumn(child, rows)),
    )
  }
}

/** Rows in which every input has a value; null when all have. */
function rowsWithoutNull(numRows: number, inputs: readonly Column[]): Int32Array | null {
  if (inputs.every(({ validity, layout }) => validity === null && layout !== 'void')) return null
  const isKept = new Uint8Array(numRows).fill(1)
  for (const input of inputs) for (let row = 0; row < numRows; row++) if (!isValid(input, row)) isKept[row] = 0
  return rowsWhere(isKept)
}

function rowsWhere(flags: Uint8Array): Int32Array {
  const rows = new Int32Array(flags.length)
  let count = 0
  for (let row = 0; row < flags.length; row++) if (flags[row] === 1) rows[count++] = row
  return rows.subarray(0, count)
}
