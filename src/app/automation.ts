import { isFragment } from '../notebook/model/fragments'
import { activeQueries } from '../monitoring/model/monitoring'
import { importNotebook, notebookText } from './actions/persistence'
import { refreshHubs, startProducer } from './actions/lesson-actions'
import { continueRunAll, runAll } from './actions/run-actions'
import { runtime } from './actions/runtime-holder'
import { cellsNow } from './actions/notebook-actions'
import { change, getApp } from './state/store'

/**
 * What drives the page without a hand: `npm run execute` and the end-to-end tests open it at `#automation` and call this.
 * Everything goes through the same actions as buttons do.
 */
export type Automation = {
  /** Resolves when Python can run a cell; rejects with what failed. */
  ready(): Promise<void>
  open(name: string, text: string): Promise<void>
  setSpeed(speed: number): Promise<void>
  /** Presses Run all. With `allowErrors` it goes on behind a failed cell, as "Skip" does. */
  runAll(options: { allowErrors: boolean; producer: string | null }): Promise<'done' | 'stopped'>
  /** Lets every query finish the batch in progress, or with `untilIdle` read everything there is, then stops it. */
  settle(options: { untilIdle: boolean }): Promise<void>
  /** The notebook as it would be exported, with outputs; fragments are marked in the cell's metadata. */
  result(): string
}

declare global {
  var runnel: Automation | undefined
}

const LOOK_AGAIN_MS = 100

/** Reads `#automation&mode=strict`; true when the page is to be driven. */
export function prepareAutomation(hash: string): boolean {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  if (!parameters.has('automation')) return false
  if (parameters.get('mode') === 'strict') change('session', (draft) => void (draft.compatibility = 'strict'))
  globalThis.runnel = automation
  return true
}

const automation: Automation = {
  ready: () =>
    until(() => {
      const { engine, engineError, python } = getApp().session
      if (engine === 'failed') throw new Error(`The engine did not start: ${engineError ?? 'no reason given'}`)
      if (python.phase === 'failed') throw new Error(`Python did not start: ${python.message ?? 'no reason given'}`)
      return engine === 'ready' && python.phase === 'ready'
    }),
  open: (name, text) => importNotebook(new File([text], name)),
  setSpeed: async (speed) => {
    await runtime().engine.clock({ kind: 'speed', speed })
  },
  runAll: async ({ allowErrors, producer }) => {
    await runAll()
    for (;;) {
      if (producer !== null) await fillEmptyHubs(producer)
      const { runAll: run, runningCell, queue } = getApp().session
      if (run === null || run.state === 'done') return 'done'
      if (run.state === 'stopped' && runningCell === null && queue.length === 0) {
        if (!allowErrors) return 'stopped'
        continueRunAll(true)
      }
      await pause()
    }
  },
  settle: async ({ untilIdle }) => {
    const { engine, broker } = runtime()
    if (untilIdle) await broker.stopAllProducers()
    for (const { info } of activeQueries(getApp().monitoring)) {
      if (untilIdle) await engine.processAllAvailable(info.id)
      else
        await until(
          async () => !(await engine.queries()).some((query) => query.id === info.id && query.status.isTriggerActive),
        )
    }
    await engine.stopAllQueries()
  },
  result: () => {
    const notebook = JSON.parse(notebookText()) as { cells: { metadata: Record<string, unknown> }[] }
    cellsNow().forEach((cell, at) => {
      if (cell.kind === 'code' && isFragment(cell)) notebook.cells[at].metadata.runnel = { outcome: 'fragment' }
    })
    return JSON.stringify(notebook, null, 1)
  },
}

async function fillEmptyHubs(preset: string): Promise<void> {
  await refreshHubs()
  for (const hub of getApp().explorer.hubs) {
    if (hub.producer === null && hub.numSent === 0) await startProducer(hub.name, preset)
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause()
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
}
