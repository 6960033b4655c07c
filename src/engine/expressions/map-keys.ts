import type { Column } from '../../protocol/columns'
import { columnComparator } from '../batch/compare'
import { sparkError } from './errors'
import { readerOf } from './row-values'

/** Map keys are neither NULL nor twice the same. */
export function checkedKeys(keys: Column, offsets: Int32Array, length: number): Column {
  const compare = columnComparator(keys, keys)
  for (let i = 0; i < length; i++) {
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      if (keys.layout === 'void' || (keys.validity !== null && keys.validity[at] === 0)) {
        throw sparkError(
          'NULL_MAP_KEY',
          {},
          { exception: 'SparkRuntimeException', hint: 'Filter out NULL keys before making the map.' },
        )
      }
      for (let other = offsets[i]; other < at; other++) if (compare(other, at) === 0) throw duplicateKey(keys, at)
    }
  }
  return keys
}

function duplicateKey(keys: Column, row: number) {
  const key = String(readerOf(keys)(row))
  return sparkError(
    'DUPLICATED_MAP_KEY',
    { key, mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"' },
    { exception: 'SparkRuntimeException', hint: `The key ${key} comes twice in one row.` },
  )
}
