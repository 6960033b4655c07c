import { TypeScriptKernel } from '../src/kernels/typescript/typescript-kernel'
import { expose } from '../src/protocol/workers/remote'

expose(
  new TypeScriptKernel({
    dateScope: globalThis,
    onUnhandled: (report) =>
      globalThis.addEventListener('unhandledrejection', (event) => {
        event.preventDefault()
        report(event.reason)
      }),
  }),
)
