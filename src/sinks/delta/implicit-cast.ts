import { castColumn } from '../../engine/expressions/casts/cast-column'
import { sqlName, simpleString } from '../../engine/types/type-names'
import { typesEqualIgnoringNullability } from '../../engine/types/type-equality'
import type { Batch, Column, DataType, StructField, StructType } from '../../protocol/columns'
import { RunnelError, outsideError, userError } from '../../protocol/errors/runnel-error'

/**
 * The casts Delta's streaming sink makes by itself: a column whose type differs from the table's is converted when Spark has an
 * implicit conversion (numbers to numbers, text to numbers and times, anything atomic to text). A batch write makes none.
 * Types without such a conversion are left for the schema check to refuse.
 */
export function castToTable(batch: Batch, table: StructType, path: string): Batch {
  const columns: Column[] = []
  const fields: StructField[] = []
  for (const [index, field] of batch.schema.fields.entries()) {
    const target = fieldNamed(table, field.name)
    const column = batch.columns[index]
    const cast = target === null ? column : castValue(column, target.type, target.name, path)
    columns.push(cast)
    fields.push(cast === column ? field : { ...field, type: cast.type })
  }
  return { schema: { kind: 'struct', fields }, numRows: batch.numRows, columns }
}

/** The schema of `castToTable`'s batches. */
export function castSchema(schema: StructType, table: StructType): StructType {
  return {
    kind: 'struct',
    fields: schema.fields.map((field) => ({
      ...field,
      type: castType(field.type, fieldNamed(table, field.name)?.type),
    })),
  }
}

function castType(from: DataType, to: DataType | undefined): DataType {
  if (to === undefined || typesEqualIgnoringNullability(from, to)) return from
  if (from.kind === 'struct' && to.kind === 'struct') return castSchema(from, to)
  if (from.kind === 'array' && to.kind === 'array')
    return { ...from, elementType: castType(from.elementType, to.elementType) }
  if (from.kind === 'map' && to.kind === 'map') {
    return { ...from, keyType: castType(from.keyType, to.keyType), valueType: castType(from.valueType, to.valueType) }
  }
  return isImplicit(from, to) ? to : from
}

function castValue(column: Column, to: DataType, name: string, path: string): Column {
  const type = castType(column.type, to)
  if (type === column.type) return column
  if (column.layout === 'struct' && type.kind === 'struct' && to.kind === 'struct') {
    const children = column.children.map((child, index) => {
      const target = fieldNamed(to, column.type.fields[index].name)
      return target === null ? child : castValue(child, target.type, `${name}.${target.name}`, path)
    })
    return { ...column, type, children }
  }
  if (column.layout === 'list' && type.kind === 'array' && to.kind === 'array') {
    return { ...column, type, child: castValue(column.child, to.elementType, `${name}.element`, path) }
  }
  if (column.layout === 'map' && type.kind === 'map' && to.kind === 'map') {
    const keys = castValue(column.keys, to.keyType, `${name}.key`, path)
    return { ...column, type, keys, values: castValue(column.values, to.valueType, `${name}.value`, path) }
  }
  try {
    return castColumn(column, type, 'ansi')
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    throw writeFailed(
      path,
      error.condition === 'CAST_OVERFLOW' ? insertOverflow(column.type, type, name) : error,
      name,
      column.type,
      type,
    )
  }
}

const NUMBERS = new Set(['byte', 'short', 'integer', 'long', 'float', 'double', 'decimal'])
const TIMES = new Set(['date', 'timestamp', 'timestamp_ntz'])
const NESTED = new Set(['array', 'map', 'struct'])

/** Spark's implicit conversions between atomic types (`TypeCoercion.implicitCast`). */
function isImplicit(from: DataType, to: DataType): boolean {
  if (NESTED.has(from.kind) || NESTED.has(to.kind) || from.kind === 'void') return false
  if (to.kind === 'string') return true
  if (from.kind === 'string') return NUMBERS.has(to.kind) || TIMES.has(to.kind) || to.kind === 'binary'
  if (NUMBERS.has(from.kind)) return NUMBERS.has(to.kind)
  return TIMES.has(from.kind) && TIMES.has(to.kind)
}

function fieldNamed(schema: StructType, name: string): StructField | null {
  return schema.fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) ?? null
}

function insertOverflow(from: DataType, to: DataType, name: string): RunnelError {
  return userError(
    'CAST_OVERFLOW_IN_TABLE_INSERT',
    `Fail to assign a value of "${sqlName(from)}" type to the "${sqlName(to)}" type column or variable \`${name}\` due to an overflow. Use \`try_cast\` on the input value to tolerate overflow and return NULL instead.`,
    { sqlState: '22003', exception: 'ArithmeticException' },
  )
}

function writeFailed(path: string, cause: RunnelError, name: string, from: DataType, to: DataType): RunnelError {
  return outsideError('TASK_WRITE_FAILED', `Task failed while writing rows to ${path}.`, {
    sqlState: '58030',
    cause: cause.shape,
    parameters: { path },
    hint: `Column ${name} is ${simpleString(from)} here and ${simpleString(to)} in the table, and a value does not fit: ${cause.shape.message}`,
  })
}
