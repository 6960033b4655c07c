import type { SchemaElement } from 'hyparquet'
import type { DataType, StructField, StructType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'

/** Parquet schema elements of a Spark schema, depth first, as Spark writes them; leaves are the elements with a `type`. */
export function toParquetSchema(schema: StructType): SchemaElement[] {
  const elements: SchemaElement[] = [{ name: 'spark_schema', num_children: schema.fields.length }]
  for (const field of schema.fields) addElements(elements, field.name, field.type, field.nullable, fieldIdOf(field))
  return elements
}

/** Bytes of the fixed-length array that holds decimals of a precision; 1..16. */
export function decimalBytes(precision: number): number {
  // One bit is the sign: n bytes hold unscaled values below 2^(8n - 1).
  const limit = 10n ** BigInt(precision)
  for (let bytes = 1; bytes < 16; bytes++) if (1n << BigInt(8 * bytes - 1) >= limit) return bytes
  return 16
}

/** Delta's column mapping keeps a field's Parquet id in its metadata. */
function fieldIdOf(field: StructField): number | undefined {
  const id = field.metadata?.['delta.columnMapping.id'] ?? field.metadata?.['parquet.field.id']
  return typeof id === 'number' ? id : undefined
}

function addElements(out: SchemaElement[], name: string, type: DataType, nullable: boolean, fieldId?: number): void {
  const shared: SchemaElement = { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED', field_id: fieldId }
  switch (type.kind) {
    case 'struct':
      out.push({ ...shared, num_children: type.fields.length })
      for (const field of type.fields) addElements(out, field.name, field.type, field.nullable, fieldIdOf(field))
      return
    case 'array':
      out.push({ ...shared, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } })
      out.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 })
      return addElements(out, 'element', type.elementType, type.containsNull)
    case 'map':
      out.push({ ...shared, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } })
      out.push({ name: 'key_value', repetition_type: 'REPEATED', num_children: 2 })
      addElements(out, 'key', type.keyType, false)
      return addElements(out, 'value', type.valueType, type.valueContainsNull)
    default:
      out.push({ ...shared, ...leafElement(type) })
  }
}

function leafElement(type: Exclude<DataType, { kind: 'struct' | 'array' | 'map' }>): Partial<SchemaElement> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' }
    // Without the logical type: hyparquet-writer puts its bit width as a 32-bit field, which strict Thrift readers refuse.
    case 'byte':
      return { type: 'INT32', converted_type: 'INT_8' }
    case 'short':
      return { type: 'INT32', converted_type: 'INT_16' }
    case 'integer':
    case 'year-month-interval':
      return { type: 'INT32' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
    case 'long':
    case 'day-time-interval':
      return { type: 'INT64' }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
    case 'timestamp_ntz':
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } }
    case 'float':
      return { type: 'FLOAT' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    case 'decimal': {
      const { precision, scale } = type
      const decimal = {
        converted_type: 'DECIMAL',
        precision,
        scale,
        logical_type: { type: 'DECIMAL', precision, scale },
      } as const
      if (precision <= 9) return { type: 'INT32', ...decimal }
      if (precision <= 18) return { type: 'INT64', ...decimal }
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: decimalBytes(precision), ...decimal }
    }
    case 'void':
      throw userError(
        'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
        'Parquet has no type for a column whose every value is NULL ("VOID").',
        {
          sqlState: '0A000',
          hint: 'Cast the column to a type, for example CAST(NULL AS STRING).',
        },
      )
  }
}

/** One node of a file's schema, with the levels Parquet counts for it. */
export type FileNode = {
  readonly element: SchemaElement
  readonly path: readonly string[]
  readonly children: readonly FileNode[]
  /** Definition level at which this node itself is present. */
  readonly definition: number
  readonly repetition: number
  /** Number of the leaf in file order; -1 for groups. */
  readonly leaf: number
}

