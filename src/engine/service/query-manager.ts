import type { QueryId, SessionId } from '../../protocol/ids'
import { RunnelError, userError } from '../../protocol/errors/runnel-error'
import type { QueryInfo } from '../../protocol/workers/engine'
import type { Clock } from '../ports/clock'
import type { QueryRun } from './query-run'

/** Ended runs that a query object may still ask about. */
const MAX_KNOWN_RUNS = 100

/** All queries of the workspace: who is active, what ended, who waits for whom. */
export class QueryManager {
  /** Newest run of each query. */
  readonly #runs = new Map<QueryId, QueryRun>()
  /** Runs by run id, oldest first: the query object of an earlier start still answers, as in Spark. */
  readonly #byRunId = new Map<string, QueryRun>()
  /** Runs that ended since the session began or `resetTerminated()`. */
  readonly #terminated = new Map<SessionId, QueryRun[]>()
  readonly #anyEnd = new Set<() => void>()

  add(run: QueryRun): void {
    this.#runs.set(run.launch.queryId, run)
    this.#byRunId.set(run.runId, run)
    for (const [runId, known] of this.#byRunId) {
      if (this.#byRunId.size <= MAX_KNOWN_RUNS) break
      if (!known.isActive) this.#byRunId.delete(runId)
    }
  }

  /** The query and its checkpoint are gone; its query objects still answer. */
  forget(id: QueryId): void {
    this.#runs.delete(id)
  }

  get(id: QueryId): QueryRun | null {
    return this.#runs.get(id) ?? null
  }

  /** The run a kernel means: id and run id of one start. */
  find(id: string, runId: string): QueryRun {
    const run = runId === '' ? this.#runs.get(id as QueryId) : this.#byRunId.get(runId)
    if (run?.launch.queryId !== id) {
      throw userError('STREAMING_QUERY_NOT_FOUND', `There is no streaming query with id ${id} and run id ${runId}.`, {
        hint: 'It ended long ago; use the query object of the newest start.',
      })
    }
    return run
  }

  all(): QueryRun[] {
    return [...this.#runs.values()]
  }

  active(session?: SessionId): QueryRun[] {
    return this.all().filter((run) => run.isActive && (session === undefined || run.session === session))
  }

  /** Names are unique among a session's active queries. */
  requireFreeName(name: string, session: SessionId, except: QueryId): void {
    const holder = this.active(session).find((run) => run.launch.name === name && run.launch.queryId !== except)
    if (!holder) return
    throw userError(
      '',
      `Cannot start query with name ${name} as a query with that name is already active in this SparkSession`,
      {
        exception: 'IllegalArgumentException',
        hint: `Stop the running query "${name}" first, or choose another queryName.`,
      },
    )
  }

  ended(run: QueryRun): void {
    const list = this.#terminated.get(run.session) ?? []
    list.push(run)
    this.#terminated.set(run.session, list)
    for (const wake of [...this.#anyEnd]) wake()
  }

  resetTerminated(session: SessionId): void {
    this.#terminated.delete(session)
  }

  /** Spark's rule: a failure wins over a clean end and keeps throwing until reset. */
  async awaitAny(session: SessionId, timeoutMs: number | null, clock: Clock, signal: AbortSignal): Promise<boolean> {
    const outcome = (): boolean => {
      const ended = this.#terminated.get(session) ?? []
      const failed = ended.find((run) => run.error !== null)
      if (failed?.error) throw new RunnelError(failed.error)
      return ended.length > 0
    }
    if (outcome()) return true
    let wake = () => {}
    const anyEnd = new Promise<void>((resolve) => (wake = resolve))
    this.#anyEnd.add(wake)
    await firstOf(anyEnd, timeoutMs, clock, signal)
    this.#anyEnd.delete(wake)
    return outcome()
  }
}

/** `awaitTermination`: true when the run is over, false on timeout (stream time); rethrows a failure. */
export async function awaitTermination(
  run: QueryRun,
  timeoutMs: number | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  await firstOf(run.ended, timeoutMs, clock, signal)
  if (run.error) throw new RunnelError(run.error)
  return !run.isActive
}

/** Waits for the event, the timeout or the cancel, whatever comes first, and leaves no timer behind. */
async function firstOf(
  event: Promise<void>,
  timeoutMs: number | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController()
  const canceled = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true, signal: done.signal })
  })
  const waits = [event, canceled]
  // The sleep rejects when it is no longer needed; nobody listens any more then.
  if (timeoutMs !== null) waits.push(clock.sleep(timeoutMs, done.signal).catch(() => undefined))
  await Promise.race(waits)
  done.abort()
}

export function queryInfo(run: QueryRun): QueryInfo {
  const { launch } = run
  return {
    id: launch.queryId,
    runId: run.runId,
    session: run.session,
    name: launch.name,
    cell: launch.cell,
    title: launch.name ?? launch.sink.target ?? `${launch.sink.format} stream`,
    format: launch.sink.format,
    target: launch.sink.target,
    trigger: launch.trigger,
    outputMode: launch.sink.outputMode,
    checkpointPath: launch.checkpointPath,
    runNumber: launch.runNumber,
    state: run.state,
    status: run.status,
    error: run.error,
    lastBatchId: run.lastBatchId,
    lastProgress: run.recentProgress.at(-1) ?? null,
    sources: launch.sources,
    ...(launch.facts === undefined ? {} : { facts: launch.facts }),
    planChange: run.planChange,
  }
}
