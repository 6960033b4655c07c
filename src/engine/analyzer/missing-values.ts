import { create } from '@bufbuild/protobuf'
import type { DataType } from '../../protocol/columns'
import type { Expression, Expression_Literal, NADrop, NAFill, NAReplace } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'
import type { Scope } from '../expressions/bound'
import type { PlanNode } from '../plan/node'
import { unresolvedColumn } from '../expressions/resolve-attribute'
import { isNumeric } from '../types/atomic-types'
import { typeToConnect } from '../types/connect-types'
import { addressable, alias, call, castTo, castToType, columnAt, literal, nullLiteral } from './expression-tree'
import { filterNode } from './filter-and-sort'
import type { AnalysisContext } from './nodes'
import { rescope } from './nodes'
import { projectRelation } from './project'
import { indexesOfName, isCaseSensitive } from './scopes'

/** `df.na`: fill, drop and replace, written out as ordinary projections and filters. */

type ValueClass = 'number' | 'string' | 'boolean'

/** One value fills every column of its kind; one value a column fills that column. NaN counts as missing. */
export function fillMissingRelation(relation: NAFill, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const scope = addressable(input.scope)
  const valueOf = new Map<number, Expression_Literal>()
  if (relation.cols.length === 0) {
    scope.columns.forEach((_, index) => valueOf.set(index, relation.values[0]))
  } else {
    relation.cols.forEach((name, position) => {
      const value = relation.values.length === 1 ? relation.values[0] : relation.values[position]
      columnsNamed(scope, name, context).forEach((index) => valueOf.set(index, value))
    })
  }
  const items = scope.columns.map(({ field }, index): Expression => {
    const column = columnAt(scope, index)
    const value = valueOf.get(index)
    if (value === undefined || classOfLiteral(value) !== classOfType(field.type)) return column
    return alias(
      call('coalesce', withoutNaN(column, field.type), castToType(fillValue(value), typeToConnect(field.type))),
      field.name,
    )
  })
  return projectRelation(rescope(input, scope), items, context)
}

/** Classic PySpark sends whole numbers as DOUBLE, which makes a filled INT column nullable still. */
function fillValue(value: Expression_Literal): Expression {
  const { literalType } = value
  if (literalType.case === 'long') return literal({ case: 'double', value: Number(literalType.value) })
  return literalType.case === 'integer' ? literal({ case: 'double', value: literalType.value }) : expressionOf(value)
}

function withoutNaN(column: Expression, type: DataType): Expression {
  if (type.kind !== 'float' && type.kind !== 'double') return column
  return call('nanvl', column, castToType(nullLiteral(), typeToConnect(type)))
}

/** Keeps rows with at least `minNonNulls` present values among the columns; without it, rows where all are present. */
export function dropMissingRelation(relation: NADrop, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const scope = addressable(input.scope)
  const indexes =
    relation.cols.length === 0
      ? scope.columns.map((_, index) => index)
      : relation.cols.flatMap((name) => columnsNamed(scope, name, context))
  if (indexes.length === 0) return input
  const present = indexes.map((index) => {
    const column = columnAt(scope, index)
    const isPresent = call('isnotnull', column)
    const { kind } = scope.columns[index].field.type
    return kind === 'float' || kind === 'double'
      ? call('and', isPresent, call('not', call('isnan', column)))
      : isPresent
  })
  const needed = relation.minNonNulls ?? indexes.length
  const condition =
    needed === indexes.length
      ? present.reduce((a, b) => call('and', a, b))
      : call(
          '>=',
          present.map((one) => castTo(one, 'int')).reduce((a, b) => call('+', a, b)),
          literal({ case: 'integer', value: needed }),
        )
  return filterNode(rescope(input, scope), condition, context)
}

export function replaceValuesRelation(relation: NAReplace, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const scope = addressable(input.scope)
  const chosen = new Set(
    relation.cols.flatMap((name) =>
      name === '*' ? scope.columns.map((_, index) => index) : columnsNamed(scope, name, context),
    ),
  )
  const all = relation.cols.length === 0
  const replacements = relation.replacements.map(({ oldValue, newValue }) => ({
    oldValue: oldValue!,
    newValue: newValue!,
  }))
  const valueClass =
    replacements.map(({ oldValue }) => classOfLiteral(oldValue)).find((found) => found !== null) ?? null
  const items = scope.columns.map(({ field }, index): Expression => {
    const column = columnAt(scope, index)
    if (
      (!all && !chosen.has(index)) ||
      replacements.length === 0 ||
      valueClass === null ||
      classOfType(field.type) !== valueClass
    )
      return column
    const cast = (value: Expression_Literal) => castToType(expressionOf(value), typeToConnect(field.type))
    const branches = replacements.flatMap(({ oldValue, newValue }) => [matches(column, oldValue), cast(newValue)])
    return alias(call('when', ...branches, column), field.name)
  })
  return projectRelation(rescope(input, scope), items, context)
}

/** Compared as they are: 1.5 is not found in an INT column, although it would cast to 1. */
function matches(column: Expression, value: Expression_Literal): Expression {
  return value.literalType.case === 'null' ? call('isnull', column) : call('==', column, expressionOf(value))
}

function columnsNamed(scope: Scope, name: string, context: AnalysisContext): number[] {
  const indexes = indexesOfName(scope, name, isCaseSensitive(context.conf))
  if (indexes.length === 0) throw unresolvedColumn([name], scope)
  return indexes
}

function expressionOf(value: Expression_Literal): Expression {
  return create(ExpressionSchema, { exprType: { case: 'literal', value } })
}

function classOfLiteral(value: Expression_Literal): ValueClass | null {
  switch (value.literalType.case) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
      return 'number'
    default:
      return null
  }
}

function classOfType(type: DataType): ValueClass | null {
  if (type.kind === 'string' || type.kind === 'boolean') return type.kind
  return isNumeric(type) ? 'number' : null
}
