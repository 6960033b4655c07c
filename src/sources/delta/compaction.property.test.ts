import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KillableFiles } from '../../broker/log/killable-files'
import { COMPACTION } from '../../delta/compaction'
import { deltaContext } from '../../delta/delta.fixture'
import { DeltaLog } from '../../delta/delta-log'
import type { KeeperLimits } from '../../delta/table-keeper'
import { TableKeeper } from '../../delta/table-keeper'
import { createDeltaTables } from '../../delta/tables'
import type { DeltaContext } from '../../delta/write-table'
import { publishWrite, stageWrite } from '../../delta/write-table'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import type { FileStore } from '../../engine/ports/file-store'
import { OptionMap } from '../../engine/ports/options'
import type { StreamSource } from '../../engine/ports/source'
import type { Batch } from '../../protocol/columns'
import { LONG, structOf } from '../../engine/types/atomic-types'
import { LocalLocks } from '../../storage/files/local-locks'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from './delta-source'

/** Small enough that a few dozen commits go through merging, log clean-up and deletion many times. */
const LIMITS: KeeperLimits = {
  keptVersions: 6,
  restMs: 1_000,
  compaction: { ...COMPACTION, smallBytes: 900, minFiles: 4, minSurplus: 8 },
  pause: () => Promise.resolve(),
}
const INTERVAL = 3
const path = '/lakehouse/default/Tables/bronze'
const checkpoint = '/fs/ck/silver'
const schema = structOf({ id: LONG, part: LONG })

/** Every call may let the others run first, in an order the test chooses. */
function shuffled(files: FileStore, turns: () => number): FileStore {
  const pause = async () => {
    for (let turn = turns(); turn > 0; turn--) await Promise.resolve()
  }
  return new Proxy(files, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        await pause()
        return (member as (...all: unknown[]) => unknown).apply(target, args)
      }
    },
  })
}

/** One table, its writer, one lagging stream and batch readers, over one disk and a clock the test moves. */
class World {
  nowMs = 1_000_000
  readonly disk = new MemoryFileStore({ nowMs: () => this.nowMs, locks: new LocalLocks() })
  readonly #turns: () => number
  readonly #isPartitioned: boolean
  #seed = 0
  #context: DeltaContext
  #log: DeltaLog
  #keeper: TableKeeper
  #nextId = 0
  #batchId = 0
  /** Rows of the table right after each commit the model knows of, by version. */
  readonly rowsAt = new Map<number, number>()
  #source: StreamSource | null = null
  readonly #options: Record<string, string>
  #start: string | null = null
  #planned: string | null = null
  #isFirstPlan = true
  readonly seen: number[] = []
  numKills = 0

  constructor(turns: () => number, isPartitioned: boolean, maxFiles: number) {
    this.#turns = turns
    this.#isPartitioned = isPartitioned
    this.#options = { path, maxFilesPerTrigger: String(maxFiles) }
    this.#context = deltaContext(this.disk)
    this.#log = new DeltaLog(this.disk, path)
    this.#keeper = new TableKeeper(this.#log, this.#context, LIMITS)
    this.#restartWriter(this.disk)
  }

  get numRows(): number {
    return this.#nextId
  }

