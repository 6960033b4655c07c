import type { SinkDefinition } from '../../engine/ports/sink'
import { userError } from '../../protocol/errors/runnel-error'

/**
 * Memory: rows go to the engine worker, where they are the temp view named after the query.
 *
 * Input   batches of any schema; append and update add rows, complete replaces them
 * Again   nothing is durable; a batch that runs again is known there by its id
 * Errors  `prepare`: a query without a name
 * Source  Spark 4.1 MemorySink
 */
export const definition: SinkDefinition = {
  name: 'memory',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: true,
  async prepare(_options, { queryName }) {
    if (queryName !== undefined) return
    throw userError('_LEGACY_ERROR_TEMP_1194', 'queryName must be specified for memory sink.', {
      hint: 'Add .queryName("<name>"): the rows are the table of that name.',
    })
  },
  open(_options, { hosted }) {
    return Promise.resolve({
      description: 'MemorySink',
      stage: (batchId, batches) =>
        Promise.resolve({
          async publish() {
            await hosted.write('memory', batchId, batches)
            return { numOutputRows: batches.reduce((sum, batch) => sum + batch.numRows, 0) }
          },
        }),
      close: () => Promise.resolve(),
    })
  },
}
