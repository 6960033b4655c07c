import { columnFromValues } from '../engine/batch/from-values'
import { valueAt } from '../engine/batch/to-values'
import type { Column, DataType } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'
import { civilDate, daysOfCivil, isoTimestamp, parseTimestampMicros } from './time-text'

/** A partition column's value as the log writes it: text, or null (the empty string counts as NULL). */
export function partitionText(column: Column, row: number): string | null {
  const value = valueAt(column, row)
  if (value === null) return null
  switch (column.type.kind) {
    case 'date':
      return civilDate(Number(value))
    case 'timestamp':
      return `${isoTimestamp(value as bigint, 6)}Z`
    case 'timestamp_ntz':
      return isoTimestamp(value as bigint, 6).replace('T', ' ')
    case 'float':
    case 'double':
      return javaDouble(value as number)
    case 'binary':
      return new TextDecoder('latin1').decode(value as Uint8Array)
    case 'array':
    case 'map':
    case 'struct':
      throw internalError(`A column of type ${column.type.kind} cannot partition a table.`)
    default: {
      const text = `${value as string | number | bigint | boolean}`
      return text === '' ? null : text
    }
  }
}

/** A column that repeats a file's partition value `length` times. */
export function partitionColumn(type: DataType, text: string | null, length: number): Column {
  const value = text === null || text === '' ? null : partitionValue(type, text)
  return columnFromValues(type, new Array<unknown>(length).fill(value))
}

function partitionValue(type: DataType, text: string): unknown {
  switch (type.kind) {
    case 'boolean':
      return text.toLowerCase() === 'true'
    case 'date':
      return daysOfCivil(text)
    case 'timestamp':
    case 'timestamp_ntz':
      return parseTimestampMicros(text)
    case 'long':
      return BigInt(text)
    case 'binary':
      return Uint8Array.from(text, (char) => char.charCodeAt(0))
    case 'float':
    case 'double':
      return text === '-Infinity' ? -Infinity : text === 'Infinity' ? Infinity : Number(text)
    case 'byte':
    case 'short':
    case 'integer':
      return Number(text)
    default:
      return text
  }
}

const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__'

/** `day=2024-01-01`, with Hive's escapes: the folder's real name on disk. */
export function partitionFolder(name: string, value: string | null, type: DataType): string {
  // Folders show local wall time; the exact instant stands in the log.
  const shown = value !== null && type.kind === 'timestamp' ? folderTimestamp(value) : value
  return `${hiveEscape(name)}=${shown === null ? HIVE_NULL : hiveEscape(shown)}`
}

function folderTimestamp(text: string): string {
  return text
    .replace('T', ' ')
    .replace(/Z$/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

const ESCAPED = new Set(Array.from('"#%\'*/:=?\\\u007f{[]^'))

function hiveEscape(text: string): string {
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0)!
    out += code < 0x20 || ESCAPED.has(char) ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : char
  }
  return out
}

/** The log's form of a relative path: URI encoded, slashes kept. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/').replaceAll('%3D', '=')
}

/** A file's place in the workspace, from the log's form. */
export function resolvePath(table: string, logged: string): string {
  const path = decodeURIComponent(logged)
  const local = path.replace(/^file:\/*/, '/')
  return local.startsWith('/') ? local : `${table}/${path}`
}

/** A double as Java prints it: `1.0`, `1.0E10`, `1.2345678E7`. */
export function javaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [mantissa, exponent] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}
