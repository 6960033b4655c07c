import type { Column, StructType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { Relation, SubqueryExpression } from '../../protocol/spark-connect'
import { SubqueryExpression_SubqueryType } from '../../protocol/spark-connect'
import { concatColumns } from '../batch/concat'
import { nullColumn } from '../batch/empty'
import { gatherColumn } from '../batch/gather'
import { KeyGroups } from '../batch/hash-keys'
import type { SubqueryBinding } from '../expressions/bound'
import { implicitCast } from '../expressions/casts/bind-cast'
import { node } from '../expressions/node'
import type { Node } from '../expressions/node'
import type { PlanNode, SubqueryCell } from '../plan/node'
import { BOOLEAN } from '../types/atomic-types'
import { findWiderType } from '../types/coercion'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { unsupportedFeature } from './analysis-errors'
import { correlationOf } from './correlation'
import type { Correlation } from './correlation'
import type { AnalysisContext } from './nodes'
import { isUnresolved } from './unresolved'

/**
 * Subqueries in expressions. Each is run once, before the rows of the query that holds it, and kept in a cell; the expression
 * then looks its value up: the one row of a scalar subquery, or by hash the rows that equal the outer row's keys.
 */
export function openSubqueries(references: readonly Relation[], context: AnalysisContext) {
  const relations = new Map(references.map((reference) => [reference.common?.planId ?? 0n, reference]))
  const cells: SubqueryCell[] = []
  const known = new Map<string, SubqueryCell>()
  const cellOf = (key: string, plan: () => PlanNode): SubqueryCell => {
    const found = known.get(key)
    if (found !== undefined) return found
    const cell: SubqueryCell = { plan: plan(), rows: null }
    if (cell.plan.isStreaming)
      throw unsupportedFeature('a subquery over a stream', 'Join the stream, or write it to a table and query that.')
    known.set(key, cell)
    cells.push(cell)
    return cell
  }
  const bind = (subquery: SubqueryExpression, binding: SubqueryBinding): Node => {
    const relation = relations.get(subquery.planId)
    if (relation === undefined) throw internalError('a subquery without its relation')
    const values = subquery.inSubqueryValues.map(binding.bind) as Node[]
    const kind = subquery.subqueryType
    const id = String(subquery.planId)
    let whole: SubqueryCell
    try {
      whole = cellOf(id, () => context.analyze(relation))
    } catch (error) {
      if (!isUnresolved(error)) throw error
      const correlation = correlationOf(relation, kind, binding, context, error as Error)
      return correlated(kind, values, correlation, (suffix, plan) => cellOf(`${id}${suffix}`, plan))
    }
    if (kind === SubqueryExpression_SubqueryType.EXISTS) return existsNode(whole)
    if (kind === SubqueryExpression_SubqueryType.IN) return membership(values, whole, [], 0)
    return scalarNode(whole)
  }
  return { bind, cells }
}

function rowsOf(cell: SubqueryCell): NonNullable<SubqueryCell['rows']> {
  if (cell.rows === null) throw internalError('a subquery was not run before the query that holds it')
  return cell.rows
}

function scalarNode(cell: SubqueryCell): Node {
  const { fields } = cell.plan.schema
  if (fields.length !== 1) throw tooManyColumns(fields.length)
  const [{ type }] = fields
  return node({
    type,
    nullable: true,
    sql: `scalarsubquery()`,
    isConstant: false,
    evaluate({ numRows }) {
      const { columns, numRows: found } = rowsOf(cell)
      if (found > 1) throw tooManyRows()
      return found === 0 ? nullColumn(type, numRows) : gatherColumn(columns[0], new Int32Array(numRows))
    },
  })
}

function existsNode(cell: SubqueryCell): Node {
  return node({
    type: BOOLEAN,
    nullable: false,
    sql: 'exists()',
    isConstant: false,
    evaluate: ({ numRows }) => booleans(new Uint8Array(numRows).fill(rowsOf(cell).numRows > 0 ? 1 : 0), null),
  })
}

function booleans(values: Uint8Array, validity: Uint8Array | null): Column {
  return { layout: 'fixed', type: BOOLEAN, length: values.length, validity, values }
}

function correlated(
  kind: SubqueryExpression_SubqueryType,
  values: readonly Node[],
  correlation: Correlation,
  cellOf: (suffix: string, plan: () => PlanNode) => SubqueryCell,
): Node {
  const { outerKeys, plan, numValues } = correlation
  const cell = cellOf(' by key', () => plan)
  if (kind === SubqueryExpression_SubqueryType.EXISTS) return keyedExists(cell, outerKeys, numValues)
  if (kind === SubqueryExpression_SubqueryType.IN) return membership(values, cell, outerKeys, numValues)
  if (numValues !== 1) throw tooManyColumns(numValues)
  const { whenEmpty } = correlation
  return keyedScalar(cell, outerKeys, whenEmpty === null ? null : cellOf(' when empty', () => whenEmpty))
}

/** Rows of a cell by their key columns: built once a run. */
function indexOf(cell: SubqueryCell, from: number, to: number) {
  let rows: SubqueryCell['rows'] = null
  let groups: KeyGroups
  let ids: Int32Array
  return () => {
    const current = rowsOf(cell)
    if (rows !== current) {
      rows = current
      const types = cell.plan.schema.fields.slice(from, to).map((field) => field.type)
      groups = new KeyGroups(types)
      ids = groups.groupsOf(current.columns.slice(from, to), current.numRows)
    }
    return { groups, ids, size: groups.numGroups, columns: current.columns, numRows: current.numRows }
  }
}

/** Groups of a probe's keys among those of the index; -1 for a key it does not have or that holds a NULL. */
function probe(
  index: { readonly columns: readonly Column[]; readonly numRows: number },
  cell: SubqueryCell,
  from: number,
  to: number,
  keys: readonly Column[],
  numRows: number,
): { readonly found: Int32Array; readonly ids: Int32Array; readonly hasNull: Uint8Array } {
  const fields = cell.plan.schema.fields.slice(from, to)
  const groups = new KeyGroups(fields.map((field) => field.type))
  const ids = groups.groupsOf(index.columns.slice(from, to), index.numRows)
  const size = groups.numGroups
  const found = groups.groupsOf(keys, numRows).slice()
  const hasNull = new Uint8Array(numRows)
  for (const key of keys) for (let i = 0; i < numRows; i++) if (isNull(key, i)) hasNull[i] = 1
  for (let i = 0; i < numRows; i++) if (found[i] >= size) found[i] = -1
  return { found, ids, hasNull }
}

function isNull(column: Column, row: number): boolean {
  return column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)
}

