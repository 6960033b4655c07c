import type { FileStore } from '../../engine/ports/file-store'
import { internalError } from '../../protocol/errors/runnel-error'
import { checkVersion } from '../../storage/checkpoint/log-files'

/** One file of a file stream: `path` as a URL (`file:///in/a%201.json`), its modification time, and its log offset. */
export type FileEntry = { readonly path: string; readonly timestamp: number; readonly batchId: number }

const COMPACT_INTERVAL = 10

/**
 * `sources/<n>` of a file stream, byte for byte as Spark writes it: `v1`, then a JSON line a file. Log file N holds the files
 * of offset N; every tenth (`9.compact`, `19.compact`, ...) holds all files so far.
 */
export class FileStreamLog {
  readonly #files: FileStore
  readonly #folder: string

  constructor(files: FileStore, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /** Every entry, oldest first, and the newest log offset (-1 when there is none). */
  async readAll(): Promise<{ latest: number; entries: FileEntry[] }> {
    const ids = await this.#ids()
    const latest = Math.max(-1, ...ids.keys())
    const compacted = Math.max(-1, ...[...ids].filter(([, name]) => name.endsWith('.compact')).map(([id]) => id))
    const entries: FileEntry[] = []
    for (let id = Math.max(0, compacted); id <= latest; id++) {
      const name = ids.get(id)
      if (name !== undefined) entries.push(...(await this.#read(name)))
    }
    return { latest, entries }
  }

  /** Files of the offsets `from .. to`, both included. */
  async between(from: number, to: number): Promise<FileEntry[]> {
    const ids = await this.#ids()
    const entries: FileEntry[] = []
    for (let id = from; id <= to; id++) {
      const name = ids.get(id)
      const source = name ?? [...ids].find(([other, text]) => other > id && text.endsWith('.compact'))?.[1]
      if (source === undefined) throw internalError(`log file ${id} of ${this.#folder} is missing`)
      entries.push(...(await this.#read(source)).filter((entry) => entry.batchId === id))
    }
    return entries
  }

  /** Adds the files of a new offset. `known` are all entries before it, for a compaction. */
  async add(id: number, entries: readonly FileEntry[], known: readonly FileEntry[]): Promise<void> {
    const isCompact = (id + 1) % COMPACT_INTERVAL === 0
    const lines = (isCompact ? [...known, ...entries] : entries).map((entry) => JSON.stringify(entry))
    await this.#files.write(
      `${this.#folder}/${id}${isCompact ? '.compact' : ''}`,
      new TextEncoder().encode(['v1', ...lines].join('\n')),
    )
  }

  async #ids(): Promise<Map<number, string>> {
    const names = (await this.#files.list(this.#folder)).filter(
      (child) => !child.isFolder && /^\d+(\.compact)?$/.test(child.name),
    )
    return new Map(names.map(({ name }): [number, string] => [parseInt(name, 10), name]).sort(([a], [b]) => a - b))
  }

  async #read(name: string): Promise<FileEntry[]> {
    const [version, ...lines] = new TextDecoder().decode(await this.#files.read(`${this.#folder}/${name}`)).split('\n')
    checkVersion(version ?? '', 'up to v1')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FileEntry)
  }
}

/** A workspace path as Spark writes paths into this log. */
export function pathToUrl(path: string): string {
  return `file://${path.split('/').map(encodeURIComponent).join('/')}`
}

export function urlToPath(url: string): string {
  return decodeURIComponent(url.replace(/^file:(\/\/)?/, ''))
}
