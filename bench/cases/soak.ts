import type { BenchCase } from '../case'
import { percentile } from '../case'
import { memoryBytes } from '../memory'
import { countedByWindow, openBenchWorkspace, parsedClicks, toDelta } from '../workspace'

const MINUTES = 10
const EVENTS_PER_SECOND = 100
const MAX_FILES = 5_000
/** The first minute compiles, fills caches and makes the first files. */
const WARM_UP_MINUTES = 1

type Sample = { readonly minute: number; readonly numFiles: number; readonly memoryBytes: number }

/**
 * Ten real minutes of five queries on one hub at 100 events a second, at the pace of the app: four append to tables, one counts
 * by window and appends closed windows. The figure is the largest p99 / p50 of a query's batches.
 */
export const benchCase: BenchCase = {
  name: 'soak',
  goal: { atMost: 10 },
  async run() {
    const durations = new Map<string, number[]>()
    const samples: Sample[] = []
    let failure: string | null = null
    let isWarm = false
    const workspace = await openBenchWorkspace({}, (event) => {
      if (event.kind === 'query' && event.query.error) failure = event.query.error.message
      if (!isWarm || event.kind !== 'progress' || event.isIdle || event.progress.numInputRows === 0) return
      const { id, durationMs } = event.progress
      durations.set(id, [...(durations.get(id) ?? []), durationMs?.['triggerExecution'] ?? 0])
    })
    try {
      await workspace.broker.createHub('clicks', 4)
      await workspace.broker.startProducer({
        hub: 'clicks',
        preset: 'workshop',
        seed: 1,
        eventsPerSecond: EVENTS_PER_SECOND,
        lateShare: 0,
        outOfOrderShare: 0,
        malformedShare: 0,
        maxEvents: null,
        numKeys: 0,
      })
      for (const table of ['bronze_1', 'bronze_2', 'bronze_3', 'bronze_4'])
        await workspace.execute(toDelta(table, parsedClicks(1000)))
      await workspace.execute(toDelta('gold', countedByWindow(parsedClicks(1000))))
      for (let minute = 1; minute <= MINUTES; minute++) {
        await new Promise((resolve) => setTimeout(resolve, 60_000))
        if (failure !== null) throw new Error(failure)
        isWarm ||= minute >= WARM_UP_MINUTES
        samples.push({ minute, numFiles: await workspace.countFiles(), memoryBytes: await memoryBytes() })
      }
    } finally {
      await workspace.close()
    }
    const mostFiles = Math.max(...samples.map(({ numFiles }) => numFiles))
    if (mostFiles >= MAX_FILES) throw new Error(`${mostFiles} files, fewer than ${MAX_FILES} were to be`)
    const spreads = [...durations.values()].map((list) => ({ p50: percentile(list, 50), p99: percentile(list, 99) }))
    const queries = [...durations.values()].map(
      (list) => `${percentile(list, 50)}/${percentile(list, 99)} ms of ${list.length}`,
    )
    const minutes = samples.map(
      (each) => `${each.minute}: ${each.numFiles} files, ${(each.memoryBytes / 2 ** 20).toFixed(0)} MB`,
    )
    const ours = Math.max(...spreads.map(({ p50, p99 }) => p99 / Math.max(1, p50)))
    const detail = `p50/p99 a query: ${queries.join(', ')}; minute ${minutes.join('; ')}`
    return { ours, unit: 'p99/p50', peer: null, ratio: null, detail }
  },
}
