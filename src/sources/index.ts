import type { SourceDefinition } from '../engine/ports/source'

type SourceModule = { readonly definition: SourceDefinition }

/** Kinds of sources by `format(...)` name, each its own chunk. Adding one is a folder and a line here. */
export const SOURCES: Readonly<Record<string, () => Promise<SourceModule>>> = {
  delta: () => import('./delta'),
  eventhubs: () => import('./eventhubs'),
  json: () => import('./json'),
  kafka: () => import('./kafka'),
  rate: () => import('./rate'),
}

/** Null when there is no source of that name; names compare without case. */
export async function findSource(format: string): Promise<SourceDefinition | null> {
  const load = SOURCES[format.toLowerCase()]
  return load === undefined ? null : (await load()).definition
}