function coerced(values: readonly Node[], cell: SubqueryCell, from: number): Node[] {
  return values.map((value, index) => {
    const { type } = cell.plan.schema.fields[from + index]
    return typesEqualIgnoringNullability(value.type, type) ? value : implicitCast(value, type)
  })
}

function keyedExists(cell: SubqueryCell, outerKeys: readonly Node[], from: number): Node {
  const keys = coerced(outerKeys, cell, from)
  return node({
    type: BOOLEAN,
    nullable: false,
    sql: 'exists()',
    children: keys,
    isConstant: false,
    evaluate(batch, context) {
      const columns = keys.map((key) => key.evaluate(batch, context))
      const { found, hasNull } = probe(rowsOf(cell), cell, from, from + keys.length, columns, batch.numRows)
      return booleans(
        Uint8Array.from(found, (id, row) => (id >= 0 && hasNull[row] === 0 ? 1 : 0)),
        null,
      )
    },
  })
}

function keyedScalar(cell: SubqueryCell, outerKeys: readonly Node[], whenEmpty: SubqueryCell | null): Node {
  const keys = coerced(outerKeys, cell, 1)
  const { type } = cell.plan.schema.fields[0]
  return node({
    type,
    nullable: true,
    sql: 'scalarsubquery()',
    children: keys,
    isConstant: false,
    evaluate(batch, context) {
      const rows = rowsOf(cell)
      const columns = keys.map((key) => key.evaluate(batch, context))
      const { found, ids, hasNull } = probe(rows, cell, 1, 1 + keys.length, columns, batch.numRows)
      const rowOf = new Int32Array(rows.numRows).fill(-1)
      const twice = new Set<number>()
      ids.forEach((id, row) => {
        if (rowOf[id] >= 0) twice.add(id)
        rowOf[id] = row
      })
      const missing = whenEmpty === null ? -1 : rows.numRows
      const picked = Int32Array.from(found, (id, row) => {
        if (id < 0 || hasNull[row] === 1) return missing
        if (twice.has(id)) throw tooManyRows()
        return rowOf[id]
      })
      const source =
        whenEmpty === null ? rows.columns[0] : concatColumns(type, [rows.columns[0], rowsOf(whenEmpty).columns[0]])
      return gatherColumn(source, picked)
    },
  })
}

