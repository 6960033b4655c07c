import type { EngineEvent } from '../../protocol/workers/engine'
import { redact } from '../actions/persistence'
import { tell, textOf, useApp } from '../state/store'
import type { Runtime } from '../workers'
import { EventLog } from './event-log'
import { hearRequests } from './logged'

const FOLDER = '/runnel/events'
const FLUSH_EVERY_MS = 5000

let log: EventLog | null = null
/** Last noted run and state of each query: its status changes several times a batch. */
const stages = new Map<string, string>()
let nowMs: () => number | null = () => null

/** Begins to write what `logged` workers are asked and what the engine tells. Nothing of it is shown in this version. */
export function startEventLog(runtime: Runtime): void {
  const { engine } = runtime
  nowMs = () => runtime.nowMs()
  hearRequests(note)
  log = new EventLog({
    folder: FOLDER,
    startedAt: Date.now(),
    store: {
      write: async (path, text) => engine.writeFile(path, new TextEncoder().encode(text)),
      remove: async (path) => engine.removeFile(path),
      list: async () => (await engine.listFiles(FOLDER)).map(({ path }) => path),
    },
  })
  const flush = () => {
    if (log?.hasUnwritten !== true || useApp.getState().session.isDiskFull) return
    log.flush().catch((thrown: unknown) => {
      // The log is not the learner's work: one sentence, and the next flush tries again.
      tell('warning', `The event log could not be written: ${textOf(thrown)}`)
    })
  }
  setInterval(() => whenIdle(flush), FLUSH_EVERY_MS)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && flush())
}

/** How queries go on, from the engine's own events; live numbers are not part of it. */
export function noteEngineEvents(events: readonly EngineEvent[]): void {
  for (const event of events) {
    if (event.kind === 'query') {
      const stage = `${event.query.runId} ${event.query.state}`
      if (stages.get(event.query.id) === stage) continue
      stages.set(event.query.id, stage)
      const { id, title, runId, runNumber, state, lastBatchId, cell, error } = event.query
      note('query', { id, title, runId, runNumber, state, lastBatchId, cell, condition: error?.condition ?? null })
    } else if (event.kind === 'progress' && !event.isIdle) {
      const { batchId, numInputRows, timestamp } = event.progress
      note('batch', { query: event.query, batchId, numInputRows, timestamp })
    } else if (event.kind === 'log') note('log', { level: event.level, message: event.message })
  }
}

function note(kind: string, detail: unknown): void {
  if (kind === 'engine.clock' && (detail as { kind: string }[])[0]?.kind === 'state') return
  log?.add({ at: Date.now(), session: nowMs(), kind, detail: withoutSecrets(detail) })
}

/** Secrets never reach a file (B17). */
function withoutSecrets(detail: unknown): unknown {
  const text = JSON.stringify(detail) ?? 'null'
  return JSON.parse(redact(text)) as unknown
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: FLUSH_EVERY_MS })
  else work()
}
