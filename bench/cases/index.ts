import type { BenchCase } from '../case'

/** Cases by name, each loaded in a worker of its own. Adding one is a file and a line here. */
export const CASES: Readonly<Record<string, () => Promise<{ readonly benchCase: BenchCase }>>> = {
  'from-json': () => import('./from-json'),
  'opfs-write': () => import('./opfs-write'),
  'opfs-steps': () => import('./opfs-steps'),
  'hub-to-delta': () => import('./hub-to-delta'),
  'windowed-pipeline': () => import('./windowed-aggregate'),
  'windowed-to-delta': () => import('./windowed-to-delta'),
  'windowed-vs-duckdb': () => import('./windowed-vs-duckdb'),
  'windowed-distinct-vs-duckdb': () => import('./windowed-distinct-vs-duckdb'),
  'state-overhead': () => import('./state-overhead'),
  'stateful-trigger': () => import('./stateful-trigger'),
}

/** Cases of minutes; they run when they are named. */
export const LONG_CASES: typeof CASES = {
  soak: () => import('./soak'),
}
