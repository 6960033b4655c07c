import { outsideError, userError } from '../../protocol/errors/runnel-error'
import type { DataType } from '../../protocol/columns'
import type { StateFileKind, StateFileName, StateFiles } from '../ports/state-files'
import { DamagedStateFile, readStateFile, writeStateFile } from './state-file'
import type { TableContent } from './state-file'
import { StateTable } from './state-table'
import type { StateValues } from './state-values'

/** Spark's `spark.sql.streaming.stateStore.minDeltasForSnapshot`. */
const MIN_DELTAS_FOR_SNAPSHOT = 10
/** However large the state, a start reads no more deltas than this. */
const MAX_DELTAS = 100

type OpenTable = { readonly name: string; readonly make: () => StateValues; readonly keyTypes: readonly DataType[] }

/** A table as an operator holds it: `rows` is another object after a reload, so ask for it anew in each batch. */
export interface TableHandle<Values extends StateValues> {
  readonly rows: StateTable<Values>
}

/**
 * The state of one query: its tables and their versions. Version N is the state before batch N, 0 the empty one. All tables of
 * a version lie in one file: what the batch changed, or everything when enough changes have piled up.
 *
 * State    in memory the tables at one version; `discard` drops them and the next `load` reads the files again
 * Errors   CANNOT_LOAD_STATE_STORE.* for a version that is missing or damaged; STATE_STORE_*_SCHEMA_NOT_COMPATIBLE
 */
export class StateStore {
  readonly #files: StateFiles
  readonly #specs: OpenTable[] = []
  #tables: StateTable[] | null = null
  /** Version the tables in memory are at; -1 when they hold a batch that is not staged. */
  #version = -1
  /** Versions on disk, by kind; null until listed. */
  #onDisk: Record<StateFileKind, Set<number>> | null = null
  #snapshotVersion = -1
  #snapshotBytes = 0
  #deltasSince = 0
  #deltaBytesSince = 0
  readonly #cache = { hits: 0, misses: 0 }

  constructor(files: StateFiles) {
    this.#files = files
  }

  get files(): StateFiles {
    return this.#files
  }

  /** Declares a table. The same names in the same order must be declared by every run of the query. */
  table<Values extends StateValues>(
    name: string,
    keyTypes: readonly DataType[],
    make: () => Values,
  ): TableHandle<Values> {
    const index = this.#specs.length
    this.#specs.push({ name, keyTypes, make })
    const rowsOf = () => this.#loaded()[index] as StateTable<Values>
    return {
      get rows() {
        return rowsOf()
      },
    }
  }

  get sizeBytes(): number {
    return this.#tables === null ? 0 : this.#tables.reduce((sum, table) => sum + table.sizeBytes, 0)
  }

  /** How often a batch found its state in memory, and how often it had to be read. */
  get cacheCounts(): { readonly hits: number; readonly misses: number } {
    return this.#cache
  }

  /** Version of the last snapshot, -1 without one. */
  get snapshotVersion(): number {
    return this.#snapshotVersion
  }

  /** Brings the tables to `version`; from memory when they are there already. */
  async load(version: number): Promise<void> {
    if (this.#tables !== null && this.#version === version) {
      this.#cache.hits++
    } else {
      this.discard()
      if (version > 0) this.#cache.misses++
      await this.#read(version)
    }
    for (const table of this.#loaded()) table.nextBatch()
    // From here on the batch changes them: only its own `stage` makes them a version again.
    this.#version = -1
  }

  /** Writes what the batch changed as `version`, or everything, and flushes. */
  async stage(version: number): Promise<void> {
    const tables = this.#loaded()
    const onDisk = await this.#listed()
    const kind = this.#nextKind()
    const bytes = writeStateFile(
      version,
      tables.map((table, index) => ({
        name: this.#specs[index].name,
        keyTypes: table.keyTypes,
        valueTypes: table.values.types,
        changes: kind === 'snapshot' ? table.snapshot() : table.changes(),
      })),
    )
    // An abandoned run of this batch may have left the other kind, made by another plan.
    const other = kind === 'snapshot' ? 'delta' : 'snapshot'
    if (onDisk[other].has(version)) await this.#remove({ version, kind: other })
    await this.#files.write({ version, kind }, bytes)
    onDisk[kind].add(version)
    this.#count(version, kind, bytes.length)
    this.#version = version
  }

  /** Drops what is in memory. */
  discard(): void {
    this.#tables = null
    this.#version = -1
  }

  /** Removes files that no version from `oldest` on needs. */
  async purge(oldest: number): Promise<void> {
    const onDisk = await this.#listed()
    let base = -1
    for (const version of onDisk.snapshot) if (version <= oldest && version > base) base = version
    // Without a snapshot at or before it every delta is still needed.
    if (base < 0) return
    for (const kind of ['delta', 'snapshot'] as const)
      for (const version of [...onDisk[kind]]) if (version < base) await this.#remove({ version, kind })
  }

  async #remove(file: StateFileName): Promise<void> {
    await this.#files.remove(file)
    this.#onDisk?.[file.kind].delete(file.version)
  }

