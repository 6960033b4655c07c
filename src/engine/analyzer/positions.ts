import { userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'

/** Positions of the select list in GROUP BY and ORDER BY. */

export function positionOutOfRange(clause: 'GROUP' | 'ORDER', position: number, size: number): Error {
  return userError(
    `${clause}_BY_POS_OUT_OF_RANGE`,
    `${clause} BY position ${position} is not in select list (valid range is [1, ${size}]).`,
    {
      sqlState: '42805',
      parameters: { index: String(position), size: String(size) },
      hint: `The select list has ${size} columns, counted from 1.`,
    },
  )
}

export function integerOf({ exprType }: Expression): number | null {
  if (exprType.case !== 'literal') return null
  const { literalType } = exprType.value
  return literalType.case === 'integer' ? literalType.value : null
}
