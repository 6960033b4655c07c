import type { QueryId } from '../../protocol/ids'
import { EMPTY_MONITORING, activeQueries, foldQuery, removeQuery } from '../../monitoring/model/monitoring'
import { partingList } from '../start-over/made'
import { forgetMade, madeByNotebook, seenIn } from '../start-over/tracking'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { SESSION } from '../workers'
import type { Runtime } from '../workers'
import { confirm } from './confirm'
import { loadTables, refreshStorage } from './explorer-actions'
import { currentLesson, refreshHubs } from './lesson-actions'
import { authorsText, keepCopy, listNotebooks, saveNow, showText, writeJournal } from './persistence'
import { restartAfter, runCell } from './run-actions'
import { runtimeOrNull } from './runtime-holder'
import { expectFirstQuery } from './stream-actions'

/** Opens the dialog that lists what goes: as it is now, not as the explorer last saw it. */
export async function askToStartOver(): Promise<void> {
  const [text] = await Promise.all([authorsText().catch(() => null), loadTables(), refreshHubs()])
  const app = getApp()
  const going = partingList(madeByNotebook(), {
    ...seenIn(app),
    numRunning: activeQueries(app.monitoring).length,
    numProducers: app.explorer.hubs.filter((hub) => hub.producer !== null).length,
  })
  change('view', (view) => void (view.startOver = { going, authorsText: text }))
}

export function closeStartOver(): void {
  change('view', (view) => void (view.startOver = null))
}

/**
 * Start over (B18), whole or not at all: streams and producers stop, what this notebook made is deleted, the author's text
 * comes back, Python and stream time start anew. Own text is kept as a copy first when the learner wants it.
 */
export async function startOver(keepsCopy: boolean): Promise<void> {
  const { notebook, view } = getApp()
  const restored = view.startOver?.authorsText ?? null
  const { path } = notebook
  closeStartOver()
  if (path === null) return
  try {
    await saveNow()
    if (keepsCopy && restored !== null) tell('info', `Your text is kept as ${await keepCopy()}.`)
  } catch (thrown) {
    // Nothing is taken away when the copy cannot be kept.
    tell('error', `Start over did not begin: your copy could not be written. ${textOf(thrown)}`)
    return
  }
  await restartAfter(async (runtime) => {
    await takeAway(runtime, path)
    if (restored === null) dropOutputs()
    else showText(path, restored)
    await restartTime(runtime)
    writeJournal()
    await saveNow()
  }, 'Started over: this notebook is as on its first day.')
  await Promise.all([loadTables(), refreshHubs(), refreshStorage(), listNotebooks()])
}

/** The card's way: query, checkpoint and table go together, then the stream begins again (B18). */
export async function restartFromScratch(query: QueryId): Promise<void> {
  const view = getApp().monitoring.queries[query]
  const runtime = runtimeOrNull()
  if (view === undefined || runtime === null) return
  const { title, target, cell } = view.info
  const rows = view.flow?.targetRows ?? null
  const table = target === null ? '' : ` and ${target}${rows === null ? '' : ` (${rows.toLocaleString('en-US')} rows)`}`
  const isSure = await confirm({
    title: `Restart ${title} from scratch?`,
    text: `Its checkpoint${table} are deleted together. The stream then reads everything its source still holds and writes it once.`,
    action: 'Restart stream from scratch',
  })
  if (!isSure) return
  try {
    const restarted = await runtime.engine.restartFromScratch(query)
    useApp.setState(({ monitoring }) => ({
      monitoring:
        restarted === null ? removeQuery(monitoring, query) : foldQuery(removeQuery(monitoring, query), restarted),
    }))
    if (restarted === null && cell !== null) runCell(cell)
    await loadTables()
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

async function takeAway({ engine, broker }: Runtime, path: string): Promise<void> {
  // A table that came with the newest batch goes too.
  await loadTables()
  const made = madeByNotebook()
  const { compatibility } = getApp().session
  await Promise.all([engine.stopAllQueries(), broker.stopAllProducers()])
  const known = new Set((await engine.queries()).map(({ id }) => id))
  await engine.erase({
    queries: made.queries.filter((id): id is QueryId => known.has(id as QueryId)),
    tables: made.tables,
    checkpoints: made.checkpoints,
  })
  const hubs = new Set((await broker.hubs()).map(({ name }) => name))
  for (const hub of made.hubs) if (hubs.has(hub)) await broker.deleteHub(hub)
  // A new session, so that temp views go and notices are told again.
  await engine.closeSession(SESSION)
  await engine.openSession({ session: SESSION, compatibility })
  forgetMade(path)
  useApp.setState({ monitoring: EMPTY_MONITORING })
  change('session', (session) => void (session.resumable = []))
}

function dropOutputs(): void {
  useApp.setState(({ notebook }) => ({ notebook: { ...notebook, runs: {} } }))
}

/** A lesson stands at its declared start again; another notebook goes on at the wall's time. */
async function restartTime({ engine }: Runtime): Promise<void> {
  const lesson = currentLesson().clock
  const state = await engine.clock({
    kind: 'restart',
    sessionMs: lesson?.startMs ?? Date.now(),
    speed: lesson?.speed ?? 1,
    isPaused: lesson !== null,
  })
  expectFirstQuery()
  change('session', (session) => {
    session.clock = state
    session.isHeldForFirstQuery = lesson !== null
  })
}
