import type { BytesColumn, Column } from '../../../protocol/columns'
import { BytesBuilder, decimal128At } from '../../batch/builders'
import { valueAt } from '../../batch/to-values'
import {
  formatDate,
  formatDecimalSql,
  formatDouble,
  formatFloat,
  pad2,
  splitMicros,
} from '../../expressions/casts/format-values'
import { dayTimeIntervalSql, yearMonthIntervalSql } from '../../expressions/casts/intervals'
import { offsetMicrosAt } from '../../expressions/time-zone'
import { encodeBase64 } from './base64'
import { compileDatetimePattern } from './datetime-pattern'
import { quoteJson } from './quote-json'

export type JsonWriteOptions = {
  readonly timeZone: string
  readonly timestampFormat: string | null
  readonly timestampNtzFormat: string | null
  readonly dateFormat: string | null
  /** Leaves out NULL fields of structs; elements and map values stay. */
  readonly ignoreNullFields: boolean
  readonly pretty: boolean
}

/** Options of to_json and of JSON writers, keys in any case. */
export function jsonWriteOptions(options: Readonly<Record<string, string>>, timeZone = 'UTC'): JsonWriteOptions {
  const lower = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    timeZone: lower.get('timezone') ?? timeZone,
    timestampFormat: lower.get('timestampformat') ?? null,
    timestampNtzFormat: lower.get('timestampntzformat') ?? null,
    dateFormat: lower.get('dateformat') ?? null,
    ignoreNullFields: (lower.get('ignorenullfields') ?? 'true').toLowerCase() === 'true',
    pretty: (lower.get('pretty') ?? 'false').toLowerCase() === 'true',
  }
}

/** to_json: one text a row, NULL for NULL. Structs, maps and arrays at the root. */
export function writeJson(column: Column, options: JsonWriteOptions): BytesColumn {
  const write = writerOf(column, options, options.pretty ? '\n' : '')
  const builder = new BytesBuilder({ kind: 'string' }, column.length * 64)
  for (let row = 0; row < column.length; row++) {
    if (isNull(column, row)) builder.appendNull()
    else builder.appendString(write(row))
  }
  return builder.finish()
}

type RowWriter = (row: number) => string

/** Text of a row that is not NULL. `newline` is empty, or the line break and indent of this depth. */
function writerOf(column: Column, options: JsonWriteOptions, newline: string): RowWriter {
  switch (column.layout) {
    case 'struct': {
      const inner = newline === '' ? '' : `${newline}  `
      const colon = newline === '' ? ':' : ' : '
      const fields = column.children.map((child, i) => ({
        child,
        name: inner + quoteJson(column.type.fields[i].name) + colon,
        write: writerOf(child, options, inner),
      }))
      return (row) => {
        let text = ''
        for (const { child, name, write } of fields) {
          const isMissing = isNull(child, row)
          if (isMissing && options.ignoreNullFields) continue
          text += `${text === '' ? '' : ','}${name}${isMissing ? 'null' : write(row)}`
        }
        return text === '' ? (newline === '' ? '{}' : '{ }') : `{${text}${newline}}`
      }
    }
    case 'list': {
      const write = writerOf(column.child, options, newline)
      const [open, comma, close] = newline === '' ? ['[', ',', ']'] : ['[ ', ', ', ' ]']
      return (row) => {
        const parts: string[] = []
        for (let i = column.offsets[row]; i < column.offsets[row + 1]; i++)
          parts.push(isNull(column.child, i) ? 'null' : write(i))
        return parts.length === 0
          ? `${open.trim()}${newline === '' ? '' : ' '}${close.trim()}`
          : `${open}${parts.join(comma)}${close}`
      }
    }
    case 'map': {
      const inner = newline === '' ? '' : `${newline}  `
      const colon = newline === '' ? ':' : ' : '
      const write = writerOf(column.values, options, inner)
      return (row) => {
        const parts: string[] = []
        for (let i = column.offsets[row]; i < column.offsets[row + 1]; i++) {
          parts.push(
            `${inner}${quoteJson(keyText(column.keys, i))}${colon}${isNull(column.values, i) ? 'null' : write(i)}`,
          )
        }
        return parts.length === 0 ? (newline === '' ? '{}' : '{ }') : `{${parts.join(',')}${newline}}`
      }
    }
    default:
      return atomicWriter(column, options)
  }
}

