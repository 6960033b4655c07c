import { describe, expect, test } from 'vitest'
import golden from '../../../testing/golden/json/from-json.json'
import { columnFromValues } from '../../batch/from-values'
import { columnToValues } from '../../batch/to-values'
import { parseTypeOrSchemaDdl } from '../../types/type-ddl'
import { compileJsonParser } from './compile-json-parser'
import type { JsonSchema } from './compile-json-parser'
import { jsonReadOptions } from './json-options'

type Case = { schema: string; options: Record<string, string>; rows: [string | null, unknown][] }

describe.each(golden.cases as unknown as Case[])('from_json as $schema with $options', ({ schema, options, rows }) => {
  const parser = compileJsonParser(parseTypeOrSchemaDdl(schema) as JsonSchema, jsonReadOptions(options))
  const parse = (texts: (string | null)[]) => columnToValues(parser.parse(columnFromValues({ kind: 'string' }, texts)))
  const answers = parse(rows.map(([text]) => text))

  test.each(rows.map(([text, answer], i) => ({ text, answer, i })))('$i $text', ({ text, answer, i }) => {
    expect(comparable(answers[i])).toEqual(fromGolden(answer))
    // Alone and as part of a batch: rows must not see each other.
    expect(comparable(parse([text])[0])).toEqual(fromGolden(answer))
  })
})

function fromGolden(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(fromGolden)
  if (answer === null || typeof answer !== 'object') return answer
  const [[key, value] = ['', null]] = Object.entries(answer)
  if (key === 'double') return javaNumber(String(value))
  if (key === 'hex') return answer
  if (key === 'map') return { map: (value as [string, unknown][]).map(([name, entry]) => [name, fromGolden(entry)]) }
  return Object.fromEntries(Object.entries(answer).map(([name, entry]) => [name, fromGolden(entry)]))
}

function javaNumber(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)
}

/** Ours in the shape of the golden file. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return { hex: [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('') }
  if (value instanceof Map)
    return { map: [...(value as Map<unknown, unknown>)].map(([key, entry]) => [key, comparable(entry)]) }
  if (Array.isArray(value)) return (value as unknown[]).map(comparable)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, comparable(entry)]))
  return value
}
