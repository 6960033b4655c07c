import type { Column, DataType } from '../../../protocol/columns'
import type { AggregateState } from '../bound'
import type { Node } from '../node'

export type AggregateCall = {
  readonly name: string
  readonly args: readonly Node[]
  readonly isDistinct: boolean
  readonly sql: string
}

/** An aggregate without distinctness and filter: what a family file gives. */
export type AggregateParts = {
  /** What Spark names the column where that is not the call as written. */
  readonly name?: string
  readonly type: DataType
  readonly nullable: boolean
  readonly inputs: readonly Node[]
  readonly stateTypes: readonly DataType[]
  open(): AggregateState
}

export type AggregateEntry = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly arity: readonly [min: number, max: number]
  readonly doc: string
  bind(call: AggregateCall): AggregateParts
}

export function isValid(column: Column, row: number): boolean {
  return column.layout !== 'void' && (column.validity === null || column.validity[row] === 1)
}

/** `values` with room for `length` entries, doubled so that growth is cheap. */
export function ensure<T extends Float64Array | BigInt64Array | Int32Array | Uint8Array>(values: T, length: number): T {
  if (values.length >= length) return values
  const grown = new (values.constructor as new (length: number) => T)(Math.max(length, values.length * 2, 16))
  ;(grown as Uint8Array).set(values as Uint8Array)
  return grown
}
