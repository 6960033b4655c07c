import type { Column } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { sqlName } from '../types/type-names'
import { decimal128At } from './builders'
import { sharesCodes } from './dictionary'

/** Order of two rows: negative, zero, positive. */
export type RowComparator = (left: number, right: number) => number

export type KeyOrder = { readonly descending: boolean; readonly nullsFirst: boolean }

/**
 * Spark's order of values of one type: NaN is largest and equals itself, -0.0 equals 0.0, strings and binary by unsigned
 * bytes, arrays and structs element by element (a NULL inside is smallest, the shorter array first). NULL rows equal each
 * other and stand first; `rowComparator` moves them. Throws for maps, which have no order.
 */
export function columnComparator(left: Column, right: Column): RowComparator {
  const compare = valueComparator(left, right)
  const leftValidity = left.validity
  const rightValidity = right.validity
  if (leftValidity === null && rightValidity === null) return compare
  return (i, j) => {
    const a = leftValidity === null ? 1 : leftValidity[i]
    const b = rightValidity === null ? 1 : rightValidity[j]
    return (a & b) === 1 ? compare(i, j) : a - b
  }
}

/** Order of rows by several keys; without `order` every key ascends with NULL first. */
export function rowComparator(
  left: readonly Column[],
  right: readonly Column[],
  order?: readonly KeyOrder[],
): RowComparator {
  const keys = left.map((column, k) =>
    orderedComparator(column, right[k], order?.[k] ?? { descending: false, nullsFirst: true }),
  )
  if (keys.length === 1) return keys[0]
  return (i, j) => {
    for (const compare of keys) {
      const result = compare(i, j)
      if (result !== 0) return result
    }
    return 0
  }
}

/** Row numbers of `columns` in sorted order; equal rows keep their order. */
export function sortRows(columns: readonly Column[], numRows: number, order?: readonly KeyOrder[]): Int32Array {
  const rows = new Int32Array(numRows)
  for (let i = 0; i < numRows; i++) rows[i] = i
  if (numRows < 2 || columns.length === 0) return rows
  const compare = rowComparator(columns, columns, order)
  // The row number settles ties, so a sort that is not stable for typed arrays cannot show.
  return rows.sort((i, j) => compare(i, j) || i - j)
}

/** Equality of rows as GROUP BY and `<=>` see it: NULL equals NULL, NaN equals NaN. Throws for maps. */
export function rowsEqual(left: readonly Column[], right: readonly Column[]): (i: number, j: number) => boolean {
  const compare = rowComparator(left, right)
  return (i, j) => compare(i, j) === 0
}

/** Unsigned byte order of `a[aStart, aEnd)` and `b[bStart, bEnd)`: Spark's order of UTF-8 strings. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < shared; i++) {
    const difference = a[aStart + i] - b[bStart + i]
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Spark's order of doubles: NaN equals NaN and is largest; -0.0 equals 0.0. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  // At least one is NaN.
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1
}

function orderedComparator(left: Column, right: Column, { descending, nullsFirst }: KeyOrder): RowComparator {
  const compare = valueComparator(left, right)
  const leftValidity = left.validity
  const rightValidity = right.validity
  const sign = descending ? -1 : 1
  const nullSign = nullsFirst ? 1 : -1
  if (leftValidity === null && rightValidity === null) return descending ? (i, j) => -compare(i, j) : compare
  return (i, j) => {
    const a = leftValidity === null ? 1 : leftValidity[i]
    const b = rightValidity === null ? 1 : rightValidity[j]
    return (a & b) === 1 ? sign * compare(i, j) : nullSign * (a - b)
  }
}

function valueComparator(left: Column, right: Column): RowComparator {
  if (left.layout === 'dictionary' || right.layout === 'dictionary') return dictionaryComparator(left, right)
  if (left.layout === 'void' || right.layout === 'void') return () => 0
  if (left.layout === 'fixed' && right.layout === 'fixed') {
    const a = left.values
    const b = right.values
    if (left.type.kind === 'double' || left.type.kind === 'float') {
      return (i, j) => compareDoubles(a[i] as number, b[j] as number)
    }
    return (i, j) => (a[i] < b[j] ? -1 : a[i] > b[j] ? 1 : 0)
  }
  if (left.layout === 'bytes' && right.layout === 'bytes') {
    return (i, j) =>
      compareBytes(
        left.bytes,
        left.offsets[i],
        left.offsets[i + 1],
        right.bytes,
        right.offsets[j],
        right.offsets[j + 1],
      )
  }
  if (left.layout === 'decimal128' && right.layout === 'decimal128') {
    return (i, j) => {
      const a = decimal128At(left.values, i)
      const b = decimal128At(right.values, j)
      return a < b ? -1 : a > b ? 1 : 0
    }
  }
  if (left.layout === 'struct' && right.layout === 'struct') {
    return left.children.length === 0 ? () => 0 : rowComparator(left.children, right.children)
  }
  if (left.layout === 'list' && right.layout === 'list') {
    const element = columnComparator(left.child, right.child)
    return (i, j) => compareRanges(element, left.offsets, i, right.offsets, j)
  }
  if (left.layout === 'map' && right.layout === 'map') {
    throw userError(
      'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
      `The data type "${sqlName(left.type)}" is not orderable.`,
      {
        sqlState: '42K09',
        parameters: { dataType: `"${sqlName(left.type)}"` },
        hint: 'A map has no order and no equality; compare its map_entries or one of its values instead.',
      },
    )
  }
  throw userError(
    'DATATYPE_MISMATCH.INCOMPATIBLE',
    `"${sqlName(left.type)}" and "${sqlName(right.type)}" do not compare.`,
    {
      sqlState: '42K09',
    },
  )
}

function compareRanges(element: RowComparator, a: Int32Array, i: number, b: Int32Array, j: number): number {
  const [aStart, aLength] = [a[i], a[i + 1] - a[i]]
  const [bStart, bLength] = [b[j], b[j + 1] - b[j]]
  for (let k = 0; k < aLength && k < bLength; k++) {
    const result = element(aStart + k, bStart + k)
    if (result !== 0) return result
  }
  return aLength - bLength
}

function dictionaryComparator(left: Column, right: Column): RowComparator {
  if (left.layout === 'dictionary' && right.layout === 'dictionary') {
    const compare = valueComparator(left.dictionary, right.dictionary)
    const isShared = sharesCodes(left.dictionary, right.dictionary)
    return (i, j) => {
      const a = left.codes[i]
      const b = right.codes[j]
      return isShared && a === b ? 0 : compare(a, b)
    }
  }
  if (left.layout === 'dictionary') {
    const compare = valueComparator(left.dictionary, right)
    return (i, j) => compare(left.codes[i], j)
  }
  if (right.layout !== 'dictionary') return valueComparator(left, right)
  const compare = valueComparator(left, right.dictionary)
  return (i, j) => compare(i, right.codes[j])
}
