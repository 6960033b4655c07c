import type { FileInfo, FileStore } from '../../engine/ports/file-store'
import type { OffsetJson, ReadLimit, StreamSource } from '../../engine/ports/source'
import { JsonFileReader } from '../../formats/json-lines/read-json'
import type { JsonReadOptions } from '../../engine/codecs/json/json-options'
import type { Batch, StructType } from '../../protocol/columns'
import { outsideError } from '../../protocol/errors/runnel-error'
import { FileStreamLog, pathToUrl, urlToPath } from './file-log'
import type { FileEntry } from './file-log'
import { listFiles } from './list-files'
import type { FileStreamOptions } from './options'

export type FileStreamContext = {
  readonly files: FileStore
  readonly metadataPath: string
  readonly path: string
  readonly options: FileStreamOptions
  readonly jsonOptions: JsonReadOptions
  readonly schema: StructType
}

/** New files of a folder, in whole files; see the README for what makes a batch repeatable. */
export class JsonFileStream implements StreamSource {
  readonly schema: StructType
  readonly description: string
  readonly #context: FileStreamContext
  readonly #log: FileStreamLog
  #entries: FileEntry[] = []
  readonly #seen = new Map<string, number>()
  #newestMs = 0
  #latest = -1
  /** Files found when Trigger.AvailableNow began. */
  #pinned: FileInfo[] | null = null
  #readers = new Map<string, JsonFileReader>()

  private constructor(context: FileStreamContext, log: FileStreamLog) {
    this.#context = context
    this.#log = log
    this.schema = context.schema
    this.description = `FileStreamSource[file:${context.path}]`
  }

  static async open(context: FileStreamContext): Promise<JsonFileStream> {
    const log = new FileStreamLog(context.files, context.metadataPath)
    const stream = new JsonFileStream(context, log)
    const { latest, entries } = await log.readAll()
    stream.#latest = latest
    for (const entry of entries) stream.#remember(entry)
    return stream
  }

  async latestOffset(
    _start: OffsetJson | null,
    limit: ReadLimit,
  ): Promise<{ end: OffsetJson | null; latest: OffsetJson | null }> {
    const unseen = (this.#pinned ?? (await this.#list())).filter((file) => this.#isNew(file))
    const { latestFirst } = this.#context.options
    unseen.sort(
      (a, b) => (latestFirst ? b.modifiedMs - a.modifiedMs : a.modifiedMs - b.modifiedMs) || (a.path < b.path ? -1 : 1),
    )
    const chosen = limit.kind === 'all' ? unseen : this.#cut(unseen)
    if (chosen.length > 0) await this.#append(chosen)
    // Spark reports no latest offset for files.
    return { end: this.#latest < 0 ? null : offsetJson(this.#latest), latest: null }
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null): AsyncIterable<Batch> {
    const entries = await this.#log.between(start === null ? 0 : logOffset(start) + 1, logOffset(end))
    const reader = this.#readerOf(columns)
    for (const entry of entries) yield* reader.read(await this.#readFile(urlToPath(entry.path)))
  }

  async commit(): Promise<void> {}

  async pinAvailableNow(): Promise<void> {
    this.#pinned = await this.#list()
  }

  async close(): Promise<void> {}

  async #list(): Promise<FileInfo[]> {
    return (await listFiles(this.#context.files, this.#context.path, this.#context.options)) ?? []
  }

  #isNew(file: FileInfo): boolean {
    if (this.#seen.has(this.#key(file.path))) return false
    const { options } = this.#context
    // The age counts from the newest file, not from now; the first batch takes all there is.
    const ignoresAge =
      this.#latest < 0 || (options.latestFirst && (options.maxFilesPerTrigger ?? options.maxBytesPerTrigger) !== null)
    return ignoresAge || file.modifiedMs >= this.#newestMs - options.maxFileAgeMs
  }

  #cut(files: readonly FileInfo[]): readonly FileInfo[] {
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.#context.options
    if (maxFilesPerTrigger !== null) return files.slice(0, maxFilesPerTrigger)
    if (maxBytesPerTrigger === null) return files
    let sizeBytes = 0
    // One file at least, or a large one would stop the stream.
    return files.filter((file, i) => (sizeBytes += file.sizeBytes) <= maxBytesPerTrigger || i === 0)
  }

  async #append(files: readonly FileInfo[]): Promise<void> {
    const batchId = this.#latest + 1
    const entries = files.map((file) => ({
      path: pathToUrl(file.path),
      timestamp: Math.floor(file.modifiedMs),
      batchId,
    }))
    await this.#log.add(batchId, entries, this.#entries)
    this.#latest = batchId
    for (const entry of entries) this.#remember(entry)
  }

  #remember(entry: FileEntry): void {
    this.#entries.push(entry)
    this.#seen.set(this.#key(urlToPath(entry.path)), entry.timestamp)
    this.#newestMs = Math.max(this.#newestMs, entry.timestamp)
  }

  #key(path: string): string {
    return this.#context.options.fileNameOnly ? path.slice(path.lastIndexOf('/') + 1) : path
  }

  #readerOf(columns: readonly string[] | null): JsonFileReader {
    const key = JSON.stringify(columns)
    let reader = this.#readers.get(key)
    if (reader === undefined) {
      reader = new JsonFileReader(this.#context.schema, columns, this.#context.jsonOptions)
      this.#readers.set(key, reader)
    }
    return reader
  }

  async #readFile(path: string): Promise<Uint8Array> {
    if ((await this.#context.files.stat(path)) !== null) return this.#context.files.read(path)
    throw outsideError(
      'FAILED_READ_FILE.FILE_NOT_EXIST',
      `Encountered error while reading file file:${path}. File does not exist. It is possible the underlying files have been updated.\nYou can explicitly invalidate the cache in Spark by running 'REFRESH TABLE tableName' command in SQL or by recreating the Dataset/DataFrame involved.`,
      {
        sqlState: 'KD001',
        parameters: { path: `file:${path}` },
        hint: 'The stream had planned this file before it was removed. Put it back, or start with a new checkpoint.',
      },
    )
  }
}

function offsetJson(id: number): OffsetJson {
  return `{"logOffset":${id}}`
}

function logOffset(offset: OffsetJson): number {
  return (JSON.parse(offset) as { logOffset: number }).logOffset
}
