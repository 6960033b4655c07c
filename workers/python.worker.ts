import { PythonKernel } from '../src/kernels/python/python-kernel'
import type { PyodideModule, PythonEnvironment } from '../src/kernels/python/python-kernel'
import { expose } from '../src/protocol/workers/remote'

const environment: PythonEnvironment = {
  // Through a variable: the file lies in the public folder and must not be bundled.
  loadModule: async (assetsUrl) => {
    const url = `${assetsUrl}pyodide.mjs`
    return (await import(/* @vite-ignore */ url)) as PyodideModule
  },
  readBytes: async (url) => {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
    return new Uint8Array(await response.arrayBuffer())
  },
  dateScope: globalThis,
}

expose(new PythonKernel(environment))
