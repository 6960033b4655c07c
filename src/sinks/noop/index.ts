import type { SinkDefinition } from '../../engine/ports/sink'

/** Noop: runs the query, counts its rows and drops them. Nothing to repeat, no errors of its own. */
export const definition: SinkDefinition = {
  name: 'noop',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: true,
  prepare: () => Promise.resolve(),
  open: () =>
    Promise.resolve({
      description: 'NoopTable',
      stage: (_batchId, batches) => {
        const numOutputRows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
        return Promise.resolve({ publish: () => Promise.resolve({ numOutputRows }) })
      },
      close: () => Promise.resolve(),
    }),
}
