import type { FieldMatcher } from '../formats/parquet/assemble'
import { matchByName } from '../formats/parquet/read-parquet'
import type { StructField } from '../protocol/columns'
import type { Metadata } from './actions'

export type MappingMode = 'none' | 'name' | 'id'

export function mappingMode(metadata: Metadata): MappingMode {
  const mode = metadata.configuration['delta.columnMapping.mode'] ?? 'none'
  return mode === 'name' || mode === 'id' ? mode : 'none'
}

/** The name a column has in data files, statistics and partition values. */
export function physicalName(field: StructField): string {
  const name = field.metadata?.['delta.columnMapping.physicalName']
  return typeof name === 'string' ? name : field.name
}

/** How fields of a table find their Parquet columns. */
export function fieldMatcher(mode: MappingMode): FieldMatcher {
  if (mode === 'none') return matchByName
  if (mode === 'name')
    return (field, candidates) => candidates.find((node) => node.element.name === physicalName(field)) ?? null
  return (field, candidates) => {
    const id = field.metadata?.['delta.columnMapping.id']
    return candidates.find((node) => node.element.field_id === id) ?? null
  }
}
