import { expose } from '../src/protocol/workers/remote'
import { openBrowserFiles } from '../src/runtime/browser-files'
import { engineRuntime } from '../src/runtime/engine-runtime'

expose(
  engineRuntime({
    openFiles: openBrowserFiles,
    startStreamWorker: () => {
      const worker = new Worker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
      return {
        endpoint: worker,
        terminate: () => worker.terminate(),
        onError: (handler) => worker.addEventListener('error', (event) => handler(event.message)),
      }
    },
  }),
)