  #nextKind(): StateFileKind {
    if (this.#deltasSince + 1 < MIN_DELTAS_FOR_SNAPSHOT) return 'delta'
    // A large state that changes little is not written whole every ten batches.
    return this.#deltaBytesSince * 2 >= this.#snapshotBytes || this.#deltasSince + 1 >= MAX_DELTAS
      ? 'snapshot'
      : 'delta'
  }

  #count(version: number, kind: StateFileKind, sizeBytes: number): void {
    if (kind === 'delta') {
      this.#deltasSince++
      this.#deltaBytesSince += sizeBytes
      return
    }
    this.#snapshotVersion = version
    this.#snapshotBytes = sizeBytes
    this.#deltasSince = 0
    this.#deltaBytesSince = 0
  }

  #loaded(): StateTable[] {
    this.#tables ??= this.#specs.map(({ keyTypes, make }) => new StateTable(keyTypes, make()))
    return this.#tables
  }

  async #listed(): Promise<Record<StateFileKind, Set<number>>> {
    if (this.#onDisk === null) {
      const onDisk = { delta: new Set<number>(), snapshot: new Set<number>() }
      for (const { version, kind } of await this.#files.list()) onDisk[kind].add(version)
      this.#onDisk = onDisk
    }
    return this.#onDisk
  }

  async #read(version: number): Promise<void> {
    this.#onDisk = null
    const onDisk = await this.#listed()
    let base = 0
    for (const snapshot of onDisk.snapshot) if (snapshot <= version && snapshot > base) base = snapshot
    this.#snapshotVersion = base === 0 ? -1 : base
    this.#snapshotBytes = 0
    this.#deltasSince = 0
    this.#deltaBytesSince = 0
    if (base > 0) await this.#readFile({ version: base, kind: 'snapshot' })
    for (let next = base + 1; next <= version; next++) await this.#readFile({ version: next, kind: 'delta' })
  }

  async #readFile(file: StateFileName): Promise<void> {
    const bytes = await this.#files.read(file)
    if (bytes === null) throw missingFile(this.#pathOf(file))
    let contents: TableContent[]
    try {
      contents = readStateFile(bytes, file.version, {
        typesOf: (name) => {
          const spec = this.#specs.findIndex((candidate) => candidate.name === name)
          if (spec < 0) return null
          const table = this.#loaded()[spec]
          return { keyTypes: table.keyTypes, valueTypes: table.values.types }
        },
        onTypes: (_name, kind, written, now) => {
          throw otherSchema(kind, written, now)
        },
      })
    } catch (error) {
      if (error instanceof DamagedStateFile) throw damagedFile(this.#pathOf(file), error.message)
      throw error
    }
    for (const { name, changes } of contents)
      this.#loaded()[this.#specs.findIndex((candidate) => candidate.name === name)].apply(changes)
    this.#count(file.version, file.kind, bytes.length)
  }

  #pathOf({ version, kind }: StateFileName): string {
    return `${this.#files.path}/${version}.${kind}`
  }
}

function missingFile(path: string) {
  return outsideError(
    'CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS',
    `An error occurred during loading state. Error reading delta file ${path} of Runnel state store: ${path} does not exist.`,
    {
      exception: 'SparkException',
      sqlState: '58030',
      parameters: { fileToRead: path, clazz: 'Runnel state store' },
      hint: 'The checkpoint lost part of its state. Restore the folder, or start with a new checkpointLocation.',
    },
  )
}

function damagedFile(path: string, problem: string) {
  return outsideError(
    'CANNOT_LOAD_STATE_STORE.UNCATEGORIZED',
    `An error occurred during loading state. The state file ${path} cannot be read: ${problem}.`,
    {
      exception: 'SparkException',
      sqlState: '58030',
      hint: 'The file was changed or cut. Restore it, or start with a new checkpointLocation.',
    },
  )
}

function otherSchema(kind: 'key' | 'value', stored: string, now: string) {
  return userError(
    `STATE_STORE_${kind.toUpperCase()}_SCHEMA_NOT_COMPATIBLE`,
    `Provided ${kind} schema does not match existing state ${kind} schema.\nPlease check number and type of fields.\n` +
      `Existing ${kind}_schema=${stored} and new ${kind}_schema=${now}.\n` +
      'If you want to force running the query without schema validation, please set spark.sql.streaming.stateStore.stateSchemaCheck to false.\n' +
      'However, please note that running the query with incompatible schema could cause non-deterministic behavior.',
    {
      exception: 'SparkException',
      sqlState: 'XXKST',
      hint: 'The grouping keys or aggregates changed since this checkpoint was made: give the changed query a new checkpointLocation.',
    },
  )
}
