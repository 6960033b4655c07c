import type { CellId } from '../../protocol/ids'
import type { KernelEvent } from '../../protocol/workers/kernel'
import type { CellOutcome, CellOutput } from '../../protocol/workers/kernel'
import { dropNoticesOf } from '../../monitoring/model/monitoring'
import { fragmentHome, isFragment } from '../../notebook/model/fragments'
import { nameHint, unknownName } from '../../notebook/model/name-hint'
import type { NameHint } from '../../notebook/model/name-hint'
import { appendOutputs } from '../../notebook/model/outputs'
import { cancelRunAll, cellEnded, goOn, planRunAll } from '../../notebook/model/run-order'
import { IDLE_RUN } from '../../notebook/model/types'
import type { CellRun } from '../../notebook/model/types'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { cellsNow, insertBeside, selectBy, selectCell } from './notebook-actions'
import { markUnsaved } from './persistence'
import { runtimeOrNull } from './runtime-holder'
import { beforeRunAll, onFirstQuery } from './lesson-actions'
import { LANES, laneOf, runInLane, runningIn } from './lanes'
import type { Lane } from './lanes'
import type { Runtime } from '../workers'

/** Raised by each restart: an answer from an older kernel changes nothing. */
let generation = 0

export function changeRun(id: CellId, recipe: (run: CellRun) => CellRun): void {
  useApp.setState(({ notebook }) => ({
    notebook: { ...notebook, runs: { ...notebook.runs, [id]: recipe(notebook.runs[id] ?? IDLE_RUN) } },
  }))
}

/** Puts a code cell into the queue; a Markdown cell has nothing to run. */
export function runCell(id: CellId): void {
  const cell = cellsNow().find((candidate) => candidate.id === id)
  const { session } = getApp()
  if (cell === undefined || cell.kind !== 'code' || cell.source.trim() === '' || session.isReadOnly) return
  if (session.capability?.canRunPython === false) return
  if (session.queue.includes(id) || LANES.some((lane) => runningIn(lane) === id)) return
  changeRun(id, (run) => ({ ...run, state: 'queued' }))
  change('session', (draft) => void draft.queue.push(id))
  pump()
}

export function runAndSelectNext(id: CellId): void {
  runCell(id)
  const cells = cellsNow()
  if (cells.at(-1)?.id === id) insertBeside('below')
  else selectBy(1)
}

export function runAndInsertBelow(id: CellId): void {
  runCell(id)
  insertBeside('below')
}

export async function runAll(): Promise<void> {
  const run = planRunAll(cellsNow())
  if (run.queue.length === 0) {
    tell('info', 'There is no code cell to run.')
    return
  }
  change('session', (draft) => void (draft.runAll = run as never))
  await beforeRunAll()
  run.queue.forEach(runCell)
}

export function runAbove(id: CellId): void {
  for (const cell of cellsNow()) {
    if (cell.id === id) return
    if (cell.kind === 'code' && !isFragment(cell)) runCell(cell.id)
  }
}

/** After an error in Run all: again from the failed cell, or from the one behind it. */
export function continueRunAll(skipFailed: boolean): void {
  const { runAll: stopped } = getApp().session
  if (stopped === null) return
  const run = goOn(stopped, skipFailed)
  change('session', (draft) => void (draft.runAll = run as never))
  run.queue.forEach(runCell)
}

export function dismissRunAll(): void {
  change('session', (draft) => void (draft.runAll = null))
}

/** Interrupt: every cell that runs, and the cells that wait for them. Streams go on. */
export function interrupt(): void {
  emptyQueue()
  const { runAll: run } = getApp().session
  if (run?.state === 'running') change('session', (draft) => void (draft.runAll = cancelRunAll(run) as never))
  for (const lane of LANES) {
    const cell = runningIn(lane)
    if (cell !== null) stopLane(lane, cell)
  }
}

/** Cells whose wait for a stream was ended by hand: what stands below them goes on. */
const waitsEnded = new Set<CellId>()

/** Stop waiting, keep the stream (B14). */
export function endWait(id: CellId): void {
  const lane = LANES.find((candidate) => runningIn(candidate) === id)
  if (lane === undefined) return
  waitsEnded.add(id)
  stopLane(lane, id)
}

/** The stop button of one cell: cells of other lanes go on. */
export function interruptCell(id: CellId): void {
  const lane = LANES.find((candidate) => runningIn(candidate) === id)
  const { queue, runAll: run } = getApp().session
  if (lane === undefined || lane === 'python' || queue.length > 0 || run?.state === 'running') interrupt()
  else stopLane(lane, id)
}

/** How long a TypeScript cell may take to stop at its next `await` or loop round. */
const SOFT_STOP_MS = 1500

