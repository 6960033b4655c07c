import type { DataType } from '../../../protocol/columns'
import { isIntegral, isNumeric } from '../../types/atomic-types'
import { typesEqual } from '../../types/type-equality'
import { sqlName } from '../../types/type-names'
import { ANSI_CONF, quoteSql, quoteType, sparkError } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { canCast, forcesNull } from './cast-rules'
import { castColumn } from './cast-column'
import { castCanFail } from './convert-value'
import type { CastMode } from './convert-value'

/** A cast the user wrote: shows in names. Throws DATATYPE_MISMATCH when the types do not cast. */
export function bindCast(child: Node, to: DataType, mode: CastMode): Node {
  // Casts to nested types do not show, as in Spark.
  const isNested = to.kind === 'array' || to.kind === 'map' || to.kind === 'struct'
  const sql = isNested ? child.sql : `${mode === 'try' ? 'TRY_CAST' : 'CAST'}(${child.sql} AS ${sqlName(to)})`
  // A plain column keeps its name under a cast; anything else is named by the cast.
  const name = child.inputIndex !== undefined ? child.name : sql
  return castNode(child, to, mode, sql, name)
}

/** A cast written as a call, `int(x)`: checked like a cast, invisible in names. */
export function bindCastCall(child: Node, to: DataType): Node {
  return castNode(child, to, 'ansi', child.sql, child.name)
}

/** A cast Spark adds by itself: invisible in names. */
export function implicitCast(child: Node, to: DataType): Node {
  if (typesEqual(child.type, to)) return child
  return castNode(child, to, 'ansi', child.sql, child.name)
}

function castNode(child: Node, to: DataType, mode: CastMode, sql: string, name: string): Node {
  const from = child.type
  if (!canCast(from, to)) throw cannotCast(from, to, sql)
  const nullable = child.nullable || forcesNull(from, to) || (mode === 'try' && castCanFail(from, to))
  const isIdentity = typesEqual(from, to)
  return node({
    type: to,
    nullable,
    sql,
    name,
    children: [child],
    ...(isIdentity && child.literal !== undefined ? { literal: child.literal } : {}),
    neverFails: child.neverFails && (mode === 'try' || !castCanFail(from, to)),
    evaluate: (batch, context) =>
      isIdentity
        ? child.evaluate(batch, context)
        : castColumn(child.evaluate(batch, context), to, mode, context.timeZone, context.nowMicros),
  })
}

function cannotCast(from: DataType, to: DataType, sql: string) {
  const types = { sqlExpr: quoteSql(sql), srcType: quoteType(from), targetType: quoteType(to) }
  const functions = replacementFunctions(from, to)
  if (functions !== null) {
    return sparkError(
      'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION',
      { ...types, functionNames: functions },
      { hint: `Use ${functions.replaceAll('`', '')} instead of the cast.` },
    )
  }
  if (castsWithoutAnsi(from, to)) {
    return sparkError('DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION', {
      ...types,
      config: ANSI_CONF,
      configVal: "'false'",
    })
  }
  const hint =
    from.kind === 'binary'
      ? 'Cast binary to STRING first, then to the number.'
      : `${sqlName(from)} has no conversion to ${sqlName(to)}.`
  return sparkError('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', types, { hint })
}

function replacementFunctions(from: DataType, to: DataType): string | null {
  if (isIntegral(from) && to.kind === 'date') return '`DATE_FROM_UNIX_DATE`'
  if (from.kind === 'date' && isNumeric(to)) return '`UNIX_DATE`'
  return null
}

function castsWithoutAnsi(from: DataType, to: DataType): boolean {
  if (from.kind === 'boolean' && to.kind === 'timestamp') return true
  if (isIntegral(from) && to.kind === 'binary') return true
  if (to.kind === 'boolean') return from.kind === 'date' || from.kind === 'timestamp'
  return false
}
