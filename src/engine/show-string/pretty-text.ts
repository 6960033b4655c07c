import type { Column, DataType } from '../../protocol/columns'
import { decimal128At } from '../batch/builders'
import { decimalText } from '../batch/to-values'
import { formatDate, formatDouble, formatFloat, formatTimestamp } from '../expressions/casts/format-values'
import { dayTimeIntervalSql, yearMonthIntervalSql } from '../expressions/casts/intervals'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A cell as `show()` prints it: like a cast to STRING, but NULL in capitals (inside values too), plain decimals, binary in hex. */
export function prettyText(column: Column, row: number, timeZone: string): string {
  if (column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)) return 'NULL'
  const text = (child: Column, at: number) => prettyText(child, at, timeZone)
  switch (column.layout) {
    case 'fixed':
      return fixedText(column.type, column.values[row], timeZone)
    case 'decimal128':
      return decimalText(decimal128At(column.values, row), column.type.scale)
    case 'bytes': {
      const bytes = column.bytes.slice(column.offsets[row], column.offsets[row + 1])
      return column.type.kind === 'binary' ? hexText(bytes) : decoder.decode(bytes)
    }
    case 'dictionary':
      return text(column.dictionary, column.codes[row])
    case 'list': {
      const cells: string[] = []
      for (let at = column.offsets[row]; at < column.offsets[row + 1]; at++) cells.push(text(column.child, at))
      return `[${cells.join(', ')}]`
    }
    case 'map': {
      const cells: string[] = []
      for (let at = column.offsets[row]; at < column.offsets[row + 1]; at++)
        cells.push(`${text(column.keys, at)} -> ${text(column.values, at)}`)
      return `{${cells.join(', ')}}`
    }
    case 'struct':
      return `{${column.children.map((child) => text(child, row)).join(', ')}}`
  }
}

function fixedText(type: DataType, value: number | bigint, timeZone: string): string {
  switch (type.kind) {
    case 'boolean':
      return value === 1 ? 'true' : 'false'
    case 'float':
      return formatFloat(value as number)
    case 'double':
      return formatDouble(value as number)
    case 'date':
      return formatDate(value as number)
    case 'timestamp':
      return formatTimestamp(value as bigint, timeZone)
    case 'timestamp_ntz':
      return formatTimestamp(value as bigint, 'UTC')
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'day-time-interval':
      return dayTimeIntervalSql(value as bigint, type)
    case 'year-month-interval':
      return yearMonthIntervalSql(value as number, type)
    default:
      return String(value)
  }
}

function hexText(bytes: Uint8Array): string {
  return `[${[...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`
}
