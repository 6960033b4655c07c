import type { Column, DataType, ListColumn } from '../../../protocol/columns'
import { internalError } from '../../../protocol/errors/runnel-error'
import type { AggregateState } from '../bound'
import { columnOfRows } from '../row-values'
import type { Value } from '../row-values'
import { CollectState } from './values'

/**
 * An aggregate that needs all values of a group before it can answer: they are collected as `collect_list` collects them, NULLs
 * left out, and `finish` gets the values of all groups with the range of one group.
 */
export class CollectedState implements AggregateState {
  readonly #collected: CollectState
  readonly #type: DataType
  readonly #finish: (values: Column) => (start: number, end: number) => Value

  /** `finish` is opened once for all groups asked for; a group without values is `start === end`. */
  constructor(input: DataType, type: DataType, finish: (values: Column) => (start: number, end: number) => Value) {
    this.#collected = new CollectState(input)
    this.#type = type
    this.#finish = finish
  }

  get sizeBytes(): number {
    return this.#collected.sizeBytes
  }

  grow(numGroups: number): void {
    this.#collected.grow(numGroups)
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    this.#collected.add(groups, numRows, inputs)
  }

  results(groups: Int32Array): Column {
    const { child, offsets } = listOf(this.#collected.results(groups))
    const finish = this.#finish(child)
    return columnOfRows(this.#type, groups.length, (i) => finish(offsets[i], offsets[i + 1]))
  }

  save(groups: Int32Array): readonly Column[] {
    return this.#collected.save(groups)
  }

  merge(groups: Int32Array, state: readonly Column[]): void {
    this.#collected.merge(groups, state)
  }

  reset(groups: Int32Array): void {
    this.#collected.reset(groups)
  }
}

function listOf(column: Column): ListColumn {
  if (column.layout !== 'list') throw internalError(`collected values are a list, not ${column.layout}`)
  return column
}