function stopLane(lane: Lane, cell: CellId): void {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  if (lane === 'python') {
    runtime.interruptKernel()
    return
  }
  runtime.interruptTypeScript(cell)
  setTimeout(() => {
    if (runningIn(lane) === cell && runtimeOrNull() === runtime) endTypeScript(runtime)
  }, SOFT_STOP_MS)
}

/** The kernel did not answer: it ends, and with it what its cells declared. */
function endTypeScript(runtime: Runtime): void {
  runtime.endTypeScript()
  for (const lane of ['sql', 'typescript'] as const) {
    const cell = runningIn(lane)
    if (cell === null) continue
    const evalue =
      'The cell did not stop by itself, so TypeScript was restarted: names of TypeScript cells are gone. Tables, views and streams stay.'
    const output: CellOutput = { output_type: 'error', ename: 'Interrupted', evalue, traceback: [], shape: null }
    changeRun(cell, (before) => ({ ...before, outputs: appendOutputs(before.outputs, [output]) }))
    const since = getApp().notebook.runs[cell]?.startedAtMs ?? Date.now()
    finish(cell, lane, { status: 'interrupted', error: null, durationMs: Date.now() - since })
  }
  pump()
}

function emptyQueue(): void {
  for (const id of getApp().session.queue)
    changeRun(id, (run) => ({ ...run, state: run.endedAtMs === null ? 'idle' : 'interrupted' }))
  change('session', (draft) => void (draft.queue = []))
}

/** New Python: variables go, tables and checkpoints stay. */
export function restartSession(): Promise<void> {
  return restartAfter(
    ({ engine, broker }) => Promise.all([engine.stopAllQueries(), broker.stopAllProducers()]),
    'New session: variables and temp views are empty; tables and checkpoints stay.',
  )
}

/** Ends whatever runs at once; the new session starts when `prepare` is through. */
export async function restartAfter(prepare: (runtime: Runtime) => Promise<unknown>, said: string): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  generation++
  emptyQueue()
  for (const lane of LANES) {
    const cell = runningIn(lane)
    if (cell !== null) changeRun(cell, (run) => ({ ...run, state: 'interrupted', endedAtMs: Date.now() }))
  }
  change('session', (draft) => {
    draft.runningCell = null
    draft.running = { sql: null, typescript: null }
    draft.runAll = null
    draft.sleeping = {}
    draft.waiting = {}
    draft.executionCount = 0
    draft.python = { phase: 'start', fraction: null, message: null }
  })
  try {
    await prepare(runtime)
    runtime.endTypeScript()
    await runtime.restartKernel()
    pythonReady()
    tell('success', said)
  } catch (thrown) {
    pythonFailed(textOf(thrown))
  }
}

export function pythonReady(): void {
  change('session', (draft) => void (draft.python = { phase: 'ready', fraction: 1, message: null }))
  pump()
}

export function pythonFailed(message: string): void {
  change('session', (draft) => void (draft.python = { phase: 'failed', fraction: null, message }))
}

function pump(): void {
  for (const lane of LANES) void startNext(lane)
}

/** Starts the lane's next cell, when it has one and is free. Run all goes in order over all lanes. */
async function startNext(lane: Lane): Promise<void> {
  const { session } = getApp()
  const runtime = runtimeOrNull()
  if (runningIn(lane) !== null || runtime === null) return
  if (lane === 'python' && (session.python.phase !== 'ready' || runtime.kernel === null)) return
  const cells = cellsNow()
  const known = new Map(cells.map((cell, at) => [cell.id, { cell, at }]))
  if (session.queue.some((id) => !known.has(id)))
    change('session', (draft) => void (draft.queue = draft.queue.filter((id) => known.has(id))))
  const id = session.queue.find((queued) => {
    const found = known.get(queued)
    return found !== undefined && laneOf(found.cell) === lane
  })
  const next = id === undefined ? undefined : known.get(id)
  if (id === undefined || next === undefined || !isItsTurn(id)) return
  const executionCount = session.executionCount + 1
  const startedAtMs = Date.now()
  change('session', (draft) => {
    draft.queue = draft.queue.filter((queued) => queued !== id)
    draft.executionCount = executionCount
    if (lane !== 'python') draft.running[lane] = id
    else {
      draft.runningCell = id
      draft.runningSinceMs = startedAtMs
    }
  })
  useApp.setState(({ monitoring }) => ({ monitoring: dropNoticesOf(monitoring, id) }))
  changeRun(id, () => ({ ...IDLE_RUN, state: 'running', executionCount, startedAtMs, source: next.cell.source }))
  const mine = generation
  const run = { cell: next.cell, cellNumber: next.at + 1, executionCount, cells }
  const outcome = await runInLane(lane, runtime, run).catch((thrown: unknown): CellOutcome => ({
    status: 'error',
    error: null,
    durationMs: Date.now() - startedAtMs,
    ...failureOf(thrown, id),
  }))
  // A restart, or the end of a kernel that did not stop, has settled the cell already.
  if (mine !== generation || runningIn(lane) !== id) return
  finish(id, lane, outcome)
  pump()
}

