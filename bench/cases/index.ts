import type { BenchCase } from '../case'

/** Cases by name, each loaded in a worker of its own. Adding one is a file and a line here. */
export const CASES: Readonly<Record<string, () => Promise<{ readonly benchCase: BenchCase }>>> = {
  'from-json': () => import('./from-json'),
  'opfs-write': () => import('./opfs-write'),
  'opfs-steps': () => import('./opfs-steps'),
  'hub-to-delta': () => import('./hub-to-delta'),
  'windowed-pipeline': () => import('./windowed-aggregate'),
  'windowed-to-delta': () => import('./windowed-to-delta'),
  'state-overhead': () => import('./state-overhead'),
  'stateful-trigger': () => import('./stateful-trigger'),
}

/** Cases against another engine, which has to be loaded: with `--peers`, or when they are named. */
export const PEER_CASES: typeof CASES = {
  'windowed-vs-duckdb': () => import('./windowed-vs-duckdb'),
  'windowed-distinct-vs-duckdb': () => import('./windowed-distinct-vs-duckdb'),
}

/** Cases of minutes; they run when they are named. */
export const LONG_CASES: typeof CASES = {
  soak: () => import('./soak'),
}
