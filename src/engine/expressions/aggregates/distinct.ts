import type { Column, StructType } from '../../../protocol/columns'
import { KeyGroups } from '../../batch/hash-keys'
import { gatherColumn } from '../../batch/gather'
import { INTEGER, arrayOf } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { isValid } from './define'
import type { AggregateParts } from './define'

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
  readonly #keys: KeyGroups
  /** Rows of `#keys` each group owns. */
  #owned: number[][] = []
  /** The number a group's values stand under; a group that was reset gets a new one, so what it had seen means nothing. */
  #owner: number[] = []
  #nextOwner = 0
  #numOwned = 0

  constructor(inner: AggregateParts, element: StructType) {
    this.#element = element
    this.#inner = inner.open()
    this.#keys = new KeyGroups([INTEGER, ...inner.inputs.map((input) => input.type)])
  }

  grow(numGroups: number): void {
    this.#inner.grow(numGroups)
    while (this.#owned.length < numGroups) {
      this.#owned.push([])
      this.#owner.push(this.#nextOwner++)
    }
  }

  get sizeBytes(): number {
    return this.#inner.sizeBytes + this.#keys.sizeBytes + this.#numOwned * 4
  }

  reset(groups: Int32Array): void {
    this.#inner.reset(groups)
    for (const group of groups) {
      this.#numOwned -= this.#owned[group].length
      this.#owned[group] = []
      this.#owner[group] = this.#nextOwner++
    }
    if (this.#keys.numGroups > 2 * this.#numOwned + 1024) this.#compact()
  }

  /** Forgets values that no group owns any more. */
  #compact(): void {
    const alive = new Int32Array(this.#numOwned)
    let count = 0
    for (const ids of this.#owned) for (const id of ids) alive[count++] = id
    alive.sort()
    const renumbered = new Int32Array(this.#keys.numGroups)
    alive.forEach((id, index) => (renumbered[id] = index))
    this.#keys.retain(alive)
    for (const ids of this.#owned) for (let i = 0; i < ids.length; i++) ids[i] = renumbered[ids[i]]!
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    const rows = this.#rowsWithoutNull(numRows, inputs)
    const targets = rows.map((row) => groups[row])
    const owners = targets.map((group) => this.#owner[group])
    const values = inputs.map((input) => gatherColumn(input, rows))
    const groupColumn: Column = { layout: 'fixed', type: INTEGER, length: rows.length, validity: null, values: owners }
    const known = this.#keys.numGroups
    const ids = this.#keys.groupsOf([groupColumn, ...values], rows.length)
    const fresh: number[] = []
    for (let i = 0, next = known; i < ids.length; i++) {
      if (ids[i] !== next) continue
      this.#owned[targets[i]].push(next++)
      fresh.push(i)
    }
    if (fresh.length === 0) return
    this.#numOwned += fresh.length
    const picks = Int32Array.from(fresh)
    this.#inner.add(
      picks.map((i) => targets[i]),
      picks.length,
      values.map((value) => gatherColumn(value, picks)),
    )
  }

  #rowsWithoutNull(numRows: number, inputs: readonly Column[]): Int32Array {
    const rows = new Int32Array(numRows)
    let count = 0
    for (let i = 0; i < numRows; i++) if (inputs.every((input) => isValid(input, i))) rows[count++] = i
    return rows.subarray(0, count)
  }

  results(groups: Int32Array): Column {
    return this.#inner.results(groups)
  }

  save(groups: Int32Array): readonly Column[] {
    const offsets = new Int32Array(groups.length + 1)
    const ids: number[] = []
    groups.forEach((group, i) => {
      ids.push(...this.#owned[group])
      offsets[i + 1] = ids.length
    })
    const [, ...values] = this.#keys.keysOf(Int32Array.from(ids))
    const type = arrayOf(this.#element, false)
    const child: Column = {
      layout: 'struct',
      type: this.#element,
      length: ids.length,
      validity: null,
      children: values,
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
