import { fixedValuesOf } from '../engine/batch/builders'
import type { Column, DataType } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'

/** The same values under a type that `mergeSchemas` lets through: the same type, or a wider one of byte, short and int. */
export function castColumnStorage(column: Column, type: DataType): Column {
  if (column.type.kind === type.kind) return { ...column, type } as Column
  if (column.layout !== 'fixed' || type.kind === 'decimal') {
    throw internalError(`A column of type ${column.type.kind} cannot be stored as ${type.kind}.`)
  }
  const values = fixedValuesOf(type, column.length)
  ;(values as Int32Array).set((column.values as Int8Array).subarray(0, column.length))
  return { ...column, type, values }
}
