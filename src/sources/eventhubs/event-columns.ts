import type { EventBatch } from '../../engine/ports/broker'
import type {
  Batch,
  BytesColumn,
  Column,
  DataType,
  DictionaryColumn,
  MapColumn,
  MapType,
  StructType,
} from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'

const STRING: DataType = { kind: 'string' }
const STRING_MAP: MapType = { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: true }

/** Columns of `format("eventhubs")`, in the connector's order; all nullable. */
export const EVENT_HUBS_SCHEMA: StructType = {
  kind: 'struct',
  fields: (
    [
      ['body', { kind: 'binary' }],
      ['partition', STRING],
      ['offset', STRING],
      ['sequenceNumber', { kind: 'long' }],
      ['enqueuedTime', { kind: 'timestamp' }],
      ['publisher', STRING],
      ['partitionKey', STRING],
      ['properties', STRING_MAP],
      ['systemProperties', STRING_MAP],
    ] satisfies [string, DataType][]
  ).map(([name, type]) => ({ name, type, nullable: true })),
}

/** The schema cut to the columns a plan needs, in the schema's order. */
export function projectSchema(columns: readonly string[] | null): StructType {
  if (columns === null) return EVENT_HUBS_SCHEMA
  return { kind: 'struct', fields: EVENT_HUBS_SCHEMA.fields.filter(({ name }) => columns.includes(name)) }
}

/** Events as the columns of `schema`; bodies are not copied. */
export function eventColumns(schema: StructType, partition: number, events: EventBatch): Batch {
  const columns = schema.fields.map(({ name }) => buildColumn(name, partition, events))
  return { schema, numRows: events.numRows, columns }
}

function buildColumn(name: string, partition: number, events: EventBatch): Column {
  const { numRows, firstSequence } = events
  switch (name) {
    case 'body':
      return {
        layout: 'bytes',
        type: { kind: 'binary' },
        length: numRows,
        validity: null,
        offsets: events.valueOffsets,
        bytes: events.values,
      }
    case 'partition':
      return constant(String(partition), numRows)
    case 'offset':
      return strings(Array.from({ length: numRows }, (_, i) => String(firstSequence + i)))
    case 'sequenceNumber': {
      const values = new BigInt64Array(numRows)
      for (let i = 0; i < numRows; i++) values[i] = BigInt(firstSequence + i)
      return { layout: 'fixed', type: { kind: 'long' }, length: numRows, validity: null, values }
    }
    case 'enqueuedTime': {
      const values = new BigInt64Array(numRows)
      for (let i = 0; i < numRows; i++) values[i] = BigInt(events.enqueuedMicros[i])
      return { layout: 'fixed', type: { kind: 'timestamp' }, length: numRows, validity: null, values }
    }
    case 'publisher':
      return strings(new Array<null>(numRows).fill(null))
    case 'partitionKey':
      return strings(events.keys ?? new Array<null>(numRows).fill(null))
    case 'properties':
      return maps(numRows, (row) => events.properties?.[row] ?? null)
    case 'systemProperties':
      return maps(numRows, (row) => {
        const key = events.keys?.[row] ?? null
        return key === null ? null : { 'x-opt-partition-key': key }
      })
    default:
      throw internalError(`The eventhubs source has no column ${name}.`)
  }
}

/** The same string in every row. */
function constant(text: string, length: number): DictionaryColumn {
  return {
    layout: 'dictionary',
    type: STRING,
    length,
    validity: null,
    codes: new Int32Array(length),
    dictionary: strings([text]),
  }
}

function strings(texts: readonly (string | null)[]): BytesColumn {
  const encoder = new TextEncoder()
  const offsets = new Int32Array(texts.length + 1)
  const encoded = texts.map((text) => (text === null ? null : encoder.encode(text)))
  encoded.forEach((bytes, i) => (offsets[i + 1] = offsets[i] + (bytes?.length ?? 0)))
  const bytes = new Uint8Array(offsets[texts.length])
  encoded.forEach((each, i) => each && bytes.set(each, offsets[i]))
  const validity = texts.includes(null) ? Uint8Array.from(texts, (text) => (text === null ? 0 : 1)) : null
  return { layout: 'bytes', type: STRING, length: texts.length, validity, offsets, bytes }
}

/** `null` is the empty map: an event without properties has none, not NULL. */
function maps(numRows: number, entriesOf: (row: number) => Readonly<Record<string, string>> | null): MapColumn {
  const offsets = new Int32Array(numRows + 1)
  const keys: string[] = []
  const values: string[] = []
  for (let row = 0; row < numRows; row++) {
    for (const [key, value] of Object.entries(entriesOf(row) ?? {})) {
      keys.push(key)
      values.push(value)
    }
    offsets[row + 1] = keys.length
  }
  return {
    layout: 'map',
    type: STRING_MAP,
    length: numRows,
    validity: null,
    offsets,
    keys: strings(keys),
    values: strings(values),
  }
}
