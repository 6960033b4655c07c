import type { JsonValue } from '@bufbuild/protobuf'
import type { BenchResult } from './case'
import { percentile } from './case'
import { openBenchWorkspace, parsedClicks } from './workspace'

const ROWS_PER_TRIGGER = 1000
const WARM_UP_TRIGGERS = 30
const TRIGGERS = 200

type Durations = Readonly<Record<string, number>>

/**
 * Triggers of 1,000 click events each, run by the page's own workers over OPFS; `startOn` makes the command that starts the query on
 * the parsed clicks. The figure is `triggerExecution` of the progress, the first triggers left out.
 */
export async function measureTriggers(startOn: (clicks: JsonValue) => JsonValue): Promise<BenchResult> {
  const durations = await triggerDurations(startOn)
  const parts = (name: string) => durations.map((duration) => duration[name] ?? 0)
  const total = parts('triggerExecution')
  const p50 = percentile(total, 50)
  const steps = Object.keys(durations[0] ?? {}).filter((name) => name !== 'triggerExecution')
  const breakdown = steps.map((name) => `${name} ${percentile(parts(name), 50)}`).join(', ')
  const detail = `p10 ${percentile(total, 10)}, p99 ${percentile(total, 99)} ms, ${TRIGGERS} triggers of ${ROWS_PER_TRIGGER} rows; p50 ms: ${breakdown}`
  return { ours: p50, unit: 'ms p50', peer: null, ratio: null, detail }
}

async function triggerDurations(startOn: (clicks: JsonValue) => JsonValue): Promise<Durations[]> {
  const durations: Durations[] = []
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
    await workspace.execute(startOn(parsedClicks(ROWS_PER_TRIGGER)))
    await enough
    await workspace.engine.stopAllQueries()
  } finally {
    await workspace.close()
  }
  return durations.slice(WARM_UP_TRIGGERS, WARM_UP_TRIGGERS + TRIGGERS)
}
