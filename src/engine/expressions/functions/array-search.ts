import type { Column } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { nullColumn } from '../../batch/empty'
import { BOOLEAN, LONG } from '../../types/atomic-types'
import { node } from '../node'
import type { Node } from '../node'
import { columnOfRows } from '../row-values'
import { isNullAt } from './boolean'
import { arrayAndElement, pickElements, positions } from './array-elements'
import type { List } from './array-elements'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** Whether and where an array holds a value. */
export const ARRAY_SEARCHES: readonly FunctionEntry[] = [
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
]

export function bindContains(call: FunctionCall): Node {
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
