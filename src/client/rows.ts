import { assertNever } from '../protocol/assert-never'
import type { Batch, BytesColumn, Column } from '../protocol/columns'

/**
 * One row as a plain object. BIGINT is a number while it is exact, else a bigint; DATE (midnight UTC) and TIMESTAMP are `Date`;
 * DECIMAL is text; BINARY `Uint8Array`; MAP `Map`; ARRAY and STRUCT arrays and objects; intervals months or microseconds.
 */
// The values of a row are what its schema says, which the type system cannot know: give a row type to `collect<Row>()`.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Row = Record<string, any>

export function rowsOf(batches: readonly Batch[]): Row[] {
  const rows: Row[] = []
  for (const { schema, columns, numRows } of batches) {
    const names = schema.fields.map((field) => field.name)
    const readers = columns.map(readerOf)
    for (let row = 0; row < numRows; row++) {
      const made: Row = {}
      names.forEach((name, index) => (made[name] = readers[index](row)))
      rows.push(made)
    }
  }
  return rows
}

type Reader = (row: number) => unknown

function readerOf(column: Column): Reader {
  const read = valueReader(column)
  const { validity } = column
  return validity === null ? read : (row) => (validity[row] === 0 ? null : read(row))
}

function valueReader(column: Column): Reader {
  switch (column.layout) {
    case 'fixed': {
      const { values, type } = column
      switch (type.kind) {
        case 'boolean':
          return (row) => values[row] === 1
        case 'long':
        case 'day-time-interval':
          return (row) => integerOf(values[row] as bigint)
        case 'timestamp':
        case 'timestamp_ntz':
          return (row) => new Date(Math.floor(Number(values[row]) / 1000))
        case 'date':
          return (row) => new Date((values[row] as number) * 86_400_000)
        case 'decimal':
          return (row) => decimalText(values[row] as bigint, type.scale)
        default:
          return (row) => values[row]
      }
    }
    case 'decimal128': {
      const { values, type } = column
      return (row) => decimalText(BigInt.asUintN(64, values[2 * row]) | (values[2 * row + 1] << 64n), type.scale)
    }
    case 'bytes':
      if (column.type.kind === 'binary') return (row) => bytesAt(column, row)
      return (row) => decoder.decode(bytesAt(column, row))
    case 'dictionary': {
      const { codes, dictionary } = column
      const texts = Array.from({ length: dictionary.length }, (_, code) => decoder.decode(bytesAt(dictionary, code)))
      return (row) => texts[codes[row]]
    }
    case 'list': {
      const { offsets } = column
      const read = readerOf(column.child)
      return (row) => range(offsets[row], offsets[row + 1], read)
    }
    case 'map': {
      const { offsets } = column
      const key = readerOf(column.keys)
      const value = readerOf(column.values)
      return (row) => new Map(range(offsets[row], offsets[row + 1], (at) => [key(at), value(at)] as const))
    }
    case 'struct': {
      const names = column.type.fields.map((field) => field.name)
      const readers = column.children.map(readerOf)
      return (row) => Object.fromEntries(names.map((name, index) => [name, readers[index](row)]))
    }
    case 'void':
      return () => null
    default:
      return assertNever(column)
  }
}

const decoder = new TextDecoder()

/** A copy: what the engine sent is one buffer for many columns. */
function bytesAt(column: BytesColumn, row: number): Uint8Array {
  return column.bytes.slice(column.offsets[row], column.offsets[row + 1])
}

function integerOf(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function range<T>(from: number, until: number, read: (at: number) => T): T[] {
  return Array.from({ length: until - from }, (_, index) => read(from + index))
}
