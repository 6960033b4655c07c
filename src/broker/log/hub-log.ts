import type { EventBatch, EventPosition, PartitionBounds } from '../../engine/ports/broker'
import type { FileStore } from '../../engine/ports/file-store'
import { internalError, outsideError } from '../../protocol/errors/runnel-error'
import type { EventRows, RowSlice } from './event-rows'
import { cutBySize, joinSlices, sizeOf } from './event-rows'
import { chooseMerge, mergeSegments } from './merge'
import type { SectionInfo } from './segment-file'
import { decodeHeader, decodeSection, encodeSegment, sectionEnd } from './segment-file'
import type { Segment } from './segment-index'
import { describeSegment, findSegment, recoverSegments, segmentName } from './segment-index'
import { Tail } from './tail'

export type Retention = {
  /** Session time an event is kept, counted back from the clock. */
  readonly maxAgeMs: number
  /** Bytes of segment files a hub may hold; the newest file always stays. */
  readonly maxBytes: number
}

export type HubLogOptions = {
  readonly numPartitions: number
  readonly retention: Retention
  /** Session time. */
  readonly nowMs: () => number
  /** Waited for before each segment is written, so that appends a few milliseconds apart share one file. */
  readonly gather: () => Promise<void>
  /** Memory for the newest events, all partitions together. */
  readonly tailBytes: number
  /** Told when merging or clean-up failed; the log itself stays usable. */
  readonly onBackgroundError: (error: unknown) => void
}

export type PartitionRows = { readonly partition: number; readonly rows: EventRows }

const MAX_COMMIT_BYTES = 8 * 1024 * 1024
const MAX_CALL_BYTES = 4 * 1024 * 1024

