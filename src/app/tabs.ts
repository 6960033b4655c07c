import { rememberClock } from './actions/remembered'
import { saveNow } from './actions/persistence'
import { runtimeOrNull } from './actions/runtime-holder'
import { markAllStopped } from '../monitoring/model/monitoring'
import { change, getApp, useApp } from './state/store'

/**
 * Move here (B19): the tab that only shows asks the one that holds the workspace to let go. That one saves and ends its
 * workers, which frees the lock; the streams then go on in the asking tab from their checkpoints, like after a reload.
 */
const CHANNEL = 'runnel.tabs'
const MOVED = 'runnel.movedHere'
const ANSWER_MS = 5000

type TabMessage = { readonly kind: 'move' } | { readonly kind: 'free' }

let channel: BroadcastChannel | null = null

export function listenToTabs(): void {
  channel ??= new BroadcastChannel(CHANNEL)
  channel.onmessage = (event: MessageEvent<TabMessage>) => {
    if (event.data.kind === 'move' && !getApp().session.isReadOnly) void letGo()
  }
}

/** Resolves only when it fails: a successful move reloads this page. */
export async function moveHere(): Promise<void> {
  const tabs = channel
  if (tabs === null) return
  const answered = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_MS)
    tabs.addEventListener('message', (event: MessageEvent<TabMessage>) => {
      if (event.data.kind !== 'free') return
      clearTimeout(timer)
      resolve(true)
    })
  })
  tabs.postMessage({ kind: 'move' } satisfies TabMessage)
  if (!(await answered)) throw new Error('The other tab does not answer. Close it, then reload this one.')
  sessionStorage.setItem(MOVED, 'yes')
  location.reload()
}

/** True once, on the load that follows Move here: the streams then go on without being asked for. */
export function wasMovedHere(): boolean {
  const moved = sessionStorage.getItem(MOVED) === 'yes'
  sessionStorage.removeItem(MOVED)
  return moved
}

async function letGo(): Promise<void> {
  await saveNow()
  rememberClock()
  runtimeOrNull()?.shutDown()
  change('session', (draft) => {
    draft.isReadOnly = true
    draft.python = { phase: 'off', fraction: null, message: null }
    draft.runningCell = null
    draft.running = { sql: null, typescript: null }
    draft.queue = []
    draft.clock = null
  })
  useApp.setState(({ monitoring }) => ({ monitoring: markAllStopped(monitoring) }))
  channel?.postMessage({ kind: 'free' } satisfies TabMessage)
}
