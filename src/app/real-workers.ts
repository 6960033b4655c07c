import type { WorkerFactories } from './workers'

/** Vite follows `new URL(..., import.meta.url)` only when it is written out like this. */
export const realWorkers: WorkerFactories = {
  engine: () =>
    new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
  broker: () =>
    new Worker(new URL('../../workers/broker.worker.ts', import.meta.url), { type: 'module', name: 'broker' }),
  typescript: () =>
    new Worker(new URL('../../workers/typescript.worker.ts', import.meta.url), { type: 'module', name: 'typescript' }),
  language: () =>
    new Worker(new URL('../../workers/typescript-language.worker.ts', import.meta.url), {
      type: 'module',
      name: 'typescript-language',
    }),
  kernel: () =>
    new Worker(new URL('../../workers/python.worker.ts', import.meta.url), { type: 'module', name: 'python' }),
}
