import type { EventBatch } from '../../engine/ports/broker'
import { STRING_MAP, constant, maps, strings } from '../../broker/reading/columns'
import type { Batch, Column, DataType, StructType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'

const STRING: DataType = { kind: 'string' }

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
      return maps(numRows, (row) => propertiesOf(events, row))
    case 'systemProperties':
      return maps(numRows, (row) => systemPropertiesOf(events, row))
    default:
      throw internalError(`The eventhubs source has no column ${name}.`)
  }
}

/** Headers of a Kafka record are binary properties to this side; the connector prints bytes as a JSON array. */
function propertiesOf({ kafka, properties }: EventBatch, row: number): Readonly<Record<string, string>> | null {
  const headers = kafka?.[row]?.headers
  if (!headers) return properties?.[row] ?? null
  return Object.fromEntries(headers.map(({ key, value }) => [key, value === null ? 'null' : `[${value.join(',')}]`]))
}

function systemPropertiesOf({ kafka, keys }: EventBatch, row: number): Readonly<Record<string, string>> | null {
  const key = keys?.[row] ?? null
  if (key !== null) return { 'x-opt-partition-key': key }
  const recordKey = kafka?.[row]?.key ?? null
  return recordKey === null ? null : { 'x-opt-kafka-key': `[${recordKey.join(',')}]` }
}
