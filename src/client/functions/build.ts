import { Column, expressionOf, toColumn } from '../column'
import type { ColumnOrLiteral, ColumnOrName } from '../column'
import type { Json } from '../connection'
import { callExpression } from '../plan'

/** A column, its name, or a number that stands for itself. */
export type ColumnOrNumber = ColumnOrName | number

/** A column, or the name of one, as an argument. */
export function column(value: ColumnOrName): Json
export function column(value: ColumnOrName | undefined): Json | undefined
export function column(value: ColumnOrName | undefined): Json | undefined {
  return value === undefined ? undefined : toColumn(value).expression
}

export function columns(values: readonly (ColumnOrName | readonly ColumnOrName[])[]): Json[] {
  return values.flat(1).map((value) => toColumn(value).expression)
}

/** A value that stands for itself, or a column. */
export function literal(value: ColumnOrLiteral): Json
export function literal(value: ColumnOrLiteral | undefined): Json | undefined
export function literal(value: ColumnOrLiteral | undefined): Json | undefined {
  return value === undefined ? undefined : expressionOf(value)
}

export function literals(values: readonly ColumnOrLiteral[]): Json[] {
  return values.map(expressionOf)
}

/** A number stands for itself, text for a column. */
export function number(value: ColumnOrNumber | boolean | null): Json
export function number(value: ColumnOrNumber | boolean | null | undefined): Json | undefined
export function number(value: ColumnOrNumber | boolean | null | undefined): Json | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' || value instanceof Column ? toColumn(value).expression : expressionOf(value)
}

export const DECIMAL_ZERO: Json = { literal: { decimal: { value: '0', precision: 10, scale: 0 } } }

/** A new seed for each call, as Spark's clients send one. */
export function randomSeed(): bigint {
  return BigInt(Math.floor(Math.random() * 2 ** 31)) * 2n ** 32n + BigInt(Math.floor(Math.random() * 2 ** 32))
}

/** A call; arguments left out at the end are not sent, those between are NULL. */
export function call(name: string, args: readonly (Json | undefined)[], isDistinct = false): Column {
  const count = args.findLastIndex((arg) => arg !== undefined) + 1
  const given = args.slice(0, count).map((arg) => arg ?? expressionOf(null))
  return new Column(callExpression(name, given, isDistinct))
}
