import { constant, strings } from '../../broker/reading/columns'
import type { EventBatch } from '../../engine/ports/broker'
import type {
  ArrayType,
  Batch,
  BytesColumn,
  Column,
  DataType,
  FixedColumn,
  ListColumn,
  StructType,
} from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'

const BINARY: DataType = { kind: 'binary' }
const HEADER: StructType = {
  kind: 'struct',
  fields: [
    { name: 'key', type: { kind: 'string' }, nullable: true },
    { name: 'value', type: BINARY, nullable: true },
  ],
}
export const HEADERS: ArrayType = { kind: 'array', elementType: HEADER, containsNull: true }

/** Columns of `format("kafka")`, in Spark's order. */
export function kafkaSchema(includeHeaders: boolean): StructType {
  const columns: [string, DataType][] = [
    ['key', BINARY],
    ['value', BINARY],
    ['topic', { kind: 'string' }],
    ['partition', { kind: 'integer' }],
    ['offset', { kind: 'long' }],
    ['timestamp', { kind: 'timestamp' }],
    ['timestampType', { kind: 'integer' }],
  ]
  if (includeHeaders) columns.push(['headers', HEADERS])
  return { kind: 'struct', fields: columns.map(([name, type]) => ({ name, type, nullable: true })) }
}

/** The schema cut to the columns a plan needs, in the schema's order. */
export function cutSchema(schema: StructType, columns: readonly string[] | null): StructType {
  if (columns === null) return schema
  return { kind: 'struct', fields: schema.fields.filter(({ name }) => columns.includes(name)) }
}

/** The time is the hub's own: Kafka calls that "log append time". */
const LOG_APPEND_TIME = 1

/** Events of one partition as Kafka records; values are not copied. */
export function recordColumns(schema: StructType, topic: string, partition: number, events: EventBatch): Batch {
  const columns = schema.fields.map(({ name }) => buildColumn(name, topic, partition, events))
  return { schema, numRows: events.numRows, columns }
}

function buildColumn(name: string, topic: string, partition: number, events: EventBatch): Column {
  const { numRows, firstSequence } = events
  switch (name) {
    case 'key':
      return bytes(Array.from({ length: numRows }, (_, row) => keyOf(events, row)))
    case 'value':
      return valueColumn(events)
    case 'topic':
      return constant(topic, numRows)
    case 'partition':
      return integers(partition, numRows)
    case 'offset':
      return longs({ kind: 'long' }, numRows, (row) => BigInt(firstSequence + row))
    case 'timestamp':
      // A Kafka record knows milliseconds only.
      return longs(
        { kind: 'timestamp' },
        numRows,
        (row) => BigInt(Math.floor(events.enqueuedMicros[row] / 1000)) * 1000n,
      )
    case 'timestampType':
      return integers(LOG_APPEND_TIME, numRows)
    case 'headers':
      return headersColumn(events)
    default:
      throw internalError(`The kafka source has no column ${name}.`)
  }
}

/** The record's own key, else the partition key with which an Event Hubs client sent it. */
function keyOf({ kafka, keys }: EventBatch, row: number): Uint8Array | null {
  const parts = kafka?.[row]
  if (parts) return parts.key
  const key = keys?.[row] ?? null
  return key === null ? null : new TextEncoder().encode(key)
}

function valueColumn({ numRows, values, valueOffsets, kafka }: EventBatch): BytesColumn {
  const hasNulls = kafka?.some((parts) => parts?.isNullValue) ?? false
  const validity = hasNulls
    ? Uint8Array.from({ length: numRows }, (_, row) => (kafka?.[row]?.isNullValue ? 0 : 1))
    : null
  return { layout: 'bytes', type: BINARY, length: numRows, validity, offsets: valueOffsets, bytes: values }
}

type Header = { readonly key: string; readonly value: Uint8Array | null }

/** Kafka's own headers, else the application properties of an Event Hubs client. NULL where a record has none. */
function headersOf({ kafka, properties }: EventBatch, row: number): readonly Header[] | null {
  const parts = kafka?.[row]
  if (parts) return parts.headers
  const named = Object.entries(properties?.[row] ?? {})
  const encoder = new TextEncoder()
  return named.length === 0 ? null : named.map(([key, value]) => ({ key, value: encoder.encode(value) }))
}

function headersColumn(events: EventBatch): ListColumn {
  const { numRows } = events
  const offsets = new Int32Array(numRows + 1)
  const validity = new Uint8Array(numRows)
  const all: Header[] = []
  for (let row = 0; row < numRows; row++) {
    const headers = headersOf(events, row)
    if (headers !== null) {
      validity[row] = 1
      all.push(...headers)
    }
    offsets[row + 1] = all.length
  }
  const children = [strings(all.map(({ key }) => key)), bytes(all.map(({ value }) => value))]
  const child: Column = { layout: 'struct', type: HEADER, length: all.length, validity: null, children }
  return { layout: 'list', type: HEADERS, length: numRows, validity, offsets, child }
}

function bytes(values: readonly (Uint8Array | null)[]): BytesColumn {
  const offsets = new Int32Array(values.length + 1)
  values.forEach((value, row) => (offsets[row + 1] = offsets[row] + (value?.length ?? 0)))
  const joined = new Uint8Array(offsets[values.length])
  values.forEach((value, row) => value && joined.set(value, offsets[row]))
  const validity = values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 0 : 1)) : null
  return { layout: 'bytes', type: BINARY, length: values.length, validity, offsets, bytes: joined }
}

function integers(value: number, length: number): FixedColumn {
  const values = new Int32Array(length).fill(value)
  return { layout: 'fixed', type: { kind: 'integer' }, length, validity: null, values }
}

function longs(type: DataType, length: number, valueOf: (row: number) => bigint): FixedColumn {
  const values = new BigInt64Array(length)
  for (let row = 0; row < length; row++) values[row] = valueOf(row)
  return { layout: 'fixed', type, length, validity: null, values }
}
