import type { DataType } from '../../../protocol/columns'
import {
  BINARY,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  isIntegral,
  isNumeric,
} from '../../types/atomic-types'
import { sqlName } from '../../types/type-names'
import { canStoreAssign } from '../casts/cast-rules'

/** What a parameter takes: the type an argument is cast to, null when it does not fit, and how messages name it. */
export type ArgumentType = {
  accept(type: DataType): DataType | null
  /** Quoted as Spark quotes it: `"STRING"`, `("STRING" or "BINARY")`. */
  readonly required: string
}

/** Exactly this type, with what ANSI casts to it by itself. */
export function typed(target: DataType): ArgumentType {
  return { required: `"${sqlName(target)}"`, accept: (type) => implicitTarget(type, target) }
}

/** The implicit cast of a call argument under ANSI; null when the user must write it. */
export function implicitTarget(type: DataType, target: DataType): DataType | null {
  if (type.kind === target.kind && type.kind !== 'decimal' && !['array', 'map', 'struct'].includes(type.kind))
    return type
  if (type.kind === 'void') return target
  if (
    type.kind === 'string' &&
    !['array', 'map', 'struct', 'void', 'year-month-interval', 'day-time-interval'].includes(target.kind)
  )
    return target
  // A function that counts takes no fractions.
  if (isIntegral(target) && isNumeric(type) && !isIntegral(type)) return null
  return canStoreAssign(type, target) ? target : null
}

export const text = typed(STRING)
export const int = typed(INTEGER)
export const long = typed(LONG)
export const double = typed(DOUBLE)
export const bool = typed(BOOLEAN)
export const binary = typed(BINARY)
export const date = typed(DATE)
export const timestamp = typed(TIMESTAMP)

/** A timestamp of either kind, as it is; everything else that casts becomes TIMESTAMP. */
export const anyTimestamp: ArgumentType = {
  required: '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"',
  accept: (type) => (type.kind === 'timestamp_ntz' ? type : timestamp.accept(type)),
}

export const anything: ArgumentType = { required: '"ANY"', accept: (type) => type }

/** Any number; a STRING becomes DOUBLE. */
export const numeric: ArgumentType = {
  required: '"NUMERIC"',
  accept: (type) => (isNumeric(type) ? type : type.kind === 'string' || type.kind === 'void' ? DOUBLE : null),
}

export const integral: ArgumentType = {
  required: '"INTEGRAL"',
  accept: (type) => (isIntegral(type) ? type : type.kind === 'string' ? LONG : type.kind === 'void' ? LONG : null),
}

export const anyArray: ArgumentType = {
  required: '"ARRAY"',
  accept: (type) =>
    type.kind === 'array'
      ? type
      : type.kind === 'void'
        ? { kind: 'array', elementType: { kind: 'void' }, containsNull: true }
        : null,
}

export const anyMap: ArgumentType = {
  required: '"MAP"',
  accept: (type) =>
    type.kind === 'map'
      ? type
      : type.kind === 'void'
        ? { kind: 'map', keyType: { kind: 'void' }, valueType: { kind: 'void' }, valueContainsNull: true }
        : null,
}

/** The first that takes the type as it is, else the first that casts it. */
export function oneOf(...choices: readonly ArgumentType[]): ArgumentType {
  return {
    required: `(${choices.map((choice) => choice.required).join(' or ')})`,
    accept(type) {
      for (const choice of choices) if (choice.accept(type)?.kind === type.kind) return choice.accept(type)
      for (const choice of choices) {
        const target = choice.accept(type)
        if (target !== null) return target
      }
      return null
    },
  }
}

/** A date or a timestamp, whatever is given; text becomes the first. */
export const arrayOrMap: ArgumentType = oneOf(anyArray, anyMap)
