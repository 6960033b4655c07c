import type { DataType, StructField } from '../../../protocol/columns'
import { STRING, arrayOf } from '../../types/atomic-types'
import { findWiderCommonType } from '../../types/coercion'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { checkedKeys } from '../map-keys'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { anyArray, anyMap, text, typed } from './argument-types'
import { bindContains } from './array-search'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

type MapType = Extract<DataType, { kind: 'map' }>

const mapKeys = scalarFunction({
  name: 'map_keys',
  args: [anyMap],
  returns: (args) => arrayOf((args[0].type as MapType).keyType, true),
  doc: 'Keys of a map.',
  neverFails: true,
  row: (map: readonly (readonly Value[])[]) => map.map((entry) => entry[0]!),
})

/** Parts of maps, and maps made of arrays, entries, other maps or text. */
export const MAPS: readonly FunctionEntry[] = [
  mapKeys,
  scalarFunction({
    name: 'map_values',
    args: [anyMap],
    returns: (args) => {
      const { valueType, valueContainsNull } = args[0].type as MapType
      return arrayOf(valueType, valueContainsNull)
    },
    doc: 'Values of a map.',
    neverFails: true,
    row: (map: readonly (readonly Value[])[]) => map.map((entry) => entry[1]!),
  }),
  scalarFunction({
    name: 'map_entries',
    args: [anyMap],
    returns: (args) => {
      const { keyType, valueType, valueContainsNull } = args[0].type as MapType
      return arrayOf(
        {
          kind: 'struct',
          fields: [
            { name: 'key', type: keyType, nullable: false },
            { name: 'value', type: valueType, nullable: valueContainsNull },
          ],
        },
        false,
      )
    },
    doc: 'Entries of a map.',
    neverFails: true,
    row: (map: readonly Value[]) => map,
  }),
  { name: 'map_from_arrays', arity: [2, 2], doc: 'Map of its parts.', bind: bindMapFromArrays },
  { name: 'map_from_entries', arity: [1, 1], doc: 'Map of its parts.', bind: bindMapFromEntries },
  { name: 'map_concat', arity: [0, Infinity], doc: 'Map of its parts.', bind: bindMapConcat },
  { name: 'map_contains_key', arity: [2, 2], doc: 'Map of its parts.', bind: bindContainsKey },
  { name: 'str_to_map', arity: [1, 3], doc: 'Map of its parts.', bind: bindTextToMap },
]

function bindMapFromArrays(call: FunctionCall): Node {
  const [keys, values] = call.args as readonly [Node, Node]
  call.args.forEach((arg, i) => {
    if (arg.type.kind !== 'array') throw unexpectedInputType(callSql(call.name, call.args), i, '"ARRAY"', arg)
  })
  const [k, v] = [keys.type, values.type] as Extract<DataType, { kind: 'array' }>[]
  const type: DataType = {
    kind: 'map',
    keyType: k.elementType,
    valueType: v.elementType,
    valueContainsNull: v.containsNull,
  }
  return checkedMap(
    type,
    scalarFunction({
      name: 'map_from_arrays',
      args: [anyArray, anyArray],
      returns: type,
      doc: '',
      row: (keys: readonly Value[], values: readonly Value[]): Value => keys.map((key, i) => [key, values[i]!]),
    }).bind(call),
  )
}

function bindMapFromEntries(call: FunctionCall): Node {
  const [entries] = call.args as readonly [Node]
  const { type: given } = entries
  if (given.kind !== 'array' || given.elementType.kind !== 'struct' || given.elementType.fields.length !== 2)
    throw unexpectedInputType(callSql(call.name, call.args), 0, '"ARRAY" of pair "STRUCT"', entries)
  const [k, v] = given.elementType.fields as [StructField, StructField]
  const type: DataType = { kind: 'map', keyType: k.type, valueType: v.type, valueContainsNull: v.nullable }
  return checkedMap(
    type,
    scalarFunction({
      name: 'map_from_entries',
      args: [anyArray],
      returns: type,
      nullable: entries.nullable || given.containsNull,
      doc: '',
      row: (entries: readonly Value[]): Value => (entries.includes(null) ? null : entries),
    }).bind(call),
  )
}

function bindMapConcat(call: FunctionCall): Node {
  const { args } = call
  const sql = callSql(call.name, args)
  const type: DataType | null =
    args.length === 0
      ? { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: false }
      : findWiderCommonType(args.map((arg) => arg.type))
  if (type === null || args.some((arg) => arg.type.kind !== 'map')) {
    throw sparkError('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`map_concat`',
      dataType: `[${args.map((arg) => quoteType(arg.type)).join(', ')}]`,
    })
  }
  return checkedMap(
    type,
    scalarFunction({
      name: 'map_concat',
      args: [typed(type)],
      required: 0,
      variadic: true,
      returns: type,
      doc: '',
      sql: () => sql,
      row: (...maps: (readonly Value[])[]): Value => maps.flat(),
    }).bind(call),
  )
}

function bindContainsKey(call: FunctionCall): Node {
  const [map, key] = call.args as readonly [Node, Node]
  const sql = callSql(call.name, call.args)
  if (map.type.kind !== 'map') throw unexpectedInputType(sql, 0, '"MAP"', map)
  const keys = mapKeys.bind({ ...call, name: 'map_keys', args: [map] })
  const found = bindContains({ ...call, name: 'array_contains', args: [keys, key] })
  return { ...found, sql, name: sql, evaluate: (batch, context) => found.evaluate(batch, context) }
}

/** str_to_map(text[, pair delimiter[, key delimiter]]). */
function bindTextToMap(call: FunctionCall): Node {
  const [value, pairDelimiter, keyDelimiter] = call.args as readonly [Node, Node | undefined, Node | undefined]
  const type: DataType = { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: true }
  return checkedMap(
    type,
    scalarFunction({
      name: 'str_to_map',
      args: [text, text, text],
      required: 1,
      returns: type,
      doc: '',
      sql: () => `str_to_map(${value.sql}, ${pairDelimiter?.sql ?? ','}, ${keyDelimiter?.sql ?? ':'})`,
      row: (value: string, pairs = ',', key = ':'): Value =>
        value.split(pairs).map((pair) => {
          const at = pair.indexOf(key)
          return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + key.length)]
        }),
    }).bind(call),
  )
}

/** The map as made, its keys checked: none is NULL, none comes twice. */
function checkedMap(type: DataType, made: Node): Node {
  return {
    ...made,
    type,
    neverFails: false,
    evaluate(batch, context) {
      const column = made.evaluate(batch, context)
      if (column.layout === 'map') checkedKeys(column.keys, column.offsets, column.length)
      return column
    },
  }
}
