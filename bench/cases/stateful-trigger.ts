import type { BenchCase } from '../case'
import { measureTriggers } from '../triggers'
import { countedByWindow } from '../workspace'

/**
 * One trigger of 1,000 click events through a windowed count: hub -> from_json -> groups, offsets, state version and commit
 * durable in OPFS, changed groups to a memory table. The figure is `triggerExecution` of its progress.
 */
export const benchCase: BenchCase = {
  name: 'stateful-trigger',
  goal: { atMost: 20 },
  run: () =>
    measureTriggers((clicks) => ({
      command: {
        writeStreamOperationStart: {
          format: 'memory',
          outputMode: 'update',
          queryName: 'counts',
          options: { checkpointLocation: 'Files/checkpoints/counts' },
          input: countedByWindow(clicks),
        },
      },
    })),
}
