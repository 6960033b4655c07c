import type { BytesColumn, Column, DictionaryColumn } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import { copyBytes } from './gather'

/** The column as plain bytes; a bytes column is returned as it is. */
export function plainColumn(column: Column): BytesColumn {
  if (column.layout === 'bytes') return column
  if (column.layout !== 'dictionary')
    throw internalError(`a ${column.type.kind} column in layout ${column.layout} has no bytes`)
  const { codes, dictionary, length, validity } = column
  const { offsets: from, bytes: source } = dictionary
  const offsets = new Int32Array(length + 1)
  for (let i = 0, end = 0; i < length; i++) {
    if (validity === null || validity[i] === 1) end += from[codes[i] + 1] - from[codes[i]]
    offsets[i + 1] = end
  }
  const bytes = new Uint8Array(offsets[length])
  for (let i = 0; i < length; i++) {
    if (offsets[i + 1] === offsets[i]) continue
    copyBytes(source, from[codes[i]], from[codes[i] + 1], bytes, offsets[i])
  }
  return { layout: 'bytes', type: column.type, length, validity, offsets, bytes }
}

/** A column with every dictionary in it replaced by plain bytes: what leaves the engine (files, Arrow, checkpoints). */
export function withoutDictionaries(column: Column): Column {
  switch (column.layout) {
    case 'dictionary':
      return plainColumn(column)
    case 'list':
      return { ...column, child: withoutDictionaries(column.child) }
    case 'map':
      return { ...column, keys: withoutDictionaries(column.keys), values: withoutDictionaries(column.values) }
    case 'struct':
      return { ...column, children: column.children.map(withoutDictionaries) }
    default:
      return column
  }
}

/**
 * Applies a bytes-to-bytes function once per dictionary entry instead of once per row.
 * `map` gets the dictionary as a plain column of unique strings and returns one of the same length.
 */
export function mapDictionary(column: DictionaryColumn, map: (entries: BytesColumn) => BytesColumn): DictionaryColumn {
  return { ...column, dictionary: map(column.dictionary) }
}

/** Which growing dictionary a snapshot was taken from. Lost by a transfer, which only costs the shortcut. */
const lineages = new WeakMap<BytesColumn, object>()

/** Marks `dictionary` as a snapshot of the growing dictionary `lineage`: of two snapshots the shorter is a prefix of the longer. */
export function setLineage(dictionary: BytesColumn, lineage: object): void {
  lineages.set(dictionary, lineage)
}

/** True when codes of the shorter dictionary mean the same in the longer one. */
export function sharesCodes(a: BytesColumn, b: BytesColumn): boolean {
  if (a === b) return true
  const lineage = lineages.get(a)
  return lineage !== undefined && lineage === lineages.get(b)
}
