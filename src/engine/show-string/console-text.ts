import type { Batch, StructType } from '../../protocol/columns'
import type { BatchId } from '../../protocol/ids'
import { showString } from './show-string'

const RULE = '-'.repeat(43)
const TRUNCATE_AT = 20

/** What the console sink prints for one batch, empty ones too: Spark's header, then the table of `show()`. */
export function consoleText(
  batchId: BatchId,
  schema: StructType,
  batches: readonly Batch[],
  options: { readonly numRows: number; readonly truncate: boolean; readonly timeZone: string },
): string {
  const { numRows, truncate, timeZone } = options
  const table = showString(schema, batches, {
    numRows,
    truncate: truncate ? TRUNCATE_AT : 0,
    vertical: false,
    timeZone,
  })
  return `${RULE}\nBatch: ${batchId}\n${RULE}\n${table}\n`
}
