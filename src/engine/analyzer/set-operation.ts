import { userError } from '../../protocol/errors/runnel-error'
import type { DataType } from '../../protocol/columns'
import type { Expression, SetOperation } from '../../protocol/spark-connect'
import { SetOperation_SetOpType } from '../../protocol/spark-connect'
import type { BindContext } from '../expressions/bound'
import type { PlanNode } from '../plan/node'
import { findWiderType } from '../types/coercion'
import { typeToConnect } from '../types/connect-types'
import { typesEqual, typesEqualIgnoringNullability } from '../types/type-equality'
import { sqlName } from '../types/type-names'
import { unsupportedFeature } from './analysis-errors'
import { cannotResolve, refuseMapKeys } from './columns-by-name'
import { addressable, alias, castToType, columnAt, nullLiteral } from './expression-tree'
import type { AnalysisContext } from './nodes'
import { planNode, rescope } from './nodes'
import { projectRelation } from './project'
import { indexesOfName, isCaseSensitive, newColumn, sameName } from './scopes'

/** union, unionByName, intersect, except: column types widen to a common one, names are the first input's. */
export function setOperationRelation(relation: SetOperation, context: AnalysisContext): PlanNode {
  let left = context.analyze(relation.leftInput!)
  let right = context.analyze(relation.rightInput!)
  const isAll = relation.isAll === true
  const operator = operatorName(relation.setOpType)
  if (relation.byName === true) [left, right] = alignByName(left, right, relation.allowMissingColumns === true, context)
  ;[left, right] = withCommonTypes(left, right, operator, context)
  const isStreaming = left.isStreaming || right.isStreaming
  if (operator === 'UNION') {
    const scope = {
      columns: left.scope.columns.map((column, index) => {
        const other = right.schema.fields[index]
        const { field } = column
        return {
          ...(isAll ? column : newColumn(field)),
          field: {
            name: field.name,
            type: mergedNullability(field.type, other.type),
            nullable: field.nullable || other.nullable,
            ...metadataOf(field.metadata),
          },
          planIds: [],
        }
      }),
    }
    const union = planNode({ kind: 'union', inputs: [left, right] }, scope, isStreaming)
    if (isAll) return union
    return planNode(
      { kind: 'distinct', input: union, keys: scope.columns.map((_, index) => index) },
      scope,
      isStreaming,
    )
  }
  const keys = left.schema.fields.map((_, index) => index)
  refuseMapKeys(left.schema, keys)
  refuseMapKeys(right.schema, keys)
  const keep = operator === 'INTERSECT' ? 'intersect' : 'except'
  const scope = {
    columns: left.scope.columns.map((column, index) =>
      keep === 'except'
        ? column
        : {
            ...column,
            field: { ...column.field, nullable: column.field.nullable && right.schema.fields[index].nullable },
          },
    ),
  }
  return planNode({ kind: 'set-difference', left, right, keep, isAll }, scope, isStreaming)
}

function metadataOf(metadata: Readonly<Record<string, unknown>> | undefined): {
  metadata?: Readonly<Record<string, unknown>>
} {
  return metadata === undefined ? {} : { metadata }
}

function operatorName(type: SetOperation_SetOpType): 'UNION' | 'INTERSECT' | 'EXCEPT' {
  switch (type) {
    case SetOperation_SetOpType.UNION:
      return 'UNION'
    case SetOperation_SetOpType.INTERSECT:
      return 'INTERSECT'
    case SetOperation_SetOpType.EXCEPT:
      return 'EXCEPT'
    default:
      throw unsupportedFeature('set operation of unknown type', 'Use union, intersect or exceptAll.')
  }
}

