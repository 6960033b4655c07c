import type { DataType } from '../../../protocol/columns'
import { arrayOf, isIntegral } from '../../types/atomic-types'
import { findWiderType } from '../../types/coercion'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, sparkError } from '../errors'
import { argumentReader, node } from '../node'
import type { Node } from '../node'
import { columnOfRows } from '../row-values'
import type { Value } from '../row-values'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { addMonths } from './datetime-arithmetic'

export const SEQUENCES: readonly FunctionEntry[] = [
  { name: 'sequence', arity: [2, 3], doc: 'All values from start to stop.', bind: bindSequence },
]

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
