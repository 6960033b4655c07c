import type { DataType } from '../../../protocol/columns'
import { concatColumns } from '../../batch/concat'
import { gatherColumn } from '../../batch/gather'
import { findWiderCommonType } from '../../types/coercion'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** array(a, b, ...): one list a row. */
function bindArray(call: FunctionCall): Node {
  const { args } = call
  const sql = callSql('array', args)
  const elementType = args.length === 0 ? { kind: 'void' as const } : findWiderCommonType(args.map((arg) => arg.type))
  if (elementType === null) {
    throw sparkError('DATATYPE_MISMATCH.DATA_DIFF_TYPES', {
      sqlExpr: quoteSql(sql),
      functionName: '`array`',
      dataType: `(${args.map((arg) => quoteType(arg.type)).join(' or ')})`,
    })
  }
  const values = args.map((arg) => implicitCast(arg, elementType))
  const type: DataType = { kind: 'array', elementType, containsNull: values.some((value) => value.nullable) }
  return node({
    type,
    nullable: false,
    sql,
    children: values,
    ...(values.length === 0 ? { isConstant: true } : {}),
    neverFails: values.every((value) => value.neverFails),
    evaluate(batch, context) {
      const { numRows } = batch
      const all = concatColumns(
        elementType,
        values.map((value) => value.evaluate(batch, context)),
      )
      const width = values.length
      const picks = new Int32Array(numRows * width)
      const offsets = new Int32Array(numRows + 1)
      for (let i = 0; i < numRows; i++) {
        for (let k = 0; k < width; k++) picks[i * width + k] = k * numRows + i
        offsets[i + 1] = (i + 1) * width
      }
      return { layout: 'list', type, length: numRows, validity: null, offsets, child: gatherColumn(all, picks) }
    },
  })
}

export const COLLECTIONS: readonly FunctionEntry[] = [
  { name: 'array', arity: [0, Infinity], doc: 'Array of the arguments.', bind: bindArray },
]
