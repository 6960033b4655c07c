import type { QueryId } from '../../protocol/ids'
import type { FileStore } from '../ports/file-store'

const PATH = '/runnel/running.json'
const LOCK = 'runnel:running'

export type RunningEntry = { readonly queryId: QueryId; readonly checkpointPath: string; readonly title: string }

/** Which queries run, on disk: what a page that starts again offers to resume. */
export class RunningList {
  readonly #files: FileStore

  constructor(files: FileStore) {
    this.#files = files
  }

  async list(): Promise<RunningEntry[]> {
    if ((await this.#files.stat(PATH)) === null) return []
    return JSON.parse(new TextDecoder().decode(await this.#files.read(PATH))) as RunningEntry[]
  }

  async checkpointOf(id: QueryId): Promise<string | null> {
    return (await this.list()).find((entry) => entry.queryId === id)?.checkpointPath ?? null
  }

  add(entry: RunningEntry): Promise<void> {
    return this.#change((entries) => [...entries.filter((other) => other.queryId !== entry.queryId), entry])
  }

  remove(id: QueryId): Promise<void> {
    return this.#change((entries) => entries.filter((entry) => entry.queryId !== id))
  }

  #change(change: (entries: RunningEntry[]) => RunningEntry[]): Promise<void> {
    return this.#files.withLock(LOCK, async () => {
      const entries = change(await this.list())
      await this.#files.write(PATH, new TextEncoder().encode(JSON.stringify(entries)))
    })
  }
}
