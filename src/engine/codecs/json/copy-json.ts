import { formatDouble } from '../../expressions/casts/format-values'
import {
  END_ARRAY,
  END_OBJECT,
  FALSE,
  FIELD_NAME,
  FLOAT,
  INT,
  JsonSyntaxError,
  NONE,
  NULL,
  START_ARRAY,
  START_OBJECT,
  STRING,
  TRUE,
} from './json-reader'
import type { JsonReader } from './json-reader'
import { quoteJson } from './quote-json'

/** The reader's current value as text: as it stands (`exact`), or written anew: no spaces, doubles as Java prints them. */
export function copyJson(reader: JsonReader, exact: boolean): string {
  if (exact) {
    const start = reader.tokenStart
    reader.skipChildren()
    return reader.text.slice(start, reader.position)
  }
  let text = ''
  let depth = 0
  let needsComma = false
  for (;;) {
    const { token } = reader
    const isEnd = token === END_OBJECT || token === END_ARRAY
    if (needsComma && !isEnd) text += ','
    needsComma = true
    switch (token) {
      case START_OBJECT:
      case START_ARRAY:
        text += token === START_OBJECT ? '{' : '['
        depth++
        needsComma = false
        break
      case END_OBJECT:
      case END_ARRAY:
        text += token === END_OBJECT ? '}' : ']'
        depth--
        break
      case FIELD_NAME:
        text += `${quoteJson(reader.getText())}:`
        needsComma = false
        break
      case STRING:
        text += quoteJson(checkedText(reader))
        break
      case FLOAT: {
        const value = doubleOf(reader.getText())
        text += Number.isFinite(value) ? formatDouble(value) : `"${formatDouble(value)}"`
        break
      }
      case INT:
        // Written through a number, and the integer zero has no sign.
        text += reader.getText() === '-0' ? '0' : reader.getText()
        break
      case TRUE:
      case FALSE:
      case NULL:
        text += reader.getText()
        break
      default:
        throw new JsonSyntaxError('unexpected end of input')
    }
    if (depth === 0) return text
    if (reader.nextToken() === NONE) throw new JsonSyntaxError('unexpected end of input')
  }
}

function checkedText(reader: JsonReader): string {
  const text = reader.getText()
  if (!text.isWellFormed()) throw new JsonSyntaxError('incomplete surrogate pair')
  return text
}

function doubleOf(text: string): number {
  if (text === 'NaN') return NaN
  if (text.endsWith('INF') || text.endsWith('Infinity')) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}
