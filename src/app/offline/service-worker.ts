import type { FromServiceWorker, OfflineState, Precache, PrecacheAsset, ToServiceWorker } from './precache'
import { offlineState } from './precache'
import { resumingResponse } from './resuming-body'

/**
 * Serves one build from the cache and isolates its page on hosts that send no headers (B05). It never takes over from an
 * older one by itself: that waits for the learner's Update. The build prepends the list of files as `PRECACHE`.
 */
type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void }
type FetchEvent = ExtendableEvent & { readonly request: Request; respondWith(response: Promise<Response>): void }
type MessageToWorker = ExtendableEvent & { readonly data: ToServiceWorker; readonly ports: readonly MessagePort[] }
type ServiceWorkerScope = EventTarget & {
  readonly PRECACHE: Precache
  readonly registration: ServiceWorkerRegistration
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(message: FromServiceWorker): void }[]> }
  skipWaiting(): Promise<void>
}

const scope = self as unknown as ServiceWorkerScope
const { PRECACHE } = scope
const root = new URL(scope.registration.scope)
const FAMILY = `runnel:${root.pathname}:`
const CACHE = FAMILY + PRECACHE.build
const byPath = new Map(PRECACHE.assets.map((asset) => [asset.path, asset]))
const stores = new Map<string, Promise<void>>()

/** Added only where the host's own answer lacks them. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

scope.addEventListener('install', (event) => (event as ExtendableEvent).waitUntil(install()))
scope.addEventListener('activate', (event) => (event as ExtendableEvent).waitUntil(activate()))
scope.addEventListener('message', (event) => onMessage(event as MessageToWorker))
scope.addEventListener('fetch', (event) => onFetch(event as FetchEvent))

/** The first worker is there at once, so that the page can be isolated; an update first has everything. */
async function install(): Promise<void> {
  if (scope.registration.active === null) await scope.skipWaiting()
  else {
    await adopt()
    await fill()
  }
}

/** The newest two builds stay: a second tab may still show the one before. */
async function activate(): Promise<void> {
  const families = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE)
  await Promise.all(families.slice(0, -1).map((name) => caches.delete(name)))
  await scope.clients.claim()
}

function onMessage(event: MessageToWorker): void {
  switch (event.data.kind) {
    case 'status':
      return event.waitUntil(status().then((state) => event.ports[0]?.postMessage(state)))
    case 'fill':
      return event.waitUntil(fill())
    case 'update':
      return event.waitUntil(scope.skipWaiting())
  }
}

function onFetch(event: FetchEvent): void {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== root.origin || request.headers.has('range')) return
  const asset = url.pathname.startsWith(root.pathname)
    ? byPath.get(decodeURIComponent(url.pathname.slice(root.pathname.length)) || 'index.html')
    : undefined
  event.respondWith(asset === undefined ? unlisted(request) : serve(asset))
}

/** A file of an older build that another tab still shows, or something that is not ours. */
async function unlisted(request: Request): Promise<Response> {
  const older = await caches.match(request)
  return isolated(older ?? (await fetch(request)))
}

async function serve(asset: PrecacheAsset): Promise<Response> {
  const cache = await caches.open(CACHE)
  const known = await cache.match(addressOf(asset))
  if (known !== undefined) return isolated(known)
  const response = await download(asset, 'default')
  if (!response.ok || response.body === null) return isolated(response)
  const [toPage, toCache] = response.body.tee()
  // Not waited for: whoever asked reads at once. What is not whole is not kept.
  void keep(asset, new Response(toCache, { headers: response.headers })).catch(() => undefined)
  return isolated(new Response(toPage, { headers: response.headers }))
}

/** Downloads what is missing, one file after the other; what fails is asked for again with the next `fill`. */
async function fill(): Promise<void> {
  const failures: unknown[] = []
  for (const asset of PRECACHE.assets) {
    await store(asset).catch((thrown: unknown) => failures.push(thrown))
  }
  await tell()
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} files are missing`)
}

function store(asset: PrecacheAsset): Promise<void> {
  const running = stores.get(asset.path)
  if (running !== undefined) return running
  const work = (async () => {
    const cache = await caches.open(CACHE)
    if ((await cache.match(addressOf(asset))) !== undefined) return
    const response = await download(asset, 'default')
    if (!response.ok) throw new TypeError(`${asset.path}: the server answered ${response.status}`)
    if (await keep(asset, response)) return
    // An HTTP cache on the way may hold the file of an older build.
    if (!(await keep(asset, await download(asset, 'reload')))) throw new TypeError(`${asset.path} is of another build`)
  })().finally(() => stores.delete(asset.path))
  stores.set(asset.path, work)
  return work
}

/** False when the content is not the one this build listed. */
async function keep(asset: PrecacheAsset, response: Response): Promise<boolean> {
  const bytes = await response.arrayBuffer()
  if (asset.sha256 !== null && (await digestOf(bytes)) !== asset.sha256) return false
  const cache = await caches.open(CACHE)
  await cache.put(addressOf(asset), new Response(bytes, { headers: response.headers }))
  await tell()
  return true
}

/** Files that did not change since the build before are not downloaded again. */
async function adopt(): Promise<void> {
  const cache = await caches.open(CACHE)
  for (const asset of PRECACHE.assets) {
    if (asset.sha256 === null) continue
    const older = await caches.match(addressOf(asset))
    if (older === undefined) continue
    const bytes = await older.arrayBuffer()
    if ((await digestOf(bytes)) === asset.sha256)
      await cache.put(addressOf(asset), new Response(bytes, { headers: older.headers }))
  }
}

async function download(asset: PrecacheAsset, cache: RequestCache): Promise<Response> {
  // A host may rewrite a document, so its length is not known before; and an older build's may lie in the HTTP cache.
  if (asset.sha256 === null) return fetch(addressOf(asset), { cache: 'reload' })
  let canRange = false
  const open = async (from: number) => {
    const headers: HeadersInit = from > 0 && canRange ? { Range: `bytes=${from}-` } : {}
    const response = await fetch(addressOf(asset), { headers, cache, redirect: 'follow' })
    canRange = response.headers.get('accept-ranges') === 'bytes' && !response.headers.has('content-encoding')
    return response
  }
  const wait = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs))
  return resumingResponse({ sizeBytes: asset.sizeBytes, open, wait })
}

async function status(): Promise<OfflineState> {
  const cache = await caches.open(CACHE)
  const cached = (await cache.keys()).map(({ url }) =>
    decodeURIComponent(new URL(url).pathname.slice(root.pathname.length)),
  )
  return offlineState(PRECACHE, new Set(cached))
}

async function tell(): Promise<void> {
  const state = await status()
  for (const client of await scope.clients.matchAll()) client.postMessage({ kind: 'offline', state })
}

function addressOf(asset: PrecacheAsset): string {
  return new URL(asset.path, root).href
}

function isolated(response: Response): Response {
  if (response.type === 'opaque' || response.type === 'error' || response.status === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(ISOLATION)) if (!headers.has(name)) headers.set(name, value)
  const hasBody = ![101, 204, 205, 304].includes(response.status)
  return new Response(hasBody ? response.body : null, {
    status: response.status,
    statusText: response.statusText,
    headers,
  })
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