/**
 * `values IN (subquery)`, with the outer keys of a correlated one behind: TRUE for a row equal in all, NULL when a NULL on
 * either side leaves it open, FALSE otherwise, also against no rows at all.
 */
function membership(given: readonly Node[], cell: SubqueryCell, outerKeys: readonly Node[], numValues: number): Node {
  const { fields } = cell.plan.schema
  const width = outerKeys.length === 0 ? fields.length : numValues
  if (width !== given.length) throw columnsDiffer(given, fields.slice(0, width))
  const wide = given.map((value, index) => commonType(value, fields[index]))
  const keys = coerced(outerKeys, cell, width)
  const index = indexOf(cell, 0, width + keys.length)
  return node({
    type: BOOLEAN,
    nullable: true,
    sql: `(${given.map((value) => value.sql).join(', ')} IN (listquery()))`,
    children: [...wide, ...keys],
    isConstant: false,
    evaluate(batch, context) {
      const { numRows } = batch
      const rows = index()
      const columns = [...wide, ...keys].map((value) => value.evaluate(batch, context))
      const all = probe(rows, cell, 0, columns.length, columns, numRows)
      const byKey = probe(rows, cell, width, columns.length, columns.slice(width), numRows)
      const nullsOf = new Set<number>()
      const present = new Set<number>()
      // Without outer keys all rows are one group.
      const groupIds = keys.length === 0 ? new Int32Array(rows.numRows) : byKey.ids
      groupIds.forEach((id, row) => {
        present.add(id)
        if (rows.columns.slice(0, width).some((column) => isNull(column, row))) nullsOf.add(id)
      })
      const values = new Uint8Array(numRows)
      const validity = new Uint8Array(numRows).fill(1)
      for (let row = 0; row < numRows; row++) {
        const key = keys.length === 0 ? (rows.numRows > 0 ? 0 : -1) : byKey.found[row]
        if (all.found[row] >= 0 && all.hasNull[row] === 0) values[row] = 1
        else if (
          key >= 0 &&
          byKey.hasNull[row] === 0 &&
          present.has(key) &&
          (all.hasNull[row] === 1 || nullsOf.has(key))
        )
          validity[row] = 0
      }
      return booleans(values, validity)
    },
  })
}

function commonType(value: Node, field: StructType['fields'][number]): Node {
  if (typesEqualIgnoringNullability(value.type, field.type)) return value
  const wider = findWiderType(value.type, field.type)
  if (wider === null || !typesEqualIgnoringNullability(wider, field.type)) return implicitCast(value, field.type)
  return implicitCast(value, wider)
}

function columnsDiffer(left: readonly Node[], right: StructType['fields']): Error {
  return userError(
    'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH',
    `Cannot resolve "IN (listquery())" due to data type mismatch: The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery. Left hand side columns(length: ${left.length}): [${left.map((value) => `"${value.sql}"`).join(', ')}], right hand side columns(length: ${right.length}): [${right.map((field) => `"${field.name}"`).join(', ')}].`,
    { sqlState: '42K09', hint: 'Select as many columns in the subquery as stand in front of IN.' },
  )
}

function tooManyColumns(number: number): Error {
  return userError(
    'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
    `Invalid subquery: Scalar subquery must return only one column, but got ${number}.`,
    { sqlState: '42823', parameters: { number: String(number) }, hint: 'Select one column in the subquery.' },
  )
}

function tooManyRows(): Error {
  return userError('SCALAR_SUBQUERY_TOO_MANY_ROWS', 'More than one row returned by a subquery used as an expression.', {
    exception: 'SparkRuntimeException',
    sqlState: '21000',
    hint: 'Aggregate in the subquery (max, first), or add LIMIT 1.',
  })
}