type Waiting = {
  readonly slices: readonly { readonly partition: number; readonly slice: RowSlice }[]
  readonly mark: string | null
  readonly sizeBytes: number
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * The durable log of one hub: write-once segment files, all partitions of one commit in one file.
 *
 * Writes   one at a time; whatever arrives during a write goes into the next one (group commit). A sequence number exists
 *          only once its file does, so that a failed or killed write uses none up.
 * Reads    see durable events only: newest from memory, older from files.
 * Upkeep   behind the writes: merges small files, drops whole old files. Files are never changed.
 * Errors   EVENTS_EXPIRED, HUB_LOG_CORRUPT, and what the FileStore throws (DISK_FULL).
 */
export class HubLog {
  readonly #files: FileStore
  readonly #folder: string
  readonly #options: HubLogOptions
  readonly #tails: Tail[]
  /** Last section read from disk, by partition: a query that reads on finds it here. */
  readonly #lastRead: ({ readonly path: string; readonly batch: EventBatch } | null)[]
  #segments: readonly Segment[]
  #next: number[]
  #nextCommit: number
  #mark: string | null
  #waiting: Waiting[] = []
  #isWriting = false
  #isClosed = false
  #upkeep: Promise<void> | null = null
  #garbage: string[]
  /** Found when opened. Removed before the first write, never by a reader: to a tab that only shows, a log that its owner is
   * merging looks torn. */
  readonly #leftovers: string[]
  #numReads = 0

  private constructor(
    files: FileStore,
    folder: string,
    options: HubLogOptions,
    segments: readonly Segment[],
    leftovers: readonly string[],
  ) {
    this.#files = files
    this.#folder = folder
    this.#options = options
    this.#segments = segments
    this.#garbage = []
    this.#leftovers = [...leftovers]
    const last = segments.at(-1)
    const partitions = Array.from({ length: options.numPartitions }, (_, i) => i)
    this.#next = partitions.map((i) => (last === undefined ? 0 : last.sections[i].base + last.sections[i].numRows))
    this.#nextCommit = last === undefined ? 0 : last.toCommit + 1
    this.#mark = last?.mark ?? null
    this.#tails = partitions.map(() => new Tail(options.tailBytes / options.numPartitions))
    this.#lastRead = partitions.map(() => null)
  }

  static async open(files: FileStore, folder: string, options: HubLogOptions): Promise<HubLog> {
    const { segments, garbage, numLostCommits } = await recoverSegments(files, folder)
    if (segments.some((segment) => segment.sections.length !== options.numPartitions))
      throw internalError(
        `The log ${folder} was written with another number of partitions than ${options.numPartitions}.`,
      )
    const log = new HubLog(files, folder, options, segments, garbage)
    if (numLostCommits > 0)
      options.onBackgroundError(
        outsideError(
          'HUB_LOG_CORRUPT',
          `The oldest ${numLostCommits} writes of ${folder} are unreadable and were dropped.`,
        ),
      )
    return log
  }

  /**
   * Resolves when all rows are durable; rows of one partition keep their order. `mark` becomes durable with the last of
   * them and is what `mark` gives after a restart.
   */
  append(rows: readonly PartitionRows[], mark: string | null = null): Promise<void> {
    if (this.#isClosed) return Promise.reject(internalError(`The log ${this.#folder} is closed.`))
    const pieces = rows.flatMap(({ partition, rows: each }) =>
      cutBySize(each, MAX_CALL_BYTES).map((slice) => ({ partition, slice })),
    )
    const sizeBytes = pieces.reduce((sum, { slice }) => sum + sliceBytes(slice), 0)
    const groups = sizeBytes <= MAX_COMMIT_BYTES ? [pieces] : pieces.map((piece) => [piece])
    if (groups.length === 0) groups.push([])
    const written = groups.map(
      (slices, i) =>
        new Promise<void>((done, failed) => {
          const bytes = slices.reduce((sum, { slice }) => sum + sliceBytes(slice), 0)
          this.#waiting.push({ slices, mark: i === groups.length - 1 ? mark : null, sizeBytes: bytes, done, failed })
        }),
    )
    if (!this.#isWriting) void this.#write()
    return Promise.all(written).then(() => undefined)
  }

  /** The newest durable mark. */
  get mark(): string | null {
    return this.#mark
  }

  bounds(): PartitionBounds[] {
    return this.#next.map((next, partition) => ({
      begin: this.#begin(partition),
      next,
      lastEnqueuedMicros: this.#lastEnqueuedMicros(partition),
    }))
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  get numSegments(): number {
    return this.#segments.length
  }

  async position(partition: number, at: EventPosition): Promise<number> {
    const begin = this.#begin(partition)
    const next = this.#next[partition]
    switch (at.kind) {
      case 'earliest':
        return begin
      case 'latest':
        return next
      case 'sequence':
        return Math.min(Math.max(at.sequence, begin), next)
      case 'enqueuedTime':
        return this.#firstAtOrAfter(partition, at.micros)
    }
  }

  async read(partition: number, from: number, until: number): Promise<EventBatch> {
    const begin = this.#begin(partition)
    const next = this.#next[partition]
    if (from < begin && from < until) throw expired(partition, from, begin)
    if (until > next || from > until)
      throw internalError(`Events [${from}, ${until}) of partition ${partition} were asked, the log ends at ${next}.`)
    this.#numReads++
    try {
      const slices: RowSlice[] = []
      let cursor = from
      while (cursor < until) {
        const tail = this.#tails[partition]
        const found =
          tail.first <= cursor ? tail.slices(cursor, until) : [await this.#sliceOnDisk(partition, cursor, until)]
        slices.push(...found)
        cursor += found.reduce((sum, slice) => sum + slice.until - slice.from, 0)
      }
      return joinSlices(from, slices)
    } finally {
      this.#numReads--
    }
  }

  /** Waits for writes and upkeep under way; later appends are refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#isWriting || this.#upkeep !== null) {
      await this.#upkeep
      await this.#options.gather()
    }
  }

  /** Waits until no merge or clean-up is under way. */
  async settled(): Promise<void> {
    while (this.#upkeep !== null) await this.#upkeep
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      await this.#options.gather()
      let numTaken = 0
      let sizeBytes = 0
      while (
        numTaken < this.#waiting.length &&
        (numTaken === 0 || sizeBytes + this.#waiting[numTaken].sizeBytes <= MAX_COMMIT_BYTES)
      )
        sizeBytes += this.#waiting[numTaken++].sizeBytes
      const taken = this.#waiting.splice(0, numTaken)
      try {
        await this.#commit(taken)
        for (const { done } of taken) done()
      } catch (error) {
        for (const { failed } of taken) failed(error)
      }
    }
    this.#isWriting = false
    this.#startUpkeep()
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    // First of all: a torn file may hold the very name that this write needs.
    for (const path of this.#leftovers.splice(0)) await this.#files.remove(path)
    const slices: RowSlice[][] = this.#next.map(() => [])
    for (const each of taken) for (const { partition, slice } of each.slices) slices[partition].push(slice)
    const batches = slices.map((each, partition) => joinSlices(this.#next[partition], each))
    const mark = taken.reduce((last, each) => each.mark ?? last, this.#mark)
    const commit = this.#nextCommit
    const path = `${this.#folder}/${segmentName(commit, commit)}`
    const bytes = encodeSegment(batches, mark)
    const decoded = decodeHeader(bytes, bytes.length)
    if (decoded === null || 'needBytes' in decoded) throw internalError('A segment cannot read its own header.')
    const segment = describeSegment(path, commit, commit, bytes.length, decoded)
    if (!(await this.#files.writeIfAbsent(path, bytes)))
      throw outsideError('HUB_LOG_CONFLICT', `Another writer added to the hub's log: ${path} exists.`, {
        hint: 'Runnel runs in another tab of this browser. Close that tab, then reload this one.',
      })
    this.#segments = [...this.#segments, segment]
    this.#nextCommit = commit + 1
    this.#mark = mark
    this.#next = batches.map((batch) => batch.firstSequence + batch.numRows)
    batches.forEach((batch, partition) => this.#tails[partition].add(batch))
    this.#startUpkeep()
  }

  #begin(partition: number): number {
    return this.#segments.length === 0 ? this.#next[partition] : this.#segments[0].sections[partition].base
  }

  #lastEnqueuedMicros(partition: number): number {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const section = this.#segments[i].sections[partition]
      if (section.numRows > 0) return section.lastEnqueuedMicros
    }
    return 0
  }

  /** Times may step back when a session starts earlier than the last one ended, so this looks for the first match. */
  async #firstAtOrAfter(partition: number, micros: number): Promise<number> {
    this.#numReads++
    try {
      for (const segment of this.#segments) {
        const section = segment.sections[partition]
        if (section.numRows === 0 || section.maxEnqueuedMicros < micros) continue
        const batch = await this.#section(segment, partition, section)
        const row = batch.enqueuedMicros.findIndex((each) => each >= micros)
        if (row >= 0) return section.base + row
      }
      return this.#next[partition]
    } finally {
      this.#numReads--
    }
  }

  async #sliceOnDisk(partition: number, from: number, until: number): Promise<RowSlice> {
    const index = findSegment(this.#segments, partition, from)
    const segment = this.#segments[index]
    if (segment === undefined) throw internalError(`No segment holds event ${from} of partition ${partition}.`)
    const section = segment.sections[partition]
    // Retention may have dropped it while an earlier part of this read was under way.
    if (from < section.base) throw expired(partition, from, section.base)
    const rows = await this.#section(segment, partition, section)
    return { rows, from: from - section.base, until: Math.min(section.numRows, until - section.base) }
  }

  async #section(segment: Segment, partition: number, section: SectionInfo): Promise<EventBatch> {
    const kept = this.#lastRead[partition]
    if (kept?.path === segment.path) return kept.batch
    const start = segment.bodyStart + section.start
    const bytes = await this.#files.readRange(segment.path, start, segment.bodyStart + sectionEnd(section))
    const batch = decodeSection(section, bytes)
    this.#lastRead[partition] = { path: segment.path, batch }
    return batch
  }

  #startUpkeep(): void {
    if (this.#upkeep !== null || this.#isClosed) return
    this.#upkeep = this.#runUpkeep()
      .catch(this.#options.onBackgroundError)
      .finally(() => (this.#upkeep = null))
  }

  async #runUpkeep(): Promise<void> {
    this.#dropExpired()
    for (;;) {
      await this.#removeGarbage()
      const range = this.#isClosed ? null : chooseMerge(this.#segments)
      if (range === null) return
      const inputs = this.#segments.slice(range.from, range.until)
      const merged = await mergeSegments(this.#files, this.#folder, inputs)
      // Commits only add at the end and retention waits for upkeep, so the inputs still stand where they stood.
      this.#segments = [...this.#segments.slice(0, range.from), merged, ...this.#segments.slice(range.until)]
      this.#garbage.push(...inputs.map((segment) => segment.path))
    }
  }

  #dropExpired(): void {
    const { maxAgeMs, maxBytes } = this.#options.retention
    const oldestMicros = (this.#options.nowMs() - maxAgeMs) * 1000
    let sizeBytes = this.sizeBytes
    let numDropped = 0
    while (numDropped < this.#segments.length - 1) {
      const segment = this.#segments[numDropped]
      if (segment.maxEnqueuedMicros >= oldestMicros && sizeBytes <= maxBytes) break
      sizeBytes -= segment.sizeBytes
      numDropped++
    }
    if (numDropped === 0) return
    this.#garbage.push(...this.#segments.slice(0, numDropped).map((segment) => segment.path))
    this.#segments = this.#segments.slice(numDropped)
  }

  async #removeGarbage(): Promise<void> {
    // A read that began before may still need the files; the next round removes them.
    while (this.#numReads === 0 && this.#garbage.length > 0) {
      await this.#files.remove(this.#garbage[0])
      this.#garbage.shift()
    }
  }
}

function sliceBytes({ rows, from, until }: RowSlice): number {
  return from === 0 && until === rows.numRows
    ? sizeOf(rows)
    : rows.valueOffsets[until] - rows.valueOffsets[from] + (until - from) * 12
}

function expired(partition: number, from: number, begin: number) {
  return outsideError(
    'EVENTS_EXPIRED',
    `Event ${from} of partition ${partition} has expired. The earliest event left has sequence number ${begin}.`,
    { parameters: { partition: String(partition), from: String(from), begin: String(begin) } },
  )
}
