import { useSyncExternalStore } from 'react'
import type * as MonacoModule from './monaco'

type Monaco = typeof MonacoModule

let loaded: Monaco | null = null
let loading: Promise<Monaco> | null = null
const listeners = new Set<() => void>()

/** The app gives the worker that knows TypeScript; it starts with the first TypeScript cell. */
let makeTypeScriptWorker: (() => Worker) | null = null
export function giveTypeScriptWorker(make: () => Worker): void {
  makeTypeScriptWorker = make
}

/** Loads the editor once; the page is already readable without it. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import('./monaco').then((module) => {
    loaded = module
    if (makeTypeScriptWorker !== null) module.setTypeScriptWorker(makeTypeScriptWorker)
    listeners.forEach((listener) => listener())
    return module
  })
  return loading
}

/** Runs once the editor is there; does not load it. */
export function whenMonacoLoads(run: (module: Monaco) => void): void {
  if (loaded !== null) {
    run(loaded)
    return
  }
  const listener = () => {
    listeners.delete(listener)
    if (loaded !== null) run(loaded)
  }
  listeners.add(listener)
}

/** Null until the editor is there. */
export function useMonaco(): Monaco | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => loaded,
  )
}

export function monacoOrNull(): Monaco | null {
  return loaded
}
