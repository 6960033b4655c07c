import type { DataType } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { concatColumns } from '../../batch/concat'
import { nullColumn } from '../../batch/empty'
import { BOOLEAN, arrayOf } from '../../types/atomic-types'
import { findWiderCommonType } from '../../types/coercion'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { columnOfRows } from '../row-values'
import { isNullAt } from './boolean'
import { distinct, pickElements, positions } from './array-elements'
import type { ArrayNode, List } from './array-elements'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'

type SetOperation = 'array_union' | 'array_intersect' | 'array_except' | 'arrays_overlap'

/** Two arrays as sets of elements. */
export const ARRAY_SETS: readonly FunctionEntry[] = [
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
]

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
