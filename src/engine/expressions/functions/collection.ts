import type { Batch, Column, DataType, StructField } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { concatColumns } from '../../batch/concat'
import { nullColumn } from '../../batch/empty'
import { gatherColumn } from '../../batch/gather'
import { BOOLEAN, INTEGER, LONG, STRING, arrayOf, isIntegral } from '../../types/atomic-types'
import { findTightestCommonType, findWiderCommonType, findWiderType } from '../../types/coercion'
import type { EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { lookUp } from '../extract-value'
import { checkedKeys } from '../map-keys'
import { argumentReader, node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import { isNullAt } from './boolean'
import { anyArray, anyMap, arrayOrMap, bool, implicitTarget, int, text, typed } from './argument-types'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { addMonths } from './datetime-arithmetic'

type List = Extract<Column, { layout: 'list' }>
type ArrayNode = Node & { readonly type: Extract<DataType, { kind: 'array' }> }

function diffTypes(sql: string, functionName: string, args: readonly Node[]) {
  return sparkError(
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
    {
      sqlExpr: quoteSql(sql),
      functionName: `\`${functionName}\``,
      dataType: `(${args.map((arg) => quoteType(arg.type)).join(' or ')})`,
    },
    { hint: 'All values must have one type; cast the odd one.' },
  )
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

/** array(a, b, ...): one list a row. */
function bindArray({ args }: FunctionCall): Node {
  const sql = callSql('array', args)
  const elementType = args.length === 0 ? { kind: 'void' as const } : findWiderCommonType(args.map((arg) => arg.type))
  if (elementType === null) throw diffTypes(sql, 'array', args)
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

/** size and cardinality. */
function sizeEntry(name: string): FunctionEntry {
  return scalarFunction({
    name,
    args: [arrayOrMap],
    returns: INTEGER,
    doc: 'Number of elements or entries.',
    neverFails: true,
    evaluate([arg], batch, context) {
      const column = arg.evaluate(batch, context)
      if (column.layout !== 'list' && column.layout !== 'map') return nullColumn(INTEGER, batch.numRows)
      const values = new Int32Array(batch.numRows)
      for (let i = 0; i < batch.numRows; i++) values[i] = column.offsets[i + 1] - column.offsets[i]
      return { layout: 'fixed', type: INTEGER, length: batch.numRows, validity: column.validity, values }
    },
  })
}

/** Array and element brought to one element type. */
function arrayAndElement(call: FunctionCall, position = 1): { array: ArrayNode; element: Node } {
  const { args, name } = call
  const sql = callSql(name, args)
  const [array, element] = [args[0], args[position]]
  if (array.type.kind !== 'array') throw unexpectedInputType(sql, 0, '"ARRAY"', array)
  if (element.type.kind === 'void' && (name === 'array_contains' || name === 'array_position'))
    throw sparkError('DATATYPE_MISMATCH.NULL_TYPE', { sqlExpr: quoteSql(sql), functionName: `\`${name}\`` })
  const common = findTightestCommonType(array.type.elementType, element.type)
  if (common === null) {
    throw sparkError('DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: `\`${name}\``,
      dataType: '"ARRAY"',
      leftType: quoteType(array.type),
      rightType: quoteType(element.type),
    })
  }
  return {
    array: implicitCast(array, arrayOf(common, array.type.containsNull)) as ArrayNode,
    element: implicitCast(element, common),
  }
}

/** Calls `visit` for each element equal to the row's value, until it answers false for this row. */
function matches(list: List, value: Column, visit: (row: number, position: number, at: number) => boolean): void {
  if (value.layout === 'void' || list.child.layout === 'void') return
  const compare = columnComparator(list.child, value)
  for (let i = 0; i < list.length; i++) {
    if (isNullAt(list, i) || isNullAt(value, i)) continue
    for (let at = list.offsets[i]; at < list.offsets[i + 1]; at++) {
      if (!isNullAt(list.child, at) && compare(at, i) === 0 && !visit(i, at - list.offsets[i], at)) break
    }
  }
}

function bindContains(call: FunctionCall): Node {
  const { array, element } = arrayAndElement(call)
  return node({
    type: BOOLEAN,
    nullable: array.nullable || element.nullable || array.type.containsNull,
    sql: callSql(call.name, call.args),
    children: [array, element],
    evaluate(batch, context) {
      const [list, value] = [array.evaluate(batch, context), element.evaluate(batch, context)]
      if (list.layout !== 'list') return nullColumn(BOOLEAN, batch.numRows)
      const values = new Uint8Array(batch.numRows)
      const validity = new Uint8Array(batch.numRows)
      matches(list, value, (row) => {
        values[row] = 1
        return false
      })
      for (let i = 0; i < batch.numRows; i++) {
        const known = !isNullAt(list, i) && !isNullAt(value, i)
        validity[i] = known && (values[i] === 1 || !hasNull(list, i)) ? 1 : 0
      }
      return { layout: 'fixed', type: BOOLEAN, length: batch.numRows, validity, values }
    },
  })
}

function hasNull(list: List, row: number): boolean {
  for (let at = list.offsets[row]; at < list.offsets[row + 1]; at++) if (isNullAt(list.child, at)) return true
  return false
}

function bindPosition(call: FunctionCall): Node {
  const { array, element } = arrayAndElement(call)
  return node({
    type: LONG,
    nullable: array.nullable || element.nullable,
    sql: callSql(call.name, call.args),
    children: [array, element],
    evaluate(batch, context) {
      const [list, value] = [array.evaluate(batch, context), element.evaluate(batch, context)]
      if (list.layout !== 'list') return nullColumn(LONG, batch.numRows)
      const found = new Int32Array(batch.numRows)
      matches(list, value, (row, position) => {
        found[row] = position + 1
        return false
      })
      return columnOfRows(LONG, batch.numRows, (i) =>
        isNullAt(list, i) || isNullAt(value, i) ? null : BigInt(found[i]),
      )
    },
  })
}

/** A function from one list to another of the same elements, given by the picked positions. */
function rearranged(
  name: string,
  doc: string,
  type: (array: Extract<DataType, { kind: 'array' }>) => DataType,
  pick: (list: List, row: number) => number[],
  sql?: (args: readonly Node[]) => string,
): FunctionEntry {
  return scalarFunction({
    name,
    ...(sql ? { sql } : {}),
    args: [anyArray],
    returns: (args) => type(args[0].type as Extract<DataType, { kind: 'array' }>),
    doc,
    evaluate([arg], batch, context) {
      const list = arg.evaluate(batch, context)
      if (list.layout !== 'list') return nullColumn(arg.type, batch.numRows)
      return pickElements(list, type(list.type) as List['type'], (row) => pick(list, row))
    },
  })
}

function pickElements(list: List, type: List['type'], pick: (row: number) => readonly number[]): Column {
  const offsets = new Int32Array(list.length + 1)
  const picks: number[] = []
  for (let i = 0; i < list.length; i++) {
    if (!isNullAt(list, i)) picks.push(...pick(i))
    offsets[i + 1] = picks.length
  }
  return {
    layout: 'list',
    type,
    length: list.length,
    validity: list.validity,
    offsets,
    child: gatherColumn(list.child, Int32Array.from(picks)),
  }
}

function positions(list: List, row: number): number[] {
  return Array.from({ length: list.offsets[row + 1] - list.offsets[row] }, (_, k) => list.offsets[row] + k)
}

function distinct(list: List, rows: readonly number[]): number[] {
  const compare = columnComparator(list.child, list.child)
  const kept: number[] = []
  for (const at of rows) if (!kept.some((other) => compare(other, at) === 0)) kept.push(at)
  return kept
}

/** How Spark prints the order array_sort has by itself. */
const V = 'namedlambdavariable()'
const DEFAULT_ORDER = `lambdafunction((IF(((${V} IS NULL) AND (${V} IS NULL)), 0, (IF((${V} IS NULL), 1, (IF((${V} IS NULL), -1, (IF((${V} < ${V}), -1, (IF((${V} > ${V}), 1, 0)))))))))), ${V}, ${V})`

/** sort_array(array, ascending): NULLs first ascending, last descending. array_sort: NULLs last. */
function sorted(list: List, row: number, ascending: boolean, nullsFirst: boolean): number[] {
  const compare = columnComparator(list.child, list.child)
  const own = positions(list, row)
  const nulls = own.filter((at) => isNullAt(list.child, at))
  const rest = own.filter((at) => !isNullAt(list.child, at)).sort((a, b) => (ascending ? compare(a, b) : compare(b, a)))
  return nullsFirst ? [...nulls, ...rest] : [...rest, ...nulls]
}

function bindSortArray(call: FunctionCall): Node {
  const sql = `sort_array(${call.args[0].sql}, ${call.args[1]?.sql ?? 'true'})`
  return scalarFunction({
    name: 'sort_array',
    args: [anyArray, bool],
    required: 1,
    returns: (args) => args[0].type,
    doc: '',
    sql: () => sql,
    evaluate(args, batch, context) {
      const list = args[0].evaluate(batch, context)
      if (list.layout !== 'list') return nullColumn(args[0].type, batch.numRows)
      const ascending = args[1] === undefined ? () => true : argumentReader(args[1], batch, context)
      return pickElements(list, list.type, (row) => sorted(list, row, ascending(row) === true, ascending(row) === true))
    },
  }).bind(call)
}

type SetOperation = 'array_union' | 'array_intersect' | 'array_except' | 'arrays_overlap' | 'concat'

/** Two arrays on one type, as one pool of elements. */
function bindSets(call: FunctionCall, operation: SetOperation): Node {
  const sql = callSql(call.name, call.args)
  call.args.forEach((arg, i) => {
    if (arg.type.kind !== 'array' && arg.type.kind !== 'void') throw unexpectedInputType(sql, i, '"ARRAY"', arg)
  })
  const common = findWiderCommonType(call.args.map((arg) => arg.type))
  if (common === null || common.kind !== 'array') {
    throw sparkError('DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: `\`${call.name}\``,
      arrayType: '"ARRAY"',
      leftType: quoteType(call.args[0].type),
      rightType: quoteType(call.args[1].type),
    })
  }
  const [a, b] = call.args.map((arg) => implicitCast(arg, common)) as [ArrayNode, ArrayNode]
  const overlap = operation === 'arrays_overlap'
  const containsNull =
    operation === 'array_except'
      ? call.args[0].type.kind === 'array' && call.args[0].type.containsNull
      : operation === 'array_intersect'
        ? call.args.every((arg) => arg.type.kind === 'array' && arg.type.containsNull)
        : common.containsNull
  const type: DataType = overlap ? BOOLEAN : arrayOf(common.elementType, containsNull)
  return node({
    type,
    nullable: a.nullable || b.nullable || (overlap && common.containsNull),
    sql,
    children: [a, b],
    evaluate(batch, context) {
      const [x, y] = [a.evaluate(batch, context), b.evaluate(batch, context)]
      if (x.layout !== 'list' || y.layout !== 'list') return nullColumn(type, batch.numRows)
      const pool: List = { ...x, child: concatColumns(common.elementType, [x.child, y.child]) }
      const shift = x.child.length
      const right = (row: number) => positions(y, row).map((at) => at + shift)
      const compare = columnComparator(pool.child, pool.child)
      const holds = (set: readonly number[], at: number) => set.some((other) => compare(other, at) === 0)
      const either = (i: number) => isNullAt(x, i) || isNullAt(y, i)
      if (overlap) {
        return columnOfRows(BOOLEAN, batch.numRows, (i) => {
          if (either(i)) return null
          const [left, other] = [positions(x, i), right(i)]
          if (left.some((at) => !isNullAt(pool.child, at) && holds(other, at))) return true
          return left.length > 0 && other.length > 0 && [...left, ...other].some((at) => isNullAt(pool.child, at))
            ? null
            : false
        })
      }
      const validity =
        x.validity === null && y.validity === null
          ? null
          : Uint8Array.from({ length: batch.numRows }, (_, i) => (either(i) ? 0 : 1))
      return pickElements({ ...pool, validity }, type as List['type'], (row) => {
        const [left, other] = [positions(x, row), right(row)]
        if (operation === 'array_union') return distinct(pool, [...left, ...other])
        return distinct(
          pool,
          left.filter((at) => holds(other, at) === (operation === 'array_intersect')),
        )
      })
    },
  })
}

/** concat of texts, binaries or arrays. */
function bindConcat(call: FunctionCall): Node {
  const { args } = call
  const sql = callSql('concat', args)
  const arrays = args.filter((arg) => arg.type.kind === 'array')
  if (arrays.length > 0) {
    const common = findWiderCommonType(args.map((arg) => arg.type))
    if (common === null || common.kind !== 'array') throw diffTypes(sql, 'concat', args)
    const values = args.map((arg) => implicitCast(arg, common))
    return node({
      type: common,
      nullable: values.some((value) => value.nullable),
      sql,
      children: values,
      evaluate(batch, context) {
        const readers = values.map((value) => readerOf(value.evaluate(batch, context)))
        return columnOfRows(common, batch.numRows, (i) => {
          const lists = readers.map((read) => read(i))
          return lists.some((list) => list === null) ? null : lists.flatMap((list) => list as readonly Value[])
        })
      },
    })
  }
  const target: DataType =
    args.length > 0 && args.every((arg) => arg.type.kind === 'binary') ? { kind: 'binary' } : STRING
  args.forEach((arg, i) => {
    if (implicitTarget(arg.type, target) === null)
      throw unexpectedInputType(sql, i, '("STRING" or "BINARY" or "ARRAY")', arg)
  })
  return scalarFunction({
    name: 'concat',
    args: [typed(target)],
    required: 0,
    variadic: true,
    returns: target,
    doc: '',
    sql: () => sql,
    neverFails: true,
    rowWithNulls(_context, values) {
      if (values.includes(null)) return null
      if (target.kind === 'string') return values.join('')
      return Uint8Array.from((values as Uint8Array[]).flatMap((bytes) => [...bytes]))
    },
  }).bind(call)
}

/** element_at and try_element_at: arrays from 1, negative from the end; maps by key. */
function bindElementAt(call: FunctionCall): Node {
  const [collection, key] = call.args as readonly [Node, Node]
  const sql = callSql(call.name, call.args)
  const isTry = call.name === 'try_element_at'
  const { type } = collection
  if (type.kind === 'map') {
    const target = implicitTarget(key.type, type.keyType)
    if (target === null)
      throw sparkError('DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES', {
        sqlExpr: quoteSql(sql),
        functionName: `\`${call.name}\``,
        dataType: '"MAP"',
        leftType: quoteType(type),
        rightType: quoteType(key.type),
      })
    const cast = implicitCast(key, target)
    return node({
      type: type.valueType,
      nullable: true,
      sql,
      children: [collection, cast],
      evaluate: (batch, context) =>
        lookUp(collection.evaluate(batch, context), cast.evaluate(batch, context), type.valueType, batch.numRows),
    })
  }
  if (type.kind !== 'array') throw unexpectedInputType(sql, 0, '("ARRAY" or "MAP")', collection)
  if (!isIntegral(key.type) && key.type.kind !== 'string') throw unexpectedInputType(sql, 1, '"INT"', key)
  const index = implicitCast(key, INTEGER)
  return node({
    type: type.elementType,
    nullable: true,
    sql,
    children: [collection, index],
    evaluate(batch, context) {
      const [list, at] = [collection.evaluate(batch, context), index.evaluate(batch, context)]
      if (list.layout !== 'list' || at.layout !== 'fixed') return nullColumn(type.elementType, batch.numRows)
      const rows = new Int32Array(batch.numRows).fill(-1)
      for (let i = 0; i < batch.numRows; i++) {
        if (isNullAt(list, i) || isNullAt(at, i)) continue
        const wanted = at.values[i] as number
        const size = list.offsets[i + 1] - list.offsets[i]
        if (wanted === 0)
          throw sparkError(
            'INVALID_INDEX_OF_ZERO',
            {},
            { exception: 'SparkRuntimeException', hint: 'element_at counts from 1.' },
          )
        if (Math.abs(wanted) <= size) rows[i] = wanted > 0 ? list.offsets[i] + wanted - 1 : list.offsets[i + 1] + wanted
        else if (!isTry)
          throw sparkError(
            'INVALID_ARRAY_INDEX_IN_ELEMENT_AT',
            { indexValue: String(wanted), arraySize: String(size) },
            { exception: 'ArrayIndexOutOfBoundsException', hint: 'try_element_at gives NULL past the end.' },
          )
      }
      return gatherColumn(list.child, rows)
    },
  })
}

const elementOf = (args: readonly Node[]): DataType =>
  (args[0].type as Extract<DataType, { kind: 'array' }>).elementType

/** sequence(start, stop[, step]) of integers, dates or timestamps. */
function bindSequence(call: FunctionCall): Node {
  const [start, stop, step] = call.args as readonly [Node, Node, Node | undefined]
  const sql = callSql('sequence', call.args)
  const isTime = (type: DataType) => type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
  const common = findWiderType(start.type, stop.type)
  if (
    common === null ||
    !(isIntegral(common) || isTime(common)) ||
    (step !== undefined && isTime(common) && !step.type.kind.endsWith('interval'))
  ) {
    throw sparkError('DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`sequence`',
      startType: '("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
      stepType: '("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
      otherStartType: '"INTEGRAL"',
    })
  }
  const values = [
    implicitCast(start, common),
    implicitCast(stop, common),
    ...(step === undefined ? [] : [isIntegral(common) ? implicitCast(step, common) : step]),
  ]
  const type = arrayOf(common, false)
  return node({
    type,
    nullable: values.some((value) => value.nullable),
    sql,
    children: values,
    evaluate(batch, context) {
      const readers = values.map((value) => argumentReader(value, batch, context))
      return columnOfRows(type, batch.numRows, (i) => {
        const [from, to, by] = readers.map((read) => read(i)) as [Value, Value, Value | undefined]
        return from === null || to === null || by === null
          ? null
          : sequenceOf(
              from as number | bigint,
              to as number | bigint,
              by as number | bigint | undefined,
              common,
              step?.type,
            )
      })
    },
  })
}

function sequenceOf(
  from: number | bigint,
  to: number | bigint,
  by: number | bigint | undefined,
  type: DataType,
  stepType: DataType | undefined,
): Value {
  const out: (number | bigint)[] = []
  if (type.kind === 'date' && stepType?.kind === 'year-month-interval') {
    const months = by as number
    for (let k = 0, day = from as number; months > 0 ? day <= (to as number) : day >= (to as number);) {
      out.push(day)
      day = addMonths(from as number, months * ++k)
    }
    return out
  }
  const day = 86_400_000_000n
  const unit = type.kind === 'date' ? 1n : type.kind === 'timestamp' || type.kind === 'timestamp_ntz' ? day : 1n
  const [first, last] = [BigInt(from), BigInt(to)]
  let size = by === undefined ? (first <= last ? unit : -unit) : BigInt(by)
  if (by !== undefined && type.kind === 'date') size /= day
  if (size === 0n && first === last) size = 1n
  if ((size > 0n && first > last) || (size < 0n && first < last) || size === 0n) {
    throw sparkError(
      'INVALID_PARAMETER_VALUE.PATTERN',
      {
        parameter: '`step`',
        functionName: '`sequence`',
        value: `Illegal sequence boundaries: ${first} to ${last} by ${size}`,
      },
      { exception: 'SparkRuntimeException', hint: 'The step leads away from the end.' },
    )
  }
  const isBig = type.kind === 'long' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
  for (let value = first; size > 0n ? value <= last : value >= last; value += size)
    out.push(isBig ? value : Number(value))
  return out
}

function bindFlatten(call: FunctionCall): Node {
  const arg = call.args[0]
  const sql = callSql('flatten', call.args)
  if (arg.type.kind !== 'array' || arg.type.elementType.kind !== 'array')
    throw unexpectedInputType(sql, 0, '"ARRAY" of "ARRAY"', arg)
  const inner = arg.type.elementType
  return scalarFunction({
    name: 'flatten',
    args: [anyArray],
    returns: inner,
    nullable: arg.nullable || arg.type.containsNull,
    doc: '',
    sql: () => sql,
    row: (lists: readonly Value[]): Value =>
      lists.includes(null) ? null : lists.flatMap((list) => list as readonly Value[]),
  }).bind(call)
}

export const COLLECTIONS: readonly FunctionEntry[] = [
  { name: 'array', arity: [0, Infinity], doc: 'Array of the arguments.', bind: bindArray },
  { name: 'map', aliases: ['create_map'], arity: [0, Infinity], doc: 'Map of keys and values in turn.', bind: bindMap },
  { name: 'struct', arity: [1, Infinity], expects: '> 0', doc: 'Struct of the arguments.', bind: bindStruct },
  { name: 'named_struct', arity: [0, Infinity], doc: 'Struct of names and values in turn.', bind: bindNamedStruct },
  sizeEntry('size'),
  sizeEntry('cardinality'),
  scalarFunction({
    name: 'array_size',
    args: [anyArray],
    returns: INTEGER,
    doc: 'Number of elements.',
    neverFails: true,
    row: (list: readonly Value[]) => list.length,
  }),
  { name: 'array_contains', arity: [2, 2], doc: 'Whether the array holds the value.', bind: bindContains },
  { name: 'array_position', arity: [2, 2], doc: 'First position of the value from 1, or 0.', bind: bindPosition },
  {
    name: 'array_remove',
    arity: [2, 2],
    doc: 'Without the elements equal to the value.',
    bind(call) {
      const { array, element } = arrayAndElement(call)
      return node({
        type: array.type,
        nullable: array.nullable || element.nullable,
        sql: callSql('array_remove', call.args),
        children: [array, element],
        evaluate(batch, context) {
          const [list, value] = [array.evaluate(batch, context), element.evaluate(batch, context)]
          if (list.layout !== 'list') return nullColumn(array.type, batch.numRows)
          const gone = new Set<number>()
          matches(list, value, (_row, _position, at) => {
            gone.add(at)
            return true
          })
          const validity = Uint8Array.from({ length: batch.numRows }, (_, i) =>
            isNullAt(list, i) || isNullAt(value, i) ? 0 : 1,
          )
          return pickElements({ ...list, validity }, list.type, (row) =>
            positions(list, row).filter((at) => !gone.has(at)),
          )
        },
      })
    },
  },
  ...(['array_append', 'array_prepend'] as const).map((name): FunctionEntry => ({
    name,
    arity: [2, 2],
    doc: name === 'array_append' ? 'With the value at the end.' : 'With the value at the start.',
    bind(call) {
      const { array, element } = arrayAndElement(call)
      const type = arrayOf(array.type.elementType, array.type.containsNull || element.nullable)
      return node({
        type,
        nullable: array.nullable,
        sql: callSql(name, call.args),
        children: [array, element],
        evaluate(batch, context) {
          const [list, value] = [readerOf(array.evaluate(batch, context)), readerOf(element.evaluate(batch, context))]
          return columnOfRows(type, batch.numRows, (i) => {
            const own = list(i) as readonly Value[] | null
            return own === null ? null : name === 'array_append' ? [...own, value(i)] : [value(i), ...own]
          })
        },
      })
    },
  })),
  rearranged(
    'array_distinct',
    'Without repeats.',
    (type) => type,
    (list, row) => distinct(list, positions(list, row)),
  ),
  rearranged(
    'array_compact',
    'Without NULLs.',
    (type) => ({ ...type, containsNull: false }),
    (list, row) => positions(list, row).filter((at) => !isNullAt(list.child, at)),
  ),
  rearranged(
    'array_sort',
    'Sorted, NULLs last.',
    (type) => type,
    (list, row) => sorted(list, row, true, false),
    (args) => `array_sort(${args[0].sql}, ${DEFAULT_ORDER})`,
  ),
  { name: 'sort_array', arity: [1, 2], doc: 'Sorted; NULLs first ascending, last descending.', bind: bindSortArray },
  {
    name: 'reverse',
    arity: [1, 1],
    doc: 'Text or array backwards.',
    bind(call) {
      if (call.args[0].type.kind === 'array')
        return rearranged(
          'reverse',
          '',
          (type) => type,
          (list, row) => positions(list, row).reverse(),
        ).bind(call)
      return scalarFunction({
        name: 'reverse',
        args: [text],
        returns: STRING,
        doc: '',
        neverFails: true,
        row: (value: string) => [...value].reverse().join(''),
      }).bind(call)
    },
  },
  ...(['array_min', 'array_max'] as const).map((name): FunctionEntry =>
    scalarFunction({
      name,
      args: [anyArray],
      returns: elementOf,
      nullable: true,
      doc: 'Extreme element, NULLs left out.',
      evaluate([arg], batch, context) {
        const list = arg.evaluate(batch, context)
        if (list.layout !== 'list') return nullColumn(elementOf([arg]), batch.numRows)
        const rows = Int32Array.from({ length: batch.numRows }, (_, i) => {
          if (isNullAt(list, i)) return -1
          const order = sorted(list, i, name === 'array_min', false)
          const best = order[0]
          return best === undefined || isNullAt(list.child, best) ? -1 : best
        })
        return gatherColumn(list.child, rows)
      },
    }),
  ),
  {
    name: 'array_join',
    arity: [2, 3],
    doc: 'Elements joined to a text; NULLs are left out or replaced.',
    bind: (call) =>
      scalarFunction({
        name: 'array_join',
        args: [typed(arrayOf(STRING)), text, text],
        required: 2,
        returns: STRING,
        doc: '',
        nullable: (args) => args.some((arg) => arg.nullable),
        row: (list: readonly Value[], separator: string, by?: string): Value =>
          list.flatMap((value) => (value === null ? (by === undefined ? [] : [by]) : [value])).join(separator),
      }).bind(call),
  },
  {
    name: 'array_union',
    arity: [2, 2],
    doc: 'Elements of either, without repeats.',
    bind: (call) => bindSets(call, 'array_union'),
  },
  {
    name: 'array_intersect',
    arity: [2, 2],
    doc: 'Elements of both, without repeats.',
    bind: (call) => bindSets(call, 'array_intersect'),
  },
  {
    name: 'array_except',
    arity: [2, 2],
    doc: 'Elements of the first alone, without repeats.',
    bind: (call) => bindSets(call, 'array_except'),
  },
  {
    name: 'arrays_overlap',
    arity: [2, 2],
    doc: 'Whether an element is in both.',
    bind: (call) => bindSets(call, 'arrays_overlap'),
  },
  {
    name: 'concat',
    arity: [0, Infinity],
    doc: 'Texts or arrays one after the other; NULL when one is.',
    bind: bindConcat,
  },
  { name: 'element_at', arity: [2, 2], doc: 'Element by position from 1, or map value.', bind: bindElementAt },
  { name: 'try_element_at', arity: [2, 2], doc: 'As element_at, NULL past the end.', bind: bindElementAt },
  scalarFunction({
    name: 'get',
    args: [anyArray, int],
    returns: elementOf,
    nullable: true,
    doc: 'Element by position from 0, NULL past the end.',
    neverFails: true,
    row: (list: readonly Value[], at: number) => list[at] ?? null,
  }),
  scalarFunction({
    name: 'slice',
    args: [anyArray, int, int],
    returns: (args) => args[0].type,
    doc: 'Part of an array from a position.',
    row: (list: readonly Value[], start: number, length: number) => {
      if (start === 0)
        throw sparkError(
          'INVALID_PARAMETER_VALUE.START',
          { parameter: '`start`', functionName: '`slice`' },
          { exception: 'SparkRuntimeException' },
        )
      if (length < 0)
        throw sparkError(
          'INVALID_PARAMETER_VALUE.LENGTH',
          { parameter: '`length`', length: String(length), functionName: '`slice`' },
          { exception: 'SparkRuntimeException' },
        )
      const from = start > 0 ? start - 1 : list.length + start
      return from < 0 ? [] : list.slice(from, from + length)
    },
  }),
  { name: 'sequence', arity: [2, 3], doc: 'All values from start to stop.', bind: bindSequence },
  { name: 'flatten', arity: [1, 1], doc: 'One array of the arrays inside.', bind: bindFlatten },
  {
    name: 'array_repeat',
    arity: [2, 2],
    doc: 'The value several times.',
    bind(call) {
      const [value, count] = [call.args[0], implicitCast(call.args[1], INTEGER)]
      const type = arrayOf(value.type, value.nullable)
      return node({
        type,
        nullable: count.nullable,
        sql: callSql('array_repeat', call.args),
        children: [value, count],
        evaluate(batch, context) {
          const [read, times] = [readerOf(value.evaluate(batch, context)), argumentReader(count, batch, context)]
          return columnOfRows(type, batch.numRows, (i) =>
            times(i) === null ? null : new Array<Value>(Math.max(0, times(i) as number)).fill(read(i)),
          )
        },
      })
    },
  },
  {
    name: 'arrays_zip',
    arity: [0, Infinity],
    doc: 'Array of structs of the n-th elements.',
    bind(call) {
      const sql = callSql('arrays_zip', call.args)
      call.args.forEach((arg, i) => {
        if (arg.type.kind !== 'array') throw unexpectedInputType(sql, i, '"ARRAY"', arg)
      })
      const fields = call.args.map((arg, i): StructField => ({
        name: arg.inputIndex !== undefined || arg.name !== arg.sql ? arg.name : String(i),
        type: (arg.type as Extract<DataType, { kind: 'array' }>).elementType,
        nullable: true,
      }))
      return scalarFunction({
        name: 'arrays_zip',
        args: [anyArray],
        required: 0,
        variadic: true,
        returns: arrayOf({ kind: 'struct', fields }, false),
        doc: '',
        sql: () => sql,
        row: (...lists: (readonly Value[])[]): Value =>
          Array.from({ length: Math.max(0, ...lists.map((list) => list.length)) }, (_, i) =>
            lists.map((list) => list[i] ?? null),
          ),
      }).bind(call)
    },
  },
  scalarFunction({
    name: 'map_keys',
    args: [anyMap],
    returns: (args) => arrayOf((args[0].type as Extract<DataType, { kind: 'map' }>).keyType, true),
    doc: 'Keys of a map.',
    neverFails: true,
    row: (map: readonly (readonly Value[])[]) => map.map((entry) => entry[0]!),
  }),
  scalarFunction({
    name: 'map_values',
    args: [anyMap],
    returns: (args) => {
      const { valueType, valueContainsNull } = args[0].type as Extract<DataType, { kind: 'map' }>
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
      const { keyType, valueType, valueContainsNull } = args[0].type as Extract<DataType, { kind: 'map' }>
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
  ...(['map_from_arrays', 'map_from_entries', 'map_concat', 'map_contains_key', 'str_to_map'] as const).map(
    (name): FunctionEntry => ({
      name,
      arity:
        name === 'map_concat'
          ? [0, Infinity]
          : name === 'str_to_map'
            ? [1, 3]
            : name === 'map_from_entries'
              ? [1, 1]
              : [2, 2],
      doc: 'Map of its parts.',
      bind: (call) => bindMapMaker(name, call),
    }),
  ),
]

/** Maps made of arrays, entries, other maps or text; keys are checked. */
function bindMapMaker(name: string, call: FunctionCall): Node {
  const sql = callSql(name, call.args)
  const [first, second] = call.args as [Node | undefined, Node | undefined]
  if (name === 'map_contains_key') {
    if (first!.type.kind !== 'map') throw unexpectedInputType(sql, 0, '"MAP"', first!)
    const keys = COLLECTIONS.find((entry) => entry.name === 'map_keys')!.bind({
      ...call,
      name: 'map_keys',
      args: [first!],
    })
    const found = bindContains({ ...call, name: 'array_contains', args: [keys, second!] })
    return { ...found, sql, name: sql, evaluate: (batch, context) => found.evaluate(batch, context) }
  }
  if (name === 'str_to_map') {
    const type: DataType = { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: true }
    return checkedMap(
      type,
      scalarFunction({
        name,
        args: [text, text, text],
        required: 1,
        returns: type,
        doc: '',
        sql: () => `str_to_map(${first!.sql}, ${second?.sql ?? ','}, ${call.args[2]?.sql ?? ':'})`,
        row: (value: string, pairs = ',', key = ':'): Value =>
          value.split(pairs).map((pair) => {
            const at = pair.indexOf(key)
            return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + key.length)]
          }),
      }).bind(call),
    )
  }
  if (name === 'map_from_arrays') {
    call.args.forEach((arg, i) => {
      if (arg.type.kind !== 'array') throw unexpectedInputType(sql, i, '"ARRAY"', arg)
    })
    const [k, v] = [first!.type, second!.type] as Extract<DataType, { kind: 'array' }>[]
    const type: DataType = {
      kind: 'map',
      keyType: k.elementType,
      valueType: v.elementType,
      valueContainsNull: v.containsNull,
    }
    return checkedMap(
      type,
      scalarFunction({
        name,
        args: [anyArray, anyArray],
        returns: type,
        doc: '',
        row: (keys: readonly Value[], values: readonly Value[]): Value => keys.map((key, i) => [key, values[i]!]),
      }).bind(call),
    )
  }
  if (name === 'map_from_entries') {
    const { type: given } = first!
    if (given.kind !== 'array' || given.elementType.kind !== 'struct' || given.elementType.fields.length !== 2)
      throw unexpectedInputType(sql, 0, '"ARRAY" of pair "STRUCT"', first!)
    const [k, v] = given.elementType.fields as [StructField, StructField]
    const type: DataType = { kind: 'map', keyType: k.type, valueType: v.type, valueContainsNull: v.nullable }
    return checkedMap(
      type,
      scalarFunction({
        name,
        args: [anyArray],
        returns: type,
        nullable: first!.nullable || given.containsNull,
        doc: '',
        row: (entries: readonly Value[]): Value => (entries.includes(null) ? null : entries),
      }).bind(call),
    )
  }
  call.args.forEach((arg) => {
    if (arg.type.kind !== 'map')
      throw sparkError('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', {
        sqlExpr: quoteSql(sql),
        functionName: '`map_concat`',
        dataType: `[${call.args.map((a) => quoteType(a.type)).join(', ')}]`,
      })
  })
  const type =
    call.args.length === 0
      ? ({ kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: false } as const)
      : findWiderCommonType(call.args.map((arg) => arg.type))
  if (type === null)
    throw sparkError('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`map_concat`',
      dataType: `[${call.args.map((a) => quoteType(a.type)).join(', ')}]`,
    })
  return checkedMap(
    type,
    scalarFunction({
      name,
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
