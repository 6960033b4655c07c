import type { DataType, DecimalType } from '../../../protocol/columns'
import { decimalForType } from '../../types/coercion'
import { isFractional, isIntegral, isNumeric } from '../../types/atomic-types'
import { typesEqual } from '../../types/type-equality'

/** Whether CAST(from AS to) is allowed under ANSI (`try_cast` allows the same pairs). */
export function canCast(from: DataType, to: DataType): boolean {
  if (typesEqual(from, to) || from.kind === 'void') return true
  switch (to.kind) {
    case 'string':
      return true
    case 'binary':
      return from.kind === 'string' || from.kind === 'binary'
    case 'boolean':
      return from.kind === 'string' || isNumeric(from) || from.kind === 'boolean'
    case 'date':
      return ['string', 'timestamp', 'timestamp_ntz', 'date'].includes(from.kind)
    case 'timestamp':
      return ['string', 'date', 'timestamp', 'timestamp_ntz'].includes(from.kind) || isNumeric(from)
    case 'timestamp_ntz':
      return ['string', 'date', 'timestamp', 'timestamp_ntz'].includes(from.kind)
    case 'array':
      return (
        from.kind === 'array' &&
        canCast(from.elementType, to.elementType) &&
        (to.containsNull || !(from.containsNull || forcesNull(from.elementType, to.elementType)))
      )
    case 'map':
      return (
        from.kind === 'map' &&
        canCast(from.keyType, to.keyType) &&
        !forcesNull(from.keyType, to.keyType) &&
        canCast(from.valueType, to.valueType) &&
        (to.valueContainsNull || !(from.valueContainsNull || forcesNull(from.valueType, to.valueType)))
      )
    case 'struct':
      return (
        from.kind === 'struct' &&
        from.fields.length === to.fields.length &&
        from.fields.every((member, i) => {
          const target = to.fields[i]
          return (
            canCast(member.type, target.type) &&
            (target.nullable || !(member.nullable || forcesNull(member.type, target.type)))
          )
        })
      )
    case 'year-month-interval':
    case 'day-time-interval':
      return from.kind === to.kind || from.kind === 'string' || isIntegral(from)
    case 'void':
      return false
    default:
      if (!isNumeric(to)) return false
      return (
        isNumeric(from) ||
        from.kind === 'string' ||
        from.kind === 'boolean' ||
        from.kind === 'timestamp' ||
        from.kind === 'day-time-interval' ||
        from.kind === 'year-month-interval'
      )
  }
}

/** Whether Spark declares the result nullable although the input is not. */
export function forcesNull(from: DataType, to: DataType): boolean {
  // Of an empty array or map: no value to lose.
  if (from.kind === 'void') return false
  if (typesEqual(from, to)) return false
  if (from.kind === 'string') return to.kind !== 'binary' && to.kind !== 'string'
  if (to.kind === 'string') return false
  if (from.kind === 'timestamp' && (to.kind === 'byte' || to.kind === 'short' || to.kind === 'integer')) return true
  if (isFractional(from) && to.kind === 'timestamp') return true
  if (from.kind === 'timestamp' && to.kind === 'date') return false
  if (to.kind === 'date') return true
  if (from.kind === 'date') return to.kind !== 'timestamp'
  if (to.kind === 'decimal') return !fitsDecimal(from, to)
  return (isFractional(from) || from.kind === 'decimal') && isIntegral(to)
}

function fitsDecimal(from: DataType, to: DecimalType): boolean {
  if (from.kind === 'boolean' || isIntegral(from) || from.kind === 'decimal') {
    const needed = from.kind === 'boolean' ? { precision: 1, scale: 0 } : decimalForType(from)!
    return to.precision - to.scale >= needed.precision - needed.scale && to.scale >= needed.scale
  }
  return false
}

/** Whether a table write or an implicit call argument may take the value (Spark's store assignment under ANSI). */
export function canStoreAssign(from: DataType, to: DataType): boolean {
  if (typesEqual(from, to) || from.kind === 'void') return true
  if (isNumeric(from) && isNumeric(to)) return true
  if (to.kind === 'string') return !['array', 'map', 'struct', 'void'].includes(from.kind)
  const isTime = (type: DataType) => type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
  if (isTime(from) && isTime(to)) return true
  if (from.kind === to.kind && from.kind.endsWith('interval')) return true
  if (from.kind === 'array' && to.kind === 'array')
    return canStoreAssign(from.elementType, to.elementType) && (to.containsNull || !from.containsNull)
  if (from.kind === 'map' && to.kind === 'map') {
    return (
      canStoreAssign(from.keyType, to.keyType) &&
      canStoreAssign(from.valueType, to.valueType) &&
      (to.valueContainsNull || !from.valueContainsNull)
    )
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every(
        (member, i) => canStoreAssign(member.type, to.fields[i].type) && (to.fields[i].nullable || !member.nullable),
      )
    )
  }
  return false
}
