import type { JsonValue } from '@bufbuild/protobuf'
import type { BenchResult } from './case'
import { percentile } from './case'
import type { BenchWorkspace } from './workspace'
import { openBenchWorkspace, parsedClicks } from './workspace'

const ROWS_PER_TRIGGER = 1000
const WARM_UP_TRIGGERS = 30
const TRIGGERS = 200

export type Durations = Readonly<Record<string, number>>

export type TriggerRun = {
  readonly rowsPerTrigger: number
  /** The first ones; they are run and left out. */
  readonly numWarmUp: number
  readonly numTriggers: number
  /** Puts the events of all triggers into a hub. */
  fill(workspace: BenchWorkspace): Promise<void>
  /** The command that starts the query. */
  readonly start: JsonValue
}

/**
 * Triggers of 1,000 click events each, run by the page's own workers over OPFS; `startOn` makes the command that starts the query on
 * the parsed clicks. The figure is `triggerExecution` of the progress, the first triggers left out.
 */
export async function measureTriggers(startOn: (clicks: JsonValue) => JsonValue): Promise<BenchResult> {
  const durations = await triggerDurations({
    rowsPerTrigger: ROWS_PER_TRIGGER,
    numWarmUp: WARM_UP_TRIGGERS,
    numTriggers: TRIGGERS,
    fill: async ({ broker }) => {
      await broker.createHub('clicks', 4)
      for (let sent = 0; sent < WARM_UP_TRIGGERS + TRIGGERS + 5; sent++)
        await broker.sendOnce('clicks', 'workshop', ROWS_PER_TRIGGER)
    },
    start: startOn(parsedClicks(ROWS_PER_TRIGGER)),
  })
  const total = durations.map((duration) => duration.triggerExecution)
  const p50 = percentile(total, 50)
  const detail = `p10 ${percentile(total, 10)}, p99 ${percentile(total, 99)} ms, ${TRIGGERS} triggers of ${ROWS_PER_TRIGGER} rows; p50 ms: ${breakdown(durations)}`
  return { ours: p50, unit: 'ms p50', peer: null, ratio: null, detail }
}

/** Medians of a trigger's steps. */
export function breakdown(durations: readonly Durations[]): string {
  const steps = Object.keys(durations[0] ?? {}).filter((name) => name !== 'triggerExecution')
  const median = (name: string) =>
    percentile(
      durations.map((duration) => duration[name] ?? 0),
      50,
    )
  return steps.map((name) => `${name} ${median(name)}`).join(', ')
}

/** `durationMs` of each full trigger after the warm-up. */
export async function triggerDurations(run: TriggerRun): Promise<Durations[]> {
  const { rowsPerTrigger, numWarmUp, numTriggers } = run
  const durations: Durations[] = []
  let finish: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const enough = new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject]))
  const workspace = await openBenchWorkspace({ 'runnel.streaming.minBatchIntervalMs': '0' }, (event) => {
    if (event.kind === 'query' && event.query.error) fail(new Error(event.query.error.message))
    if (event.kind !== 'progress' || event.isIdle || event.progress.numInputRows !== rowsPerTrigger) return
    durations.push(event.progress.durationMs ?? {})
    if (durations.length >= numWarmUp + numTriggers) finish()
  })
  try {
    await run.fill(workspace)
    await workspace.execute(run.start)
    await enough
    await workspace.engine.stopAllQueries()
  } finally {
    await workspace.close()
  }
  return durations.slice(numWarmUp, numWarmUp + numTriggers)
}
