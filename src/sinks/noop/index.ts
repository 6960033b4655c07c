import type { SinkDefinition } from '../../engine/ports/sink'

/** Noop: runs the query and drops its rows. */
export const definition: SinkDefinition = {
  name: 'noop',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: true,
  async prepare() {},
  async open() {
    return {
      description: 'NoopTable',
      async stage(_batchId, batches) {
        const numOutputRows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
        return { publish: async () => ({ numOutputRows }) }
      },
      async close() {},
    }
  },
}
