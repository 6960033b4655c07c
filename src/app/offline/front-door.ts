import { change, tell, textOf, useApp } from '../state/store'
import type { FromServiceWorker, OfflineState, ToServiceWorker } from './precache'

/**
 * The page's end of the service worker (B05). Before anything is drawn it makes sure that the page is isolated, with one
 * reload at most; later it lets the worker fill its cache and offers an update when one waits.
 */
const RELOADED = 'runnel.reloadedForIsolation'
const CONTROL_MS = 10_000
const FILL_AGAIN_MS = 15_000

let registration: ServiceWorkerRegistration | null = null

/** False = the page is about to reload: draw nothing. */
export async function openFrontDoor(): Promise<boolean> {
  if (!canServe()) return true
  if (window.crossOriginIsolated) {
    sessionStorage.removeItem(RELOADED)
    void register().catch((thrown: unknown) =>
      tell('warning', `This page cannot be kept for offline use here: ${textOf(thrown)}`),
    )
    return true
  }
  const isFramed = window.top !== window.self
  if (isFramed || sessionStorage.getItem(RELOADED) !== null) return true
  try {
    await register()
    await controlled()
  } catch {
    // Service workers may be forbidden here: the page opens as it is, and its bar says what is off.
    return true
  }
  sessionStorage.setItem(RELOADED, 'yes')
  location.reload()
  return false
}

/** Keeps the title bar's figure true, and offers an update when one waits. */
export async function watchOffline(): Promise<void> {
  if (!canServe() || registration === null) return
  navigator.serviceWorker.addEventListener('message', (event: MessageEvent<FromServiceWorker>) => {
    if (event.data.kind === 'offline') show(event.data.state)
  })
  watchForUpdate(registration)
  await controlled()
  await look()
}

/** Fills the cache in the background, until nothing is missing. Call when Python is up or has failed: that one is waited for. */
export async function goOffline(): Promise<void> {
  if (!canServe() || registration === null) return
  await controlled()
  const fill = async () => {
    const state = await look()
    if (state !== null && state.cachedBytes < state.totalBytes && navigator.onLine) post({ kind: 'fill' })
  }
  window.addEventListener('online', () => void fill())
  setInterval(() => {
    const { offline } = useApp.getState().session
    if (offline !== null && offline.cachedBytes < offline.totalBytes) void fill()
  }, FILL_AGAIN_MS)
  await fill()
}

async function look(): Promise<OfflineState | null> {
  const state = await ask()
  if (state !== null) show(state)
  return state
}

/** What of this build the cache holds now; null without a service worker. */
export async function offlineNow(): Promise<OfflineState | null> {
  return canServe() && navigator.serviceWorker.controller !== null ? ask() : null
}

/** The learner said Update: the waiting worker takes over, and the page loads anew. */
export function update(): void {
  const waiting = registration?.waiting
  if (waiting == null) return
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting.postMessage({ kind: 'update' } satisfies ToServiceWorker)
}

function canServe(): boolean {
  return import.meta.env.PROD && window.isSecureContext && 'serviceWorker' in navigator
}

async function register(): Promise<void> {
  registration = await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI), {
    scope: './',
  })
}

/** Resolves when a worker serves this page; it never comes where the browser forbids it. */
function controlled(): Promise<void> {
  const { serviceWorker } = navigator
  if (serviceWorker.controller !== null) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The service worker did not start.')), CONTROL_MS)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    serviceWorker.addEventListener('controllerchange', done, { once: true })
    // A reload that bypasses the worker leaves the page without one although it is active.
    if (registration?.active?.state === 'activated') done()
  })
}

function watchForUpdate(known: ServiceWorkerRegistration): void {
  const offer = () => {
    if (known.waiting !== null) change('session', (draft) => void (draft.isUpdateReady = true))
  }
  offer()
  known.addEventListener('updatefound', () => known.installing?.addEventListener('statechange', offer))
}

function ask(): Promise<OfflineState | null> {
  return new Promise((resolve) => {
    const { controller } = navigator.serviceWorker
    if (controller === null) return resolve(null)
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event: MessageEvent<OfflineState>) => resolve(event.data)
    controller.postMessage({ kind: 'status' } satisfies ToServiceWorker, [port2])
  })
}

function post(message: ToServiceWorker): void {
  navigator.serviceWorker.controller?.postMessage(message)
}

function show(state: OfflineState): void {
  change('session', (draft) => void (draft.offline = state))
}
