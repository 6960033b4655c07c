import type { QueryId } from '../../protocol/ids'
import type { AfterStep, ClockCommand, EngineEvent } from '../../protocol/workers/engine'
import { activeQueries, foldEngineEvents, foldQuery, markCrashed, removeQuery } from '../../monitoring/model/monitoring'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { refreshTables, refreshStorage } from './explorer-actions'
import { choosePresets, onFirstQuery, resumeProducers } from './lesson-actions'
import { runtimeOrNull } from './runtime-holder'
import { isFirstTime, rememberClock, rememberQueries } from './remembered'

let sawQuery = false

export function onEngineEvents(events: readonly EngineEvent[]): void {
  useApp.setState(({ monitoring }) => ({ monitoring: foldEngineEvents(monitoring, events) }))
  const clock = events.findLast((event) => event.kind === 'clock')
  if (clock !== undefined) {
    change('session', (draft) => {
      draft.clock = clock.state
      draft.runningAtSpeed = clock.runningAtSpeed
    })
  }
  if (events.some((event) => event.kind === 'tables')) refreshTables()
  if (events.some((event) => event.kind === 'flow')) void choosePresets()
  if (events.some(isNewStage)) {
    rememberQueries()
    void refreshStorage()
    if (!sawQuery && activeQueries(getApp().monitoring).length > 0) {
      sawQuery = true
      void onFirstQuery()
    }
  }
  if (events.some((event) => event.kind === 'console') && isFirstTime('console'))
    tell('info', 'On Fabric and Databricks this goes to the driver log.')
  for (const event of events) if (event.kind === 'log' && event.level === 'error') tell('error', event.message)
}

/** Last state of each run: a query tells its status several times a batch, its state only when it changes. */
const stages = new Map<QueryId, string>()

function isNewStage(event: EngineEvent): boolean {
  if (event.kind !== 'query') return false
  const { id, runId, state } = event.query
  const stage = `${runId} ${state}`
  if (stages.get(id) === stage) return false
  stages.set(id, stage)
  return true
}

/** Start over: the next query is the notebook's first again. */
export function expectFirstQuery(): void {
  sawQuery = false
}

export async function clockCommand(command: ClockCommand): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  try {
    const state = await runtime.engine.clock(command)
    change('session', (draft) => {
      draft.clock = state
      if (command.kind === 'resume') draft.isHeldForFirstQuery = false
    })
    rememberClock()
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

/** Pause, or go on; a held lesson starts with its producers. */
export async function togglePause(): Promise<void> {
  const { clock, isHeldForFirstQuery } = getApp().session
  if (clock?.paused && isHeldForFirstQuery) {
    sawQuery = true
    await onFirstQuery()
    await clockCommand({ kind: 'state' })
  } else await clockCommand({ kind: clock?.paused ? 'resume' : 'pause' })
}

/** Exactly one micro-batch of the selected query; pauses first, so that no second one follows. */
export async function step(): Promise<void> {
  const { session, view } = getApp()
  if (!session.clock?.paused) await clockCommand({ kind: 'pause' })
  await clockCommand({ kind: 'step', query: view.selectedQuery as QueryId | null })
}

export async function stopQuery(query: QueryId): Promise<void> {
  await attempt(async () => {
    await runtimeOrNull()?.engine.stopQuery(query)
    await refreshQueries()
    const view = getApp().monitoring.queries[query]
    const batch = view?.info.lastBatchId
    if (batch !== null && batch !== undefined)
      tell('info', `${view.info.title}: stopped after batch ${batch}; restart continues at ${batch + 1}.`)
  })
}

export async function stopAllStreams(): Promise<void> {
  await attempt(async () => {
    const stopped = await runtimeOrNull()?.engine.stopAllQueries()
    await refreshQueries()
    if (stopped !== undefined) tell('info', stopped === 1 ? '1 stream stopped.' : `${stopped} streams stopped.`)
  })
}

export async function crash(query: QueryId, at: AfterStep | 'now'): Promise<void> {
  useApp.setState(({ monitoring }) => ({ monitoring: markCrashed(monitoring, query, at) }))
  await attempt(async () => {
    await runtimeOrNull()?.engine.crash(query, at)
  })
}

/** Recover a crashed or stopped query from its launch record and checkpoint. */
export async function recover(query: QueryId): Promise<void> {
  await attempt(async () => {
    const infos = (await runtimeOrNull()?.engine.resume([query])) ?? []
    useApp.setState(({ monitoring }) => ({ monitoring: infos.reduce(foldQuery, monitoring) }))
  })
}

export async function resumeStreams(): Promise<void> {
  const { resumable } = getApp().session
  const ready = resumable.filter((query) => query.needs === null && query.missingSecrets.length === 0)
  change(
    'session',
    (draft) =>
      void (draft.resumable = draft.resumable.filter(
        (query) => query.needs !== null || query.missingSecrets.length > 0,
      )),
  )
  await attempt(async () => {
    await resumeProducers()
    sawQuery = true
    if (getApp().session.clock?.paused) await clockCommand({ kind: 'resume' })
    const infos = (await runtimeOrNull()?.engine.resume(ready.map((query) => query.id))) ?? []
    useApp.setState(({ monitoring }) => ({ monitoring: infos.reduce(foldQuery, monitoring) }))
  })
}

export async function leaveResumable(): Promise<void> {
  const ids = getApp().session.resumable.map((query) => query.id)
  change('session', (draft) => void (draft.resumable = []))
  await attempt(async () => {
    await runtimeOrNull()?.engine.forgetResumable(ids)
  })
}

export function closeCard(query: QueryId): void {
  useApp.setState(({ monitoring }) => ({ monitoring: removeQuery(monitoring, query) }))
}

export function selectQuery(query: string | null): void {
  change('view', (draft) => void (draft.selectedQuery = query))
}

async function refreshQueries(): Promise<void> {
  const infos = (await runtimeOrNull()?.engine.queries()) ?? []
  useApp.setState(({ monitoring }) => ({ monitoring: infos.reduce(foldQuery, monitoring) }))
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}
