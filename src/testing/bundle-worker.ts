import { mkdirSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { build } from 'vite'

const cache = fileURLToPath(new URL('../../node_modules/.cache/runnel-tests/', import.meta.url))

/** Starts a TypeScript file as a worker thread. npm packages stay outside the bundle. */
export async function startWorkerThread(
  entry: URL,
  workerData: unknown,
  transferList: MessagePort[] = [],
): Promise<Worker> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: fileURLToPath(entry), write: false, minify: false, target: 'node20' },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const chunk = outputs
    .flatMap((each) => ('output' in each ? each.output : []))
    .find((each) => each.type === 'chunk' && each.isEntry)
  if (chunk?.type !== 'chunk') throw new Error(`${entry.href} gave no chunk`)
  mkdirSync(cache, { recursive: true })
  const file = `${cache}${basename(entry.pathname, '.ts')}-${process.pid}-${Math.floor(performance.now())}.mjs`
  writeFileSync(file, chunk.code)
  return new Worker(file, { workerData, transferList })
}
