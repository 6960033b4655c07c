import type { Batch, Column, DataType, StructType } from '../../protocol/columns'
import { builderOf } from './builders'

/** A column of no rows. */
export function emptyColumn(type: DataType): Column {
  return builderOf(type).finish()
}

/** A batch of no rows. */
export function emptyBatch(schema: StructType): Batch {
  return { schema, numRows: 0, columns: schema.fields.map((field) => emptyColumn(field.type)) }
}

/** A column whose `length` rows are all NULL. */
export function nullColumn(type: DataType, length: number): Column {
  const builder = builderOf(type)
  for (let i = 0; i < length; i++) builder.appendNull()
  return builder.finish()
}
