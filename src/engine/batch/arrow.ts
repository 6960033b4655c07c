import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Interval,
  IntervalUnit,
  List,
  Map_,
  Null,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  TimeUnit,
  Type as ArrowTypeId,
  DurationMicrosecond,
  makeData,
  makeVector,
  RecordBatchReader,
  RecordBatchStreamWriter,
} from 'apache-arrow'
import type { Data, DataType as ArrowType, Duration } from 'apache-arrow'
import type { Batch, Column, DataType, FixedValues, StructType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import { plainColumn } from './dictionary'
import { builderOf } from './builders'
import { appendValue } from './from-values'
import { sliceColumn as sliced } from './slice'

type ArrowField = Field<ArrowType>

/**
 * Batches as an Arrow IPC stream, types as Spark maps them: timestamps in microseconds with `timeZone`, decimals 128 bit.
 * One record batch each; no batches give a stream of the schema alone. Dictionaries are written out plain.
 */
export function batchesToArrow(schema: StructType, batches: readonly Batch[], timeZone = 'UTC'): Uint8Array {
  const fields = schema.fields.map((field) => arrowField(field.name, field.type, field.nullable, timeZone))
  const arrowSchema = new Schema(fields)
  const writer = new RecordBatchStreamWriter({ autoDestroy: false })
  writer.reset(undefined, arrowSchema)
  for (const batch of batches) {
    const children = batch.columns.map((column, i) => dataOf(column, fields[i].type))
    const struct = makeData({ type: new Struct(fields), length: batch.numRows, nullCount: 0, children })
    writer.write(new RecordBatch(arrowSchema, struct))
  }
  writer.finish()
  return writer.toUint8Array(true)
}

/** Record batches of an Arrow IPC stream or file as batches; copies. `schema` sets the types, else they are derived. */
export function arrowToBatches(bytes: Uint8Array, schema?: StructType): { schema: StructType; batches: Batch[] } {
  const reader = RecordBatchReader.from(bytes)
  reader.open()
  const arrowSchema = reader.schema
  const result: StructType = schema ?? {
    kind: 'struct',
    fields: (arrowSchema.fields as ArrowField[]).map((field) => ({
      name: field.name,
      type: typeFromArrow(field.type),
      nullable: field.nullable,
    })),
  }
  const batches: Batch[] = []
  for (const record of reader) {
    batches.push({
      schema: result,
      numRows: record.numRows,
      columns: result.fields.map((field, i) => columnOf(record.data.children[i], field.type)),
    })
  }
  return { schema: result, batches }
}

function arrowField(name: string, type: DataType, nullable: boolean, timeZone: string): ArrowField {
  return new Field(name, arrowTypeOf(type, timeZone), nullable)
}

/** The Arrow type Spark uses for a type. */
export function arrowTypeOf(type: DataType, timeZone: string): ArrowType {
  switch (type.kind) {
    case 'void':
      return new Null()
    case 'boolean':
      return new Bool()
    case 'byte':
      return new Int8()
    case 'short':
      return new Int16()
    case 'integer':
      return new Int32()
    case 'long':
      return new Int64()
    case 'float':
      return new Float32()
    case 'double':
      return new Float64()
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128)
    case 'string':
      return new Utf8()
    case 'binary':
      return new Binary()
    case 'date':
      return new DateDay()
    case 'timestamp':
      return new TimestampMicrosecond(timeZone)
    case 'timestamp_ntz':
      return new TimestampMicrosecond()
    case 'year-month-interval':
      return new Interval(IntervalUnit.YEAR_MONTH)
    case 'day-time-interval':
      return new DurationMicrosecond()
    case 'array':
      return new List(arrowField('element', type.elementType, type.containsNull, timeZone))
    case 'map':
      return new Map_(
        new Field(
          'entries',
          new Struct([
            arrowField('key', type.keyType, false, timeZone),
            arrowField('value', type.valueType, type.valueContainsNull, timeZone),
          ]),
          false,
        ) as never,
      )
    case 'struct':
      return new Struct(type.fields.map((field) => arrowField(field.name, field.type, field.nullable, timeZone)))
  }
}

