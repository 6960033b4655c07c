import { userError } from '../protocol/errors/runnel-error'
import type { Json } from './connection'

/**
 * Plans as plain objects in protobuf-JSON form (`spark.connect.Relation`, `Expression`, `Command`); the kernel makes the bytes
 * and refuses unknown fields.
 */
let nextPlanId = 0

/** A relation with a plan id of its own, by which columns name the DataFrame they were taken from. */
export function relation(kind: Json): Json {
  return { common: { planId: String(nextPlanId++) }, ...kind }
}

export function planIdOf(of: Json): string {
  return (of['common'] as { planId: string }).planId
}

export function attribute(name: string, of: Json | null = null): Json {
  const reference = { unparsedIdentifier: name, isMetadataColumn: false }
  return { unresolvedAttribute: of === null ? reference : { ...reference, planId: planIdOf(of) } }
}

export function callExpression(functionName: string, args: readonly Json[], isDistinct = false): Json {
  return { unresolvedFunction: { functionName, arguments: args, isDistinct } }
}

export function sqlExpression(text: string): Json {
  return { expressionString: { expression: text } }
}

/** A plain value as a literal: whole numbers are INT or BIGINT, others DOUBLE, `Date` TIMESTAMP. */
export function literalOf(value: unknown): Json {
  switch (typeof value) {
    case 'boolean':
      return { boolean: value }
    case 'string':
      return { string: value }
    case 'bigint':
      return value >= -(2n ** 31n) && value < 2n ** 31n ? { integer: Number(value) } : { long: value.toString() }
    case 'number':
      if (!Number.isInteger(value) || Object.is(value, -0)) return { double: doubleJson(value) }
      if (value >= -(2 ** 31) && value < 2 ** 31) return { integer: value }
      return Number.isSafeInteger(value) ? { long: String(value) } : { double: value }
    default:
  }
  if (value === null || value === undefined) return { null: { null: {} } }
  if (value instanceof Date) return { timestamp: String(value.getTime() * 1000) }
  if (value instanceof Uint8Array) return { binary: base64(value) }
  throw userError('UNSUPPORTED_DATA_TYPE', `Unsupported DataType \`${kindOf(value)}\`.`, {
    parameters: { data_type: kindOf(value) },
    hint: 'Literals are numbers, text, booleans, dates, bytes and null. For arrays and structs: F.array(...), F.struct(...).',
  })
}

export function doubleJson(value: number): number | string {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value
}

/** Option values as Spark wants them: text; `null` and `undefined` stay away. */
export type OptionValue = string | number | boolean | bigint | null | undefined
export type Options = { readonly [key: string]: OptionValue }

export function optionText(value: OptionValue): string | null {
  return value === null || value === undefined ? null : String(value)
}
