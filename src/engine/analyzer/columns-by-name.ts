import { userError } from '../../protocol/errors/runnel-error'
import type { StructType } from '../../protocol/columns'
import type {
  Deduplicate,
  Drop,
  Expression,
  ToDF,
  ToSchema,
  WithColumns,
  WithColumnsRenamed,
} from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { BindContext } from '../expressions/bound'
import type { PlanNode } from '../plan/node'
import { schemaFromConnect, typeToConnect } from '../types/connect-types'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { catalogString, sqlName } from '../types/type-names'
import { addressable, alias, castToType, columnAt, nullLiteral } from './expression-tree'
import type { AnalysisContext, ProjectionItem } from './nodes'
import { planNode, projectNode, rescope } from './nodes'
import { allColumns, projectRelation } from './project'
import { isUnresolved } from './unresolved'
import { columnReference, indexesOfName, isCaseSensitive, sameName } from './scopes'

/** Relations that name columns and keep the rest: withColumns, withColumnsRenamed, drop, toDF, to, dropDuplicates. */

/** A name that exists is replaced in place, new ones stand behind, in the order given. */
export function withColumnsRelation(relation: WithColumns, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const caseSensitive = isCaseSensitive(context.conf)
  const names = relation.aliases.map((item) => item.name[0])
  refuseRepeated(names, caseSensitive)
  const scope = addressable(input.scope)
  const itemOf = (index: number): Expression => {
    const { expr, name, metadata } = relation.aliases[index]
    const named = alias(expr!, ...name)
    if (metadata !== undefined && named.exprType.case === 'alias') named.exprType.value.metadata = metadata
    return named
  }
  const used = new Set<number>()
  const items = scope.columns.map((column, position) => {
    const index = names.findIndex((name) => sameName(name, column.field.name, caseSensitive))
    if (index < 0) return columnAt(scope, position)
    used.add(index)
    return itemOf(index)
  })
  names.forEach((_, index) => {
    if (!used.has(index)) items.push(itemOf(index))
  })
  return projectRelation(rescope(input, scope), items, context)
}

function refuseRepeated(names: readonly string[], caseSensitive: boolean): void {
  const repeated = names.find((name, index) => names.findIndex((other) => sameName(other, name, caseSensitive)) < index)
  if (repeated === undefined) return
  throw userError(
    'COLUMN_ALREADY_EXISTS',
    `The column \`${repeated.toLowerCase()}\` already exists. Choose another name or rename the existing column.`,
    {
      sqlState: '42711',
      parameters: { columnName: `\`${repeated.toLowerCase()}\`` },
      hint: 'Give each new column its own name.',
    },
  )
}

/** Renames apply one after another; a name that does not exist is passed over. */
export function withColumnsRenamedRelation(relation: WithColumnsRenamed, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const caseSensitive = isCaseSensitive(context.conf)
  const renames = relation.renames.map((rename) => [rename.colName, rename.newColName] as const)
  renames.push(...Object.entries(relation.renameColumnsMap))
  const names = input.scope.columns.map((column) => column.field.name)
  for (const [from, to] of renames) {
    names.forEach((name, index) => {
      if (sameName(name, from, caseSensitive)) names[index] = to
    })
  }
  return renamed(input, names)
}

export function toDfRelation(relation: ToDF, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const { columns } = input.scope
  if (relation.columnNames.length !== columns.length) {
    throw userError(
      'ASSIGNMENT_ARITY_MISMATCH',
      `The number of columns or variables assigned or aliased: ${columns.length} does not match the number of source expressions: ${relation.columnNames.length}.`,
      {
        sqlState: '42802',
        hint: `Give ${columns.length} names: ${columns.map((column) => column.field.name).join(', ')}.`,
      },
    )
  }
  return renamed(input, relation.columnNames)
}

/** A column that keeps its name stays reachable by alias and DataFrame; a renamed one is new. */
function renamed(input: PlanNode, names: readonly string[]): PlanNode {
  const items = names.map((name, index): ProjectionItem => {
    const expression = columnReference(input.scope, index)
    return name === expression.name
      ? { expression, keepsName: true }
      : { expression: { ...expression, name }, keepsName: false }
  })
  return projectNode(input, items)
}

