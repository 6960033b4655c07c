import { activeQueries } from '../../monitoring/model/monitoring'
import { change, getApp, useApp } from '../state/store'
import { sleepBetween, sleptText } from './sleep'

/** Chromium's Energy Saver does not freeze a tab that holds a Web Lock (B04). */
const LOCK = 'runnel.streaming'

let lastWordMs: number | null = null
let release: (() => void) | null = null

/** Call with every word of the engine. */
export function noteAlive(): void {
  const nowMs = Date.now()
  const slept = sleepBetween(lastWordMs, nowMs)
  lastWordMs = nowMs
  if (slept === null || getApp().session.isReadOnly) return
  const next = activeQueries(getApp().monitoring).map(({ info }) => (info.lastBatchId ?? -1) + 1)
  change('session', (session) => void (session.sleptText = sleptText(slept, next)))
}

/** Holds the lock from the first running query to the end of the last. */
export function stayAwake(): void {
  useApp.subscribe(({ monitoring }, before) => {
    if (monitoring === before.monitoring) return
    const isStreaming = activeQueries(monitoring).length > 0
    if (isStreaming && release === null) hold()
    else if (!isStreaming) letGo()
  })
}

/** The browser threw the page away to save memory and loaded it again when it was shown. */
export function wasDiscarded(): boolean {
  return (document as { wasDiscarded?: boolean }).wasDiscarded === true
}

function hold(): void {
  const held = new Promise<void>((resolve) => (release = resolve))
  // Shared: a second tab that only shows does not wait for it.
  void navigator.locks.request(LOCK, { mode: 'shared' }, () => held)
}

function letGo(): void {
  release?.()
  release = null
}
