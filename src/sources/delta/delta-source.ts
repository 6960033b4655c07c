import type { AddFile } from '../../delta/actions'
import { DeltaLog } from '../../delta/delta-log'
import { schemaNotSet } from '../../delta/errors'
import type { Commit } from '../../delta/log-files'
import { keepFrom } from '../../delta/reader-leases'
import { scanFiles } from '../../delta/scan-files'
import type { Snapshot } from '../../delta/snapshot'
import type { OffsetJson, ReadLimit, SourceContext, SourceDefinition, StreamSource } from '../../engine/ports/source'
import { typesEqualIgnoringNullability } from '../../engine/types/type-equality'
import type { Batch, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { pathNotFound } from '../../storage/files/file-errors'
import { chosenSnapshot, scanBatch } from './batch-scan'
import { filesOfCommit } from './changes'
import type { DeltaOffset } from './offset'
import { BASE_INDEX, isAfter, offsetJson, parseOffset } from './offset'
import type { DeltaSourceOptions } from './options'
import { readPath, readStreamOptions } from './options'
import { resolveStart } from './starting-version'

/**
 * Delta tables as sources: batch scans (also of older versions) and streams of appended files. The schema is the
 * table's.
 *
 * Offset  version and index of a file in it, and whether it belongs to the snapshot the stream began with
 * State   `sources/<n>` keeps the version that a start option meant; a lease in the table the versions still needed
 * Errors  Delta's: changed or deleted rows without `skipChangeCommits` and its kin, another table or schema under the same
 *         path, versions and files that are gone
 * Source  Delta 4.2 DeltaSource
 */
export const definition: SourceDefinition = {
  name: 'delta',

  async schema(options, userSchema, context) {
    if (context.streaming && (options.has('versionAsOf') || options.has('timestampAsOf'))) {
      throw userError(
        'DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS',
        'Cannot time travel views, subqueries, streams or change data feed queries.',
      )
    }
    const path = readPath(options)
    if (!context.streaming && (await context.files.stat(path)) === null) throw pathNotFound(path)
    const snapshot = await chosenSnapshot(options, new DeltaLog(context.files, path))
    if (userSchema !== null && !typesEqualIgnoringNullability(userSchema, snapshot.schema)) {
      throw userError(
        'DELTA_READ_SOURCE_SCHEMA_CONFLICT',
        "The schema provided for the source read doesn't match the schema of the Delta table",
        {
          hint: 'Leave .schema(...) out: a Delta table knows its columns.',
        },
      )
    }
    return snapshot.schema
  },

  async open(options, userSchema, context) {
    const parsed = readStreamOptions(options)
    const log = new DeltaLog(context.files, parsed.path)
    const snapshot = await log.update()
    if (snapshot === null) throw schemaNotSet()
    return new DeltaStream(parsed, log, userSchema ?? snapshot.schema, context)
  },

  scan: (options, schema, columns, context) => scanBatch(options, schema, columns, context),
}

/** One file a stream may read, at its place in the order of versions and files. */
type Entry = { readonly version: number; readonly index: number; readonly file: AddFile; readonly isInitial: boolean }

/** Versions between two notes to the log's clean-up. */
const LEASE_STEP = 20
const CACHED_COMMITS = 64

/**
 * A stream over a table: first the files of the snapshot it starts with, ordered by (modificationTime, path), then the files
 * of each later commit in the order of its actions. Offsets alone decide rows. A commit without files (a transaction marker, a
 * skipped change) moves the offset on, so the engine runs an empty batch for it, as Spark does.
 */
class DeltaStream implements StreamSource {
  readonly schema: StructType
  readonly description: string
  readonly #options: DeltaSourceOptions
  readonly #log: DeltaLog
  readonly #context: SourceContext
  readonly #commits = new Map<number, Commit>()
  #initial: { readonly version: number; readonly snapshot: Snapshot; readonly files: readonly AddFile[] } | null = null
  #start: { readonly version: number } | null | undefined
  /** The version an available-now run ends with. */
  #lastVersion = Infinity
  #leasedVersion = -Infinity

  constructor(options: DeltaSourceOptions, log: DeltaLog, schema: StructType, context: SourceContext) {
    this.#options = options
    this.#log = log
    this.#context = context
    this.schema = schema
    this.description = `DeltaSource[${options.path}]`
  }

  async latestOffset(
    start: OffsetJson | null,
    limit: ReadLimit,
  ): Promise<{ end: OffsetJson | null; latest: OffsetJson | null }> {
    const snapshot = await this.#snapshot(start)
    const from = start === null ? await this.#initialOffset(snapshot) : parseOffset(start)
    if (from === null) return { end: null, latest: null }
    await this.#lease(from.reservoirVersion)
    const admitted = await this.#advance(from, snapshot, this.#limits(limit))
    // Before its first file a stream has no offset, unless a commit without files lies behind it.
    const isUnmoved = admitted.reservoirVersion === from.reservoirVersion && admitted.index === from.index
    const end = start === null && isUnmoved ? null : offsetJson(admitted)
    return { end, latest: null }
  }

  async pinAvailableNow(): Promise<void> {
    this.#lastVersion = (await this.#snapshot(null)).version
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null): AsyncGenerator<Batch> {
    const until = parseOffset(end)
    const snapshot = await this.#snapshot(end)
    const from = start === null ? await this.#initialOffset(snapshot, until) : parseOffset(start)
    if (from === null) return
    for await (const { file, version, index, isInitial } of this.#entries(from, snapshot)) {
      if (isAfter(version, index, until)) return
      if (this.#options.excludeRegex?.test(file.path) === true) continue
      const metadata = isInitial ? (this.#initial?.snapshot.metadata ?? snapshot.metadata) : snapshot.metadata
      yield* scanFiles(this.#context.files, this.#options.path, metadata, this.schema, [file], columns)
    }
  }

  async commit(end: OffsetJson): Promise<void> {
    const { reservoirVersion, isStartingVersion } = parseOffset(end)
    await this.#lease(reservoirVersion)
    if (!isStartingVersion) this.#initial = null
    for (const version of this.#commits.keys()) if (version < reservoirVersion) this.#commits.delete(version)
  }

  async close(): Promise<void> {}

  /** How far the limits let the stream go from an offset. */
  async #advance(
    from: DeltaOffset,
    snapshot: Snapshot,
    limits: { files: number; bytes: number },
  ): Promise<DeltaOffset> {
    const { id } = snapshot.metadata
    let last = from
    let { files, bytes } = limits
    const lastVersion = Math.min(snapshot.version, this.#lastVersion)
    for (let version = from.reservoirVersion; version <= lastVersion; version++) {
      const isInitial = from.isStartingVersion && version === from.reservoirVersion
      const entries = await this.#filesOf(version, isInitial, snapshot)
      for (const [index, file] of entries.entries()) {
        if (!isAfter(version, index, from) || this.#options.excludeRegex?.test(file.path) === true) continue
        // Bytes are a soft limit: the file that crosses it still comes along.
        if (files <= 0 || bytes <= 0) return last
        files--
        bytes -= file.size
        last = { reservoirId: id, reservoirVersion: version, index, isStartingVersion: isInitial }
      }
      last = { reservoirId: id, reservoirVersion: version + 1, index: BASE_INDEX, isStartingVersion: false }
    }
    return last
  }

  async *#entries(from: DeltaOffset, snapshot: Snapshot): AsyncGenerator<Entry> {
    for (let version = from.reservoirVersion; version <= snapshot.version; version++) {
      const isInitial = from.isStartingVersion && version === from.reservoirVersion
      for (const [index, file] of (await this.#filesOf(version, isInitial, snapshot)).entries()) {
        if (isAfter(version, index, from)) yield { version, index, file, isInitial }
      }
    }
  }

  async #filesOf(version: number, isInitial: boolean, latest: Snapshot): Promise<readonly AddFile[]> {
    if (isInitial) return this.#initialFiles(version, latest)
    const commit = this.#commits.get(version) ?? (await this.#log.commit(version))
    if (commit === null) return this.#missingCommit(version)
    this.#commits.set(version, commit)
    if (this.#commits.size > CACHED_COMMITS) this.#commits.delete(this.#commits.keys().next().value!)
    return filesOfCommit(commit, { ...this.#options, schema: this.schema })
  }

  async #initialFiles(version: number, latest: Snapshot): Promise<readonly AddFile[]> {
    if (this.#initial?.version !== version) {
      const snapshot = version === latest.version ? latest : await this.#log.at(version)
      const files = [...snapshot.files.values()].sort(
        (a, b) => a.modificationTime - b.modificationTime || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
      )
      this.#initial = { version, snapshot, files }
    }
    return this.#initial.files
  }

  async #missingCommit(version: number): Promise<readonly AddFile[]> {
    if (!this.#options.failOnDataLoss) return []
    throw userError(
      'DELTA_MISSING_FILES_UNEXPECTED_VERSION',
      `The stream from your Delta table was expecting process data from version ${version},
but the earliest available version in the _delta_log directory is ${await this.#log.earliestCommit()}. The files
in the transaction log may have been deleted due to log cleanup. In order to avoid losing
data, we recommend that you restart your stream with a new checkpoint location and to
increase your delta.logRetentionDuration setting, if you have explicitly set it below 30
days.
If you would like to ignore the missed data and continue your stream from where it left
off, you can set the .option("failOnDataLoss", "false") as part
of your readStream statement.`,
      { exception: 'SparkException' },
    )
  }

  /** Where a stream without a past begins; null while a table has nothing after the version it should start at. */
  async #initialOffset(snapshot: Snapshot, until: DeltaOffset | null = null): Promise<DeltaOffset | null> {
    this.#start ??= await resolveStart(this.#options, this.#log, snapshot, this.#context)
    const reservoirId = snapshot.metadata.id
    if (this.#start !== null) {
      return { reservoirId, reservoirVersion: this.#start.version, index: BASE_INDEX, isStartingVersion: false }
    }
    // A logged first offset tells which snapshot the stream began with: itself, or the version before when it was read whole.
    const version =
      until === null
        ? Math.min(snapshot.version, this.#lastVersion)
        : until.isStartingVersion
          ? until.reservoirVersion
          : until.reservoirVersion - 1
    return { reservoirId, reservoirVersion: version, index: BASE_INDEX, isStartingVersion: true }
  }

  async #snapshot(offset: OffsetJson | null): Promise<Snapshot> {
    const snapshot = await this.#log.update()
    if (snapshot === null) throw schemaNotSet()
    const known = offset === null ? null : parseOffset(offset).reservoirId
    if (known !== null && known !== snapshot.metadata.id) throw otherTable(snapshot.metadata.id, known)
    return snapshot
  }

  #limits({ kind }: ReadLimit): { files: number; bytes: number } {
    if (kind === 'all') return { files: Infinity, bytes: Infinity }
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.#options
    return { files: maxFilesPerTrigger ?? Infinity, bytes: maxBytesPerTrigger ?? Infinity }
  }

  async #lease(version: number): Promise<void> {
    if (version < this.#leasedVersion + LEASE_STEP) return
    this.#leasedVersion = version
    await keepFrom(this.#context.files, this.#options.path, this.#context.metadataPath, version)
  }
}

function otherTable(found: string, expected: string) {
  return userError(
    'DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE',
    `The streaming query was reading from an unexpected Delta table (id = '${found}'). \nIt used to read from another Delta table (id = '${expected}') according to checkpoint. \nThis may happen when you changed the code to read from a new table or you deleted and \nre-created a table. Please revert your change or delete your streaming query checkpoint \nto restart from scratch.`,
    {
      exception: 'SparkException',
      hint: 'The table was dropped and made again. Delete the checkpoint folder of this query, or give it a new checkpointLocation.',
    },
  )
}
