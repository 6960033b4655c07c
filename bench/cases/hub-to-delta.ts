import type { BenchCase } from '../case'
import { measureTriggers } from '../triggers'
import { toDelta } from '../workspace'

/**
 * One trigger of 1,000 click events: hub -> from_json -> Delta append, offsets, data file, log entry and commit durable in OPFS.
 * The page's own workers do it; the figure is the trigger's `triggerExecution` of its progress.
 */
export const benchCase: BenchCase = {
  name: 'hub-to-delta',
  goal: { atMost: 15 },
  run: () => measureTriggers((clicks) => toDelta('bronze_events', clicks)),
}
