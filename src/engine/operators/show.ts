import type { Batch, StructType } from '../../protocol/columns'
import { columnFromValues } from '../batch/from-values'
import { sliceBatch } from '../batch/slice'
import { showString } from '../show-string/show-string'
import type { Operator } from './operator'

/**
 * Show: the text `show()` prints, as one row.
 *
 * Input   any; at most `numRows + 1` rows are pulled (one more says whether "only showing top n rows" stands below)
 * Output  one STRING column, one row
 */
export function show(
  input: Operator,
  inputSchema: StructType,
  schema: StructType,
  numRows: number,
  truncate: number,
  vertical: boolean,
): Operator {
  return async function* (run) {
    const wanted = Math.max(0, numRows)
    const batches: Batch[] = []
    let rows = 0
    for await (const batch of input(run)) {
      const part = sliceBatch(batch, 0, Math.min(batch.numRows, wanted + 1 - rows))
      batches.push(part)
      rows += part.numRows
      if (rows > wanted) break
    }
    const text = showString(inputSchema, batches, {
      numRows: wanted,
      truncate,
      vertical,
      timeZone: run.context.timeZone,
    })
    yield { schema, numRows: 1, columns: [columnFromValues(schema.fields[0].type, [text])] }
  }
}
