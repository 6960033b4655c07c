import type { CellId } from '../protocol/ids'
import type { CellOutput } from '../protocol/workers/kernel'
import type { ErrorShape } from '../protocol/errors/runnel-error'
import type { BrokerApi } from '../protocol/workers/broker'
import type { EngineApi } from '../protocol/workers/engine'
import type { Remote } from '../protocol/workers/remote'
import { wholeText } from '../monitoring/model/console'
import { activeQueries } from '../monitoring/model/monitoring'
import { isFragment } from '../notebook/model/fragments'
import { appendOutputs } from '../notebook/model/outputs'
import { IDLE_RUN } from '../notebook/model/types'
import { startEngine } from './actions/boot'
import { cellsNow, insertCell } from './actions/notebook-actions'
import { isAttached } from './automation-flag'
import { forcePreset } from './actions/lesson-actions'
import { notebookText, showText } from './actions/persistence'
import { continueRunAll, runAll, runCell } from './actions/run-actions'
import { runtime } from './actions/runtime-holder'
import { clockCommand } from './actions/stream-actions'
import { runCommand } from './commands'
import { change, getApp, useApp } from './state/store'
import type { AppState } from './state/store'
import type { WorkerFactories } from './workers'

/**
 * `npm run execute` drives the page through this object, present only under `#automation`.
 * The engine starts with the notebook, so that a lesson gets its declared clock.
 */
export type Automation = {
  /** Resolves when the page can take a notebook; attached: when Python can run a cell. */
  ready(): Promise<void>
  /** Adds a cell at the end and runs it: what it printed, or its error. */
  runCode(source: string): Promise<{ status: string; text: string; error: ErrorShape | null }>
  /** A command of the palette, by its id. */
  command(id: string): void
  readonly engine: Remote<EngineApi>
  readonly broker: Remote<BrokerApi>
  open(name: string, text: string): Promise<void>
  setSpeed(speed: number): Promise<void>
  /** `stopped`: a cell failed and errors are not allowed. */
  runAll(options: { allowErrors: boolean; producer: string | null }): Promise<'done' | 'stopped'>
  /** Ends all streams after the batch in progress, or with `untilIdle` after everything that had arrived. */
  settle(options: { untilIdle: boolean }): Promise<void>
  /** The notebook with outputs, console text and notices. */
  result(): Promise<string>
}

export function automation(factories: WorkerFactories): Automation {
  return {
    ready: () => (isAttached() ? pythonReady() : Promise.resolve()),
    async runCode(source) {
      const id = insertCell(cellsNow().length, 'code', source, 'command')
      runCell(id)
      const { notebook } = await until(({ notebook: { runs } }) => ENDED.has(runs[id]?.state ?? 'idle'))
      const { state, outputs, error } = notebook.runs[id]
      const text = outputs.map((output) => (output.output_type === 'stream' ? output.text : '')).join('')
      return { status: state, text, error }
    },
    command: runCommand,
    get engine() {
      return runtime().engine
    },
    get broker() {
      return runtime().broker
    },
    async open(name, text) {
      showText(`/notebooks/${name}`, text)
      await startEngine(factories)
      await pythonReady()
    },
    setSpeed: (speed) => clockCommand({ kind: 'speed', speed }),
    async runAll({ allowErrors, producer }) {
      if (producer !== null) forcePreset(producer)
      await runAll()
      for (;;) {
        const { session } = await until(({ session }) => session.runAll === null || session.runAll.state !== 'running')
        if (session.runAll?.state !== 'stopped') return 'done'
        if (!allowErrors) return 'stopped'
        continueRunAll(true)
      }
    },
    async settle({ untilIdle }) {
      const { engine } = runtime()
      if (untilIdle) {
        await runtime().broker.stopAllProducers()
        // A failed query has told its cell; the others still finish.
        await Promise.allSettled(
          activeQueries(getApp().monitoring).map(({ info }) => engine.processAllAvailable(info.id)),
        )
      }
      await engine.stopAllQueries()
      await until(({ monitoring }) => activeQueries(monitoring).length === 0)
      runtime().flushKernelEvents()
    },
    result() {
      addStreamTexts()
      addMarks()
      return Promise.resolve(notebookText())
    },
  }
}

const ENDED: ReadonlySet<string> = new Set(['ok', 'error', 'interrupted'])

async function pythonReady(): Promise<void> {
  const { session } = await until(
    ({ session }) =>
      session.engine === 'failed' ||
      ['ready', 'failed'].includes(session.python.phase) ||
      session.capability?.canRunPython === false,
  )
  const failure = session.engineError ?? session.python.message ?? session.capability?.pythonReason
  if (session.python.phase !== 'ready') throw new Error(failure ?? 'Python did not start.')
}

/** A console sink's text goes under the cell that started it, as on the page. */
function addStreamTexts(): void {
  const { monitoring, notebook } = getApp()
  const runs = { ...notebook.runs }
  for (const { info, console, earlierConsole } of Object.values(monitoring.queries)) {
    const text = wholeText(earlierConsole) + wholeText(console)
    if (info.cell === null || text === '') continue
    const output: CellOutput = { output_type: 'stream', name: 'stdout', text }
    const run = runs[info.cell] ?? IDLE_RUN
    runs[info.cell] = { ...run, outputs: appendOutputs(run.outputs, [output]) }
  }
  useApp.setState({ notebook: { ...notebook, runs } })
}

/** Notices of each cell, and fragments named as such: Run all has skipped them. */
function addMarks(): void {
  const { monitoring, notebook } = getApp()
  const byCell = new Map<CellId, unknown[]>()
  for (const { cell, ...notice } of monitoring.notices)
    if (cell !== null) byCell.set(cell, [...(byCell.get(cell) ?? []), notice])
  const cells = notebook.history.document.cells.map((cell) => {
    const notices = byCell.get(cell.id)
    const error = notebook.runs[cell.id]?.error ?? null
    const metadata = {
      ...cell.metadata,
      ...(error === null ? {} : { runnel_error: { condition: error.condition, hint: error.hint } }),
      ...(notices === undefined ? {} : { runnel_notices: notices }),
      ...(cell.kind === 'code' && isFragment(cell) ? { runnel_outcome: 'fragment' } : {}),
    }
    return { ...cell, metadata }
  })
  const history = { ...notebook.history, document: { ...notebook.history.document, cells } }
  change('notebook', (draft) => void (draft.history = history as never))
}

function until(isTrue: (state: AppState) => boolean): Promise<AppState> {
  return new Promise((resolve) => {
    if (isTrue(getApp())) {
      resolve(getApp())
      return
    }
    const stop = useApp.subscribe((state) => {
      if (!isTrue(state)) return
      stop()
      resolve(state)
    })
  })
}
