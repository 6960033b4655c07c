import type { FileStore } from '../engine/ports/file-store'
import type { DeltaLog } from './delta-log'
import type { Commit } from './log-files'
import { commitPath, readTextIfThere } from './log-files'
import { resolvePath } from './partition-values'
import type { Snapshot } from './snapshot'

/**
 * Data files whose last mention has left the log. Before commits are dropped, a note names the files that they removed; the
 * files go once all of those commits are gone and the note has rested, for batch readers that still hold an older snapshot.
 */
const FOLDER = '_runnel_dead'

type Removal = { readonly path: string; readonly deletionTimestamp?: number }
type Note = { readonly droppedBefore: number; readonly removals: readonly Removal[] }

/** Notes what the commits of versions `[from, before)` removed; the name never repeats, for `from` only grows. */
export async function noteDeadFiles(
  files: FileStore,
  table: string,
  { from, before }: { readonly from: number; readonly before: number },
  commits: readonly Commit[],
): Promise<void> {
  const removals = commits.flatMap(({ actions }) =>
    actions.flatMap((action): Removal[] => {
      // Deletion vectors and files outside the table are of other writers, whose VACUUM knows about them.
      if (!('remove' in action) || action.remove.deletionVector || !isInside(action.remove.path)) return []
      const { path, deletionTimestamp } = action.remove
      return [{ path, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) }]
    }),
  )
  if (removals.length === 0) return
  const note: Note = { droppedBefore: before, removals }
  await files.write(`${table}/${FOLDER}/${from}-${before}.json`, new TextEncoder().encode(JSON.stringify(note)))
}

/** Deletes the files of notes written up to a real time, as `modifiedMs` counts it. Safe to repeat from any point. */
export async function deleteDeadFiles(files: FileStore, log: DeltaLog, notedByMs: number): Promise<void> {
  for (const { path: notePath, modifiedMs } of await files.list(`${log.folder}/${FOLDER}`)) {
    if (modifiedMs > notedByMs) continue
    const text = await readTextIfThere(files, notePath)
    if (text === null) continue
    const { droppedBefore, removals } = JSON.parse(text) as Note
    // A clean-up cut short: some version that holds these files may still be read. The next clean-up goes on with it.
    if ((await files.stat(commitPath(log.folder, droppedBefore - 1))) !== null) continue
    const snapshot = await log.update()
    if (snapshot === null) return
    const dead = withoutUses(removals, snapshot)
    for (const path of dead) await files.remove(resolvePath(log.folder, path))
    await files.remove(notePath)
    log.forgetTombstones(dead)
  }
}

/** Paths that no version since the removal names: neither alive now nor removed a second time. */
function withoutUses(removals: readonly Removal[], snapshot: Snapshot): Set<string> {
  const dead = new Map(removals.map(({ path, deletionTimestamp }) => [path, deletionTimestamp]))
  for (const { path } of snapshot.files.values()) dead.delete(path)
  for (const { path, deletionTimestamp, deletionVector } of snapshot.tombstones.values()) {
    if (dead.has(path) && (deletionVector || deletionTimestamp !== dead.get(path))) dead.delete(path)
  }
  return new Set(dead.keys())
}

/** Relative, a data file, and not above the table. */
function isInside(logged: string): boolean {
  const path = decodeURIComponent(logged)
  return !/^(\/|[a-z][a-z0-9+.-]*:)/i.test(path) && !path.startsWith('_') && !path.split('/').includes('..')
}
