import { offlineNow } from '../offline/front-door'
import type { Precache } from '../offline/precache'
import type { Measured } from './checks'

const WORKER_MS = 8000

/** `(module)`, the smallest there is. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

/** Tries everything for real: a support flag says little on a managed laptop. */
export async function measure(): Promise<Measured> {
  const [worker, estimate, isPersisted, precache, cached] = await Promise.all([
    askWorker(),
    navigator.storage?.estimate?.().catch(() => null) ?? null,
    navigator.storage?.persisted?.().catch(() => false) ?? false,
    readPrecache(),
    offlineNow(),
  ])
  return {
    isFramed: window.top !== window.self,
    isSecure: window.isSecureContext,
    hasServiceWorker: 'serviceWorker' in navigator,
    isIsolated: window.crossOriginIsolated,
    hasWebAssembly: canCompile(),
    worker,
    isPersisted,
    freeBytes: estimate?.quota === undefined ? null : estimate.quota - (estimate.usage ?? 0),
    downloadBytes: precache?.assets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? null,
    cachedBytes: cached?.cachedBytes ?? null,
    hasWebSocket: typeof WebSocket === 'function',
  }
}

function canCompile(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module
  } catch {
    // Switched off or forbidden: either way Python cannot run.
    return false
  }
}

function askWorker(): Promise<Measured['worker']> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('../../../workers/check.worker.ts', import.meta.url), { type: 'module' })
    const done = (answer: Measured['worker']) => {
      clearTimeout(timer)
      worker.terminate()
      resolve(answer)
    }
    const timer = setTimeout(() => done(null), WORKER_MS)
    worker.addEventListener('error', () => done(null))
    worker.addEventListener('message', (event: MessageEvent<NonNullable<Measured['worker']>>) => done(event.data))
  })
}

/** Null in development, where nothing is built. */
async function readPrecache(): Promise<Precache | null> {
  if (!import.meta.env.PROD) return null
  const response = await fetch(new URL('precache.json', document.baseURI)).catch(() => null)
  return response?.ok ? ((await response.json()) as Precache) : null
}
