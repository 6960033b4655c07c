import type { DataType } from '../../protocol/columns'

/** Same type in every detail: names, nullability of elements, values and fields. Metadata does not count. */
export function typesEqual(a: DataType, b: DataType): boolean {
  return equal(a, b, true, false)
}

/** Same type but for nullability (Spark's `sameType`). */
export function typesEqualIgnoringNullability(a: DataType, b: DataType): boolean {
  return equal(a, b, false, false)
}

/** Same shape: field names and nullability do not count (Spark's `equalsStructurally` with nullability ignored). */
export function typesEqualStructurally(a: DataType, b: DataType): boolean {
  return equal(a, b, false, true)
}

function equal(a: DataType, b: DataType, nullability: boolean, ignoreNames: boolean): boolean {
  if (a === b) return true
  switch (a.kind) {
    case 'decimal':
      return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale
    case 'year-month-interval':
    case 'day-time-interval':
      return b.kind === a.kind && a.startField === b.startField && a.endField === b.endField
    case 'array':
      return (
        b.kind === 'array' &&
        (!nullability || a.containsNull === b.containsNull) &&
        equal(a.elementType, b.elementType, nullability, ignoreNames)
      )
    case 'map':
      return (
        b.kind === 'map' &&
        (!nullability || a.valueContainsNull === b.valueContainsNull) &&
        equal(a.keyType, b.keyType, nullability, ignoreNames) &&
        equal(a.valueType, b.valueType, nullability, ignoreNames)
      )
    case 'struct':
      return (
        b.kind === 'struct' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => {
          const other = b.fields[i]
          return (
            (ignoreNames || field.name === other.name) &&
            (!nullability || field.nullable === other.nullable) &&
            equal(field.type, other.type, nullability, ignoreNames)
          )
        })
      )
    default:
      return a.kind === b.kind
  }
}
