import type { Column, DataType } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { gatherColumn } from '../../batch/gather'
import { arrayOf } from '../../types/atomic-types'
import { findTightestCommonType } from '../../types/coercion'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import type { Node } from '../node'
import { isNullAt } from './boolean'
import { callSql } from './define'
import type { FunctionCall } from './define'

export type List = Extract<Column, { layout: 'list' }>
export type ArrayNode = Node & { readonly type: Extract<DataType, { kind: 'array' }> }

/** Values that should share one type and do not. */
export function dataTypesDiffer(sql: string, functionName: string, args: readonly Node[]) {
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

/** Array and element brought to one element type. */
export function arrayAndElement(call: FunctionCall): { array: ArrayNode; element: Node } {
  const { args, name } = call
  const sql = callSql(name, args)
  const [array, element] = [args[0], args[1]]
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

/** A list column of the picked positions of its own elements. */
export function pickElements(list: List, type: List['type'], pick: (row: number) => readonly number[]): Column {
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

/** Where a row's elements stand in the child column. */
export function positions(list: List, row: number): number[] {
  return Array.from({ length: list.offsets[row + 1] - list.offsets[row] }, (_, k) => list.offsets[row] + k)
}

/** Of these positions, the first of each value. */
export function distinct(list: List, rows: readonly number[]): number[] {
  const compare = columnComparator(list.child, list.child)
  const kept: number[] = []
  for (const at of rows) if (!kept.some((other) => compare(other, at) === 0)) kept.push(at)
  return kept
}
