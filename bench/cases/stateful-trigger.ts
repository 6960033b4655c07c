import type { BenchCase } from '../case'
import { percentile } from '../case'
import { countedByWindow, openBenchWorkspace, parsedClicks } from '../workspace'

const ROWS_PER_TRIGGER = 1000
const WARM_UP_TRIGGERS = 30
const TRIGGERS = 200

/**
 * One trigger of 1,000 click events through a windowed count: hub -> from_json -> groups, offsets, state version and commit
 * durable in OPFS, changed groups to a memory table. The figure is `triggerExecution` of its progress.
 */
export const benchCase: BenchCase = {
  name: 'stateful-trigger',
  goal: { atMost: 20 },
  async run() {
    const durations = await triggerDurations()
    const parts = (name: string) => durations.map((duration) => duration[name] ?? 0)
    const total = parts('triggerExecution')
    const p50 = percentile(total, 50)
    const steps = Object.keys(durations[0] ?? {}).filter((name) => name !== 'triggerExecution')
    const breakdown = steps.map((name) => `${name} ${percentile(parts(name), 50)}`).join(', ')
    const detail = `p10 ${percentile(total, 10)}, p99 ${percentile(total, 99)} ms, ${TRIGGERS} triggers of ${ROWS_PER_TRIGGER} rows; p50 ms: ${breakdown}`
    return { ours: p50, unit: 'ms p50', peer: null, ratio: null, detail }
  },
}

async function triggerDurations(): Promise<Readonly<Record<string, number>>[]> {
  const durations: Readonly<Record<string, number>>[] = []
  let finish: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const enough = new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject]))
  const workspace = await openBenchWorkspace({ 'runnel.streaming.minBatchIntervalMs': '0' }, (event) => {
    if (event.kind === 'query' && event.query.error) fail(new Error(event.query.error.message))
    if (event.kind !== 'progress' || event.isIdle || event.progress.numInputRows !== ROWS_PER_TRIGGER) return
    durations.push(event.progress.durationMs ?? {})
    if (durations.length >= WARM_UP_TRIGGERS + TRIGGERS) finish()
  })
  try {
    await workspace.broker.createHub('clicks', 4)
    for (let sent = 0; sent < WARM_UP_TRIGGERS + TRIGGERS + 5; sent++)
      await workspace.broker.sendOnce('clicks', 'workshop', ROWS_PER_TRIGGER)
    const input = countedByWindow(parsedClicks(ROWS_PER_TRIGGER))
    await workspace.execute({
      command: {
        writeStreamOperationStart: {
          format: 'memory',
          outputMode: 'update',
          queryName: 'counts',
          options: { checkpointLocation: 'Files/checkpoints/counts' },
          input,
        },
      },
    })
    await enough
    await workspace.engine.stopAllQueries()
  } finally {
    await workspace.close()
  }
  return durations.slice(WARM_UP_TRIGGERS, WARM_UP_TRIGGERS + TRIGGERS)
}
