import type { Column, DataType } from '../../protocol/columns'
import {
  BytesBuilder,
  Decimal128Builder,
  FixedBuilder,
  ListBuilder,
  MapBuilder,
  StructBuilder,
  builderOf,
  decimal128At,
} from '../batch/builders'
import type { ColumnBuilder } from '../batch/builders'

/**
 * One value as row functions see it: boolean boolean · byte..int, date, year-month interval, float, double number ·
 * long, timestamps, day-time interval bigint · decimal bigint (unscaled) · string string · binary Uint8Array ·
 * array Value[] · struct Value[] by position · map [key, value][].
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[]

export type Reader = (row: number) => Value

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const SHORT_TEXT_BYTES = 24

/** UTF-8 bytes as text. Short ASCII, the common case, does not pay for a TextDecoder call. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_TEXT_BYTES) {
    let text = ''
    let at = start
    for (; at < end && bytes[at] < 128; at++) text += String.fromCharCode(bytes[at])
    if (at === end) return text
  }
  const view = bytes.subarray(start, end)
  // TextDecoder refuses views on shared memory.
  return decoder.decode(view.buffer instanceof ArrayBuffer ? view : view.slice())
}

/** Reads rows of a column as values; NULL is null. */
export function readerOf(column: Column): Reader {
  if (column.layout === 'void') return () => null
  const read = valueReader(column)
  const { validity } = column
  return validity === null ? read : (row) => (validity[row] === 0 ? null : read(row))
}

function valueReader(column: Exclude<Column, { layout: 'void' }>): Reader {
  switch (column.layout) {
    case 'fixed': {
      const { values } = column
      return column.type.kind === 'boolean' ? (row) => values[row] === 1 : (row) => values[row]
    }
    case 'decimal128':
      return (row) => decimal128At(column.values, row)
    case 'bytes': {
      const { offsets, bytes } = column
      if (column.type.kind === 'binary') return (row) => bytes.subarray(offsets[row], offsets[row + 1])
      return (row) => decodeText(bytes, offsets[row], offsets[row + 1])
    }
    case 'dictionary': {
      const { codes } = column
      const { length } = column.dictionary
      const read = readerOf(column.dictionary)
      const texts = new Array<Value>(length)
      return (row) => (texts[codes[row]] ??= read(codes[row]))
    }
    case 'list': {
      const { offsets } = column
      const child = readerOf(column.child)
      return (row) => {
        const values: Value[] = []
        for (let i = offsets[row]; i < offsets[row + 1]; i++) values.push(child(i))
        return values
      }
    }
    case 'map': {
      const { offsets } = column
      const keys = readerOf(column.keys)
      const values = readerOf(column.values)
      return (row) => {
        const entries: Value[] = []
        for (let i = offsets[row]; i < offsets[row + 1]; i++) entries.push([keys(i), values(i)])
        return entries
      }
    }
    case 'struct': {
      const children = column.children.map(readerOf)
      return (row) => children.map((child) => child(row))
    }
  }
}

/** Appends values of the `Value` shapes to a builder. */
export function appenderOf(builder: ColumnBuilder): (value: Value) => void {
  if (builder instanceof FixedBuilder) {
    if (builder.type.kind === 'boolean')
      return (value) => (value === null ? builder.appendNull() : builder.append(value ? 1 : 0))
    return (value) => (value === null ? builder.appendNull() : builder.append(value as number | bigint))
  }
  if (builder instanceof BytesBuilder) {
    return (value) => {
      if (value === null) builder.appendNull()
      else if (typeof value === 'string') builder.appendString(value)
      else builder.appendBytes(value as Uint8Array)
    }
  }
  if (builder instanceof Decimal128Builder) {
    return (value) => (value === null ? builder.appendNull() : builder.append(value as bigint))
  }
  if (builder instanceof ListBuilder) {
    const append = appenderOf(builder.child)
    return (value) => {
      if (value === null) return builder.appendNull()
      for (const element of value as readonly Value[]) append(element)
      builder.endRow()
    }
  }
  if (builder instanceof MapBuilder) {
    const appendKey = appenderOf(builder.keys)
    const appendEntry = appenderOf(builder.values)
    return (value) => {
      if (value === null) return builder.appendNull()
      for (const entry of value as readonly (readonly Value[])[]) {
        appendKey(entry[0])
        appendEntry(entry[1])
      }
      builder.endRow()
    }
  }
  if (builder instanceof StructBuilder) {
    const appends = builder.children.map(appenderOf)
    return (value) => {
      if (value === null) return builder.appendNull()
      appends.forEach((append, i) => append((value as readonly Value[])[i]))
      builder.endRow()
    }
  }
  return () => builder.appendNull()
}

/** A column of `length` rows computed row by row. */
export function columnOfRows(type: DataType, length: number, valueAt: (row: number) => Value): Column {
  const builder = builderOf(type)
  const append = appenderOf(builder)
  for (let row = 0; row < length; row++) append(valueAt(row))
  return builder.finish()
}

/** The same value in every row. */
export function constantColumn(type: DataType, value: Value, length: number): Column {
  const { kind } = type
  if (value !== null && kind === 'string') {
    const dictionary = columnOfRows(type, 1, () => value)
    if (dictionary.layout === 'bytes')
      return { layout: 'dictionary', type, length, validity: null, codes: new Int32Array(length), dictionary }
  }
  return columnOfRows(type, length, () => value)
}
