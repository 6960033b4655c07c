import type { FileInfo, FileStore, StagedFile } from '../engine/ports/file-store'
import { RunnelError } from '../protocol/errors/runnel-error'
import { schemaFromJson } from '../engine/types/type-json'
import type { StructType } from '../protocol/columns'
import type { Action, Metadata } from './actions'
import { findCheckpoint, readCheckpoint } from './checkpoint-read'
import { corruptLog } from './actions'
import { versionNotFound } from './errors'
import { checkReadable } from './features'
import type { Commit } from './log-files'
import { commitPath, commitVersion, logFolder, logLock, readCommit, stageCommit } from './log-files'
import type { Snapshot } from './snapshot'
import { Replay, commitTimestampMs } from './snapshot'

/** An entry that waits for its turn. */
export type StagedEntry = {
  /** The new snapshot, or null when another writer was first; the entry is gone then. */
  publish(): Promise<Snapshot | null>
  discard(): Promise<void>
}

type NewEntry = { readonly version: number; readonly actions: readonly Action[]; readonly file: StagedFile }

/**
 * One table's transaction log with its latest snapshot kept in memory.
 *
 * `update()` costs one `stat` of the known version and one probe of the next: the log folder is listed only when neither a
 * checkpoint pointer nor version 0 is there. A folder that was dropped and made again is noticed by the known commit's stamp.
 */
export class DeltaLog {
  readonly folder: string
  readonly #files: FileStore
  #latest: Snapshot | null = null
  /** Size and time of the newest commit file seen; another file of that name is another table. */
  #stamp = ''
  #schemaJson = ''
  #schema: StructType = { kind: 'struct', fields: [] }

  constructor(files: FileStore, folder: string) {
    this.#files = files
    this.folder = folder
  }

