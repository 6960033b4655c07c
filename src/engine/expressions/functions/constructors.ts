import type { Batch, Column, DataType, StructField } from '../../../protocol/columns'
import { concatColumns } from '../../batch/concat'
import { gatherColumn } from '../../batch/gather'
import { arrayOf } from '../../types/atomic-types'
import { findWiderCommonType } from '../../types/coercion'
import type { EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError } from '../errors'
import { checkedKeys } from '../map-keys'
import { node } from '../node'
import type { Node } from '../node'
import { dataTypesDiffer } from './array-elements'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** Arrays, maps and structs of their parts. */
export const CONSTRUCTORS: readonly FunctionEntry[] = [
  { name: 'array', arity: [0, Infinity], doc: 'Array of the arguments.', bind: bindArray },
  { name: 'map', aliases: ['create_map'], arity: [0, Infinity], doc: 'Map of keys and values in turn.', bind: bindMap },
  { name: 'struct', arity: [1, Infinity], expects: '> 0', doc: 'Struct of the arguments.', bind: bindStruct },
  { name: 'named_struct', arity: [0, Infinity], doc: 'Struct of names and values in turn.', bind: bindNamedStruct },
]

/** array(a, b, ...): one list a row. */
function bindArray({ args }: FunctionCall): Node {
  const sql = callSql('array', args)
  const elementType = args.length === 0 ? { kind: 'void' as const } : findWiderCommonType(args.map((arg) => arg.type))
  if (elementType === null) throw dataTypesDiffer(sql, 'array', args)
  const values = args.map((arg) => implicitCast(arg, elementType))
  const type = arrayOf(
    elementType,
    values.some((value) => value.nullable),
  )
  return node({
    type,
    nullable: false,
    sql,
    children: values,
    neverFails: values.every((value) => value.neverFails),
    ...(values.length === 0 ? { isConstant: true } : {}),
    evaluate: (batch, context) => ({
      layout: 'list',
      type,
      length: batch.numRows,
      validity: null,
      ...interleave(elementType, values, batch, context),
    }),
  })
}

/** map(k1, v1, k2, v2, ...). */
function bindMap({ args, name }: FunctionCall): Node {
  const sql = callSql(name, args)
  if (args.length % 2 === 1) {
    throw sparkError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
      functionName: '`map`',
      expectedNum: '2n (n > 0)',
      actualNum: String(args.length),
      docroot: 'https://spark.apache.org/docs/latest',
    })
  }
  const keys = args.filter((_, i) => i % 2 === 0)
  const values = args.filter((_, i) => i % 2 === 1)
  const keyType = args.length === 0 ? { kind: 'void' as const } : findWiderCommonType(keys.map((key) => key.type))
  const valueType =
    args.length === 0 ? { kind: 'void' as const } : findWiderCommonType(values.map((value) => value.type))
  const types = (list: readonly Node[]) => `[${list.map((item) => quoteType(item.type)).join(', ')}]`
  if (keyType === null)
    throw sparkError('DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`map`',
      dataType: types(keys),
    })
  if (valueType === null)
    throw sparkError('DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`map`',
      dataType: types(values),
    })
  const [k, v] = [keys.map((key) => implicitCast(key, keyType)), values.map((value) => implicitCast(value, valueType))]
  const type: Extract<DataType, { kind: 'map' }> = {
    kind: 'map',
    keyType,
    valueType,
    valueContainsNull: v.some((value) => value.nullable),
  }
  return node({
    type,
    nullable: false,
    sql,
    children: [...k, ...v],
    ...(args.length === 0 ? { isConstant: true } : {}),
    evaluate(batch, context) {
      const { child, offsets } = interleave(keyType, k, batch, context)
      return {
        layout: 'map',
        type,
        length: batch.numRows,
        validity: null,
        offsets,
        keys: checkedKeys(child, offsets, batch.numRows),
        values: interleave(valueType, v, batch, context).child,
      }
    },
  })
}

/** Argument columns of one type, interleaved row by row: n values a row. */
function interleave(
  type: DataType,
  values: readonly Node[],
  batch: Batch,
  context: EvaluationContext,
): { child: Column; offsets: Int32Array } {
  const { numRows } = batch
  const width = values.length
  const all = concatColumns(
    type,
    values.map((value) => value.evaluate(batch, context)),
  )
  const picks = new Int32Array(numRows * width)
  const offsets = new Int32Array(numRows + 1)
  for (let i = 0; i < numRows; i++) {
    for (let k = 0; k < width; k++) picks[i * width + k] = k * numRows + i
    offsets[i + 1] = (i + 1) * width
  }
  return { child: gatherColumn(all, picks), offsets }
}

/** struct(a, b): fields take the columns' names, others are col1, col2, ... */
function bindStruct({ args }: FunctionCall): Node {
  const members = args.map((value, i) => ({ name: isNamed(value) ? value.name : `col${i + 1}`, value }))
  return structNode(members, callSql('struct', args))
}

/** A column, a struct's field, or an alias names its struct field. */
function isNamed(value: Node): boolean {
  return (
    value.inputIndex !== undefined ||
    value.sql.endsWith(` AS ${value.name}`) ||
    (value.name !== value.sql && value.sql.endsWith(`.${value.name}`))
  )
}

function bindNamedStruct({ args }: FunctionCall): Node {
  const sql = callSql('named_struct', args)
  if (args.length % 2 === 1 || args.length === 0) {
    throw sparkError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
      functionName: '`named_struct`',
      expectedNum: '2n (n > 0)',
      actualNum: String(args.length),
      docroot: 'https://spark.apache.org/docs/latest',
    })
  }
  const names = args.filter((_, i) => i % 2 === 0)
  const wrong = names.filter((name) => name.literal === undefined || typeof name.literal.value !== 'string')
  if (wrong.length > 0) {
    throw sparkError('DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING', {
      sqlExpr: quoteSql(sql),
      inputExprs: `[${wrong.map((name) => quoteSql(name.sql)).join(', ')}]`,
    })
  }
  return structNode(
    names.map((name, i) => ({ name: name.literal!.value as string, value: args[2 * i + 1] })),
    sql,
  )
}

function structNode(members: readonly { readonly name: string; readonly value: Node }[], sql: string): Node {
  const fields: StructField[] = members.map(({ name, value }) => ({
    name,
    type: value.type,
    nullable: value.nullable,
    ...(value.metadata ? { metadata: value.metadata } : {}),
  }))
  const type = { kind: 'struct' as const, fields }
  const children = members.map(({ value }) => value)
  return node({
    type,
    nullable: false,
    sql,
    children,
    neverFails: children.every((child) => child.neverFails),
    evaluate: (batch, context) => ({
      layout: 'struct',
      type,
      length: batch.numRows,
      validity: null,
      children: children.map((child) => child.evaluate(batch, context)),
    }),
  })
}
