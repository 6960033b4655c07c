import type { BenchAnswer } from './bench.worker'
import type { BenchNames } from '../src/cli/bench-record'
import { CASES, LONG_CASES, PEER_CASES } from './cases'
import type { MemoryQuestion } from './memory'

declare global {
  var runnelBench: { names(): BenchNames; run(name: string): Promise<BenchAnswer> }
  interface Performance {
    /** In isolated pages of Chromium. */
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>
  }
}

/** Each case gets a fresh worker, so that no case warms up another. */
globalThis.runnelBench = {
  names: () => ({ always: Object.keys(CASES), peers: Object.keys(PEER_CASES), named: Object.keys(LONG_CASES) }),
  run: (name) =>
    new Promise((resolve) => {
      const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }: MessageEvent<BenchAnswer | MemoryQuestion>) => {
        if ('wantsMemory' in data) {
          void measuredBytes().then((memoryBytes) => worker.postMessage({ memoryBytes }))
          return
        }
        worker.terminate()
        resolve(data)
      }
      worker.onerror = (event) => resolve({ error: event.message })
      worker.postMessage({ name })
    }),
}

/** The browser answers at its next garbage collection: some seconds. */
async function measuredBytes(): Promise<number> {
  return (await performance.measureUserAgentSpecificMemory?.())?.bytes ?? 0
}
