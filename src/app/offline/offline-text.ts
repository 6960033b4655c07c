import type { OfflineState } from './precache'

/** "Offline: ready" only when every part lies in the cache, else "Offline: 5 of 11 MB" (B05). */
export function offlineText({ cachedBytes, totalBytes }: OfflineState): string {
  if (totalBytes > 0 && cachedBytes >= totalBytes) return 'Offline: ready'
  // Rounded down: what is missing is never rounded away.
  return `Offline: ${Math.floor(cachedBytes / 1_000_000)} of ${Math.ceil(totalBytes / 1_000_000)} MB`
}
