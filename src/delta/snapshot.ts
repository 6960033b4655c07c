import { schemaFromJson } from '../engine/types/type-json'
import type { StructType } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'
import type { Action, AddFile, CommitInfo, DomainMetadata, Metadata, Protocol, RemoveFile, Txn } from './actions'
import { fileKey } from './actions'
import type { Commit } from './log-files'

/** A table at one version: the log replayed up to it. Never changed once made. */
export type Snapshot = {
  readonly version: number
  readonly protocol: Protocol
  readonly metadata: Metadata
  readonly schema: StructType
  readonly txns: ReadonlyMap<string, Txn>
  readonly domains: ReadonlyMap<string, DomainMetadata>
  /** Files of the version by `fileKey`, oldest first. */
  readonly files: ReadonlyMap<string, AddFile>
  /** Removed files whose retention may still run; checkpoints must keep them. */
  readonly tombstones: ReadonlyMap<string, RemoveFile>
  readonly timestampMs: number
}

/** Replays actions onto a state; a state without protocol and metadata is not a table yet. */
export class Replay {
  version: number
  protocol: Protocol | null = null
  metadata: Metadata | null = null
  timestampMs = 0
  #txns: Map<string, Txn>
  #domains: Map<string, DomainMetadata>
  #files: Map<string, AddFile>
  #tombstones: Map<string, RemoveFile>

  constructor(from: Snapshot | null = null) {
    this.version = from?.version ?? -1
    this.protocol = from?.protocol ?? null
    this.metadata = from?.metadata ?? null
    this.timestampMs = from?.timestampMs ?? 0
    this.#txns = new Map(from?.txns)
    this.#domains = new Map(from?.domains)
    this.#files = new Map(from?.files)
    this.#tombstones = new Map(from?.tombstones)
  }

  applyCommit(commit: Commit): void {
    for (const action of commit.actions) this.apply(action)
    this.version = commit.version
    // The file's own time stands in for writers that keep no time; history never runs backwards.
    this.timestampMs = Math.max(this.timestampMs + 1, commitTimestampMs(commit))
  }

  apply(action: Action): void {
    if ('add' in action) {
      const key = fileKey(action.add)
      this.#tombstones.delete(key)
      this.#files.delete(key)
      this.#files.set(key, action.add)
    } else if ('remove' in action) {
      const key = fileKey(action.remove)
      this.#files.delete(key)
      this.#tombstones.set(key, action.remove)
    } else if ('txn' in action) this.#txns.set(action.txn.appId, action.txn)
    else if ('metaData' in action) this.metadata = action.metaData
    else if ('protocol' in action) this.protocol = action.protocol
    else if ('domainMetadata' in action) {
      if (action.domainMetadata.removed) this.#domains.delete(action.domainMetadata.domain)
      else this.#domains.set(action.domainMetadata.domain, action.domainMetadata)
    }
  }

  finish(schemaOf: (metadata: Metadata) => StructType = (metadata) => schemaFromJson(metadata.schemaString)): Snapshot {
    const { version, protocol, metadata, timestampMs } = this
    if (protocol === null || metadata === null)
      throw internalError(`The Delta log up to version ${version} has no protocol or no metadata.`)
    return {
      version,
      protocol,
      metadata,
      schema: schemaOf(metadata),
      txns: this.#txns,
      domains: this.#domains,
      files: this.#files,
      tombstones: this.#tombstones,
      timestampMs,
    }
  }
}

export function commitInfoOf(commit: Commit): CommitInfo | null {
  for (const action of commit.actions) if ('commitInfo' in action) return action.commitInfo
  return null
}

/** Session time of a commit: in-commit timestamp, else the writer's, else the file's. */
export function commitTimestampMs(commit: Commit): number {
  const info = commitInfoOf(commit)
  return info?.inCommitTimestamp ?? info?.timestamp ?? commit.modifiedMs
}
