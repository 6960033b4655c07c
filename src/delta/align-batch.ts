import { nullColumn } from '../engine/batch/empty'
import { castColumnStorage } from './widen'
import type { Batch, Column, DataType, StructField, StructType } from '../protocol/columns'
import { notNullViolated } from './errors'

/**
 * A batch in a table's shape: columns by name (without case) in the table's order, missing ones NULL, structs field by field.
 * Types must already merge (`mergeSchemas`). Throws `DELTA_NOT_NULL_CONSTRAINT_VIOLATED`.
 */
export function alignBatch(batch: Batch, schema: StructType): Batch {
  const columns = alignFields(schema.fields, batch.schema.fields, batch.columns, batch.numRows)
  for (const [index, field] of schema.fields.entries()) checkNotNull(field, columns[index], null, field.name)
  return { schema, numRows: batch.numRows, columns }
}

function alignFields(
  wanted: readonly StructField[],
  given: readonly StructField[],
  columns: readonly Column[],
  numRows: number,
): Column[] {
  const positions = new Map(given.map((field, index) => [field.name.toLowerCase(), index]))
  return wanted.map((field) => {
    const at = positions.get(field.name.toLowerCase())
    return at === undefined ? nullColumn(field.type, numRows) : alignColumn(columns[at], field.type)
  })
}

function alignColumn(column: Column, type: DataType): Column {
  if (column.type === type) return column
  if (column.layout === 'void') return nullColumn(type, column.length)
  if (column.layout === 'struct' && type.kind === 'struct') {
    return { ...column, type, children: alignFields(type.fields, column.type.fields, column.children, column.length) }
  }
  if (column.layout === 'list' && type.kind === 'array')
    return { ...column, type, child: alignColumn(column.child, type.elementType) }
  if (column.layout === 'map' && type.kind === 'map') {
    return {
      ...column,
      type,
      keys: alignColumn(column.keys, type.keyType),
      values: alignColumn(column.values, type.valueType),
    }
  }
  return castColumnStorage(column, type)
}

function checkNotNull(field: StructField, column: Column, present: Uint8Array | null, path: string): void {
  if (!field.nullable) {
    const { validity } = column
    if (column.layout === 'void' && column.length > 0) throw notNullViolated(path)
    if (validity !== null) {
      for (let row = 0; row < column.length; row++) {
        if (validity[row] === 0 && (present === null || present[row] === 1)) throw notNullViolated(path)
      }
    }
  }
  if (column.layout !== 'struct' || field.type.kind !== 'struct') return
  for (const [index, child] of field.type.fields.entries()) {
    checkNotNull(child, column.children[index], column.validity ?? present, `${path}.${child.name}`)
  }
}