  /**
   * The newest snapshot, or null when the folder is no table.
   *
   * It looks for the next commit first and at the known one after that: clean-up removes the oldest first, so a known commit
   * that still stands proves that no later one was missing only because it had been cleaned away.
   */
  async update(): Promise<Snapshot | null> {
    const known = this.#latest
    const knownStamp = this.#stamp
    if (known !== null) {
      const snapshot = await this.#follow(known, null)
      const stamp = snapshot === known ? knownStamp : await this.#stampOf(snapshot!.version)
      const isSameLog = (await this.#stampOf(known.version)) === knownStamp
      if (isSameLog && (snapshot === known || stamp !== ABSENT)) return this.#keep(snapshot, stamp)
    }
    for (let before = -1; ;) {
      const snapshot = await this.#load(null)
      if (snapshot === null) return this.#keep(null, '')
      const stamp = await this.#stampOf(snapshot.version)
      // Logs of others may begin with a bare checkpoint; ours only looks so when it was shortened while we read it.
      if (stamp !== ABSENT || snapshot.version === before) return this.#keep(snapshot, stamp)
      before = snapshot.version
    }
  }

  /** Leaves removed files out of later checkpoints: their data is gone, nothing is left to retain. */
  forgetTombstones(paths: ReadonlySet<string>): void {
    if (this.#latest === null || paths.size === 0) return
    const tombstones = new Map([...this.#latest.tombstones].filter(([, { path }]) => !paths.has(path)))
    this.#latest = { ...this.#latest, tombstones }
  }

  /** The table at an older version. Throws `DELTA_VERSION_NOT_FOUND` outside what the log still holds. */
  async at(version: number): Promise<Snapshot> {
    for (let before = -1; ;) {
      const latest = await this.update()
      if (latest !== null && version === latest.version) return latest
      const earliest = await this.earliestVersion()
      if (latest === null || version < earliest || version > latest.version || earliest === before) {
        throw versionNotFound(version, earliest, latest?.version ?? -1)
      }
      const snapshot = await this.#loadUnlessShortened(version)
      if (snapshot?.version === version) return snapshot
      // The log was shortened while it was read: what was rebuilt ends where the first commit was missing.
      before = earliest
    }
  }

  /** The newest version committed at or before a session time, null when the log starts later. */
  async versionAtTime(timestampMs: number): Promise<{ version: number; timestampMs: number } | null> {
    let found: { version: number; timestampMs: number } | null = null
    for await (const commit of this.commits(await this.earliestCommit())) {
      const time = Math.max((found?.timestampMs ?? -1) + 1, commitTimestampMs(commit))
      if (time > timestampMs) break
      found = { version: commit.version, timestampMs: time }
    }
    return found
  }

  /** Commits from `version` on, while there are any. */
  async *commits(version: number): AsyncGenerator<Commit> {
    for (let next = version; ; next++) {
      const commit = await readCommit(this.#files, this.folder, next)
      if (commit === null) return
      yield commit
    }
  }

  commit(version: number): Promise<Commit | null> {
    return readCommit(this.#files, this.folder, version)
  }

  /** Puts version `base + 1` (or 0); the new snapshot, or null when another writer was first. */
  async append(base: Snapshot | null, actions: readonly Action[]): Promise<Snapshot | null> {
    return (await this.stage(base, actions)).publish()
  }

  /** Everything of `append` that can be done before it is this writer's turn: the entry is on disk, the log does not show it. */
  async stage(base: Snapshot | null, actions: readonly Action[]): Promise<StagedEntry> {
    const version = (base?.version ?? -1) + 1
    const file = await stageCommit(this.#files, this.folder, version, actions)
    return { publish: () => this.#publish(base, { version, actions, file }), discard: () => file.discard() }
  }

  async #publish(base: Snapshot | null, { version, actions, file }: NewEntry): Promise<Snapshot | null> {
    const told = file.info()
    told.catch(() => undefined)
    const isFirst = await this.#files.withLock(logLock(this.folder), async () => {
      if (base !== null && base !== this.#latest) return false
      const [stamp, taken] = await Promise.all([
        base === null ? '' : this.#stampOf(base.version),
        this.#files.stat(commitPath(this.folder, version)),
      ])
      // A log shortened or replaced since `base` was read has a free name where no commit belongs.
      if (taken !== null || (base !== null && stamp !== this.#stamp)) return false
      return file.publishNew()
    })
    if (!isFirst) {
      await file.discard()
      return null
    }
    const replay = new Replay(base)
    const info = await told
    replay.applyCommit({ version, actions, modifiedMs: info.modifiedMs })
    return this.#keep(this.#finish(replay), stampText(info))
  }

  /** The oldest commit file there is. */
  async earliestCommit(): Promise<number> {
    if ((await this.#files.stat(commitPath(this.folder, 0))) !== null) return 0
    const versions = (await this.#files.list(logFolder(this.folder))).flatMap(({ name }) => commitVersion(name) ?? [])
    return versions.length === 0 ? 0 : Math.min(...versions)
  }

  /** The oldest version that can still be rebuilt: version 0, or the oldest checkpoint whose commits follow. */
  async earliestVersion(): Promise<number> {
    const earliest = await this.earliestCommit()
    if (earliest === 0) return 0
    const names = (await this.#files.list(logFolder(this.folder))).map(
      ({ name }) => /^(\d{20})\.checkpoint\./.exec(name)?.[1],
    )
    const checkpoints = names
      .flatMap((digits) => (digits === undefined ? [] : Number(digits)))
      .filter((version) => version >= earliest - 1)
    return checkpoints.length === 0 ? earliest : Math.min(...checkpoints)
  }

  async #loadUnlessShortened(version: number): Promise<Snapshot | null> {
    try {
      return await this.#load(version)
    } catch (error) {
      if (error instanceof RunnelError && error.condition === 'PATH_NOT_FOUND') return null
      throw error
    }
  }

  async #load(upTo: number | null): Promise<Snapshot | null> {
    const replay = new Replay()
    const checkpoint = await findCheckpoint(this.#files, this.folder, upTo)
    if (checkpoint !== null) {
      for await (const action of readCheckpoint(this.#files, this.folder, checkpoint)) replay.apply(action)
      replay.version = checkpoint.version
      const commit = await readCommit(this.#files, this.folder, checkpoint.version)
      if (commit !== null) replay.timestampMs = commitTimestampMs(commit)
    }
    return this.#follow(replay, upTo)
  }

  /** The base itself when it is a snapshot and nothing came after it. */
  async #follow(base: Snapshot | Replay, upTo: number | null): Promise<Snapshot | null> {
    let replay = base instanceof Replay ? base : null
    for (let version = base.version + 1; upTo === null || version <= upTo; version++) {
      const commit = await readCommit(this.#files, this.folder, version)
      if (commit === null) break
      replay ??= new Replay(base as Snapshot)
      replay.applyCommit(commit)
    }
    if (replay === null) return base as Snapshot
    if (replay.version < 0) return null
    if (replay.metadata === null)
      throw corruptLog(commitPath(this.folder, replay.version), 'no earlier entry holds the metadata')
    return this.#finish(replay)
  }

  #finish(replay: Replay): Snapshot {
    const snapshot = replay.finish((metadata) => this.#schemaOf(metadata))
    checkReadable(snapshot.protocol, this.folder)
    return snapshot
  }

  /** The schema object stays the same while its text does, so that callers may compare by identity. */
  #schemaOf(metadata: Metadata): StructType {
    if (metadata.schemaString !== this.#schemaJson) {
      this.#schema = schemaFromJson(metadata.schemaString)
      this.#schemaJson = metadata.schemaString
    }
    return this.#schema
  }

  async #stampOf(version: number): Promise<string> {
    const info = await this.#files.stat(commitPath(this.folder, version))
    return info === null ? ABSENT : stampText(info)
  }

  #keep<S extends Snapshot | null>(snapshot: S, stamp: string): S {
    this.#latest = snapshot
    this.#stamp = stamp
    return snapshot
  }
}

const ABSENT = 'absent'

function stampText({ sizeBytes, modifiedMs }: FileInfo): string {
  return `${sizeBytes}/${modifiedMs}`
}
