import type { SinkDefinition } from '../engine/ports/sink'

type SinkModule = { readonly definition: SinkDefinition }

/** Kinds of sinks by `format(...)` name, each its own chunk. Adding one is a folder and a line here. */
export const SINKS: Readonly<Record<string, () => Promise<SinkModule>>> = {
  console: () => import('./console'),
  delta: () => import('./delta'),
  eventhubs: () => import('./eventhubs'),
  foreachbatch: () => import('./foreach-batch'),
  kafka: () => import('./kafka'),
  memory: () => import('./memory'),
  noop: () => import('./noop'),
}

/** Null when there is no sink of that name; names compare without case. */
export async function findSink(format: string): Promise<SinkDefinition | null> {
  const load = SINKS[format.toLowerCase()]
  return load === undefined ? null : (await load()).definition
}
