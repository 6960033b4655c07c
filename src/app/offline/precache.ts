/** What the build wrote, for the service worker and the check page: `precache.json`, and the first line of the worker. */
export type Precache = {
  /** Changes when any file does. */
  readonly build: string
  readonly assets: readonly PrecacheAsset[]
}

export type PrecacheAsset = {
  /** Relative to the page, for example `assets/index-abc.js`. */
  readonly path: string
  readonly sizeBytes: number
  /** Hex digest of the content; null for a document, which a host may rewrite. */
  readonly sha256: string | null
}

/** How much of the build lies in this browser's cache. */
export type OfflineState = { readonly cachedBytes: number; readonly totalBytes: number }

export type ToServiceWorker = { readonly kind: 'status' } | { readonly kind: 'fill' } | { readonly kind: 'update' }
export type FromServiceWorker = { readonly kind: 'offline'; readonly state: OfflineState }

export function offlineState(precache: Precache, cached: ReadonlySet<string>): OfflineState {
  const sum = (assets: readonly PrecacheAsset[]) => assets.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
  return {
    cachedBytes: sum(precache.assets.filter(({ path }) => cached.has(path))),
    totalBytes: sum(precache.assets),
  }
}
