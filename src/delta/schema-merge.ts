import { simpleString } from '../engine/types/type-names'
import type { DataType, StructField, StructType } from '../protocol/columns'
import { duplicateColumns, failedToMergeFields, incompatibleTypes, invalidColumnNames, unsupportedType } from './errors'

/**
 * The schema a write gives a new table: every column nullable. Field metadata stays, even a query's watermark delay: so does
 * Delta. Columns of type VOID stay in the schema and never reach a data file.
 */
export function storedSchema(schema: StructType): StructType {
  return nullableStruct(schema)
}

function nullableStruct(schema: StructType): StructType {
  return {
    kind: 'struct',
    fields: schema.fields.map((field) => ({ ...field, type: nullableType(field.type), nullable: true })),
  }
}

function nullableType(type: DataType): DataType {
  if (type.kind === 'struct') return nullableStruct(type)
  if (type.kind === 'array') return { ...type, elementType: nullableType(type.elementType), containsNull: true }
  if (type.kind !== 'map') return type
  return {
    ...type,
    keyType: nullableType(type.keyType),
    valueType: nullableType(type.valueType),
    valueContainsNull: true,
  }
}

/** Refuses names and types Delta cannot store. */
export function checkStorable(schema: StructType): void {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { name } of schema.fields) (seen.has(name.toLowerCase()) ? twice : seen).add(name.toLowerCase())
  if (twice.size > 0) throw duplicateColumns([...twice])
  const invalid = schema.fields.filter(({ name }) => /[ ,;{}()\n\t=]/.test(name)).map(({ name }) => name)
  if (invalid.length > 0) throw invalidColumnNames(invalid)
  for (const field of schema.fields) {
    const interval = findInterval(field.type)
    if (interval !== null) throw unsupportedType(field.name, simpleString(interval).toUpperCase())
  }
}

function findInterval(type: DataType): DataType | null {
  if (type.kind === 'year-month-interval' || type.kind === 'day-time-interval') return type
  if (type.kind === 'array') return findInterval(type.elementType)
  if (type.kind === 'map') return findInterval(type.keyType) ?? findInterval(type.valueType)
  if (type.kind !== 'struct') return null
  for (const field of type.fields) {
    const found = findInterval(field.type)
    if (found !== null) return found
  }
  return null
}

/**
 * A table's schema with the columns of a write merged in: known columns stay (names compare without case), new ones go to the
 * end, structs merge field by field. Types must be the same but for byte, short and int, which Parquet stores alike.
 * Throws `DELTA_FAILED_TO_MERGE_FIELDS`.
 */
export function mergeSchemas(table: StructType, data: StructType): StructType {
  const fields = [...table.fields]
  const positions = new Map(fields.map((field, index) => [field.name.toLowerCase(), index]))
  for (const field of data.fields) {
    const at = positions.get(field.name.toLowerCase())
    if (at === undefined) fields.push(field)
    else fields[at] = mergeFields(fields[at], field)
  }
  return { kind: 'struct', fields }
}

function mergeFields(current: StructField, update: StructField): StructField {
  const type = mergeTypes(current.type, update.type)
  if (type === null) {
    throw failedToMergeFields(
      current.name,
      update.name,
      `The table's column ${current.name} is ${simpleString(current.type)}, the data's is ${simpleString(update.type)}.`,
    )
  }
  return { ...current, type }
}

const INT32_KINDS = ['byte', 'short', 'integer']

function mergeTypes(current: DataType, update: DataType): DataType | null {
  if (current.kind === 'struct' && update.kind === 'struct') return mergeSchemas(current, update)
  if (current.kind === 'array' && update.kind === 'array') {
    const elementType = mergeTypes(current.elementType, update.elementType)
    return elementType === null ? null : { ...current, elementType }
  }
  if (current.kind === 'map' && update.kind === 'map') {
    const keyType = mergeTypes(current.keyType, update.keyType)
    const valueType = mergeTypes(current.valueType, update.valueType)
    return keyType === null || valueType === null ? null : { ...current, keyType, valueType }
  }
  if (current.kind === 'void') return update
  if (update.kind === 'void') return current
  if (INT32_KINDS.includes(current.kind) && INT32_KINDS.includes(update.kind)) {
    return INT32_KINDS.indexOf(current.kind) >= INT32_KINDS.indexOf(update.kind) ? current : update
  }
  return simpleString(current) === simpleString(update) ? current : null
}

/** Throws unless both types merge; for a check without a result. */
export function requireMergeable(current: DataType, update: DataType): void {
  if (mergeTypes(current, update) === null) throw incompatibleTypes(current, update)
}

/** True when writing `data` needs no change of the table's columns. */
export function fitsSchema(table: StructType, merged: StructType): boolean {
  return table === merged || JSON.stringify(table) === JSON.stringify(merged)
}