  async create(): Promise<void> {
    await this.disk.write(`${checkpoint}/metadata`, new Uint8Array([1]))
    const tables = createDeltaTables(deltaContext(this.disk, 999))
    const properties = { 'delta.checkpointInterval': String(INTERVAL) }
    await tables.create(path, schema, { properties, partitionColumns: this.#isPartitioned ? ['part'] : [] })
    this.rowsAt.set(0, 0)
  }

  #restartWriter(files: FileStore): void {
    const mixed = shuffled(files, this.#turns)
    this.#context = deltaContext(mixed, ++this.#seed)
    this.#log = new DeltaLog(mixed, path)
    this.#keeper = new TableKeeper(this.#log, this.#context, LIMITS)
  }

  async append(numRows: number): Promise<void> {
    const ids = Array.from({ length: numRows }, (_, n) => this.#nextId + n)
    const staged = await stageWrite(this.#log, this.#context, {
      mode: 'append',
      schema,
      batches: [
        batchFromRows(
          schema,
          ids.map((id) => ({ id: BigInt(id), part: BigInt(id % 2) })),
        ),
      ],
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: { appId: 'writer', version: this.#batchId },
      operation: { name: 'STREAMING UPDATE', parameters: {} },
    })
    const { version } = await publishWrite(this.#log, this.#context, staged, (snapshot) =>
      this.#keeper.committed(snapshot),
    )
    this.#nextId += numRows
    this.#batchId++
    this.rowsAt.set(version, this.#nextId)
  }

  async keep(): Promise<void> {
    this.#keeper.start()
    await this.#keeper.settled()
  }

  /** The writer dies at its n-th change of a file during upkeep and comes back as another process. */
  async keepKilled(numChanges: number, lastWrite: 'nothing' | 'whole'): Promise<void> {
    const killable = new KillableFiles(this.disk, numChanges, lastWrite)
    this.#restartWriter(killable)
    const latest = await this.#log.update()
    this.#keeper.committed(latest!)
    this.#keeper.start()
    await Promise.race([this.#keeper.settled(), killable.died])
    if (killable.isDead) this.numKills++
    killable.kill()
    this.#restartWriter(this.disk)
    this.#keeper.committed((await this.#log.update())!)
  }

  /** One step of the streaming query, with its offsets log: plan, then run. A restart in between changes nothing. */
  async readerStep(): Promise<void> {
    const source = (this.#source ??= await this.#openSource())
    if (this.#planned === null) {
      const { end } = await source.latestOffset(this.#start, { kind: 'default' })
      if (end === null || end === this.#start) return
      this.#planned = end
      if (!this.#isFirstPlan) await source.commit(this.#start!)
      return
    }
    const rows: number[] = []
    for await (const batch of source.read(this.#start, this.#planned, null)) rows.push(...idsOf(batch))
    this.seen.push(...rows)
    this.#start = this.#planned
    this.#planned = null
    this.#isFirstPlan = false
  }

  restartReader(): void {
    this.#source = null
  }

  #openSource(): Promise<StreamSource> {
    const files = shuffled(this.disk, this.#turns)
    const broker = () => {
      throw new Error('no broker here')
    }
    const context = {
      files,
      clock: deltaContext(files).clock,
      broker,
      metadataPath: `${checkpoint}/sources/0`,
      conf: {},
    }
    return definition.open!(new OptionMap(this.#options), null, context)
  }

  get readerIsIdle(): boolean {
    return this.#planned === null && this.seen.length === this.#nextId
  }

  /** Opens the newest version now, and gives a scan that may run later. */
  async openBatchRead(): Promise<() => Promise<void>> {
    const openedMs = this.nowMs
    const before = this.#nextId
    const table = await createDeltaTables(deltaContext(shuffled(this.disk, this.#turns))).open(path)
    return async () => {
      // The promise to a batch reader is a time, not a lease.
      if (this.nowMs - openedMs >= LIMITS.restMs) return
      const ids: number[] = []
      for await (const batch of table!.scan(null)) ids.push(...idsOf(batch))
      ids.sort((a, b) => a - b)
      expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => n))
      expect(ids.length).toBeGreaterThanOrEqual(before)
    }
  }

  /** Every version the log still offers reads as the model had it. */
  async checkTimeTravel(): Promise<void> {
    const log = new DeltaLog(this.disk, path)
    const latest = await log.update()
    const tables = createDeltaTables(deltaContext(this.disk))
    let expected = 0
    for (let version = 0; version <= latest!.version; version++) {
      expected = this.rowsAt.get(version) ?? expected
      if (version < (await log.earliestVersion())) continue
      const table = await tables.open(path, { version })
      const ids: number[] = []
      for await (const batch of table!.scan(null)) ids.push(...idsOf(batch))
      expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: expected }, (_, n) => n))
      expect(table!.numRows).toBe(expected)
    }
  }

  async dataFiles(folder = path): Promise<number> {
    let count = 0
    for (const info of await this.disk.list(folder)) {
      if (info.name.startsWith('_')) continue
      count += info.isFolder ? await this.dataFiles(info.path) : 1
    }
    return count
  }
}

function idsOf(batch: Batch): number[] {
  return batchToRows(batch).map((row) => Number(row.id))
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('keep' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('race' as const), rows: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, 400, 5_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      changes: fc.nat({ max: 25 }),
      last: fc.constantFrom('nothing' as const, 'whole' as const),
    }),
  },
)

test('merging and deleting at any moment: streams read each row once, batch reads and time travel stay right, files stay few', async () => {
  let deleted = 0
  let merged = 0
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.nat({ max: 6 })),
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      fc.nat({ max: 30 }),
      fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }),
      async (stream, isPartitioned, maxFiles, readerFrom, steps) => {
        const world = new World(() => stream.next().value as number, isPartitioned, maxFiles)
        await world.create()
        let heldScan: (() => Promise<void>) | null = null
        for (const [index, event] of steps.entries()) {
          const readStep = () => (index >= readerFrom ? world.readerStep() : Promise.resolve())
          if (event.kind === 'append') await world.append(event.rows)
          else if (event.kind === 'keep') await world.keep()
          else if (event.kind === 'read') await readStep()
          else if (event.kind === 'restart') world.restartReader()
          else if (event.kind === 'wait') world.nowMs += event.ms
          else if (event.kind === 'kill') await world.keepKilled(event.changes, event.last)
          else {
            const batchRead = world.openBatchRead().then((scan) => scan())
            await Promise.all([world.keep(), world.append(event.rows), readStep(), batchRead])
          }
          if (index % 7 === 0) {
            await heldScan?.()
            heldScan = await world.openBatchRead()
          }
          if (index % 20 === 19) await world.checkTimeTravel()
        }
        await world.checkTimeTravel()
        // The lagging stream catches up, reading versions that were merged away long ago.
        for (let n = 0; n < 1_000 && !world.readerIsIdle; n++) {
          if (n % 9 === 8) world.restartReader()
          await world.readerStep()
        }
        expect([...world.seen].sort((a, b) => a - b)).toEqual(Array.from({ length: world.numRows }, (_, n) => n))
        // With nobody behind, what is left is what the kept versions hold.
        for (let n = 0; n < 40; n++) {
          world.nowMs += LIMITS.restMs
          await world.append(1)
          for (let reads = 0; reads < 6; reads++) await world.readerStep()
          await world.keep()
        }
        await world.checkTimeTravel()
        const numFiles = await world.dataFiles()
        const numCommits = world.rowsAt.size
        expect(numFiles).toBeLessThanOrEqual(80 + world.numKills * 4)
        if (numCommits - numFiles > 0) deleted++
        merged++
      },
    ),
    { numRuns: 30, endOnFailure: true },
  )
  expect(merged).toBeGreaterThan(0)
  expect(deleted).toBeGreaterThan(0)
}, 120_000)
