import * as arrow from 'apache-arrow'
import type { Batch, Column, DataType, MapType } from '../../protocol/columns'

/** Batches of one schema as one Arrow IPC stream, the form Spark Connect wants for a LocalRelation. Every column gets buffers of its own. */
export function arrowStream(batches: readonly Batch[]): Uint8Array {
  const fields = batches[0].schema.fields.map(
    (field) => new arrow.Field(field.name, arrowType(field.type), field.nullable),
  )
  const schema = new arrow.Schema(fields)
  const recordBatches = batches.map((batch) => {
    const children = batch.columns.map((column) => arrowData(column, batch.numRows))
    const data = arrow.makeData({ type: new arrow.Struct(fields), length: batch.numRows, nullCount: 0, children })
    return new arrow.RecordBatch(schema, data)
  })
  return arrow.tableToIPC(new arrow.Table(schema, recordBatches), 'stream')
}

function arrowType(type: DataType): arrow.DataType {
  switch (type.kind) {
    case 'void':
      return new arrow.Null()
    case 'boolean':
      return new arrow.Bool()
    case 'byte':
      return new arrow.Int8()
    case 'short':
      return new arrow.Int16()
    case 'integer':
      return new arrow.Int32()
    case 'long':
      return new arrow.Int64()
    case 'float':
      return new arrow.Float32()
    case 'double':
      return new arrow.Float64()
    case 'string':
      return new arrow.Utf8()
    case 'binary':
      return new arrow.Binary()
    case 'date':
      return new arrow.DateDay()
    case 'timestamp':
      return new arrow.TimestampMicrosecond('UTC')
    case 'timestamp_ntz':
      return new arrow.TimestampMicrosecond(null)
    case 'decimal':
      return new arrow.Decimal(type.scale, type.precision, 128)
    case 'day-time-interval':
      return new arrow.DurationMicrosecond()
    case 'year-month-interval':
      return new arrow.IntervalYearMonth()
    case 'array':
      return new arrow.List(new arrow.Field('element', arrowType(type.elementType), type.containsNull))
    case 'map':
      return new arrow.Map_(new arrow.Field('entries', arrowEntry(type) as never, false))
    case 'struct':
      return new arrow.Struct(
        type.fields.map((field) => new arrow.Field(field.name, arrowType(field.type), field.nullable)),
      )
  }
}

function arrowEntry(type: MapType): arrow.Struct {
  return new arrow.Struct([
    new arrow.Field('key', arrowType(type.keyType), false),
    new arrow.Field('value', arrowType(type.valueType), type.valueContainsNull),
  ])
}

function arrowData(column: Column, length: number): arrow.Data {
  const type = arrowType(column.type)
  const nullBitmap = column.validity === null ? undefined : bitmap(column.validity, length)
  const nullCount =
    column.validity === null ? 0 : length - column.validity.subarray(0, length).reduce((sum, one) => sum + one, 0)
  const shared = { type, length, nullCount, nullBitmap }
  switch (column.layout) {
    case 'void':
      return make({ type, length })
    case 'fixed': {
      if (column.type.kind === 'boolean') return make({ ...shared, data: bitmap(column.values as Uint8Array, length) })
      if (column.type.kind === 'decimal') return make({ ...shared, data: wide(column.values as BigInt64Array, length) })
      return make({ ...shared, data: column.values.slice(0, length) })
    }
    case 'decimal128':
      return make({ ...shared, data: new Uint32Array(column.values.slice(0, 2 * length).buffer) })
    case 'bytes':
      return make({
        ...shared,
        ...ownOffsets(column.offsets, length, (from, until) => ({ data: column.bytes.slice(from, until) })),
      })
    case 'dictionary':
      return arrowData(plainStrings(column, length), length)
    case 'list':
      return make({
        ...shared,
        ...ownOffsets(column.offsets, length, (from, until) => ({ child: childData(column.child, from, until) })),
      })
    case 'map':
      return make({
        ...shared,
        ...ownOffsets(column.offsets, length, (from, until) => ({
          child: arrow.makeData({
            type: arrowEntry(column.type),
            length: until - from,
            nullCount: 0,
            children: [childData(column.keys, from, until), childData(column.values, from, until)],
          } as never),
        })),
      })
    case 'struct':
      return make({ ...shared, children: column.children.map((child) => arrowData(child, length)) })
  }
}

/** `makeData` is overloaded per type; the layouts above are what each overload asks for. */
function make(properties: object): arrow.Data {
  return arrow.makeData(properties as never)
}

function childData(child: Column, from: number, until: number): arrow.Data {
  const data = arrowData(child, until)
  return from === 0 ? data : data.slice(from, until - from)
}

/** Offsets from zero, and what they point into, cut to match. */
function ownOffsets<T>(
  offsets: Int32Array,
  length: number,
  cut: (from: number, until: number) => T,
): { valueOffsets: Int32Array } & T {
  const from = offsets[0]
  return { valueOffsets: offsets.slice(0, length + 1).map((offset) => offset - from), ...cut(from, offsets[length]) }
}

function plainStrings(column: Extract<Column, { layout: 'dictionary' }>, length: number): Column {
  const { codes, dictionary } = column
  const offsets = new Int32Array(length + 1)
  const isValue = (row: number) => column.validity === null || column.validity[row] === 1
  const sizeOf = (row: number) =>
    isValue(row) ? dictionary.offsets[codes[row] + 1] - dictionary.offsets[codes[row]] : 0
  for (let row = 0; row < length; row++) offsets[row + 1] = offsets[row] + sizeOf(row)
  const bytes = new Uint8Array(offsets[length])
  for (let row = 0; row < length; row++) {
    const start = dictionary.offsets[codes[row]]
    if (isValue(row)) bytes.set(dictionary.bytes.subarray(start, start + sizeOf(row)), offsets[row])
  }
  return { type: column.type, length, validity: column.validity, layout: 'bytes', offsets, bytes }
}

function bitmap(flags: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 64) * 8)
  for (let row = 0; row < length; row++) if (flags[row] !== 0) bits[row >> 3] |= 1 << (row & 7)
  return bits
}

/** 64-bit unscaled values widened to Arrow's 128 bits. */
function wide(values: BigInt64Array, length: number): Uint32Array {
  const words = new BigInt64Array(2 * length)
  for (let row = 0; row < length; row++) {
    words[2 * row] = values[row]
    words[2 * row + 1] = values[row] < 0n ? -1n : 0n
  }
  return new Uint32Array(words.buffer)
}
