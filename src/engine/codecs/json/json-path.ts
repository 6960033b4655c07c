import type { BytesColumn, Column } from '../../../protocol/columns'
import { BytesBuilder } from '../../batch/builders'
import { plainColumn } from '../../batch/dictionary'
import { sqlName } from '../../types/type-names'
import { copyJson } from './copy-json'
import { wellFormed } from './convert-token'
import { decodeJavaUtf8 } from './decode-java-utf8'
import { canonical, typeOfJson } from './infer-schema'
import { jsonReadOptions } from './json-options'
import type { JsonReadOptions } from './json-options'
import {
  END_ARRAY,
  END_OBJECT,
  JsonReader,
  JsonSyntaxError,
  NONE,
  NULL,
  START_ARRAY,
  START_OBJECT,
  STRING,
} from './json-reader'

type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' }
export type JsonPath = readonly Step[]

/** `$.a['b c'][0][*]`; null when it is no path (get_json_object is NULL then). `.*` stands for nothing, as in Spark. */
export function parseJsonPath(text: string): JsonPath | null {
  if (text[0] !== '$') return null
  const steps: Step[] = []
  const step = /\s*(?:\.\s*([^.[\]]+)|\['([^'?]+)'\]|\[(\d+)\]|\[\*\])/y
  for (step.lastIndex = 1; step.lastIndex < text.length;) {
    const match = step.exec(text)
    if (match === null) return null
    const [, dotted, quoted, index] = match
    if (dotted === '*') return null
    if (index !== undefined) steps.push({ kind: 'index', index: Number(index) })
    else if ((dotted ?? quoted) !== undefined) steps.push({ kind: 'name', name: dotted ?? quoted })
    else steps.push({ kind: 'every' })
  }
  return steps
}

const DIALECT = jsonReadOptions({})

/** get_json_object: strings as they are, everything else as JSON; NULL where nothing is, and for text that is no JSON. */
export function getJsonObject(input: Column, path: JsonPath | null): BytesColumn {
  return mapTexts(input, (text) => (path === null ? null : evaluate(text, path)))
}

/** json_tuple: one column a field name, of the top-level object; all NULL when the text is no object. */
export function jsonTuple(input: Column, names: readonly string[]): BytesColumn[] {
  const { length } = input
  const plain = plainColumn(input)
  const builders = names.map(() => new BytesBuilder({ kind: 'string' }))
  for (let row = 0; row < length; row++) {
    const values = isNull(plain, row) ? null : fieldsOf(textAt(plain, row), names)
    builders.forEach((builder, i) => {
      const value = values?.[i] ?? null
      if (value === null) builder.appendNull()
      else builder.appendString(value)
    })
  }
  return builders.map((builder) => builder.finish())
}

/** schema_of_json: the type's SQL name. Throws JsonSyntaxError for text that is no JSON. */
export function schemaOfJson(text: string, options: JsonReadOptions = DIALECT): string {
  const type = typeOfJson(text, options)
  return sqlName(
    canonical(type, options) ?? (type.kind === 'struct' ? { kind: 'struct', fields: [] } : { kind: 'string' }),
  )
}

/** json_array_length of one text: null when it is no array. */
export function jsonArrayLength(text: string): number | null {
  return guarded(text, (reader) => {
    if (reader.token !== START_ARRAY) return null
    let length = 0
    while (reader.nextToken() !== END_ARRAY) {
      length++
      reader.skipChildren()
    }
    return length
  })
}

/** json_object_keys of one text: null when it is no object. */
export function jsonObjectKeys(text: string): string[] | null {
  return guarded(text, (reader) => {
    if (reader.token !== START_OBJECT) return null
    const keys: string[] = []
    while (reader.nextToken() !== END_OBJECT) {
      keys.push(wellFormed(reader.currentName ?? ''))
      reader.nextToken()
      reader.skipChildren()
    }
    return keys
  })
}

function evaluate(text: string, path: JsonPath): string | null {
  return guarded(text, (reader) => {
    const out: Output = { text: '' }
    return walk(reader, path, 0, 'raw', out) ? wellFormed(out.text) : null
  })
}

type Style = 'raw' | 'quoted' | 'flat'
type Output = { text: string }

