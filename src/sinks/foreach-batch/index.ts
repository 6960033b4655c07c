import type { SinkDefinition } from '../../engine/ports/sink'

/**
 * foreachBatch: the batch goes to the engine worker, which calls the kernel's function with it and answers when it returned.
 * Spark counts no rows here (-1).
 *
 * Input   batches of any schema, in any output mode
 * Again   at least once: a batch that runs again calls the function again with the same batchId and rows
 * Errors  what the function throws, which ends the query
 * Source  Spark 4.1 ForeachBatchSink
 */
export const definition: SinkDefinition = {
  name: 'foreachBatch',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: true,
  prepare: () => Promise.resolve(),
  open(_options, { hosted }) {
    return Promise.resolve({
      description: 'ForeachBatchSink',
      stage: (batchId, batches) =>
        Promise.resolve({
          async publish() {
            await hosted.write('foreachBatch', batchId, batches)
            return { numOutputRows: -1 }
          },
        }),
      close: () => Promise.resolve(),
    })
  },
}
