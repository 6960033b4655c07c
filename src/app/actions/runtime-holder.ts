import type { Runtime } from '../workers'

let current: Runtime | null = null

export function holdRuntime(runtime: Runtime): void {
  current = runtime
}

/** Null until the workers are made; the page is drawn before them. */
export function runtimeOrNull(): Runtime | null {
  return current
}

export function runtime(): Runtime {
  if (current === null) throw new Error('The engine has not been started yet.')
  return current
}