/** In Run all a cell waits for those before it, whatever they are written in. */
function isItsTurn(id: CellId): boolean {
  const { runAll: run } = getApp().session
  return run?.state !== 'running' || !run.queue.includes(id) || run.queue[0] === id
}

/** The kernel itself failed, so nobody has printed the error yet. */
function failureOf(thrown: unknown, id: CellId): Partial<CellOutcome> {
  const output: CellOutput = {
    output_type: 'error',
    ename: 'InternalError',
    evalue: textOf(thrown),
    traceback: [],
    shape: null,
  }
  changeRun(id, (run) => ({ ...run, outputs: appendOutputs(run.outputs, [output]) }))
  return {}
}

function finish(id: CellId, lane: Lane, outcome: CellOutcome): void {
  runtimeOrNull()?.flushKernelEvents()
  const error = withFragmentHint(id, outcome)
  changeRun(id, (run) => ({
    ...run,
    state: outcome.status,
    error,
    durationMs: outcome.durationMs,
    endedAtMs: Date.now(),
  }))
  const before = getApp().session.runAll
  const isWaitEnded = waitsEnded.delete(id) && outcome.status === 'interrupted'
  const after = before === null ? null : cellEnded(before, id, isWaitEnded ? 'wait-ended' : outcome.status)
  change('session', (draft) => {
    if (lane !== 'python') draft.running[lane] = null
    else {
      draft.runningCell = null
      draft.runningSinceMs = null
    }
    draft.runAll = after as never
    draft.sleeping[id] = null
    draft.waiting[id] = null
  })
  if (after?.state === 'stopped' && before?.state === 'running') {
    emptyQueue()
    selectCell(id, 'command')
  }
  markUnsaved()
}

/** For a NameError: the cell that defines the name, and the cells to run first. */
export function hintForName(id: CellId, outputs: readonly CellOutput[]): NameHint | null {
  const failure = outputs.findLast((output) => output.output_type === 'error')
  const name = failure === undefined || failure.ename !== 'NameError' ? null : unknownName(failure.evalue)
  return name === null ? null : nameHint(name, cellsNow(), getApp().notebook.runs, id)
}

export function runCells(ids: readonly CellId[]): void {
  ids.forEach(runCell)
}

function withFragmentHint(id: CellId, outcome: CellOutcome): CellRun['error'] {
  const cells = cellsNow()
  const at = cells.findIndex((cell) => cell.id === id)
  if (outcome.error === null || outcome.error.hint !== null || at === -1 || !isFragment(cells[at])) return outcome.error
  const home = fragmentHome(cells, at)
  const hint =
    home === null
      ? 'This is a fragment from the text, not a whole cell.'
      : `It belongs after \`writeStream\` in cell ${home + 1}.`
  return { ...outcome.error, hint }
}

export function onKernelEvents(events: readonly KernelEvent[]): void {
  const outputs = new Map<CellId, CellOutput[]>()
  for (const event of events) {
    if (event.kind === 'output') {
      const cell = event.cell ?? getApp().session.runningCell
      if (cell !== null) outputs.set(cell, [...(outputs.get(cell) ?? []), event.output])
    } else onKernelState(event)
  }
  for (const [cell, added] of outputs)
    changeRun(cell, (run) => ({ ...run, outputs: appendOutputs(run.outputs, added) }))
  if (outputs.size > 0) markUnsaved()
  // A lesson's clock that waits for a stream would let Python sleep for ever.
  const { sleeping, isHeldForFirstQuery } = getApp().session
  if (isHeldForFirstQuery && Object.values(sleeping).some((sleep) => sleep !== null)) void onFirstQuery()
}

/** A callback of a stream sleeps in no cell. */
const NO_CELL = ''

function onKernelState(event: Exclude<KernelEvent, { kind: 'output' }>): void {
  change('session', (draft) => {
    switch (event.kind) {
      case 'boot':
        if (draft.python.phase !== 'ready')
          draft.python = {
            phase: event.phase === 'ready' ? 'packages' : event.phase,
            fraction: event.fraction,
            message: null,
          }
        return
      case 'sleeping':
        draft.sleeping[event.cell ?? NO_CELL] =
          event.untilMs === null ? null : { untilMs: event.untilMs, durationMs: event.durationMs }
        return
      case 'waiting':
        draft.waiting[event.cell ?? NO_CELL] = event.query === null ? null : { query: event.query }
        return
      case 'finished':
        return
    }
  })
}
