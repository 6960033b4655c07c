import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StructType } from '../../../protocol/columns'
import { columnFromValues } from '../../batch/from-values'
import { columnToValues } from '../../batch/to-values'
import { parseDdl } from '../../types/type-ddl'
import { compileJsonParser } from './compile-json-parser'
import { jsonReadOptions } from './json-options'

const SCHEMA: StructType = parseDdl(
  'a INT, b BIGINT, c DOUBLE, d DECIMAL(8,3), e STRING, f BOOLEAN, g TIMESTAMP, h DATE, i ARRAY<STRUCT<x: STRING, y: ARRAY<INT>>>, j MAP<STRING, BIGINT>, k STRUCT<l: STRUCT<m: FLOAT>, n: STRING>, _corrupt_record STRING',
)

const leaf = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '2024-01-02T03:04:05.678Z',
    '2024-02-29',
    '1999-12-31 23:59:59',
    '',
    'é',
    '𝄞',
    'a"b\\c\n',
    true,
    false,
    null,
    0,
    -0,
    1e300,
    123.4565,
  ),
)
const member = fc.oneof(
  leaf,
  fc.array(fc.record({ x: leaf, y: fc.array(leaf, { maxLength: 3 }) }, { requiredKeys: [] }), { maxLength: 3 }),
  fc.dictionary(fc.string(), leaf, { maxKeys: 3 }),
  fc.record({ l: fc.record({ m: leaf }), n: leaf }, { requiredKeys: [] }),
)
const document = fc
  .tuple(
    fc.record(Object.fromEntries(Array.from('abcdefghijkz', (key) => [key, member])), { requiredKeys: [] }),
    fc.constantFrom(0, 0, 0, 1),
    fc.boolean(),
  )
  .map(([value, indent, isReversed]) =>
    JSON.stringify(isReversed ? Object.fromEntries(Object.entries(value).reverse()) : value, null, indent),
  )
const mutation = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom('insert', 'remove', 'cut', 'none', 'none'),
  fc.constantFrom(...Array.from('{}[]",:\\0ntf-.eE \u0001é')),
)

test('the generated parser gives what the exact parser gives, for good and for broken texts', () => {
  const fast = compileJsonParser(SCHEMA, jsonReadOptions({}))
  // Comments make the exact parser read every row; the documents hold none.
  const exact = compileJsonParser(SCHEMA, jsonReadOptions({ allowComments: 'true' }))
  fc.assert(
    fc.property(fc.array(fc.tuple(document, mutation), { minLength: 1, maxLength: 8 }), (rows) => {
      const texts = rows.map(([text, how]) => mutate(text, how)).filter((text) => !text.includes('/'))
      const input = columnFromValues({ kind: 'string' }, texts)
      expect(columnToValues(fast.parse(input))).toEqual(columnToValues(exact.parse(input)))
    }),
    { numRuns: 400 },
  )
})

test('members the schema does not name are passed over the same way, wherever they stand and whatever they hold', () => {
  const schema = parseDdl('abc STRING, k STRUCT<de: BIGINT, long_enough_for_three_words: STRING>, f DOUBLE')
  const fast = compileJsonParser(schema, jsonReadOptions({}))
  const exact = compileJsonParser(schema, jsonReadOptions({ allowComments: 'true' }))
  const name = fc.constantFrom(
    '',
    'a',
    'abcd',
    'ab',
    'é',
    'k\n',
    'f',
    'de',
    'user_agent',
    'user_agenz',
    'x'.repeat(61),
    'y'.repeat(80),
  )
  const value = fc.oneof(leaf, fc.jsonValue())
  const members = fc.array(fc.tuple(name, value), { maxLength: 10 })
  const text = (given: readonly [string, unknown][]) =>
    `{${given.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(', ')}}`
  const record = fc.tuple(members, members, members, fc.constantFrom('"value"', '7', 'null')).map(([a, b, c, abc]) => {
    const inner = text([...a, ['de', 5], ...b])
    return `${text([...a]).slice(0, -1)}${a.length > 0 ? ',' : ''}"abc":${abc},${text(b).slice(1, -1)}${b.length > 0 ? ',' : ''}"k":${inner},"f":1.5${c.length > 0 ? ',' : ''}${text(c).slice(1)}`
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(record, mutation), { minLength: 1, maxLength: 6 }), (rows) => {
      const texts = rows.map(([record, how]) => mutate(record, how)).filter((record) => !record.includes('/'))
      const input = columnFromValues({ kind: 'string' }, texts)
      expect(columnToValues(fast.parse(input))).toEqual(columnToValues(exact.parse(input)))
    }),
    { numRuns: 400 },
  )
})

test('long strings of every length and strings that share their words keep their own dictionary entries', () => {
  const schema = parseDdl('a STRING, b STRING')
  const parser = compileJsonParser(schema, jsonReadOptions({}))
  const strings = Array.from({ length: 40 }, (_, size) => [
    'x'.repeat(size),
    `${'x'.repeat(size)}y`,
    'é'.repeat(size),
  ]).flat()
  const texts = [...strings, ...strings].map((value, i) =>
    JSON.stringify({ a: value, b: i % 2 === 0 ? `${value}\n` : value }),
  )
  for (let round = 0; round < 3; round++) {
    const rows = columnToValues(parser.parse(columnFromValues({ kind: 'string' }, texts)))
    expect(rows).toEqual(texts.map((text) => JSON.parse(text) as unknown))
  }
})

function mutate(text: string, [place, kind, char]: [number, string, string]): string {
  const at = Math.floor(place * text.length)
  if (kind === 'insert') return text.slice(0, at) + char + text.slice(at)
  if (kind === 'remove') return text.slice(0, at) + text.slice(at + 1)
  return kind === 'cut' ? text.slice(0, at) : text
}
