import { expect, test } from 'vitest'
import type { FileStore } from '../engine/ports/file-store'
import type { AfterStep } from '../protocol/workers/engine'
import type { TriggerSpec } from '../protocol/workers/launch-record'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import type { MemoryStream } from './memory-stream'
import type { Row } from './rows'
import { asBag } from './rows'
import { ScriptedClock } from './scripted-clock'
import type { TestPlan, TestRunOptions } from './test-query'
import { TABLE, TestRun, settle } from './test-query'
import { publishedBatches } from './transactional-sink'

/** The world of one stream test: its files outlive the runs. */
export class StreamTestWorld {
  readonly files: FileStore = new MemoryFileStore()
  readonly clock = new ScriptedClock()
  readonly query: TestPlan
  run: TestRun | null = null
  numRuns = 0
  checkedRows = 0

  constructor(query: TestPlan) {
    this.query = query
  }

  start(options: TestRunOptions = {}): TestRun {
    this.run = new TestRun(this.query, this.files, this.clock, { ...options, runNumber: ++this.numRuns })
    return this.run
  }

  running(): TestRun {
    if (this.run === null) throw new Error('The query is not running: put start() before this action')
    return this.run
  }

  /** Row texts in the sink, in order of their batches. */
  async sinkRows(): Promise<string[]> {
    return [...(await publishedBatches(this.files, TABLE)).values()].flat()
  }
}

export type StreamAction = { readonly name: string; run(world: StreamTestWorld): Promise<void> }

/**
 * A stream test reads as a story: the query is started, then the actions run one after the other over one set of files.
 * A first action `start(...)` replaces the default start. On failure the story so far is told.
 */
export function streamTest(
  name: string,
  query: () => TestPlan | Promise<TestPlan>,
  actions: readonly StreamAction[],
): void {
  test(name, async () => {
    const world = new StreamTestWorld(await query())
    if (actions.at(0)?.name !== 'start') world.start()
    const told: string[] = []
    for (const action of actions) {
      told.push(action.name)
      try {
        await action.run(world)
      } catch (thrown) {
        const text = thrown instanceof Error ? thrown.message : String(thrown)
        throw new Error(`${text}\n  after ${told.join(' -> ')}\n  status ${JSON.stringify(world.run?.status)}`, {
          cause: thrown,
        })
      }
    }
    if (world.run !== null) await world.run.stop()
  })
}

export const add = (stream: MemoryStream, rows: readonly Row[]): StreamAction => ({
  name: 'add',
  run: async () => stream.add(rows),
})

/** Exactly these rows came since the last check, in any order. */
export const checkNew = (rows: readonly Row[]): StreamAction => ({
  name: 'checkNew',
  async run(world) {
    await world.run?.processAllAvailable()
    const all = await world.sinkRows()
    const fresh = all.slice(world.checkedRows)
    world.checkedRows = all.length
    expect(fresh.sort()).toEqual(asBag(rows))
  },
})

/** The sink holds exactly these rows, in any order. */
export const checkAll = (rows: readonly Row[]): StreamAction => ({
  name: 'checkAll',
  async run(world) {
    await world.run?.processAllAvailable()
    const all = await world.sinkRows()
    world.checkedRows = all.length
    expect(all.sort()).toEqual(asBag(rows))
  },
})

export const stop = (): StreamAction => ({
  name: 'stop',
  async run(world) {
    expect(await world.running().stop()).toEqual({ kind: 'stopped' })
    world.run = null
  },
})

export const start = (options: TestRunOptions = {}): StreamAction => ({
  name: 'start',
  run: async (world) => void world.start(options),
})

/** Starts with this trigger and waits for the query's own end. */
export const runToEnd = (trigger: TriggerSpec): StreamAction => ({
  name: `runToEnd(${trigger.kind})`,
  async run(world) {
    const run = world.start({ trigger })
    expect(await run.passUntil(run.end)).toEqual({ kind: 'finished' })
    world.run = null
  },
})

export const advance = (ms: number): StreamAction => ({
  name: `advance(${ms})`,
  async run(world) {
    world.clock.advance(ms)
    await settle()
  },
})

/** Lets the query run until it has done the step, and kills it there: nothing of it runs any more. */
export const crashAfter = (step: AfterStep): StreamAction => ({
  name: `crashAfter(${step})`,
  async run(world) {
    const run = world.running()
    await run.passUntil(run.host.crashAfter(step))
    world.run = null
  },
})

/** The query fails with a cause of this class or these words. */
export const expectFailure = (cause: string | RegExp): StreamAction => ({
  name: `expectFailure(${String(cause)})`,
  async run(world) {
    const run = world.running()
    const end = await run.passUntil(run.end)
    if (end.kind !== 'failed') throw new Error(`The query ended as "${end.kind}"`)
    if (typeof cause === 'string') expect(end.error.cause?.condition).toBe(cause)
    else expect(end.error.message).toMatch(cause)
    world.run = null
  },
})

/** Anything else about the world: files, progress, statuses. */
export const verify = (name: string, body: (world: StreamTestWorld) => Promise<void> | void): StreamAction => ({
  name,
  run: async (world) => body(world),
})
