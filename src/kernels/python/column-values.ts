import type { Batch, Column, DataType, FixedColumn, StructType } from '../../protocol/columns'
import { fromBase64 } from './rows'

/**
 * Plain values of Python rows as column buffers. Values come as JSON: long, timestamp and intervals as digits in a string,
 * decimal as text, binary as base64, NaN and infinities as words; arrays, maps and structs as in `rows.ts`.
 */
export function batchFromValues(schema: StructType, columns: readonly (readonly unknown[])[]): Batch {
  return {
    schema,
    numRows: columns[0]?.length ?? 0,
    columns: schema.fields.map((field, index) => columnFromValues(field.type, columns[index])),
  }
}

function columnFromValues(type: DataType, values: readonly unknown[]): Column {
  const length = values.length
  const validity = values.some((value) => value === null)
    ? Uint8Array.from(values, (value) => (value === null ? 0 : 1))
    : null
  switch (type.kind) {
    case 'void':
      return { type, length, validity: new Uint8Array(length), layout: 'void' }
    case 'string':
    case 'binary': {
      const parts = values.map((value) =>
        value === null ? EMPTY : type.kind === 'string' ? encoder.encode(value as string) : fromBase64(value as string),
      )
      const offsets = offsetsOf(parts)
      const bytes = new Uint8Array(offsets[length])
      parts.forEach((part, row) => bytes.set(part, offsets[row]))
      return { type, length, validity, layout: 'bytes', offsets, bytes }
    }
    case 'decimal': {
      const unscaled = values.map((value) => (value === null ? 0n : unscaledOf(value as string, type.scale)))
      if (type.precision <= 18) return { type, length, validity, layout: 'fixed', values: BigInt64Array.from(unscaled) }
      const words = new BigInt64Array(2 * length)
      unscaled.forEach((value, row) => {
        words[2 * row] = BigInt.asIntN(64, value)
        words[2 * row + 1] = value >> 64n
      })
      return { type, length, validity, layout: 'decimal128', values: words }
    }
    case 'array': {
      const lists = values.map((value) => (value ?? []) as unknown[])
      return {
        type,
        length,
        validity,
        layout: 'list',
        offsets: offsetsOf(lists),
        child: columnFromValues(type.elementType, lists.flat(1)),
      }
    }
    case 'map': {
      const maps = values.map((value) => (value ?? []) as [unknown, unknown][])
      const entries = maps.flat(1)
      const keys = columnFromValues(
        type.keyType,
        entries.map(([key]) => key),
      )
      const mapped = columnFromValues(
        type.valueType,
        entries.map(([, value]) => value),
      )
      return { type, length, validity, layout: 'map', offsets: offsetsOf(maps), keys, values: mapped }
    }
    case 'struct': {
      const children = type.fields.map((field, index) =>
        columnFromValues(
          field.type,
          values.map((value) => (value === null ? null : (value as unknown[])[index])),
        ),
      )
      return { type, length, validity, layout: 'struct', children }
    }
    default:
      return { type, length, validity, layout: 'fixed', values: fixedValues(type, values) }
  }
}

const encoder = new TextEncoder()
const EMPTY = new Uint8Array()

function fixedValues(type: DataType, values: readonly unknown[]): FixedColumn['values'] {
  const numbers = () => values.map((value) => Number(value ?? 0))
  switch (type.kind) {
    case 'boolean':
      return Uint8Array.from(values, (value) => (value === true ? 1 : 0))
    case 'byte':
      return Int8Array.from(numbers())
    case 'short':
      return Int16Array.from(numbers())
    case 'float':
      return Float32Array.from(numbers())
    case 'double':
      return Float64Array.from(numbers())
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day-time-interval':
      return BigInt64Array.from(values, (value) => BigInt((value ?? 0) as string))
    default:
      return Int32Array.from(numbers())
  }
}

function offsetsOf(parts: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1)
  parts.forEach((part, row) => (offsets[row + 1] = offsets[row] + part.length))
  return offsets
}

/** `-12.3` at scale 2 is -1230. The text has at most `scale` digits after the point. */
function unscaledOf(text: string, scale: number): bigint {
  const [whole, fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(scale, '0'))
}
