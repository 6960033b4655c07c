import type { ArrayType, DataType, MapType, StructType } from '../../../protocol/columns'
import { atomicConverter, isNullToken, JsonConversionError, mismatch, wellFormed } from './convert-token'
import type { JsonReadOptions } from './json-options'
import { END_ARRAY, END_OBJECT, FIELD_NAME, JsonReader, NONE, START_ARRAY, START_OBJECT } from './json-reader'
import type { Token } from './json-reader'

export type JsonOptions = JsonReadOptions

/** A struct value: by field position, undefined = NULL. A map value: entries in order of appearance, keys may repeat. */
export type StructValue = unknown[]
export type MapValue = { readonly keys: string[]; readonly values: unknown[] }

/** `rows` as far as they could be saved; `isMalformed` when something was lost. */
export type SlowResult = {
  readonly rows: readonly (StructValue | null)[]
  readonly isMalformed: boolean
  readonly isArrayOfStructs?: boolean
}

/** Thrown up with what a nested value still is, so that its siblings survive. */
class PartialValue extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('partial value')
    this.value = value
  }
}

/** The reader's refusal of an array where a struct stands alone: FAILFAST has words of its own for it. */
export class ArrayForStruct extends Error {}

type Converter = (reader: JsonReader) => unknown

/**
 * The exact parser: one text at a time, every rule of Spark's reader, what it saves of malformed records included.
 * A struct schema gives struct values; an array or map schema gives rows of one value. No row for a blank text.
 */
export function compileSlowParser(
  schema: StructType | ArrayType | MapType,
  options: JsonOptions,
): (text: string) => SlowResult {
  const root =
    schema.kind === 'struct'
      ? structRoot(schema, options)
      : schema.kind === 'array'
        ? arrayRoot(schema, options)
        : mapRoot(schema, options)
  return (text) => {
    try {
      const reader = new JsonReader(text, options)
      if (reader.nextToken() === NONE) return { rows: [], isMalformed: false }
      return root(reader)
    } catch (error) {
      if (error instanceof PartialValue)
        return { rows: [schema.kind === 'struct' ? (error.value as StructValue) : [error.value]], isMalformed: true }
      if (error instanceof ArrayForStruct) return { rows: [null], isMalformed: true, isArrayOfStructs: true }
      if (error instanceof PartialRows) return { rows: error.rows, isMalformed: true }
      return { rows: [null], isMalformed: true }
    }
  }
}

class PartialRows extends Error {
  readonly rows: StructValue[]
  constructor(rows: StructValue[]) {
    super('partial rows')
    this.rows = rows
  }
}

function structRoot(schema: StructType, options: JsonOptions): (reader: JsonReader) => SlowResult {
  const read = objectReader(schema, options)
  const element = converterOf(schema, options)
  return (reader) => {
    if (reader.token === START_OBJECT) return { rows: [read(reader)], isMalformed: false }
    if (reader.token !== START_ARRAY) return mismatch(schema)
    if (!options.allowArrayAsStructs) throw new ArrayForStruct()
    const rows: StructValue[] = []
    let isPartial = false
    while (until(reader, END_ARRAY)) {
      try {
        const row = element(reader)
        if (row === null) throw new JsonConversionError('a row is null')
        rows.push(row as StructValue)
      } catch (error) {
        if (!(error instanceof PartialValue)) throw error
        isPartial = true
        rows.push(error.value as StructValue)
      }
    }
    if (isPartial) throw new PartialRows(rows)
    return { rows, isMalformed: false }
  }
}

function arrayRoot(schema: ArrayType, options: JsonOptions): (reader: JsonReader) => SlowResult {
  const element = converterOf(schema.elementType, options)
  const single = schema.elementType.kind === 'struct' ? objectReader(schema.elementType, options) : null
  return (reader) => {
    if (reader.token === START_ARRAY) return { rows: [[readArray(reader, element)]], isMalformed: false }
    // One object stands for an array of one.
    if (reader.token !== START_OBJECT || single === null) return mismatch(schema)
    try {
      return { rows: [[[single(reader)]]], isMalformed: false }
    } catch (error) {
      throw error instanceof PartialValue ? new PartialValue([error.value]) : error
    }
  }
}

function mapRoot(schema: MapType, options: JsonOptions): (reader: JsonReader) => SlowResult {
  const value = converterOf(schema.valueType, options)
  return (reader) =>
    reader.token === START_OBJECT ? { rows: [[readMap(reader, value)]], isMalformed: false } : mismatch(schema)
}

/** Value of the current token, or of the one after a field name; null for NULL. */
function converterOf(type: DataType, options: JsonOptions): Converter {
  const convert = tokenConverterOf(type, options)
  return (reader) => {
    while (reader.token === FIELD_NAME) reader.nextToken()
    return isNullToken(reader.token) ? null : convert(reader, reader.token)
  }
}

function tokenConverterOf(type: DataType, options: JsonOptions): (reader: JsonReader, token: Token) => unknown {
  switch (type.kind) {
    case 'struct': {
      const read = objectReader(type, options)
      return (reader, token) => (token === START_OBJECT ? read(reader) : mismatch(type))
    }
    case 'array': {
      const element = converterOf(type.elementType, options)
      return (reader, token) => (token === START_ARRAY ? readArray(reader, element) : mismatch(type))
    }
    case 'map': {
      const value = converterOf(type.valueType, options)
      return (reader, token) => (token === START_OBJECT ? readMap(reader, value) : mismatch(type))
    }
    default:
      return atomicConverter(type, options)
  }
}

function objectReader(schema: StructType, options: JsonOptions): (reader: JsonReader) => StructValue {
  const converters = schema.fields.map((field) => converterOf(field.type, options))
  // Of fields with one name the last counts.
  const positions = new Map(schema.fields.map((field, i) => [field.name, i]))
  return (reader) => {
    const row: StructValue = new Array<unknown>(converters.length).fill(null)
    let isPartial = false
    while (until(reader, END_OBJECT)) {
      const name = reader.currentName
      const position = name === null ? undefined : positions.get(name)
      if (position === undefined) {
        reader.skipChildren()
        continue
      }
      try {
        row[position] = converters[position](reader)
      } catch (error) {
        isPartial = true
        if (error instanceof PartialValue) row[position] = error.value
        else reader.skipChildren()
      }
    }
    if (isPartial) throw new PartialValue(row)
    return row
  }
}

function readArray(reader: JsonReader, element: Converter): unknown[] {
  const values: unknown[] = []
  let isPartial = false
  while (until(reader, END_ARRAY)) {
    try {
      values.push(element(reader))
    } catch (error) {
      if (!(error instanceof PartialValue)) throw error
      isPartial = true
      values.push(error.value)
    }
  }
  if (isPartial) throw new PartialValue(values)
  return values
}

function readMap(reader: JsonReader, value: Converter): MapValue {
  const map: MapValue = { keys: [], values: [] }
  let isPartial = false
  while (until(reader, END_OBJECT)) {
    map.keys.push(wellFormed(reader.currentName ?? ''))
    try {
      map.values.push(value(reader))
    } catch (error) {
      isPartial = true
      if (error instanceof PartialValue) map.values.push(error.value)
      else reader.skipChildren()
    }
  }
  if (map.keys.length !== map.values.length) throw new JsonConversionError('a map lost a value')
  if (isPartial) throw new PartialValue(map)
  return map
}

/** Moves on; false at the end token and where tokens run out. */
function until(reader: JsonReader, end: Token): boolean {
  const token = reader.nextToken()
  return token !== end && token !== NONE
}
