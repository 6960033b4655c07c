import type {
  ArrayType,
  AtomicType,
  DataType,
  DecimalType,
  MapType,
  StructField,
  StructType,
} from '../../protocol/columns'

export const VOID: AtomicType = { kind: 'void' }
export const BOOLEAN: AtomicType = { kind: 'boolean' }
export const BYTE: AtomicType = { kind: 'byte' }
export const SHORT: AtomicType = { kind: 'short' }
export const INTEGER: AtomicType = { kind: 'integer' }
export const LONG: AtomicType = { kind: 'long' }
export const FLOAT: AtomicType = { kind: 'float' }
export const DOUBLE: AtomicType = { kind: 'double' }
export const STRING: AtomicType = { kind: 'string' }
export const BINARY: AtomicType = { kind: 'binary' }
export const DATE: AtomicType = { kind: 'date' }
export const TIMESTAMP: AtomicType = { kind: 'timestamp' }
export const TIMESTAMP_NTZ: AtomicType = { kind: 'timestamp_ntz' }

/** decimal(precision, scale). */
export function decimal(precision: number, scale = 0): DecimalType {
  return { kind: 'decimal', precision, scale }
}

export function arrayOf(elementType: DataType, containsNull = true): ArrayType {
  return { kind: 'array', elementType, containsNull }
}

export function mapOf(keyType: DataType, valueType: DataType, valueContainsNull = true): MapType {
  return { kind: 'map', keyType, valueType, valueContainsNull }
}

export function field(name: string, type: DataType, nullable = true, metadata?: StructField['metadata']): StructField {
  return metadata === undefined || Object.keys(metadata).length === 0
    ? { name, type, nullable }
    : { name, type, nullable, metadata }
}

/** A struct of nullable fields: `structOf({ id: LONG, name: STRING })`; entries keep their order. */
export function structOf(fields: Readonly<Record<string, DataType>> | readonly StructField[]): StructType {
  if (Array.isArray(fields)) return { kind: 'struct', fields }
  return {
    kind: 'struct',
    fields: Object.entries(fields as Record<string, DataType>).map(([name, type]) => field(name, type)),
  }
}

const INTEGRAL = new Set(['byte', 'short', 'integer', 'long'])

export function isIntegral(type: DataType): boolean {
  return INTEGRAL.has(type.kind)
}

export function isFractional(type: DataType): boolean {
  return type.kind === 'float' || type.kind === 'double'
}

/** byte, short, int, bigint, float, double, decimal. */
export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || isFractional(type) || type.kind === 'decimal'
}

export function isDatetime(type: DataType): boolean {
  return type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
}

export function isNested(type: DataType): boolean {
  return type.kind === 'array' || type.kind === 'map' || type.kind === 'struct'
}