/** Brings the right side into the left's column order; with `allowMissing` each side gets NULLs for the other's columns. */
function alignByName(
  left: PlanNode,
  right: PlanNode,
  allowMissing: boolean,
  context: BindContext,
): [PlanNode, PlanNode] {
  const caseSensitive = isCaseSensitive(context.conf)
  const scope = addressable(right.scope)
  const rightNames = right.schema.fields.map((field) => field.name)
  const used = new Set<number>()
  const items = left.schema.fields.map((field): Expression => {
    const matches = indexesOfName(scope, field.name, caseSensitive)
    if (matches.length === 0) {
      if (!allowMissing) throw cannotResolve(field.name, rightNames)
      return alias(castToType(nullLiteral(), typeToConnect(field.type)), field.name)
    }
    used.add(matches[0])
    return columnAt(scope, matches[0])
  })
  const extra = rightNames.map((_, index) => index).filter((index) => !used.has(index))
  if (!allowMissing) {
    if (extra.length > 0) throw columnCountMismatch('UNION', left.schema.fields.length, rightNames.length)
    return [left, projectRelation(rescope(right, scope), items, context)]
  }
  const leftScope = addressable(left.scope)
  const leftItems = [
    ...leftScope.columns.map((_, index) => columnAt(leftScope, index)),
    ...extra.map((index) =>
      alias(castToType(nullLiteral(), typeToConnect(right.schema.fields[index].type)), rightNames[index]),
    ),
  ]
  return [
    extra.length === 0 ? left : projectRelation(rescope(left, leftScope), leftItems, context),
    projectRelation(rescope(right, scope), [...items, ...extra.map((index) => columnAt(scope, index))], context),
  ]
}

function withCommonTypes(
  left: PlanNode,
  right: PlanNode,
  operator: string,
  context: BindContext,
): [PlanNode, PlanNode] {
  const [leftFields, rightFields] = [left.schema.fields, right.schema.fields]
  if (leftFields.length !== rightFields.length)
    throw columnCountMismatch(operator, leftFields.length, rightFields.length)
  const types = leftFields.map((field, index): DataType => {
    const other = rightFields[index]
    if (typesEqualIgnoringNullability(field.type, other.type)) return field.type
    const common = findWiderType(field.type, other.type)
    if (common === null) throw incompatibleColumn(operator, index, field.type, other.type)
    return common
  })
  return [castTo(left, types, context), castTo(right, types, context)]
}

function castTo(node: PlanNode, types: readonly DataType[], context: BindContext): PlanNode {
  const isSame = (index: number) => typesEqualIgnoringNullability(node.schema.fields[index].type, types[index])
  if (types.every((_, index) => isSame(index))) return node
  const scope = addressable(node.scope)
  const items = types.map((type, index) =>
    isSame(index)
      ? columnAt(scope, index)
      : alias(castToType(columnAt(scope, index), typeToConnect(type)), node.schema.fields[index].name),
  )
  return projectRelation(rescope(node, scope), items, context)
}

/** Types equal but for nullability inside: the result may hold what either holds. */
export function mergedNullability(a: DataType, b: DataType): DataType {
  if (typesEqual(a, b)) return a
  if (a.kind === 'array' && b.kind === 'array') {
    return {
      kind: 'array',
      elementType: mergedNullability(a.elementType, b.elementType),
      containsNull: a.containsNull || b.containsNull,
    }
  }
  if (a.kind === 'map' && b.kind === 'map') {
    return {
      kind: 'map',
      keyType: mergedNullability(a.keyType, b.keyType),
      valueType: mergedNullability(a.valueType, b.valueType),
      valueContainsNull: a.valueContainsNull || b.valueContainsNull,
    }
  }
  if (a.kind === 'struct' && b.kind === 'struct') {
    return {
      kind: 'struct',
      fields: a.fields.map((field, index) => {
        const other = b.fields.find((candidate) => sameName(candidate.name, field.name)) ?? b.fields[index]
        return { ...field, type: mergedNullability(field.type, other.type), nullable: field.nullable || other.nullable }
      }),
    }
  }
  return a
}

function columnCountMismatch(operator: string, first: number, second: number): Error {
  return userError(
    'NUM_COLUMNS_MISMATCH',
    `${operator} can only be performed on inputs with the same number of columns, but the first input has ${first} columns and the second input has ${second} columns.`,
    {
      sqlState: '42826',
      hint: 'Select the same columns on both sides, or use unionByName(other, allowMissingColumns=True).',
    },
  )
}

const ORDINALS = ['first', 'second', 'third']

function incompatibleColumn(operator: string, index: number, first: DataType, second: DataType): Error {
  const ordinal = ORDINALS[index] ?? `${index + 1}th`
  return userError(
    'INCOMPATIBLE_COLUMN_TYPE',
    `${operator} can only be performed on tables with compatible column types. The ${ordinal} column of the second table is "${sqlName(second)}" type which is not compatible with "${sqlName(first)}" at the same column of the first table..`,
    { sqlState: '42825', hint: 'Cast one of the two columns, or use unionByName if the order differs.' },
  )
}