/** The tree behind a footer's flat schema list. */
export function fileTree(elements: readonly SchemaElement[]): FileNode {
  let next = 0
  let leaves = 0
  const build = (path: readonly string[], definition: number, repetition: number): FileNode => {
    const element = elements[next++]
    if (element === undefined) throw internalError('The Parquet footer ends inside its schema.')
    const isRoot = next === 1
    const here = {
      element,
      path: isRoot ? [] : [...path, element.name],
      definition: definition + (!isRoot && element.repetition_type !== 'REQUIRED' ? 1 : 0),
      repetition: repetition + (element.repetition_type === 'REPEATED' && !isRoot ? 1 : 0),
    }
    if (element.num_children === undefined) return { ...here, children: [], leaf: leaves++ }
    const children = Array.from({ length: element.num_children }, () =>
      build(here.path, here.definition, here.repetition),
    )
    return { ...here, children, leaf: -1 }
  }
  return build([], 0, 0)
}

/** The Spark type a file's node reads as, as Spark's own Parquet reader decides it. */
export function sparkTypeOf(node: FileNode): DataType {
  const { element } = node
  if (node.leaf < 0) {
    if (isMapNode(node)) {
      const [key, value] = node.children[0].children
      return {
        kind: 'map',
        keyType: sparkTypeOf(key),
        valueType: sparkTypeOf(value),
        valueContainsNull: value.element.repetition_type !== 'REQUIRED',
      }
    }
    if (isListNode(node)) {
      const child = listElement(node)
      return {
        kind: 'array',
        elementType: sparkTypeOf(child),
        containsNull: child.element.repetition_type === 'OPTIONAL',
      }
    }
    return { kind: 'struct', fields: node.children.map(sparkFieldOf) }
  }
  const logical = element.logical_type
  const converted = element.converted_type
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const precision = (logical?.type === 'DECIMAL' ? logical.precision : element.precision) ?? 38
    const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0
    return { kind: 'decimal', precision, scale }
  }
  switch (element.type) {
    case 'BOOLEAN':
      return { kind: 'boolean' }
    case 'INT32':
      if (converted === 'DATE' || logical?.type === 'DATE') return { kind: 'date' }
      if (converted === 'INT_8') return { kind: 'byte' }
      if (converted === 'INT_16' || converted === 'UINT_8') return { kind: 'short' }
      return converted === 'UINT_32' ? { kind: 'long' } : { kind: 'integer' }
    case 'INT64':
      if (logical?.type === 'TIMESTAMP')
        return logical.isAdjustedToUTC ? { kind: 'timestamp' } : { kind: 'timestamp_ntz' }
      if (converted === 'TIMESTAMP_MICROS' || converted === 'TIMESTAMP_MILLIS') return { kind: 'timestamp' }
      return { kind: 'long' }
    case 'INT96':
      return { kind: 'timestamp' }
    case 'FLOAT':
      return { kind: 'float' }
    case 'DOUBLE':
      return { kind: 'double' }
    default:
      if (converted === 'UTF8' || converted === 'ENUM' || converted === 'JSON') return { kind: 'string' }
      return logical?.type === 'STRING' || logical?.type === 'ENUM' ? { kind: 'string' } : { kind: 'binary' }
  }
}

export function sparkFieldOf(node: FileNode): StructField {
  return { name: node.element.name, type: sparkTypeOf(node), nullable: node.element.repetition_type !== 'REQUIRED' }
}

export function isListNode(node: FileNode): boolean {
  const { converted_type: converted, logical_type: logical } = node.element
  return converted === 'LIST' || logical?.type === 'LIST' || isRepeatedLeafGroup(node)
}

export function isMapNode(node: FileNode): boolean {
  const { converted_type: converted, logical_type: logical } = node.element
  const isMap = converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'MAP'
  return isMap && node.children.length === 1 && node.children[0].children.length === 2
}

/**
 * The node of a list's elements. Three levels (`list.element`) by the specification; two-level lists of old writers repeat
 * the element itself: a repeated leaf, a group of several fields, or one named `array` or `<list>_tuple`.
 */
export function listElement(node: FileNode): FileNode {
  const repeated = node.children[0]
  const { name } = repeated.element
  const isElement =
    repeated.leaf >= 0 || repeated.children.length > 1 || name === 'array' || name === `${node.element.name}_tuple`
  return isElement ? repeated : repeated.children[0]
}

function isRepeatedLeafGroup(node: FileNode): boolean {
  return node.children.length === 1 && node.children[0].element.repetition_type === 'REPEATED' && node.path.length > 0
}
