import type { DataType, DecimalType, StructField } from '../../protocol/columns'
import { isIntegral, isNumeric } from './atomic-types'
import { typesEqual } from './type-equality'

/**
 * Spark's ANSI type coercion (`spark.sql.ansi.enabled=true`, the default of Spark 4).
 * Source: Spark 4.1 ANSI compliance guide, "Type promotion and precedence", checked against a running Spark.
 */

const MAX_PRECISION = 38

/** The decimal that holds every value of an integral type; float and double give Spark's stand-ins. */
export function decimalForType(type: DataType): DecimalType | null {
  switch (type.kind) {
    case 'decimal':
      return type
    case 'byte':
      return { kind: 'decimal', precision: 3, scale: 0 }
    case 'short':
      return { kind: 'decimal', precision: 5, scale: 0 }
    case 'integer':
      return { kind: 'decimal', precision: 10, scale: 0 }
    case 'long':
      return { kind: 'decimal', precision: 20, scale: 0 }
    case 'float':
      return { kind: 'decimal', precision: 14, scale: 7 }
    case 'double':
      return { kind: 'decimal', precision: 30, scale: 15 }
    default:
      return null
  }
}

/** precision and scale cut to 38 digits so that integral digits stay; scale keeps at least 6 (arithmetic results). */
export function adjustedDecimal(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return { kind: 'decimal', precision, scale }
  const integral = precision - scale
  const minScale = Math.min(scale, 6)
  return { kind: 'decimal', precision: MAX_PRECISION, scale: Math.max(MAX_PRECISION - integral, minScale) }
}

/** The decimal that loses nothing of either; digits before the point win over those after it past 38 digits. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  const integral = Math.max(a.precision - a.scale, b.precision - b.scale)
  if (integral + scale <= MAX_PRECISION) return { kind: 'decimal', precision: integral + scale, scale }
  return { kind: 'decimal', precision: MAX_PRECISION, scale: Math.max(0, MAX_PRECISION - integral) }
}

export type DecimalOperator = '+' | '-' | '*' | '/' | '%'

/** Result type of decimal arithmetic; `div` gives BIGINT and stands apart. */
export function decimalResult(operator: DecimalOperator, a: DecimalType, b: DecimalType): DecimalType {
  const [p1, s1, p2, s2] = [a.precision, a.scale, b.precision, b.scale]
  switch (operator) {
    case '+':
    case '-': {
      const scale = Math.max(s1, s2)
      return adjustedDecimal(Math.max(p1 - s1, p2 - s2) + scale + 1, scale)
    }
    case '*':
      return adjustedDecimal(p1 + p2 + 1, s1 + s2)
    case '/': {
      const scale = Math.max(6, s1 + p2 + 1)
      return adjustedDecimal(p1 - s1 + s2 + scale, scale)
    }
    case '%': {
      const scale = Math.max(s1, s2)
      return adjustedDecimal(Math.min(p1 - s1, p2 - s2) + scale, scale)
    }
  }
}

const NUMERIC_ORDER = ['byte', 'short', 'integer', 'long', 'float', 'double'] as const

/**
 * The type both convert to without loss, or null: equal types, void with anything, numbers by precedence,
 * date < timestamp_ntz < timestamp, intervals, and nested types member by member.
 */
export function findTightestCommonType(a: DataType, b: DataType): DataType | null {
  if (typesEqual(a, b)) return a
  if (a.kind === 'void') return b
  if (b.kind === 'void') return a
  if (isNumeric(a) && isNumeric(b)) return numericCommonType(a, b)
  if (isTime(a) && isTime(b))
    return a.kind === 'timestamp' || b.kind === 'timestamp' ? { kind: 'timestamp' } : { kind: 'timestamp_ntz' }
  if (a.kind === 'year-month-interval' && b.kind === 'year-month-interval') {
    return { kind: a.kind, startField: min(a.startField, b.startField), endField: max(a.endField, b.endField) }
  }
  if (a.kind === 'day-time-interval' && b.kind === 'day-time-interval') {
    return { kind: a.kind, startField: min(a.startField, b.startField), endField: max(a.endField, b.endField) }
  }
  return nestedCommonType(a, b, findTightestCommonType)
}

