import { userError } from '../../protocol/errors/runnel-error'
import type { FileStore } from '../../engine/ports/file-store'
import type { BatchId } from '../../protocol/ids'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Which versions a log reads: up to its own (offsets), or exactly its own (commits). */
export type VersionRule = 'up to v1' | 'exactly v1'

/** Checks a log's first line; Spark's words for everything else. */
export function checkVersion(line: string, rule: VersionRule): void {
  const number = Number(/^v(\d+)$/.exec(line)?.[1] ?? NaN)
  if (!(number > 0)) throw malformedLog(line)
  if (number === 1) return
  const [reason, text] =
    rule === 'up to v1'
      ? [
          'MAX_SUPPORTED_VERSION',
          `The maximum supported log version is v1, but encountered v${number}. The log file was produced by a newer version ` +
            'of Spark and cannot be read by this version. You need to upgrade.',
        ]
      : ['EXACT_MATCH_VERSION', `The only supported log version is v1, but encountered v${number}.`]
  throw userError(`INVALID_LOG_VERSION.${reason}`, `UnsupportedLogVersion. ${text}`, {
    exception: 'SparkException',
    sqlState: 'KD002',
    parameters: { version: `v${number}` },
    hint: 'This checkpoint was written by a newer Spark. Start with a new checkpoint.',
  })
}

function malformedLog(line: string) {
  return userError('MALFORMED_LOG_FILE', `Log file was malformed: failed to read correct log version from ${line}.`, {
    exception: 'SparkException',
    sqlState: 'KD002',
    parameters: { text: line },
    hint: 'The file in the checkpoint was changed by hand. Restore it, or start with a new checkpoint.',
  })
}

/** An entry that is on disk but not in the log yet. */
export type StagedEntry = {
  /** False when the batch is already there. */
  publish(): Promise<boolean>
  discard(): Promise<void>
}

/**
 * One folder of a checkpoint with a file a batch, named by its id. Adding never replaces a whole file; other names
 * (checksums, temporary files) are not of the log.
 *
 * Whoever adds holds the checkpoint's lock, so nobody else does: the folder is listed once, and which batches are there is
 * known from then on.
 */
export class BatchLog<Entry> {
  readonly #files: FileStore
  readonly #folder: string
  readonly #format: { parse(text: string): Entry; print(entry: Entry): string }
  /** Ids of the log's files, oldest first; null = not listed yet. */
  #known: BatchId[] | null = null

  constructor(files: FileStore, folder: string, format: { parse(text: string): Entry; print(entry: Entry): string }) {
    this.#files = files
    this.#folder = folder
    this.#format = format
  }

  async get(batchId: BatchId): Promise<Entry | null> {
    if ((await this.#files.stat(this.#path(batchId))) === null) return null
    return this.#format.parse(decoder.decode(await this.#files.read(this.#path(batchId))))
  }

  /** The newest entry. A last file that was torn while it was written never was: the one before it counts. */
  async latest(): Promise<{ batchId: BatchId; entry: Entry } | null> {
    const ids = await this.#list()
    const last = ids.at(-1)
    if (last === undefined) return null
    const entry = await this.#whole(last)
    if (entry !== null) return { batchId: last, entry }
    const before = ids.at(-2)
    if (before === undefined) return null
    const previous = await this.get(before)
    return previous === null ? null : { batchId: before, entry: previous }
  }

  /** False when the batch is already there; a torn file is replaced. */
  async add(batchId: BatchId, entry: Entry): Promise<boolean> {
    return (await this.stage(batchId, entry)).publish()
  }

  /** Everything of `add` that can be done ahead. */
  async stage(batchId: BatchId, entry: Entry): Promise<StagedEntry> {
    const path = this.#path(batchId)
    const bytes = encoder.encode(this.#format.print(entry))
    const staged = await this.#files.stage(path, bytes)
    return {
      publish: async () => {
        const known = this.#known ?? (await this.#list())
        if (!known.includes(batchId) && (await staged.publishNew())) {
          known.push(batchId)
          return true
        }
        await staged.discard()
        if ((await this.#whole(batchId)) !== null) return false
        await this.#files.write(path, bytes)
        return true
      },
      discard: () => staged.discard(),
    }
  }

  async purge(before: BatchId): Promise<void> {
    const known = this.#known ?? (await this.#list())
    while (known.length > 0 && known[0] < before) {
      await this.#files.remove(this.#path(known[0]))
      known.shift()
    }
  }

  async #list(): Promise<BatchId[]> {
    const children = await this.#files.list(this.#folder)
    this.#known = children
      .filter((child) => !child.isFolder && /^\d+$/.test(child.name))
      .map((child) => Number(child.name))
      .sort((a, b) => a - b)
    return this.#known
  }

  /** Null when the file is torn. A version this reader does not know is no tear: it throws. */
  async #whole(batchId: BatchId): Promise<Entry | null> {
    const bytes = await this.#files.read(this.#path(batchId))
    if (isTorn(bytes)) return null
    try {
      return this.#format.parse(decoder.decode(bytes))
    } catch (error) {
      if (error instanceof TornLog || error instanceof TypeError) return null
      throw error
    }
  }

  #path(batchId: BatchId): string {
    return `${this.#folder}/${batchId}`
  }
}

/** Text that ends before its format does. */
export class TornLog extends Error {}

function isTorn(bytes: Uint8Array): boolean {
  return bytes.length === 0 || bytes.every((byte) => byte === 0)
}

/** The object of a log line; a text that stops in the middle is a torn log. */
export function parseJsonObject(line: string | undefined): Record<string, unknown> {
  if (line === undefined) throw new TornLog('The line is missing')
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TornLog(`Not JSON: ${line}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TornLog(`Not an object: ${line}`)
  return value as Record<string, unknown>
}
