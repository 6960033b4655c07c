import { outsideError, userError } from '../../protocol/errors/runnel-error'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import type { Checkpoint, CommitEntry, OffsetEntry, StagedCommit } from '../../engine/ports/checkpoint'
import type { FileStore } from '../../engine/ports/file-store'
import type { BatchId, QueryId } from '../../protocol/ids'
import { BatchLog, parseJsonObject } from './log-files'
import { commitFormat, offsetFormat } from './offset-log'

/**
 * A checkpoint folder in Spark's layout: `metadata`, `offsets/N`, `commits/N`, `sources/n`.
 *
 * State   the files alone; which batches are there is known from one listing, since whoever adds holds the lock
 * Errors  `CONCURRENT_STREAM_LOG_UPDATE` when a batch is already logged; Spark's words for unreadable logs
 */
export class FileCheckpoint implements Checkpoint {
  readonly path: string
  readonly #files: FileStore
  readonly #offsets: BatchLog<OffsetEntry>
  readonly #commits: BatchLog<CommitEntry>

  constructor(files: FileStore, path: string) {
    this.path = path
    this.#files = files
    this.#offsets = new BatchLog(files, `${path}/offsets`, offsetFormat)
    this.#commits = new BatchLog(files, `${path}/commits`, commitFormat)
  }

  async queryId(fresh: QueryId): Promise<QueryId> {
    const known = await readQueryId(this.#files, this.path)
    if (known !== null) return known
    const written = await this.#files.writeIfAbsent(
      `${this.path}/metadata`,
      new TextEncoder().encode(JSON.stringify({ id: fresh })),
    )
    return written ? fresh : this.queryId(fresh)
  }

  latestOffsets() {
    return this.#offsets.latest()
  }

  offsets(batchId: BatchId) {
    return this.#offsets.get(batchId)
  }

  async addOffsets(batchId: BatchId, entry: OffsetEntry): Promise<void> {
    if (!(await this.#offsets.add(batchId, entry))) throw concurrentUpdate(batchId)
  }

  latestCommit() {
    return this.#commits.latest()
  }

  async addCommit(batchId: BatchId, entry: CommitEntry): Promise<void> {
    if (!(await this.#commits.add(batchId, entry))) throw concurrentUpdate(batchId)
  }

  async stageCommit(batchId: BatchId, entry: CommitEntry): Promise<StagedCommit> {
    const staged = await this.#commits.stage(batchId, entry)
    return {
      async publish() {
        if (!(await staged.publish())) throw concurrentUpdate(batchId)
      },
      discard: () => staged.discard(),
    }
  }

  async purge(before: BatchId): Promise<void> {
    await this.#offsets.purge(before)
    await this.#commits.purge(before)
  }

  concurrentUpdate(batchId: BatchId): RunnelError {
    return concurrentUpdate(batchId)
  }

  sourcePath(source: number): string {
    return `${this.path}/sources/${source}`
  }
}

/** The query's id in a checkpoint folder; null when the folder has none yet. */
export async function readQueryId(files: FileStore, path: string): Promise<QueryId | null> {
  const file = `${path}/metadata`
  if ((await files.stat(file)) === null) return null
  const text = new TextDecoder().decode(await files.read(file))
  let id: unknown
  try {
    id = parseJsonObject(text).id
  } catch {
    id = undefined
  }
  if (typeof id !== 'string') {
    throw userError('_LEGACY_STREAM_METADATA', `Error reading stream metadata from ${file}`, {
      exception: 'SparkException',
      hint: 'The file `metadata` of the checkpoint is not what Spark writes. Restore it, or start with a new checkpoint.',
    })
  }
  return id as QueryId
}

/** Held for a query's whole run, so that no second query writes the same logs. `null` when another one holds it. */
export function lockCheckpoint(files: FileStore, path: string): Promise<{ release(): void } | null> {
  return files.tryLock(`ckpt:${path}`)
}

/** Spark's refusal for sinks that keep nothing (memory, unless complete): call it in `start()`. `shownPath` as the user wrote it. */
export async function requireNoOffsets(files: FileStore, path: string, shownPath: string): Promise<void> {
  if ((await files.stat(`${path}/offsets`)) === null) return
  throw userError(
    '_LEGACY_ERROR_TEMP_CHECKPOINT_RECOVERY',
    `This query does not support recovering from checkpoint location. Delete ${shownPath}/offsets to start over.`,
    { hint: 'A memory table is empty after a restart. Leave out checkpointLocation, or write to a Delta table.' },
  )
}

export function concurrentUpdate(batchId: BatchId): RunnelError {
  return outsideError(
    'CONCURRENT_STREAM_LOG_UPDATE',
    `Concurrent update to the log. Multiple streaming jobs detected for ${batchId}.\n` +
      'Please make sure only one streaming job runs on a specific checkpoint location at a time.',
    {
      sqlState: '40000',
      parameters: { batchId: String(batchId) },
      hint: 'Another query uses this checkpoint. Stop it first, or give this one its own checkpointLocation.',
    },
  )
}
