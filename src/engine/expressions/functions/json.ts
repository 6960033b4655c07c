import type { DataType } from '../../../protocol/columns'
import { RunnelError } from '../../../protocol/errors/runnel-error'
import { compileJsonParser, nullableSchema } from '../../codecs/json/compile-json-parser'
import type { JsonParser } from '../../codecs/json/compile-json-parser'
import { canonical, typeOfJson } from '../../codecs/json/infer-schema'
import { getJsonObject, jsonArrayLength, jsonObjectKeys, parseJsonPath } from '../../codecs/json/json-path'
import { jsonReadOptions } from '../../codecs/json/json-options'
import { jsonWriteOptions, writeJson } from '../../codecs/json/write-json'
import { sqlName } from '../../types/type-names'
import { parseTypeOrSchemaDdl } from '../../types/type-ddl'
import { typeFromJson } from '../../types/type-json'
import type { BindContext } from '../bound'
import { floorDiv } from '../casts/format-values'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { constantValue, FOLDING_CONTEXT, literalNode, node } from '../node'
import type { Node } from '../node'
import { offsetMicrosAt } from '../time-zone'
import { columnOfRows, readerOf } from '../row-values'
import { INTEGER, STRING, arrayOf } from '../../types/atomic-types'
import type { Value } from '../row-values'
import { text as textArgument } from './argument-types'
import { callSql, evaluateStrictRows, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** Options of from_json and its kin: a map of text constants. */
export function optionsOf(arg: Node | undefined): Readonly<Record<string, string>> {
  if (arg === undefined) return {}
  const { type } = arg
  if (type.kind !== 'map' || !arg.isConstant)
    throw sparkError(
      'INVALID_OPTIONS.NON_MAP_FUNCTION',
      {},
      { hint: 'Options are a map of texts, for example {"mode": "FAILFAST"}.' },
    )
  if (type.keyType.kind !== 'string' || type.valueType.kind !== 'string')
    throw sparkError('INVALID_OPTIONS.NON_STRING_TYPE', { mapType: quoteType(type) })
  const entries = constantValue(arg, FOLDING_CONTEXT) as readonly (readonly Value[])[]
  return Object.fromEntries(entries.map(([key, value]) => [String(key), String(value)]))
}

/** A schema argument: StructType JSON, or DDL of a struct or any type. */
function schemaOf(arg: Node): DataType {
  const text = arg.isConstant && arg.type.kind === 'string' ? constantValue(arg, FOLDING_CONTEXT) : null
  if (typeof text !== 'string')
    throw sparkError(
      'INVALID_SCHEMA.NON_STRING_LITERAL',
      { inputSchema: quoteSql(arg.sql) },
      { hint: 'The schema is a StructType or a DDL text such as "id INT, name STRING".' },
    )
  if (/^\s*[{"]/.test(text)) {
    try {
      return typeFromJson(text)
    } catch (error) {
      if (!(error instanceof RunnelError)) throw error
    }
  }
  return parseTypeOrSchemaDdl(text)
}

function zoneOf(context: BindContext): string {
  return context.conf['spark.sql.session.timeZone'] ?? 'UTC'
}

function bindFromJson(call: FunctionCall): Node {
  const [given, schemaArg, optionArg] = call.args as readonly [Node, Node, Node | undefined]
  const schema = schemaOf(schemaArg)
  const sql = schema.kind === 'map' ? 'entries' : `from_json(${given.sql})`
  const options = optionsOf(optionArg)
  if (given.type.kind !== 'string' && given.type.kind !== 'void') throw unexpectedInputType(sql, 0, '"STRING"', given)
  if (schema.kind !== 'struct' && schema.kind !== 'array' && schema.kind !== 'map') {
    throw sparkError(
      'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA',
      { sqlExpr: quoteSql(sql), schema: quoteType(schema) },
      { hint: 'The schema must be a STRUCT, an ARRAY or a MAP.' },
    )
  }
  if (schema.kind === 'map' && schema.keyType.kind !== 'string') {
    throw sparkError(
      'DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE',
      { sqlExpr: quoteSql(sql), schema: quoteType(schema) },
      { hint: 'Keys of JSON objects are STRING.' },
    )
  }
  const text = implicitCast(given, STRING)
  // The parser keeps dictionaries from batch to batch, so it belongs to the bound expression.
  let parser: JsonParser | null = null
  let nowMicros = 0n
  const timeZone = zoneOf(call.context)
  const corrupt = call.context.conf['spark.sql.columnNameOfCorruptRecord']
  const todayDays = () => Number(floorDiv(nowMicros + offsetMicrosAt(timeZone, nowMicros), 86_400_000_000n))
  const readOptions = jsonReadOptions(options, {
    timeZone,
    todayDays,
    ...(corrupt === undefined ? {} : { columnNameOfCorruptRecord: corrupt }),
  })
  return node({
    type: nullableSchema(schema),
    nullable: true,
    sql,
    children: [text],
    parsesJson: true,
    neverFails: readOptions.mode === 'PERMISSIVE' && text.neverFails,
    evaluate(batch, context) {
      nowMicros = context.nowMicros
      parser ??= compileJsonParser(schema, readOptions)
      return parser.parse(text.evaluate(batch, context))
    },
  })
}

function bindToJson(call: FunctionCall): Node {
  const [value, optionArg] = call.args as readonly [Node, Node | undefined]
  const sql = `to_json(${value.sql})`
  const { kind } = value.type
  if (kind !== 'struct' && kind !== 'array' && kind !== 'map') {
    throw sparkError(
      'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA',
      { sqlExpr: quoteSql(sql), schema: quoteType(value.type) },
      { hint: 'to_json takes a STRUCT, an ARRAY or a MAP: to_json(struct(*)).' },
    )
  }
  const options = jsonWriteOptions(optionsOf(optionArg), zoneOf(call.context))
  return node({
    type: STRING,
    nullable: true,
    sql,
    children: [value],
    neverFails: value.neverFails,
    evaluate: (batch, context) => writeJson(value.evaluate(batch, context), options),
  })
}

function bindSchemaOfJson(call: FunctionCall): Node {
  const [sample, optionArg] = call.args as readonly [Node, Node | undefined]
  const sql = callSql('schema_of_json', [sample])
  const text = sample.isConstant && sample.type.kind === 'string' ? constantValue(sample, FOLDING_CONTEXT) : null
  if (typeof text !== 'string') {
    throw sparkError(
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
      { sqlExpr: quoteSql(sql), inputName: '`json`', inputType: '"STRING"', inputExpr: quoteSql(sample.sql) },
      { hint: 'schema_of_json takes one sample text, not a column.' },
    )
  }
  const options = jsonReadOptions(optionsOf(optionArg))
  const ddl = sqlName(canonical(typeOfJson(text, options), options) ?? { kind: 'struct', fields: [] })
  return { ...literalNode(STRING, ddl, sql), children: [sample] }
}

/** The path is parsed once when it is a constant; a column of paths is read row by row. */
const getJsonObjectEntry = scalarFunction({
  name: 'get_json_object',
  args: [textArgument, textArgument],
  returns: STRING,
  nullable: true,
  doc: 'Part of a JSON text by a path such as $.a.b[0].',
  neverFails: true,
  evaluate([json, path], batch, context) {
    if (path.isConstant) {
      const text = constantValue(path, context) as string | null
      return getJsonObject(json.evaluate(batch, context), text === null ? null : parseJsonPath(text))
    }
    return evaluateStrictRows(
      STRING,
      [json, path],
      (document, given) => {
        const found = getJsonObject(
          columnOfRows(STRING, 1, () => document),
          parseJsonPath(given as string),
        )
        return readerOf(found)(0)
      },
      batch,
      context,
    )
  },
})

export const JSONS: readonly FunctionEntry[] = [
  getJsonObjectEntry,
  scalarFunction({
    name: 'json_array_length',
    args: [textArgument],
    returns: INTEGER,
    nullable: true,
    doc: 'Elements of a JSON array.',
    neverFails: true,
    row: jsonArrayLength,
  }),
  scalarFunction({
    name: 'json_object_keys',
    args: [textArgument],
    returns: arrayOf(STRING),
    nullable: true,
    doc: 'Keys of a JSON object.',
    neverFails: true,
    row: jsonObjectKeys,
  }),
  { name: 'to_json', arity: [1, 2], doc: 'JSON text of a struct, array or map.', bind: bindToJson },
  { name: 'schema_of_json', arity: [1, 2], doc: 'Schema of a JSON sample as DDL.', bind: bindSchemaOfJson },
  { name: 'from_json', arity: [2, 3], doc: 'Columns from JSON text by a schema.', bind: bindFromJson },
]
