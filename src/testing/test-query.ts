import { MicroBatchExecution } from '../engine/execution/micro-batch'
import type { StatefulPlan } from '../engine/execution/stateful-plan'
import type { CompiledPlan } from '../engine/plan/compiled'
import type { FileStore } from '../engine/ports/file-store'
import type { StreamSink } from '../engine/ports/sink'
import type { QueryId, RunId } from '../protocol/ids'
import type { TriggerSpec } from '../protocol/workers/launch-record'
import type { QueryEnd } from '../protocol/workers/stream'
import { FileCheckpoint } from '../storage/checkpoint/file-checkpoint'
import { identityPlan } from './identity-plan'
import type { MemoryStream } from './memory-stream'
import type { ScriptedClock } from './scripted-clock'
import { ScriptedHost } from './scripted-host'
import { transactionalSink } from './transactional-sink'

export const CHECKPOINT = '/ckpt'
export const TABLE = '/table'
const QUERY_ID = '00000000-0000-4000-8000-000000000001' as QueryId

const MAX_TURNS = 5_000

/** A plan over memory streams, one a streaming leaf. */
export type TestPlan = {
  readonly plan: CompiledPlan
  readonly streams: readonly MemoryStream[]
  readonly stateful?: StatefulPlan | null
  /** The plan compiled anew over the files of a run: nothing of an earlier run's state is left in memory. */
  open?(files: FileStore): { readonly plan: CompiledPlan; readonly stateful: StatefulPlan | null }
}

/** `SELECT *` from one stream; `uses` > 1 is a union of it with itself. */
export function allOf(stream: MemoryStream, uses = 1): TestPlan {
  return { plan: identityPlan(stream.schema, 'memory', uses), streams: [stream] }
}

export type TestRunOptions = {
  readonly trigger?: TriggerSpec
  readonly conf?: Readonly<Record<string, string>>
  readonly runNumber?: number
  readonly name?: string | null
  readonly sink?: StreamSink
}

/** One run of a query over the given files: what a stream worker would be, with nothing real around it. */
export class TestRun {
  readonly host: ScriptedHost
  readonly end: Promise<QueryEnd>
  readonly #execution: MicroBatchExecution
  readonly #clock: ScriptedClock
  #isOver = false

  constructor(query: TestPlan, files: FileStore, clock: ScriptedClock, options: TestRunOptions = {}) {
    this.#clock = clock
    this.host = new ScriptedHost(clock)
    const runNumber = options.runNumber ?? 1
    const checkpoint = new FileCheckpoint(files, CHECKPOINT)
    const { plan, stateful } = query.open?.(files) ?? { plan: query.plan, stateful: query.stateful ?? null }
    this.#execution = new MicroBatchExecution({
      id: QUERY_ID,
      runId: `00000000-0000-4000-9000-${String(runNumber).padStart(12, '0')}` as RunId,
      name: options.name ?? null,
      plan,
      trigger: options.trigger ?? { kind: 'processingTime', intervalMs: 0 },
      conf: options.conf ?? {},
      clock,
      checkpoint,
      host: this.host,
      openSources: async () => {
        await checkpoint.queryId(QUERY_ID)
        return query.streams.map((stream) => stream.open())
      },
      openSink: async () => options.sink ?? transactionalSink(files, TABLE, String(runNumber)),
      readStatic: () => {
        throw new Error('The test plan has no static leaf')
      },
      isCanceled: () => false,
      stateful,
      planText: null,
    })
    this.end = this.#execution.run().finally(() => (this.#isOver = true))
  }

  get status() {
    return this.#execution.status
  }

  stop(): Promise<QueryEnd> {
    this.#execution.stop()
    return this.end
  }

  /** Resolves when a trigger finds nothing to do; moves no clock. */
  nothingLeft(): Promise<void> {
    return this.#execution.processAllAvailable()
  }

  /** Lets stream time go on, poll by poll, until the query has found nothing more to do or has ended. */
  processAllAvailable(): Promise<void> {
    return this.passUntil(this.#execution.processAllAvailable())
  }

  /** Lets stream time jump from one wait to the next until the promise has settled. */
  passUntil<T>(promise: Promise<T>): Promise<T> {
    return passUntil(promise, this.#clock, () => `${JSON.stringify(this.status)}, run over: ${this.#isOver}`)
  }
}

/** Lets stream time jump from one wait to the next until the promise has settled. */
export async function passUntil<T>(promise: Promise<T>, clock: ScriptedClock, tell = () => ''): Promise<T> {
  let isSettled = false
  promise.then(
    () => (isSettled = true),
    () => (isSettled = true),
  )
  await settle()
  for (let turns = 0; !isSettled; turns++) {
    if (turns > MAX_TURNS) throw new Error(`The wait never ends: ${tell()}`)
    const dueMs = clock.nextDueMs()
    if (dueMs !== null) clock.advance(Math.max(0, dueMs - clock.nowMs()))
    await settle()
  }
  return promise
}

/** Everything that waits only for other promises has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
