import { describe, expect, test } from 'vitest'
import type { DataType, StructType } from '../../protocol/columns'
import { errorShape, fullMessage } from '../../protocol/errors/runnel-error'
import decimals from '../../testing/golden/types/decimals.json'
import ddl from '../../testing/golden/types/ddl.json'
import widening from '../../testing/golden/types/widening.json'
import { schemaFromConnect, typeToConnect } from './connect-types'
import { decimalResult, findWiderType } from './coercion'
import type { DecimalOperator } from './coercion'
import { parseDdl, parseTypeDdl, parseTypeOrSchemaDdl } from './type-ddl'
import { schemaFromJson, schemaToJson, typeFromJsonValue, typeToJsonValue } from './type-json'
import { catalogString, ddlOf } from './type-names'

test.each(widening.cases)('coalesce($a, $b) has the type Spark gives it: $common', ({ a, b, common }) => {
  const wider = findWiderType(parseTypeDdl(a), parseTypeDdl(b))
  expect(wider && catalogString(wider)).toBe(common)
})

test('decimal arithmetic has the precision and scale Spark gives it', () => {
  for (const { a, op, b, result } of decimals.cases) {
    const [left, right] = [parseTypeDdl(a), parseTypeDdl(b)] as Extract<DataType, { kind: 'decimal' }>[]
    if (op === 'div') continue
    expect(`${a} ${op} ${b}: ${catalogString(decimalResult(op as DecimalOperator, left, right))}`).toBe(
      `${a} ${op} ${b}: ${result}`,
    )
  }
})

type Answer = { json?: unknown; condition?: string | null; message?: string } | null

describe.each(ddl.cases as { text: string; schema: Answer; typeOrSchema: Answer }[])(
  'DDL %j',
  ({ text, schema, typeOrSchema }) => {
    test('as a schema gives what Spark gives', () => check(() => parseDdl(text), schema))
    test('as a type or schema gives what Spark gives', () => {
      // from_json itself refuses other types than struct, array and map.
      if (typeOrSchema?.condition?.startsWith('DATATYPE_MISMATCH')) return
      check(() => nullable(parseTypeOrSchemaDdl(text)), typeOrSchema)
    })
  },
)

function check(parse: () => DataType, answer: Answer): void {
  if (answer?.json !== undefined) {
    expect(typeToJsonValue(parse())).toEqual(answer.json)
    return
  }
  let thrown: unknown
  try {
    parse()
  } catch (error) {
    thrown = error
  }
  const shape = errorShape(thrown)
  expect(shape.condition).toBe(answer?.condition ?? null)
  // The goldens keep the first line of a message.
  const spark = answer?.message?.replace(/ \(line \d+, pos \d+\)$/, '')
  expect(fullMessage(shape).split('\n')[0]).toBe(spark)
}

/** from_json makes every field nullable; parsing alone does not. */
function nullable(type: DataType): DataType {
  if (type.kind === 'array') return { ...type, elementType: nullable(type.elementType) }
  if (type.kind !== 'struct') return type
  return {
    kind: 'struct',
    fields: type.fields.map((field) => ({ ...field, type: nullable(field.type), nullable: true })),
  }
}

test('a schema survives JSON, DDL and Connect', () => {
  const schema = parseDdl(
    "a INT NOT NULL COMMENT 'it''s', `b c` STRUCT<x: STRING, `y z`: ARRAY<MAP<STRING, DECIMAL(20,3)>>>, d INTERVAL DAY TO SECOND, e INTERVAL YEAR, f TIMESTAMP_NTZ, g VOID, h BINARY",
  )
  expect(schemaFromJson(schemaToJson(schema))).toEqual(schema)
  expect(parseDdl(ddlOf(schema))).toEqual(schema)
  expect(schemaFromConnect(typeToConnect(schema))).toEqual(schema)
})

test('JSON that is no schema is refused by name', () => {
  expect(() => schemaFromJson('"long"')).toThrow(/Failed to convert the JSON string/)
  expect(() => typeFromJsonValue({ type: 'list' })).toThrow(/Failed to convert the JSON string/)
  expect(() => typeFromJsonValue('toString')).toThrow(/Failed to convert the JSON string/)
  const wrapped: StructType = { kind: 'struct', fields: [] }
  expect(schemaToJson(wrapped)).toBe('{"type":"struct","fields":[]}')
})
