import type {
  Batch,
  BytesColumn,
  Column,
  DataType,
  DictionaryColumn,
  FixedValues,
  StructType,
} from '../../protocol/columns'
import { fixedValuesOf } from './builders'
import { plainColumn, sharesCodes } from './dictionary'
import { emptyColumn } from './empty'
import { sliceColumn } from './slice'

/** Rows of several columns of one type, one after another. Equal dictionaries stay a dictionary, else strings become plain. */
export function concatColumns(type: DataType, columns: readonly Column[]): Column {
  const parts = columns.filter((column) => column.length > 0)
  if (parts.length === 0) return columns[0] ?? emptyColumn(type)
  if (parts.length === 1) return parts[0]
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const shared = { length, validity: concatValidity(parts, length) }
  const first = parts[0]
  switch (first.layout) {
    case 'void':
      return { layout: 'void', type, length, validity: null }
    case 'fixed': {
      const values = fixedValuesOf(type, length)
      let at = 0
      for (const part of parts as (typeof first)[]) {
        setValues(values, part.values, part.length, at)
        at += part.length
      }
      return { ...first, ...shared, values }
    }
    case 'decimal128': {
      const values = new BigInt64Array(length * 2)
      let at = 0
      for (const part of parts as (typeof first)[]) {
        values.set(part.values.subarray(0, part.length * 2), at)
        at += part.length * 2
      }
      return { ...first, ...shared, values }
    }
    case 'dictionary':
    case 'bytes': {
      const dictionaries = sharedDictionary(parts)
      if (dictionaries !== null) {
        const codes = new Int32Array(length)
        let at = 0
        for (const part of parts as DictionaryColumn[]) {
          codes.set(part.codes.subarray(0, part.length), at)
          at += part.length
        }
        return { layout: 'dictionary', type, ...shared, codes, dictionary: dictionaries }
      }
      return { layout: 'bytes', type, ...shared, ...concatBytes(parts.map(plainColumn), length) }
    }
    case 'list': {
      const lists = parts as (typeof first)[]
      const elementType = first.type.elementType
      const { offsets, ranges } = concatOffsets(lists, length)
      return {
        ...first,
        ...shared,
        offsets,
        child: concatColumns(
          elementType,
          lists.map((part, i) => cut(part.child, ranges[i])),
        ),
      }
    }
    case 'map': {
      const maps = parts as (typeof first)[]
      const { offsets, ranges } = concatOffsets(maps, length)
      return {
        ...first,
        ...shared,
        offsets,
        keys: concatColumns(
          first.type.keyType,
          maps.map((part, i) => cut(part.keys, ranges[i])),
        ),
        values: concatColumns(
          first.type.valueType,
          maps.map((part, i) => cut(part.values, ranges[i])),
        ),
      }
    }
    case 'struct': {
      const structs = parts as (typeof first)[]
      return {
        ...first,
        ...shared,
        children: first.type.fields.map((field, i) =>
          concatColumns(
            field.type,
            structs.map((part) => part.children[i]),
          ),
        ),
      }
    }
  }
}

/** Rows of several batches of one schema as one batch. */
export function concatBatches(schema: StructType, batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0]
  return {
    schema,
    numRows: batches.reduce((sum, batch) => sum + batch.numRows, 0),
    columns: schema.fields.map((field, i) =>
      concatColumns(
        field.type,
        batches.map((batch) => batch.columns[i]),
      ),
    ),
  }
}

function cut(column: Column, range: readonly [number, number]): Column {
  return sliceColumn(column, range[0], range[1])
}

function setValues(target: FixedValues, source: FixedValues, length: number, at: number): void {
  ;(target as Uint8Array).set(source.subarray(0, length) as Uint8Array, at)
}

function concatValidity(parts: readonly Column[], length: number): Uint8Array | null {
  if (parts.every((part) => part.validity === null)) return null
  const validity = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    if (part.validity === null) validity.fill(1, at, at + part.length)
    else validity.set(part.validity.subarray(0, part.length), at)
    at += part.length
  }
  return validity
}

/** The dictionary that holds for all parts: the longest of one growing dictionary, or null. */
function sharedDictionary(parts: readonly Column[]): BytesColumn | null {
  let longest: BytesColumn | null = null
  for (const part of parts) {
    if (part.layout !== 'dictionary') return null
    if (longest === null || longest === part.dictionary) longest = part.dictionary
    else if (!sharesCodes(part.dictionary, longest)) return null
    else if (part.dictionary.length > longest.length) longest = part.dictionary
  }
  return longest
}

function concatBytes(parts: readonly BytesColumn[], length: number): { offsets: Int32Array; bytes: Uint8Array } {
  let size = 0
  for (const part of parts) size += part.offsets[part.length] - part.offsets[0]
  const offsets = new Int32Array(length + 1)
  const bytes = new Uint8Array(size)
  let row = 0
  let end = 0
  for (const part of parts) {
    const start = part.offsets[0]
    const shift = end - start
    bytes.set(part.bytes.subarray(start, part.offsets[part.length]), end)
    for (let i = 1; i <= part.length; i++) offsets[row + i] = part.offsets[i] + shift
    row += part.length
    end += part.offsets[part.length] - start
  }
  return { offsets, bytes }
}

function concatOffsets(
  parts: readonly { offsets: Int32Array; length: number }[],
  length: number,
): { offsets: Int32Array; ranges: [number, number][] } {
  const offsets = new Int32Array(length + 1)
  const ranges: [number, number][] = []
  let row = 0
  let end = 0
  for (const part of parts) {
    const start = part.offsets[0]
    const stop = part.offsets[part.length]
    for (let i = 1; i <= part.length; i++) offsets[row + i] = part.offsets[i] - start + end
    ranges.push([start, stop])
    row += part.length
    end += stop - start
  }
  return { offsets, ranges }
}
