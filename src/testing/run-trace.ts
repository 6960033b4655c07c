import { KillableFiles } from '../broker/log/killable-files'
import type { FileStore } from '../engine/ports/file-store'
import type { StreamSink } from '../engine/ports/sink'
import type { QueryEnd } from '../protocol/workers/stream'
import type { MemoryStream } from './memory-stream'
import { ScriptedClock } from './scripted-clock'
import type { TestPlan } from './test-query'
import { TABLE, TestRun } from './test-query'
import type { Trace, TraceEvent } from './traces'
import { transactionalSink } from './transactional-sink'

export type TraceWorld = {
  readonly files: FileStore
  /** Files as a run sees them: they may die under it. */
  openSink?(files: FileStore, runNumber: number, clock: ScriptedClock): Promise<StreamSink>
}

/** Lives the trace over one stream, then lets a last, undisturbed run finish the work. */
export async function runTrace(trace: Trace, query: TestPlan, stream: MemoryStream, world: TraceWorld): Promise<void> {
  const clock = new ScriptedClock()
  let runNumber = 0
  const live = async (event: Extract<TraceEvent, { kind: 'run' }>) => {
    runNumber++
    const { death } = event
    const killable =
      death?.kind === 'write' ? new KillableFiles(world.files, death.writesBefore, death.lastWrite) : null
    const files = killable ?? world.files
    const sink = (await world.openSink?.(files, runNumber, clock)) ?? transactionalSink(files, TABLE, String(runNumber))
    const run = new TestRun(query, files, clock, { trigger: event.trigger, runNumber, sink })
    const deaths: Promise<unknown>[] = []
    if (killable !== null) deaths.push(killable.died)
    if (death?.kind === 'step') deaths.push(parkAfter(run, death.step, death.batchesBefore))
    await run.passUntil(Promise.race([...deaths, worked(run, event)]))
  }
  for (const event of trace.events) {
    if (event.kind === 'add') stream.add(event.rows)
    else await live(event)
  }
  // Once and a pending batch leave new data to the next start.
  await live({ kind: 'run', trigger: { kind: 'processingTime', intervalMs: 0 }, death: null })
}

/** The run's own end, or, for one that would go on for ever, a stop when nothing is left. */
async function worked(run: TestRun, { trigger }: Extract<TraceEvent, { kind: 'run' }>): Promise<void> {
  if (trigger.kind === 'processingTime') {
    await Promise.race([run.nothingLeft(), run.end])
    void run.stop()
  }
  const end: QueryEnd = await run.end
  if (end.kind === 'failed') throw new Error(`The query failed: ${JSON.stringify(end.error)}`)
}

/** Dead after the step of the (n + 1)-th batch that reaches it. */
function parkAfter(run: TestRun, step: string, batchesBefore: number): Promise<void> {
  let left = batchesBefore
  return new Promise((resolve) => {
    run.host.onStep = (reached, batchId) => {
      if (reached !== step || left-- > 0) return
      void run.host.crashAfter(reached, batchId).then(resolve)
    }
  })
}