/**
 * The common type of operands, CASE branches, UNION columns and array elements: as `findTightestCommonType`, and a
 * STRING beside an atomic type gives way to it (integers become BIGINT, the rest of the numbers DOUBLE).
 */
export function findWiderType(a: DataType, b: DataType): DataType | null {
  const tightest = findTightestCommonType(a, b)
  if (tightest !== null) return tightest
  if (a.kind === 'string') return typeBesideString(b)
  if (b.kind === 'string') return typeBesideString(a)
  return nestedCommonType(a, b, findWiderType)
}

/** `findWiderType` over many; null as soon as two do not meet. The empty list gives void. */
export function findWiderCommonType(types: readonly DataType[]): DataType | null {
  // Strings settle last, so that the order of the list does not matter.
  const ordered = [...types.filter((type) => !hasString(type)), ...types.filter(hasString)]
  let common: DataType | null = { kind: 'void' }
  for (const type of ordered) {
    common = findWiderType(common, type)
    if (common === null) return null
  }
  return common
}

/** What a STRING operand is cast to beside `type` under ANSI; null when they do not meet. */
function typeBesideString(type: DataType): DataType | null {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return { kind: 'long' }
    case 'float':
    case 'double':
    case 'decimal':
      return { kind: 'double' }
    case 'boolean':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'string':
      return type
    default:
      return null
  }
}

function hasString(type: DataType): boolean {
  return type.kind === 'string' || (type.kind === 'array' && hasString(type.elementType))
}

function numericCommonType(a: DataType, b: DataType): DataType | null {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const other = a.kind === 'decimal' ? b : a
    if (other.kind === 'float' || other.kind === 'double') return { kind: 'double' }
    return widerDecimal(decimalForType(a)!, decimalForType(b)!)
  }
  // A float cannot hold every integer: ANSI widens to double.
  if ((a.kind === 'float' && isIntegral(b)) || (b.kind === 'float' && isIntegral(a))) return { kind: 'double' }
  const rank = (type: DataType) => NUMERIC_ORDER.indexOf(type.kind as (typeof NUMERIC_ORDER)[number])
  return rank(a) >= rank(b) ? a : b
}

function nestedCommonType(
  a: DataType,
  b: DataType,
  common: (a: DataType, b: DataType) => DataType | null,
): DataType | null {
  if (a.kind === 'array' && b.kind === 'array') {
    const elementType = common(a.elementType, b.elementType)
    return elementType && { kind: 'array', elementType, containsNull: a.containsNull || b.containsNull }
  }
  if (a.kind === 'map' && b.kind === 'map') {
    // A key must not become NULL, as text that is no number would.
    const isTextKey = (a.keyType.kind === 'string') !== (b.keyType.kind === 'string')
    const keyType =
      isTextKey && a.keyType.kind !== 'void' && b.keyType.kind !== 'void' ? null : common(a.keyType, b.keyType)
    const valueType = common(a.valueType, b.valueType)
    return (
      keyType &&
      valueType && { kind: 'map', keyType, valueType, valueContainsNull: a.valueContainsNull || b.valueContainsNull }
    )
  }
  if (a.kind === 'struct' && b.kind === 'struct' && a.fields.length === b.fields.length) {
    const fields: StructField[] = []
    for (const [i, field] of a.fields.entries()) {
      const other = b.fields[i]
      if (field.name.toLowerCase() !== other.name.toLowerCase()) return null
      const type = common(field.type, other.type)
      if (type === null) return null
      fields.push({ name: field.name, type, nullable: field.nullable || other.nullable })
    }
    return { kind: 'struct', fields }
  }
  return null
}

function isTime(type: DataType): boolean {
  return type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
}

function min<T extends number>(a: T, b: T): T {
  return a < b ? a : b
}

function max<T extends number>(a: T, b: T): T {
  return a > b ? a : b
}
