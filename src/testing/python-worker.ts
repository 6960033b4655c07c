/** The Python kernel in a worker thread, as a page has it in a worker: boots, then runs the cells it is sent. */
import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { PythonKernel } from '../kernels/python/python-kernel'
import type { CellRun, KernelConfig } from '../protocol/workers/kernel'

export type PythonWorkerData = {
  readonly config: KernelConfig
  readonly engine: MessagePort
  readonly events: MessagePort
}

const { config, engine, events } = workerData as PythonWorkerData
const kernel = new PythonKernel({
  loadModule: () => import('pyodide'),
  readBytes: async (url) => new Uint8Array(await readFile(url)),
  dateScope: globalThis,
})

const booted = await kernel.boot(config, engine, events)
parentPort?.postMessage({ booted })
parentPort?.on('message', (cell: CellRun) => {
  void kernel.run(cell).then((outcome) => parentPort?.postMessage({ outcome }))
})
