import type { BytesColumn, DataType, DictionaryColumn, MapColumn, MapType } from '../../protocol/columns'

/** Columns of events, built from what the broker hands out. */

const STRING: DataType = { kind: 'string' }
export const STRING_MAP: MapType = { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: true }

/** The same string in every row. */
export function constant(text: string, length: number): DictionaryColumn {
  return {
    layout: 'dictionary',
    type: STRING,
    length,
    validity: null,
    codes: new Int32Array(length),
    dictionary: strings([text]),
  }
}

export function strings(texts: readonly (string | null)[]): BytesColumn {
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
export function maps(numRows: number, entriesOf: (row: number) => Readonly<Record<string, string>> | null): MapColumn {
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
