import type { FileStore } from '../engine/ports/file-store'
import type { DeltaContext } from './write-table'

/** A clock that moves a millisecond a look and ids in order: test runs repeat exactly. */
export function deltaContext(files: FileStore, seed = 0): DeltaContext {
  let nowMs = Date.UTC(2026, 0, 1)
  let ids = 0
  return {
    files,
    clock: { nowMs: () => ++nowMs, realNowMs: () => nowMs, sleep: async () => {} },
    random: {
      next: () => 0.5,
      uuid: () => `00000000-0000-4000-${String(8000 + seed)}-${String(++ids).padStart(12, '0')}`,
    },
  }
}
