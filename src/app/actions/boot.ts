import type { BrokerEvent } from '../../protocol/workers/broker'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { automatedMode, isAutomated } from '../automation-flag'
import { capabilityOf, probeBrowser } from '../capability'
import { noteAlive, stayAwake } from '../awake/awake'
import { noteEngineEvents, startEventLog } from '../event-log/recorder'
import { keepReserve, watchDisk } from './disk'
import { trackPossessions } from '../start-over/tracking'
import { goOffline, watchOffline } from '../offline/front-door'
import { listenToTabs, wasMovedHere } from '../tabs'
import { Runtime } from '../workers'
import type { WorkerFactories } from '../workers'
import { loadTables, refreshStorage } from './explorer-actions'
import { stopPreviewsOfGoneCells } from './insight-actions'
import { currentLesson, loadPresets, refreshHubs, releaseClock } from './lesson-actions'
import { listNotebooks, markUnsaved, openFirstNotebook, saveNow, writeJournal } from './persistence'
import { listenToPaste } from './paste-actions'
import { isFirstTime, rememberClock, rememberedClock, rememberedTheme, resumesByItself } from './remembered'
import { onKernelEvents, pythonFailed, pythonReady } from './run-actions'
import { holdRuntime, runtimeOrNull } from './runtime-holder'
import { onEngineEvents, resumeStreams } from './stream-actions'

const WORKSPACE = 'default'
const HOUSEKEEPING_MS = 5000

let started = false

/** Everything that happens once per page load. Safe to call twice. */
export async function boot(factories: WorkerFactories): Promise<void> {
  if (started) return
  started = true
  change('view', (draft) => void (draft.theme = rememberedTheme()))
  const capability = capabilityOf(await probeBrowser())
  change('session', (draft) => void (draft.capability = capability as never))
  if (isAutomated()) {
    change('session', (draft) => void (draft.compatibility = automatedMode()))
    return
  }
  listenToTabs()
  listenToPaste()
  try {
    await openFirstNotebook()
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
  if (capability.probe.isFramed) return
  await startEngine(factories)
}

export async function startEngine(factories: WorkerFactories): Promise<void> {
  const { capability, compatibility } = getApp().session
  if (capability === null) return
  const clock = firstClock()
  const options = {
    storage: capability.storage,
    isIsolated: capability.probe.isIsolated,
    workspace: WORKSPACE,
    compatibility,
    clock,
    conf: { 'runnel.streaming.minBatchIntervalMs': '200' },
  }
  try {
    const runtime = new Runtime(factories, options, {
      engine: (events) => {
        noteAlive()
        noteEngineEvents(events)
        onEngineEvents(events)
      },
      broker: onBrokerEvents,
      kernel: onKernelEvents,
      died: onWorkerDied,
    })
    holdRuntime(runtime)
    const report = await runtime.boot()
    change('session', (draft) => {
      draft.engine = 'ready'
      draft.isReadOnly = report.isReadOnly
      draft.isPersistent = report.isPersistent
      draft.clock = runtime.clockState()
      draft.isHeldForFirstQuery = clock.isHeld
    })
    const python = capability.canRunPython && !report.isReadOnly ? startPython(runtime) : Promise.resolve()
    void watchOffline()
      .then(() => python)
      .then(goOffline)
      .catch((thrown: unknown) => tell('warning', textOf(thrown)))
    await afterBoot(runtime)
  } catch (thrown) {
    change('session', (draft) => {
      draft.engine = 'failed'
      draft.engineError ??= `The engine did not start: ${textOf(thrown)}`
    })
  }
}

async function startPython(runtime: Runtime): Promise<void> {
  change('session', (draft) => void (draft.python = { phase: 'download', fraction: null, message: null }))
  try {
    await runtime.startKernel()
    pythonReady()
  } catch (thrown) {
    pythonFailed(textOf(thrown))
  }
}

async function afterBoot(runtime: Runtime): Promise<void> {
  await Promise.all([loadTables(), refreshHubs(), loadPresets(), refreshStorage(), listNotebooks()])
  if (getApp().session.isReadOnly) return
  trackPossessions()
  stayAwake()
  watchDisk()
  startEventLog(runtime)
  const resumable = await runtime.engine.resumable()
  change('session', (draft) => {
    draft.resumable = resumable as never
    draft.reloadedAtMs = Date.now()
  })
  if (resumable.length > 0 && isFirstTime('closed'))
    tell('info', 'The streams ended with the page. On Fabric a forgotten stream keeps running and costs capacity.')
  if (resumable.length > 0 && (wasMovedHere() || resumesByItself())) await resumeStreams()
  markUnsaved()
  await saveNow()
  await listNotebooks()
  // Chromium answers without asking the learner; where it refuses, the status bar says so.
  await navigator.storage.persist?.()
  await keepReserve()
  await refreshStorage()
  setInterval(() => {
    rememberClock()
    void refreshStorage()
    if (getApp().session.isDiskFull) void keepReserve()
  }, HOUSEKEEPING_MS)
  releaseClockForOthers()
  stopPreviewsOfGoneCells()
  window.addEventListener('pagehide', lastWords)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && lastWords())
}

/** A lesson's clock waits for the lesson's first stream; another notebook does not wait for it. */
function releaseClockForOthers(): void {
  useApp.subscribe((state, before) => {
    if (state.notebook.path === before.notebook.path || !state.session.isHeldForFirstQuery) return
    if (currentLesson().clock === null) void releaseClock()
  })
}

function lastWords(): void {
  rememberClock()
  if (getApp().notebook.saved !== 'saved') writeJournal()
}

/** Stream time goes on where it stood; a lesson that never began stands at its declared start; else it is now. */
function firstClock(): { startMs: number; speed: number; isPaused: boolean; isHeld: boolean } {
  const lesson = currentLesson().clock
  const remembered = rememberedClock()
  if (remembered !== null && remembered.path === getApp().notebook.path) {
    return {
      startMs: remembered.sessionMs,
      speed: remembered.speed,
      isPaused: remembered.isPaused,
      isHeld: remembered.isHeld,
    }
  }
  if (lesson !== null) return { startMs: lesson.startMs, speed: lesson.speed, isPaused: true, isHeld: true }
  return { startMs: Math.max(Date.now(), remembered?.sessionMs ?? 0), speed: 1, isPaused: false, isHeld: false }
}

function onBrokerEvents(events: readonly BrokerEvent[]): void {
  change('explorer', (draft) => {
    for (const event of events) {
      if (event.kind !== 'hub') continue
      const at = draft.hubs.findIndex((hub) => hub.name === event.hub.name)
      if (at === -1) draft.hubs.push(event.hub as never)
      else draft.hubs[at] = event.hub as never
    }
  })
  for (const event of events) if (event.kind === 'error') tell('error', event.message)
}

function onWorkerDied(worker: 'engine' | 'broker' | 'kernel', message: string): void {
  if (worker === 'kernel') pythonFailed(message)
  else if (runtimeOrNull() !== null) {
    change('session', (draft) => {
      draft.engine = 'failed'
      draft.engineError = `The ${worker} worker stopped: ${message.replace(/\.$/, '')}. Your code and tables are safe; reload the page.`
    })
  }
}
