import type { StructType } from '../../protocol/columns'
import type { Operator } from './operator'

/** Union: all rows of the first input, then of the next. Columns match by position and already have one type. */
export function union(schema: StructType, inputs: readonly Operator[]): Operator {
  return async function* (run) {
    for (const input of inputs) {
      for await (const batch of input(run)) yield { schema, numRows: batch.numRows, columns: batch.columns }
    }
  }
}