function atomicWriter(column: Column, options: JsonWriteOptions): RowWriter {
  const { type } = column
  const valueOf = (row: number) => (column.layout === 'fixed' ? column.values[row] : valueAt(column, row))
  switch (type.kind) {
    case 'string': {
      if (column.layout !== 'dictionary') return (row) => quoteJson(valueOf(row) as string)
      const entries = column.dictionary
      const quoted: string[] = []
      return (row) => (quoted[column.codes[row]] ??= quoteJson(valueAt(entries, column.codes[row]) as string))
    }
    case 'boolean':
      return (row) => (valueOf(row) === 1 ? 'true' : 'false')
    case 'double':
      return (row) => numberText(valueOf(row) as number, formatDouble)
    case 'float':
      return (row) => numberText(valueOf(row) as number, formatFloat)
    case 'decimal':
      return (row) =>
        formatDecimalSql(
          column.layout === 'decimal128' ? decimal128At(column.values, row) : (valueOf(row) as bigint),
          type.scale,
        )
    case 'binary':
      return (row) => `"${encodeBase64(valueOf(row) as Uint8Array)}"`
    case 'date': {
      const pattern = options.dateFormat === null ? null : compileDatetimePattern(options.dateFormat)
      return (row) => {
        const days = valueOf(row) as number
        return quoteJson(pattern === null ? formatDate(days) : pattern.format(BigInt(days) * 86_400_000_000n, 'UTC'))
      }
    }
    case 'timestamp': {
      const pattern = options.timestampFormat === null ? null : compileDatetimePattern(options.timestampFormat)
      return (row) => {
        const micros = valueOf(row) as bigint
        return quoteJson(
          pattern === null ? isoTimestamp(micros, options.timeZone) : pattern.format(micros, options.timeZone),
        )
      }
    }
    case 'timestamp_ntz': {
      const pattern = options.timestampNtzFormat === null ? null : compileDatetimePattern(options.timestampNtzFormat)
      return (row) => {
        const micros = valueOf(row) as bigint
        return quoteJson(pattern === null ? isoLocal(micros) : pattern.format(micros, 'UTC'))
      }
    }
    case 'day-time-interval':
      return (row) => quoteJson(dayTimeIntervalSql(valueOf(row) as bigint, type))
    case 'year-month-interval':
      return (row) => quoteJson(yearMonthIntervalSql(valueOf(row) as number, type))
    default:
      return (row) => String(valueOf(row))
  }
}

function numberText(value: number, format: (value: number) => string): string {
  return Number.isFinite(value) ? format(value) : `"${format(value)}"`
}

/** `2024-01-02T03:04:05.123Z`: milliseconds always, micros cut. */
function isoTimestamp(micros: bigint, timeZone: string): string {
  const offset = offsetMicrosAt(timeZone, micros)
  const minutes = Number(offset / 60_000_000n)
  const size = Math.abs(minutes)
  const zone = minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${pad2(Math.floor(size / 60))}:${pad2(size % 60)}`
  return isoLocal(micros + offset) + zone
}

function isoLocal(local: bigint): string {
  const { days, microsOfDay } = splitMicros(local)
  const seconds = Math.floor(microsOfDay / 1_000_000)
  const millis = String(Math.floor(microsOfDay / 1000) % 1000).padStart(3, '0')
  return `${formatDate(days)}T${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}.${millis}`
}

function keyText(keys: Column, row: number): string {
  const value = valueAt(keys, row)
  return typeof value === 'number' && keys.type.kind === 'double' ? formatDouble(value) : String(value)
}

function isNull(column: Column, row: number): boolean {
  return column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)
}
