import { decimal128At } from '../engine/batch/builders'
import { decimalText } from '../engine/batch/to-values'
import type { Column } from '../protocol/columns'

/** A cell as the golden files write it: integers and decimals as text, structs by position, maps as pairs. */
export function goldenValue(column: Column, row: number): unknown {
  if (column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)) return null
  const range = (child: Column, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => goldenValue(child, from + index))
  switch (column.layout) {
    case 'fixed': {
      const value = column.values[row]
      switch (column.type.kind) {
        case 'boolean':
          return value === 1
        case 'float':
        case 'double':
          return Number.isFinite(value)
            ? value
            : { special: Number.isNaN(value) ? 'nan' : (value as number) > 0 ? 'inf' : '-inf' }
        case 'decimal':
          return decimalText(value as bigint, column.type.scale)
        default:
          return String(value)
      }
    }
    case 'decimal128':
      return decimalText(decimal128At(column.values, row), column.type.scale)
    case 'bytes': {
      const bytes = column.bytes.slice(column.offsets[row], column.offsets[row + 1])
      return column.type.kind === 'binary' ? Buffer.from(bytes).toString('base64') : new TextDecoder().decode(bytes)
    }
    case 'dictionary':
      return goldenValue(column.dictionary, column.codes[row])
    case 'list':
      return range(column.child, column.offsets[row], column.offsets[row + 1])
    case 'map': {
      const [from, to] = [column.offsets[row], column.offsets[row + 1]]
      const values = range(column.values, from, to)
      return range(column.keys, from, to).map((key, index) => [key, values[index]])
    }
    case 'struct':
      return column.children.map((child) => goldenValue(child, row))
  }
}
