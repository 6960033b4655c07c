/** The TypeScript kernel in a worker thread, as a page has it in a worker: boots, then runs the cells it is sent. */
import { parentPort, workerData } from 'node:worker_threads'
import { TypeScriptKernel } from '../kernels/typescript/typescript-kernel'
import type { CellId } from '../protocol/ids'
import type { CellRun, KernelConfig } from '../protocol/workers/kernel'

export type TypeScriptWorkerData = {
  readonly config: KernelConfig
  readonly engine: MessagePort
  readonly events: MessagePort
}

const { config, engine, events } = workerData as TypeScriptWorkerData
const kernel = new TypeScriptKernel({
  dateScope: globalThis,
  onUnhandled: (report) => process.on('unhandledRejection', report),
})

const booted = await kernel.boot(config, engine, events)
parentPort?.postMessage({ booted })
parentPort?.on('message', (message: CellRun | { interrupt: CellId }) => {
  if ('interrupt' in message) void kernel.interrupt(message.interrupt)
  else void kernel.run(message).then((outcome) => parentPort?.postMessage({ outcome }))
})
