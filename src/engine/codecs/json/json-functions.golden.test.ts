import { describe, expect, test } from 'vitest'
import type { StructType } from '../../../protocol/columns'
import golden from '../../../testing/golden/json/json-functions.json'
import { columnFromValues } from '../../batch/from-values'
import { columnToValues } from '../../batch/to-values'
import { schemaFromJson, typeToJsonValue } from '../../types/type-json'
import { JsonSchemaInference } from './infer-schema'
import { jsonReadOptions } from './json-options'
import { getJsonObject, jsonTuple, parseJsonPath, schemaOfJson } from './json-path'
import { jsonWriteOptions, writeJson } from './write-json'

const texts = (values: readonly (string | null)[]) => columnFromValues({ kind: 'string' }, values)

test.each(golden.getJsonObject as [string | null, string, string | null][])(
  'get_json_object(%j, %j)',
  (text, path, answer) => {
    expect(columnToValues(getJsonObject(texts([text]), parseJsonPath(path)))).toEqual([answer])
  },
)

test('json_tuple gives every field of every text', () => {
  const cases = golden.jsonTuple as [string | null, (string | null)[]][]
  const columns = jsonTuple(texts(cases.map(([text]) => text)), ['a', 'b', 'c', 'd', 'e']).map(columnToValues)
  cases.forEach(([, answer], row) => expect(columns.map((column) => column[row])).toEqual(answer))
})

test.each(golden.schemaOfJson as [string, string][])('schema_of_json(%j)', (text, answer) => {
  expect(schemaOfJson(text)).toBe(answer)
})

test.each(golden.inferred as unknown as [string[], Record<string, string>, unknown][])(
  'the schema of %j with %j',
  (records, options, answer) => {
    const inference = new JsonSchemaInference(jsonReadOptions(options))
    for (const record of records) inference.addText(record)
    expect(typeToJsonValue(inference.schema())).toEqual(answer)
  },
)

describe('to_json', () => {
  const row = [
    1,
    null,
    [1, null],
    [
      ['k', null],
      ['z', 1.5],
    ],
    1704164645123456n,
    19724,
    new TextEncoder().encode('x'),
    '1.10',
    NaN,
    1e10,
    Math.fround(1.1),
    [null],
    'q"\\\\é/\\u0001',
    1704164645000000n,
    true,
    '0.0000001',
    [[1, 2]],
    -3,
  ]
  test.each(golden.written.texts as unknown as [Record<string, string>, string][])(
    'with %j writes what Spark writes',
    (options, answer) => {
      const schema: StructType = schemaFromJson(JSON.stringify(golden.written.schema))
      const column = columnFromValues(schema, [row, null])
      expect(columnToValues(writeJson(column, jsonWriteOptions(options)))).toEqual([answer, null])
    },
  )
})