/** Our type of an Arrow type. */
export function typeFromArrow(type: ArrowType): DataType {
  switch (type.typeId) {
    case ArrowTypeId.Null:
      return { kind: 'void' }
    case ArrowTypeId.Bool:
      return { kind: 'boolean' }
    case ArrowTypeId.Int:
      return {
        kind: ({ 8: 'byte', 16: 'short', 32: 'integer', 64: 'long' } as const)[
          (type as { bitWidth?: number }).bitWidth as 8
        ],
      }
    case ArrowTypeId.Float:
      return { kind: (type as { precision?: number }).precision === 1 ? 'float' : 'double' }
    case ArrowTypeId.Decimal:
      return { kind: 'decimal', precision: (type as Decimal).precision, scale: (type as Decimal).scale }
    case ArrowTypeId.Utf8:
    case ArrowTypeId.LargeUtf8:
      return { kind: 'string' }
    case ArrowTypeId.Binary:
    case ArrowTypeId.LargeBinary:
    case ArrowTypeId.FixedSizeBinary:
      return { kind: 'binary' }
    case ArrowTypeId.Date:
      return { kind: 'date' }
    case ArrowTypeId.Timestamp: {
      const { timezone } = type as TimestampMicrosecond
      return { kind: timezone === null || timezone === undefined || timezone === '' ? 'timestamp_ntz' : 'timestamp' }
    }
    case ArrowTypeId.Interval:
      return { kind: 'year-month-interval', startField: 0, endField: 1 }
    case ArrowTypeId.Duration:
      return { kind: 'day-time-interval', startField: 0, endField: 3 }
    case ArrowTypeId.Dictionary:
      return typeFromArrow((type as unknown as { dictionary: ArrowType }).dictionary)
    case ArrowTypeId.List:
    case ArrowTypeId.LargeList:
    case ArrowTypeId.FixedSizeList: {
      const [child] = childrenOf(type)
      return { kind: 'array', elementType: typeFromArrow(child.type), containsNull: child.nullable }
    }
    case ArrowTypeId.Map: {
      const [key, value] = childrenOf(childrenOf(type)[0].type)
      return {
        kind: 'map',
        keyType: typeFromArrow(key.type),
        valueType: typeFromArrow(value.type),
        valueContainsNull: value.nullable,
      }
    }
    case ArrowTypeId.Struct:
      return {
        kind: 'struct',
        fields: childrenOf(type).map((field) => ({
          name: field.name,
          type: typeFromArrow(field.type),
          nullable: field.nullable,
        })),
      }
    default:
      throw userError('UNSUPPORTED_ARROWTYPE', `Unsupported arrow type ${nameOf(type)}.`, {
        sqlState: '0A000',
        exception: 'UnsupportedOperationException',
        parameters: { typeName: nameOf(type) },
        hint: 'Convert this column to a plain number, text or time before it comes here.',
      })
  }
}

function childrenOf(type: ArrowType): readonly ArrowField[] {
  return type.children as readonly ArrowField[]
}

/** Arrow's text of a type; its base class does not declare the method that every type has. */
function nameOf(type: ArrowType): string {
  return (type as { toString(): string }).toString()
}

function dataOf(column: Column, type: ArrowType): Data {
  const { length } = column
  const nulls = bitmapOf(column.validity, length)
  const shared = { type, length, nullCount: nulls.count, nullBitmap: nulls.bits }
  const make = (rest: object): Data => makeData<ArrowType>({ ...shared, ...rest } as never)
  switch (column.layout) {
    case 'void':
      return makeData({ type: new Null(), length })
    case 'fixed':
      if (column.type.kind === 'boolean') return make({ data: packBits(column.values as Uint8Array, length) })
      if (column.type.kind === 'decimal') return make({ data: widenDecimals(column.values as BigInt64Array, length) })
      // Copied: arrow-js writes a broken stream when two columns share a buffer.
      return make({ data: column.values.slice(0, length) })
    case 'decimal128':
      return make({ data: new Uint32Array(column.values.slice(0, length * 2).buffer) })
    case 'dictionary':
      return dataOf(plainColumn(column), type)
    case 'bytes': {
      const { start, offsets } = rebased(column.offsets, length)
      return make({ valueOffsets: offsets, data: column.bytes.slice(start, start + offsets[length]) })
    }
    case 'list': {
      const { start, offsets } = rebased(column.offsets, length)
      const child = sliced(column.child, start, start + offsets[length])
      return make({ valueOffsets: offsets, child: dataOf(child, childrenOf(type)[0].type) })
    }
    case 'map': {
      const { start, offsets } = rebased(column.offsets, length)
      const numEntries = offsets[length]
      const entryType = childrenOf(type)[0].type as Struct
      const children = [column.keys, column.values].map((part, i) =>
        dataOf(sliced(part, start, start + numEntries), childrenOf(entryType)[i].type),
      )
      return make({
        valueOffsets: offsets,
        child: makeData({ type: entryType, length: numEntries, nullCount: 0, children }),
      })
    }
    case 'struct':
      return make({ children: column.children.map((child, i) => dataOf(child, childrenOf(type)[i].type)) })
  }
}

function rebased(offsets: Int32Array, length: number): { start: number; offsets: Int32Array } {
  const start = offsets[0]
  const copy = offsets.slice(0, length + 1)
  if (start !== 0) for (let i = 0; i <= length; i++) copy[i] = copy[i] - start
  return { start, offsets: copy }
}

function bitmapOf(validity: Uint8Array | null, length: number): { bits: Uint8Array | undefined; count: number } {
  if (validity === null) return { bits: undefined, count: 0 }
  let valid = 0
  for (let i = 0; i < length; i++) valid += validity[i]
  return valid === length ? { bits: undefined, count: 0 } : { bits: packBits(validity, length), count: length - valid }
}

function packBits(bytes: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array(((length + 63) >> 6) << 3)
  for (let i = 0; i < length; i++) bits[i >> 3] |= bytes[i] << (i & 7)
  return bits
}

