import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'
import { clientDeclarations } from './scripts/client-declarations'
import { slimMonaco } from './scripts/slim-monaco'
import type { Precache, PrecacheAsset } from './src/app/offline/precache'

/** Cross-origin isolation: shared memory for the kernel bridge and the session clock. */
const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

export default defineConfig({
  // Relative, so that the built folder works at any sub-path.
  base: './',
  plugins: [react(), precache(), slimMonaco()],
  worker: { format: 'es', plugins: () => [clientDeclarations(), slimMonaco()] },
  // Found late by the dev server otherwise, which reloads the page in the middle of the first start.
  optimizeDeps: { exclude: ['pyodide'] },
  server: { host: 'localhost', port: 4748, strictPort: true, headers: isolationHeaders },
  preview: { host: 'localhost', port: 4747, strictPort: true, headers: isolationHeaders },
  build: { outDir: 'dist/page', target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 4096 },
})

const WORKER = 'service-worker.js'
/** Written by the build but not part of the page, or not needed by it: the library in source form, stamps. */
const LEFT_OUT = new Set([WORKER, 'precache.json', '.built-from', 'pyodide/python_stdlib.zip', 'pyodide/built.json'])

/** Emits the service worker beside the page and gives it, as its first line, every file of the finished folder. */
function precache(): Plugin {
  let outDir = ''
  return {
    name: 'runnel-precache',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir)
      if (config.build.outDir.startsWith('/')) outDir = config.build.outDir
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/app/offline/service-worker.ts', fileName: WORKER })
    },
    generateBundle(_options, bundle) {
      const worker = bundle[WORKER]
      if (worker?.type !== 'chunk') throw new Error('The build made no service worker')
      // It runs as a classic script: browsers without module service workers would refuse an import.
      if (worker.imports.length + worker.exports.length > 0)
        throw new Error(`The service worker shares code with the page: ${worker.imports.join(', ')}`)
    },
    closeBundle() {
      const assets = filesOf(outDir)
        .map((path) => relative(outDir, path).replaceAll('\\', '/'))
        .filter((path) => !LEFT_OUT.has(path) && !path.endsWith('.map'))
        .map((path) => describe(outDir, path))
        .sort((a, b) => a.sizeBytes - b.sizeBytes)
      const code = readFileSync(join(outDir, WORKER), 'utf8')
      const build = sha256(JSON.stringify(assets) + code).slice(0, 16)
      const list = JSON.stringify({ build, assets } satisfies Precache)
      writeFileSync(join(outDir, WORKER), `self.PRECACHE=${list};\n(()=>{${code}\n})();\n`)
      writeFileSync(join(outDir, 'precache.json'), `${list}\n`)
    },
  }
}

function describe(outDir: string, path: string): PrecacheAsset {
  const bytes = readFileSync(join(outDir, path))
  return { path, sizeBytes: bytes.length, sha256: path.endsWith('.html') ? null : sha256(bytes) }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}
