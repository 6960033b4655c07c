import { create } from '@bufbuild/protobuf'
import type { Relation } from '../../protocol/spark-connect'
import { ReadSchema, Read_DataSourceSchema, Read_NamedTableSchema } from '../../protocol/spark-connect'
import { formatTimestamp, formatDate } from '../expressions/casts/format-values'
import { quoteIfNeeded } from '../types/type-names'
import type { Cursor } from './cursor'
import { identifierText } from './function-calls'
import { relation } from './messages'
import { identifierValue, stringValue } from './tokens'

/** Names of tables: `a.b`, delta.`/path`, IDENTIFIER(:name), with the version to read. */

const FILE_FORMATS = new Set(['delta', 'parquet', 'json', 'csv', 'text', 'orc', 'avro', 'binaryfile'])

export function tableName(cursor: Cursor): string[] {
  if (cursor.is('IDENTIFIER') && cursor.peek().key === '(') {
    const text = identifierText(cursor)
    if (text === null)
      throw cursor.refused('IDENTIFIER() of a computed name', 'Give the name as text or as a parameter.')
    return text.split('.').map((part) => part.replace(/^`(.*)`$/, '$1'))
  }
  return cursor.nameParts()
}

/** A table or path read at the version that stands behind its name. */
export function tableRead(cursor: Cursor, isStreaming = false): Relation {
  const parts = tableName(cursor)
  const options: Record<string, string> = {}
  const last = parts.length - 1
  const inPath = /@(v\d+|\d{17})$/i.exec(parts[last])
  if (inPath !== null && isPath(parts)) {
    parts[last] = parts[last].slice(0, inPath.index)
    Object.assign(options, atOption(inPath[1]))
  } else if (cursor.token.key === '@' && cursor.peek().start === cursor.token.end) {
    cursor.next()
    const { text } = cursor.next()
    if (!/^(v\d+|\d{17})$/i.test(text)) throw cursor.error(cursor.previous)
    Object.assign(options, atOption(text))
  }
  Object.assign(options, timeTravel(cursor))
  if (cursor.is('WITH') && cursor.peek().key === '(') {
    cursor.next()
    Object.assign(options, Object.fromEntries(cursor.list(() => property(cursor))))
  }
  return readOf(parts, options, isStreaming)
}

export function readOf(
  parts: readonly string[],
  options: Readonly<Record<string, string>> = {},
  isStreaming = false,
): Relation {
  const readType = isPath(parts)
    ? ({
        case: 'dataSource',
        value: create(Read_DataSourceSchema, { format: parts[0].toLowerCase(), paths: [parts[1]], options }),
      } as const)
    : ({
        case: 'namedTable',
        value: create(Read_NamedTableSchema, {
          unparsedIdentifier: parts.map(quoteIfNeeded).join('.'),
          options,
        }),
      } as const)
  return relation({ case: 'read', value: create(ReadSchema, { readType, isStreaming }) })
}

/** delta.`/lake/x`: a format and a path in place of a name. */
export function isPath(parts: readonly string[]): boolean {
  return parts.length === 2 && FILE_FORMATS.has(parts[0].toLowerCase()) && /[/:]/.test(parts[1])
}

function atOption(text: string): Record<string, string> {
  if (/^v/i.test(text)) return { versionAsOf: text.slice(1) }
  const [, year, month, day, hour, minute, second, milli] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(text)!
  return { timestampAsOf: `${year}-${month}-${day} ${hour}:${minute}:${second}.${milli}` }
}

const VERSION_WORDS = ['VERSION', 'SYSTEM_VERSION'] as const
const TIME_WORDS = ['TIMESTAMP', 'SYSTEM_TIME'] as const

/** `[FOR] VERSION AS OF 3`, `[FOR] TIMESTAMP AS OF '2024-01-01'`. */
export function timeTravel(cursor: Cursor): Record<string, string> {
  const start = cursor.position
  cursor.accept('FOR')
  for (const word of VERSION_WORDS) {
    if (!cursor.accept(word, 'AS', 'OF')) continue
    const { token } = cursor
    if (token.kind !== 'number' && token.kind !== 'string') throw cursor.error()
    cursor.next()
    return { versionAsOf: token.kind === 'string' ? token.text.slice(1, -1) : token.text }
  }
  for (const word of TIME_WORDS) if (cursor.accept(word, 'AS', 'OF')) return { timestampAsOf: timeText(cursor) }
  cursor.rewind(start)
  return {}
}

function timeText(cursor: Cursor): string {
  const { token } = cursor
  const kind = cursor.grammar.valueExpression(cursor).exprType
  const value = kind.case === 'literal' ? kind.value.literalType : null
  switch (value?.case) {
    case 'string':
      return value.value
    case 'date':
      return formatDate(value.value)
    case 'timestamp':
      return formatTimestamp(value.value, cursor.options.timeZone ?? 'UTC')
    default:
      throw cursor.refused(
        'TIMESTAMP AS OF with a computed time',
        "Write the time as text: TIMESTAMP AS OF '2024-01-31 10:00:00'.",
        token,
      )
  }
}

/** `'key' = 'value'`, `key.part = 1`, `key value`: text whatever the literal. */
export function property(cursor: Cursor): [string, string] {
  const key = propertyKey(cursor)
  if (!cursor.accept('=')) cursor.accept('==')
  const { token } = cursor
  if (token.key === ',' || token.key === ')') return [key, '']
  const sign = cursor.accept('-') ? '-' : ''
  if (cursor.token.kind === 'word') return [key, cursor.next().text.toLowerCase()]
  if (cursor.token.kind === 'number') return [key, `${sign}${cursor.next().text}`]
  return [key, stringText(cursor)]
}

export function propertyKey(cursor: Cursor): string {
  if (cursor.token.kind === 'string') return stringText(cursor)
  const parts = [cursor.name()]
  while (cursor.accept('.')) parts.push(identifierValue(cursor.next()))
  return parts.join('.')
}

/** A string literal as its value. */
export function stringText(cursor: Cursor): string {
  cursor.want('string')
  if (cursor.token.kind !== 'string') throw cursor.error()
  let value = ''
  while (cursor.peek(0).kind === 'string') value += stringValue(cursor.next().text)
  return value
}
