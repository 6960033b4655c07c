import { readFileSync, readdirSync } from 'node:fs'
import { fromJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { batchFromRows } from '../engine/batch/from-values'
import { decimalText } from '../engine/batch/to-values'
import { bindAggregate, bindExpression } from '../engine/expressions/bind'
import type { BindContext, Scope } from '../engine/expressions/bound'
import { readerOf } from '../engine/expressions/row-values'
import type { Value } from '../engine/expressions/row-values'
import { schemaFromJson, typeToJsonValue } from '../engine/types/type-json'
import type { Batch, Column, DataType } from '../protocol/columns'
import { RunnelError } from '../protocol/errors/runnel-error'
import { ExpressionSchema } from '../protocol/spark-connect'

type Problem = { condition: string; parameters: Record<string, string> }
export type ExpressionCase = {
  sql: string
  expression: JsonValue
  name?: string
  type?: JsonValue
  nullable?: boolean
  values?: JsonValue[]
  error?: Problem
}
/** One file of `golden/expressions`: a small table, and what Spark answers to expressions over it. */
export type ExpressionGolden = { spark: string; schema: JsonValue; rows: JsonValue[][]; cases: ExpressionCase[] }

const folder = new URL('./golden/expressions/', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

/** The recorded files by stem. */
export function expressionGoldens(): Map<string, ExpressionGolden> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'gaps.json')
  return new Map(names.map((name) => [name.slice(0, -'.json'.length), read(name) as ExpressionGolden]))
}

/** Cases where we are not there yet, by file; each must keep failing, so that the list cannot rot. */
export function expressionGaps(): Readonly<Record<string, readonly string[]>> {
  return read('gaps.json') as Record<string, string[]>
}

/** Ours and Spark's answer as text, a line a fact. */
export function expressionAnswers(
  stem: string,
  golden: ExpressionGolden,
): (one: ExpressionCase) => [ours: string, sparks: string] {
  const schema = schemaFromJson(JSON.stringify(golden.schema))
  const batch = batchFromRows(
    schema,
    golden.rows.map((row) => row.map((value, i) => decode(value, schema.fields[i].type))),
  )
  const scope: Scope = { columns: schema.fields.map((field) => ({ field, qualifier: ['t'], planIds: [] })) }
  return (one) => [lines(answer(one, stem === 'aggregates', scope, batch)), lines(expected(one))]
}

const context: BindContext = { conf: {}, isStreaming: false, lenient: () => undefined }
const evaluation = { nowMicros: 1_700_000_000_000_000n, timeZone: 'UTC', seed: 1, isCanceled: () => false }

/** One line a fact, so that a failure names what differs. */
function lines(facts: Record<string, unknown>): string {
  const { error, ...rest } = facts as { error?: Problem }
  const all: Record<string, unknown> = error ? { condition: error.condition, ...error.parameters } : rest
  return Object.keys(all)
    .sort()
    .map((key) => `${key}: ${JSON.stringify(sorted(all[key]))}`)
    .join('\n')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  )
}

function expected({ name, type, nullable, values, error }: ExpressionCase) {
  return error ? { error } : { name, type, nullable, values }
}

function answer(golden: ExpressionCase, isAggregate: boolean, scope: Scope, batch: Batch): Record<string, unknown> {
  try {
    const message = fromJson(ExpressionSchema, golden.expression)
    const { bound, column } = isAggregate ? aggregated(message, scope, batch) : evaluated(message, scope, batch)
    const values = encodeColumn(column).map((value, i) => close(value, golden.values?.[i]))
    return { name: bound.name, type: typeToJsonValue(bound.type), nullable: bound.nullable, values }
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    return { error: { condition: error.shape.condition, parameters: error.shape.parameters } }
  }
}

function evaluated(message: Parameters<typeof bindExpression>[0], scope: Scope, batch: Batch) {
  const bound = bindExpression(message, scope, context)
  return { bound, column: bound.evaluate(batch, evaluation) }
}

function aggregated(message: Parameters<typeof bindExpression>[0], scope: Scope, batch: Batch) {
  const bound = bindAggregate(message, scope, context)
  const [whole, merged] = [bound.open(), bound.open()]
  const group = Int32Array.of(0)
  const inputs = bound.inputs.map((input) => input.evaluate(batch, evaluation))
  whole.grow(1)
  whole.add(new Int32Array(batch.numRows), batch.numRows, inputs)
  // What a checkpoint keeps is enough to go on.
  merged.grow(1)
  merged.merge(group, whole.save(group))
  return { bound, column: merged.results(group) }
}

/** Java's and JavaScript's Math differ in the last digits. */
function close(ours: JsonValue, theirs: JsonValue | undefined): JsonValue {
  if (
    typeof ours !== 'string' ||
    typeof theirs !== 'string' ||
    ours === theirs ||
    !/^-?[\d.]+(e[+-]?\d+)?$/.test(theirs)
  )
    return ours
  const [a, b] = [Number(ours), Number(theirs)]
  return theirs.includes('.') && Math.abs(a - b) <= 1e-13 * Math.abs(b) ? theirs : ours
}

function encodeColumn(column: Column): JsonValue[] {
  const row = readerOf(column)
  return Array.from({ length: column.length }, (_, i) => encode(row(i), column.type))
}

function encode(value: Value, type: DataType): JsonValue {
  if (value === null) return null
  switch (type.kind) {
    case 'array':
      return (value as Value[]).map((element) => encode(element, type.elementType))
    case 'map':
      return (value as Value[][]).map(([key, entry]) => [encode(key, type.keyType), encode(entry, type.valueType)])
    case 'struct':
      return type.fields.map((member, i) => encode((value as Value[])[i], member.type))
    case 'binary':
      return [...(value as Uint8Array)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'float':
    case 'double':
      return pythonFloat(value as number)
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'boolean':
    case 'string':
      return value as boolean | string
    default:
      return String(value)
  }
}

function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${Object.is(value, -0) ? '-0' : value}.0`
  const text = String(value)
  return text.includes('e')
    ? text.replace(/e([+-])(\d)$/, 'e$10$2')
    : Math.abs(value) < 1e-4
      ? value.toExponential().replace(/e-(\d)$/, 'e-0$1')
      : text
}

function decode(value: JsonValue, type: DataType): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'array':
      return (value as JsonValue[]).map((element) => decode(element, type.elementType))
    case 'map':
      return new Map(
        (value as JsonValue[][]).map(([key, entry]) => [decode(key, type.keyType), decode(entry, type.valueType)]),
      )
    case 'struct':
      return type.fields.map((member, i) => decode((value as JsonValue[])[i], member.type))
    case 'binary':
      return Uint8Array.from((value as string).match(/../g) ?? [], (byte) => parseInt(byte, 16))
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return BigInt(value as string)
    case 'boolean':
    case 'string':
    case 'decimal':
      return value
    default:
      return Number(value)
  }
}
