import type { DataType, StructField } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { nullColumn } from '../../batch/empty'
import { gatherColumn } from '../../batch/gather'
import { INTEGER, STRING, arrayOf, isIntegral } from '../../types/atomic-types'
import { findWiderCommonType } from '../../types/coercion'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { lookUp } from '../extract-value'
import { argumentReader, node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import { isNullAt } from './boolean'
import { anyArray, arrayOrMap, bool, implicitTarget, int, text, typed } from './argument-types'
import { arrayAndElement, dataTypesDiffer, distinct, pickElements, positions } from './array-elements'
import type { List } from './array-elements'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** How Spark prints the order array_sort has by itself. */
const V = 'namedlambdavariable()'
const DEFAULT_ORDER = `lambdafunction((IF(((${V} IS NULL) AND (${V} IS NULL)), 0, (IF((${V} IS NULL), 1, (IF((${V} IS NULL), -1, (IF((${V} < ${V}), -1, (IF((${V} > ${V}), 1, 0)))))))))), ${V}, ${V})`

const elementOf = (args: readonly Node[]): DataType =>
  (args[0].type as Extract<DataType, { kind: 'array' }>).elementType

/** Functions of arrays, and those of arrays and maps or texts alike. */
export const ARRAYS: readonly FunctionEntry[] = [
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
]

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

/** concat of texts, binaries or arrays. */
function bindConcat(call: FunctionCall): Node {
  const { args } = call
  const sql = callSql('concat', args)
  const arrays = args.filter((arg) => arg.type.kind === 'array')
  if (arrays.length > 0) {
    const common = findWiderCommonType(args.map((arg) => arg.type))
    if (common === null || common.kind !== 'array') throw dataTypesDiffer(sql, 'concat', args)
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
