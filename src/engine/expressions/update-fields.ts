import type { DataType, StructField } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_UpdateFields } from '../../protocol/spark-connect'
import { nullColumn } from '../batch/empty'
import { parseAttributeName } from './attribute-names'
import type { BindEnv } from './bind-expression'
import { quoteSql, sparkError, unexpectedInputType } from './errors'
import { extractField, fieldPosition } from './extract-value'
import { node } from './node'
import type { Node } from './node'

/** `withField` (replaces or appends) and `dropFields`, also of nested structs by a dotted name. */
export function bindUpdateFields(
  update: Expression_UpdateFields,
  env: BindEnv,
  bind: (expression: Expression, env: BindEnv) => Node,
): Node {
  if (update.structExpression === undefined) throw internalError('an update of fields without its struct')
  const child = bind(update.structExpression, env)
  const value = update.valueExpression === undefined ? null : bind(update.valueExpression, env)
  return updateField(child, parseAttributeName(update.fieldName), value)
}

function updateField(child: Node, path: readonly string[], value: Node | null): Node {
  const [name, ...rest] = path as [string, ...string[]]
  const sql = `update_fields(${child.sql}, ${value === null ? 'dropfield()' : `WithField(${value.sql})`})`
  if (child.type.kind !== 'struct') throw unexpectedInputType(sql, 0, '"STRUCT"', child)
  const { fields } = child.type
  const isSame = (member: StructField) => member.name.toLowerCase() === name.toLowerCase()
  if (rest.length > 0) {
    fieldPosition(child.type, name)
    return updateField(child, [name], updateField(extractField(child, name), rest, value))
  }
  const members: { readonly field: StructField; readonly from: number | Node }[] = []
  for (const [i, member] of fields.entries()) {
    if (!isSame(member)) members.push({ field: member, from: i })
    else if (value !== null) members.push({ field: { name, type: value.type, nullable: value.nullable }, from: value })
  }
  if (value !== null && !fields.some(isSame))
    members.push({ field: { name, type: value.type, nullable: value.nullable }, from: value })
  if (members.length === 0) throw sparkError('DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS', { sqlExpr: quoteSql(sql) })
  const type: DataType = { kind: 'struct', fields: members.map((member) => member.field) }
  return node({
    type,
    nullable: child.nullable,
    sql,
    children: value === null ? [child] : [child, value],
    neverFails: child.neverFails && (value?.neverFails ?? true),
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'struct') return nullColumn(type, batch.numRows)
      const children = members.map(({ from }) =>
        typeof from === 'number' ? column.children[from] : from.evaluate(batch, context),
      )
      return { ...column, type, children }
    },
  })
}
