import type { BenchAnswer } from './bench.worker'
import { CASES } from './cases'

declare global {
  var runnelBench: { names(): string[]; run(name: string): Promise<BenchAnswer> }
}

/** Each case gets a fresh worker, so that no case warms up another. */
globalThis.runnelBench = {
  names: () => Object.keys(CASES),
  run: (name) =>
    new Promise((resolve) => {
      const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => {
        worker.terminate()
        resolve(data)
      }
      worker.onerror = (event) => resolve({ error: event.message })
      worker.postMessage({ name })
    }),
}