/** Writes what the path finds below the current token; true when there was something. */
function walk(reader: JsonReader, path: JsonPath, at: number, style: Style, out: Output): boolean {
  const step = path[at]
  if (step === undefined) {
    if (reader.token === STRING && style === 'raw') out.text += reader.getText()
    else if (reader.token === START_ARRAY && style === 'flat')
      return each(reader, () => walk(reader, path, at, 'flat', out)) > 0
    else append(out, copyJson(reader, false))
    return true
  }
  if (reader.token === START_OBJECT && step.kind === 'name') {
    let isFound = false
    while (reader.nextToken() !== END_OBJECT) {
      const isMatch = !isFound && reader.currentName === step.name
      const token = reader.nextToken()
      if (isMatch && token !== NULL) isFound = walk(reader, path, at + 1, style, out)
      else reader.skipChildren()
    }
    return isFound
  }
  if (reader.token === START_ARRAY && step.kind === 'index') return walkIndex(reader, path, at, step.index, style, out)
  if (reader.token === START_ARRAY && step.kind === 'every') return walkEvery(reader, path, at, style, out)
  reader.skipChildren()
  return false
}

function walkIndex(reader: JsonReader, path: JsonPath, at: number, index: number, style: Style, out: Output): boolean {
  // Before a `[*]` the element's own list is always shown as a list.
  const inner = path[at + 1]?.kind === 'every' ? 'quoted' : style
  let isFound = false
  let position = 0
  each(reader, () => {
    if (position++ === index) isFound = walk(reader, path, at + 1, inner, out)
    else reader.skipChildren()
    return false
  })
  return isFound
}

function walkEvery(reader: JsonReader, path: JsonPath, at: number, style: Style, out: Output): boolean {
  const inner: Output = { text: '' }
  // Two `[*]` in a row give one flat list.
  if (path[at + 1]?.kind === 'every') {
    const found = each(reader, () => walk(reader, path, at + 2, 'flat', inner))
    append(out, `[${inner.text}]`)
    return found > 0
  }
  const found = each(reader, () => walk(reader, path, at + 1, style === 'raw' ? 'quoted' : style, inner))
  if (style === 'quoted') append(out, `[${inner.text}]`)
  else if (found > 0) append(out, found === 1 ? inner.text : `[${inner.text}]`)
  return found > 0
}

/** Runs `visit` at each element; how often it found something. */
function each(reader: JsonReader, visit: () => boolean): number {
  let found = 0
  while (reader.nextToken() !== END_ARRAY) {
    if (reader.token === NONE) break
    if (visit()) found++
  }
  return found
}

function append(out: Output, json: string): void {
  out.text += out.text === '' ? json : `,${json}`
}

function fieldsOf(text: string, names: readonly string[]): (string | null)[] | null {
  return guarded(text, (reader) => {
    if (reader.token !== START_OBJECT) return null
    const values: (string | null)[] = names.map(() => null)
    while (reader.nextToken() !== END_OBJECT) {
      const name = reader.currentName
      const token = reader.nextToken()
      const i = names.indexOf(name ?? '')
      if (i < 0) reader.skipChildren()
      else if (token !== NULL) {
        const value = token === STRING ? reader.getText() : copyJson(reader, false)
        names.forEach((other, k) => {
          if (other === name) values[k] = wellFormed(value)
        })
      }
    }
    return values
  })
}

/** Null for blank text and for text that is no JSON as far as it was read. */
function guarded<T>(text: string, read: (reader: JsonReader) => T | null): T | null {
  try {
    const reader = new JsonReader(text, DIALECT)
    return reader.nextToken() === NONE ? null : read(reader)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null
    throw error
  }
}

function mapTexts(input: Column, map: (text: string) => string | null): BytesColumn {
  const plain = plainColumn(input)
  const builder = new BytesBuilder({ kind: 'string' })
  for (let row = 0; row < plain.length; row++) {
    const value = isNull(plain, row) ? null : map(textAt(plain, row))
    if (value === null) builder.appendNull()
    else builder.appendString(value)
  }
  return builder.finish()
}

function textAt(column: BytesColumn, row: number): string {
  return decodeJavaUtf8(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
}

function isNull(column: BytesColumn, row: number): boolean {
  return column.validity !== null && column.validity[row] === 0
}
