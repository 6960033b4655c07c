import type { SinkDefinition } from '../../engine/ports/sink'
import { userError } from '../../protocol/errors/runnel-error'
import type { OptionMap } from '../../engine/ports/options'

/**
 * Console: the engine worker prints each batch, empty ones too, to the cell that started the query.
 *
 * Input   batches of any schema, in any output mode
 * Again   nothing is durable: a batch that runs again is printed again, under the same number
 * Errors  `numRows` or `truncate` in Java's words, when the query opens the sink: the query fails, not the cell
 * Source  Spark 4.1 ConsoleTable
 */
export const definition: SinkDefinition = {
  name: 'console',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: true,
  prepare: () => Promise.resolve(),
  open(options, { hosted }) {
    // Spark, too, looks at them when the first batch is written: the query fails, not the cell.
    consoleOptions(options)
    return Promise.resolve({
      description: 'org.apache.spark.sql.execution.streaming.ConsoleTable$',
      stage: (batchId, batches) =>
        Promise.resolve({
          async publish() {
            await hosted.write('console', batchId, batches)
            return { numOutputRows: batches.reduce((sum, batch) => sum + batch.numRows, 0) }
          },
        }),
      close: () => Promise.resolve(),
    })
  },
}

export type ConsoleOptions = { readonly numRows: number; readonly truncate: boolean }

/** `numRows` (20) and `truncate` (true), with Java's words for texts that are neither. */
export function consoleOptions(options: OptionMap): ConsoleOptions {
  const numRows = options.get('numRows') ?? '20'
  if (!/^[+-]?\d+$/.test(numRows) || Math.abs(Number(numRows)) > 2_147_483_647) {
    throw userError('_LEGACY_CONSOLE_OPTION', `For input string: "${numRows}"`, {
      exception: 'NumberFormatException',
      hint: 'numRows is the number of rows to print, for example .option("numRows", 50).',
    })
  }
  const truncate = (options.get('truncate') ?? 'true').toLowerCase()
  if (truncate !== 'true' && truncate !== 'false') {
    throw userError('_LEGACY_CONSOLE_OPTION', `${options.get('truncate')} is not a boolean string.`, {
      exception: 'IllegalArgumentException',
      hint: 'truncate is true or false, for example .option("truncate", False).',
    })
  }
  return { numRows: Number(numRows), truncate: truncate === 'true' }
}
