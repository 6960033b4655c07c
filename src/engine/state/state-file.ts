import type { DataType } from '../../protocol/columns'
import { hashWords } from '../batch/hash-keys'
import { schemaToJson } from '../types/type-json'
import { BytesReader, BytesWriter } from './column-bytes'
import type { TableChanges } from './state-table'

/** `RNLSTATE`, as the first 8 bytes. */
const MAGIC = new TextEncoder().encode('RNLSTATE')
const FORMAT = 1
const TRAILER_BYTES = 8

/** One table of a version file. */
export type TableContent = {
  readonly name: string
  readonly keyTypes: readonly DataType[]
  readonly valueTypes: readonly DataType[]
  readonly changes: TableChanges
}

/**
 * A version file: magic, format, version, then each table with its types (as schema JSON), removed keys, keys and values;
 * last 4 bytes of length and 4 of checksum. Little-endian; columns as in `column-bytes`, no dictionary codes.
 */
export function writeStateFile(version: number, tables: readonly TableContent[]): Uint8Array {
  const writer = new BytesWriter()
  writer.buffer(MAGIC)
  writer.number(FORMAT)
  writer.number(version)
  writer.number(tables.length)
  for (const { name, keyTypes, valueTypes, changes } of tables) {
    writer.text(name)
    writer.text(typesText(keyTypes))
    writer.text(typesText(valueTypes))
    writer.number(changes.numRemoved)
    if (changes.numRemoved > 0) for (const column of changes.removedKeys) writer.column(column)
    writer.number(changes.numRows)
    for (const column of changes.keys) writer.column(column)
    for (const column of changes.values) writer.column(column)
  }
  const length = writer.length
  writer.buffer(Int32Array.of(length, checksum(writer.bytes)))
  return writer.bytes
}

export class DamagedStateFile extends Error {}

/**
 * Reads a version file into the tables it is for. `typesOf` gives a table's key and value types, null when the query has no
 * such table; `onTypes` is told when they differ from those written. Throws DamagedStateFile when the bytes are not whole.
 */
export function readStateFile(
  bytes: Uint8Array,
  version: number,
  tables: {
    typesOf(name: string): { keyTypes: readonly DataType[]; valueTypes: readonly DataType[] } | null
    onTypes(name: string, kind: 'key' | 'value', written: string, now: string): never
  },
): TableContent[] {
  checkWhole(bytes)
  try {
    const reader = new BytesReader(bytes.subarray(MAGIC.length))
    const format = reader.number()
    if (format !== FORMAT) throw new DamagedStateFile(`its format is ${format}, this version reads ${FORMAT}`)
    const written = reader.number()
    if (written !== version) throw new DamagedStateFile(`it holds version ${written}`)
    return Array.from({ length: reader.number() }, (): TableContent => {
      const name = reader.text()
      const [keyText, valueText] = [reader.text(), reader.text()]
      const types = tables.typesOf(name)
      if (types === null) throw new DamagedStateFile(`it holds a table "${name}" that the query has not`)
      const { keyTypes, valueTypes } = types
      if (keyText !== typesText(keyTypes)) tables.onTypes(name, 'key', keyText, typesText(keyTypes))
      if (valueText !== typesText(valueTypes)) tables.onTypes(name, 'value', valueText, typesText(valueTypes))
      const numRemoved = reader.number()
      const removedKeys = numRemoved > 0 ? keyTypes.map((type) => reader.column(type, numRemoved)) : []
      const numRows = reader.number()
      const keys = keyTypes.map((type) => reader.column(type, numRows))
      const values = valueTypes.map((type) => reader.column(type, numRows))
      return { name, keyTypes, valueTypes, changes: { numRemoved, removedKeys, numRows, keys, values } }
    })
  } catch (error) {
    if (error instanceof RangeError) throw new DamagedStateFile(error.message)
    throw error
  }
}

function checkWhole(bytes: Uint8Array): void {
  const length = bytes.length - TRAILER_BYTES
  if (length < MAGIC.length || !MAGIC.every((byte, i) => bytes[i] === byte))
    throw new DamagedStateFile(`it is no state file (${bytes.length} bytes)`)
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + length, TRAILER_BYTES)
  if (trailer.getInt32(0, true) !== length)
    throw new DamagedStateFile(`its end says ${trailer.getInt32(0, true)} bytes, there are ${length}`)
  if (trailer.getInt32(4, true) !== checksum(bytes.subarray(0, length)))
    throw new DamagedStateFile('its checksum does not match its content')
}

/** Types alone: column names may change between runs, as in Spark. */
function typesText(types: readonly DataType[]): string {
  return schemaToJson({
    kind: 'struct',
    fields: types.map((type, index) => ({ name: String(index), type: anonymous(type), nullable: true })),
  })
}

/** Without nullability and metadata, which no stored byte depends on. */
function anonymous(type: DataType): DataType {
  switch (type.kind) {
    case 'array':
      return { ...type, elementType: anonymous(type.elementType), containsNull: true }
    case 'map':
      return {
        ...type,
        keyType: anonymous(type.keyType),
        valueType: anonymous(type.valueType),
        valueContainsNull: true,
      }
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field, index) => ({
          name: String(index),
          type: anonymous(field.type),
          nullable: true,
        })),
      }
    default:
      return type
  }
}

/** Over whole words: the content's length is a multiple of 8. */
function checksum(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return hashWords(new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2), 0, aligned.length >> 2)
}