function widenDecimals(values: BigInt64Array, length: number): Uint32Array {
  const wide = new BigInt64Array(length * 2)
  for (let i = 0; i < length; i++) {
    wide[i * 2] = values[i]!
    wide[i * 2 + 1] = values[i] >> 63n
  }
  return new Uint32Array(wide.buffer)
}

function columnOf(data: Data, type: DataType): Column {
  const { length } = data
  if (type.kind === 'void') return { layout: 'void', type, length, validity: null }
  const validity = validityOf(data)
  const shared = { length, validity }
  switch (data.typeId) {
    case ArrowTypeId.Bool: {
      const values = new Uint8Array(length)
      for (let i = 0; i < length; i++) values[i] = bit(data.values as Uint8Array, data.offset + i)
      return { layout: 'fixed', type, ...shared, values }
    }
    case ArrowTypeId.Int:
    case ArrowTypeId.Float:
    case ArrowTypeId.Interval: {
      const target = builderOf(type).finish()
      if (target.layout !== 'fixed' || target.values.constructor !== (data.values as FixedValues).constructor)
        return convert(data, type)
      return { layout: 'fixed', type, ...shared, values: (data.values as FixedValues).slice(0, length) }
    }
    case ArrowTypeId.Date:
    case ArrowTypeId.Timestamp:
    case ArrowTypeId.Duration:
      return { layout: 'fixed', type, ...shared, values: timesOf(data, length) }
    case ArrowTypeId.Decimal: {
      const words = (data.values as Uint32Array).slice(0, length * 4)
      const wide = new BigInt64Array(words.buffer, 0, length * 2)
      if (type.kind !== 'decimal') break
      if (type.precision > 18) return { layout: 'decimal128', type, ...shared, values: wide }
      return { layout: 'fixed', type, ...shared, values: BigInt64Array.from({ length }, (_, i) => wide[i * 2]) }
    }
    case ArrowTypeId.Utf8:
    case ArrowTypeId.Binary: {
      return {
        layout: 'bytes',
        type,
        ...shared,
        offsets: offsetsOf(data, length),
        bytes: (data.values as Uint8Array).slice(),
      }
    }
    case ArrowTypeId.List:
      if (type.kind !== 'array') break
      return {
        layout: 'list',
        type,
        ...shared,
        offsets: offsetsOf(data, length),
        child: columnOf(data.children[0], type.elementType),
      }
    case ArrowTypeId.Map: {
      if (type.kind !== 'map') break
      const [keys, values] = data.children[0].children
      return {
        layout: 'map',
        type,
        ...shared,
        offsets: offsetsOf(data, length),
        keys: columnOf(keys, type.keyType),
        values: columnOf(values, type.valueType),
      }
    }
    case ArrowTypeId.Struct:
      if (type.kind !== 'struct') break
      return {
        layout: 'struct',
        type,
        ...shared,
        children: type.fields.map((field, i) => columnOf(data.children[i], field.type)),
      }
    default:
      return convert(data, type)
  }
  throw internalError(`Arrow ${nameOf(data.type)} does not fit type ${type.kind}`)
}

/** Value by value, for layouts we never write ourselves (dictionaries, large and fixed-size kinds, other integer widths). */
function convert(data: Data, type: DataType): Column {
  const builder = builderOf(type)
  const vector = makeVector(data)
  for (let i = 0; i < data.length; i++) appendValue(builder, vector.get(i))
  return builder.finish()
}

function offsetsOf(data: Data, length: number): Int32Array {
  const offsets = (data.valueOffsets as Int32Array).slice(0, length + 1)
  return offsets.length === 0 ? new Int32Array(1) : offsets
}

function validityOf(data: Data): Uint8Array | null {
  if (data.nullCount === 0 || !data.nullBitmap || data.nullBitmap.length === 0) return null
  const validity = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) validity[i] = bit(data.nullBitmap, data.offset + i)
  return validity
}

function bit(bits: Uint8Array, i: number): number {
  return (bits[i >> 3] >> (i & 7)) & 1
}

const MICROS_PER_UNIT = [1_000_000n, 1000n, 1n] as const

function timesOf(data: Data, length: number): FixedValues {
  const values = data.values as Int32Array | BigInt64Array
  if (data.typeId === ArrowTypeId.Date) {
    // DateDay holds days, DateMillisecond 64-bit milliseconds.
    if (values instanceof Int32Array) return values.slice(0, length)
    return Int32Array.from({ length }, (_, i) => Math.floor(Number(values[i]) / 86_400_000))
  }
  const { unit } = data.type as TimestampMicrosecond | Duration
  const source = values as BigInt64Array
  if (unit === TimeUnit.MICROSECOND) return source.slice(0, length)
  return BigInt64Array.from({ length }, (_, i) =>
    unit === TimeUnit.NANOSECOND ? floorDivide(source[i], 1000n) : source[i] * MICROS_PER_UNIT[unit],
  )
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}