export function dropRelation(relation: Drop, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const caseSensitive = isCaseSensitive(context.conf)
  const dropped = new Set<number>()
  for (const name of relation.columnNames)
    indexesOfName(input.scope, name, caseSensitive).forEach((index) => dropped.add(index))
  for (const column of relation.columns) {
    const index = droppedIndex(column, input, context)
    if (index !== undefined) dropped.add(index)
  }
  if (dropped.size === 0) return input
  return projectNode(
    input,
    allColumns(input).filter((_, index) => !dropped.has(index)),
  )
}

/** Spark drops nothing for a column that is not there, and refuses an ambiguous one. */
function droppedIndex(column: Expression, input: PlanNode, context: BindContext): number | undefined {
  try {
    return bindExpression(column, input.scope, context).inputIndex
  } catch (error) {
    if (isUnresolved(error)) return undefined
    throw error
  }
}

export function deduplicateRelation(relation: Deduplicate, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const names = input.scope.columns.map((column) => column.field.name)
  const keys =
    relation.allColumnsAsKeys === true
      ? names.map((_, index) => index)
      : relation.columnNames.flatMap((name) => {
          const indexes = indexesOfName(input.scope, name, isCaseSensitive(context.conf))
          if (indexes.length === 0) throw cannotResolve(name, names)
          return indexes
        })
  refuseMapKeys(input.schema, keys)
  return planNode(
    { kind: 'distinct', input, keys, ...(relation.withinWatermark === true ? { withinWatermark: true } : {}) },
    input.scope,
    input.isStreaming,
  )
}

export function cannotResolve(name: string, names: readonly string[]): Error {
  return userError('_LEGACY_ERROR_TEMP_1201', `Cannot resolve column name "${name}" among (${names.join(', ')}).`, {
    parameters: { colName: name, fieldNames: names.join(', ') },
    hint: `Columns here: ${names.join(', ')}.`,
  })
}

/** Maps have no equality, so they cannot be compared row by row. */
export function refuseMapKeys(schema: StructType, keys: readonly number[]): void {
  for (const key of keys) {
    const field = schema.fields[key]
    if (!catalogString(field.type).includes('map<')) continue
    throw userError(
      'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE',
      `The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column \`${field.name}\` is "${sqlName(field.type)}".`,
      {
        sqlState: '0A000',
        parameters: { colName: `\`${field.name}\``, dataType: `"${sqlName(field.type)}"` },
        hint: `Drop "${field.name}" first, or compare its map_entries.`,
      },
    )
  }
}

/** `df.to(schema)`: the schema's columns in its order, cast to its types; a missing nullable column is NULL. */
export function toSchemaRelation(relation: ToSchema, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const schema = schemaFromConnect(relation.schema!)
  const scope = addressable(input.scope)
  const items = schema.fields.map((field): Expression => {
    const index = indexesOfName(scope, field.name, isCaseSensitive(context.conf))[0]
    if (index === undefined) {
      if (!field.nullable)
        throw cannotResolve(
          field.name,
          input.schema.fields.map((other) => other.name),
        )
      return alias(castToType(nullLiteral(), typeToConnect(field.type)), field.name)
    }
    const source = scope.columns[index].field
    if (source.nullable && !field.nullable) {
      throw userError(
        'NULLABLE_COLUMN_OR_FIELD',
        `Column or field \`${field.name}\` is nullable while it's required to be non-nullable.`,
        {
          sqlState: '42000',
          hint: `Filter the NULLs of "${field.name}" away, or make the field nullable.`,
        },
      )
    }
    const column = columnAt(scope, index)
    return alias(
      typesEqualIgnoringNullability(source.type, field.type) ? column : castToType(column, typeToConnect(field.type)),
      field.name,
    )
  })
  return projectRelation(rescope(input, scope), items, context)
}
