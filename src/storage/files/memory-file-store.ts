import type { FileInfo, FileStore, StagedFile } from '../../engine/ports/file-store'
import { diskFull, pathNotFound } from './file-errors'
import { fileName, normalPath, pathParts } from './file-path'
import { LocalLocks } from './local-locks'

type MemoryFile = { readonly bytes: Uint8Array; readonly modifiedMs: number }

/**
 * Files in memory: tests, the simulator, previews. Same promises as the real stores; `quotaBytes` makes writes that do not fit
 * fail with `DISK_FULL`. `nowMs` stamps modification times; without it they count 1, 2, 3, ... in order of writing.
 */
export class MemoryFileStore implements FileStore {
  readonly #files = new Map<string, MemoryFile>()
  /** Children of each folder by name, so that listing costs what is listed. */
  readonly #folders = new Map<string, Set<string>>([['/', new Set()]])
  readonly #locks: LocalLocks
  readonly #nowMs: () => number
  #quotaBytes: number
  #usedBytes = 0

  constructor(options: { quotaBytes?: number; nowMs?: () => number; locks?: LocalLocks } = {}) {
    let writes = 0
    this.#quotaBytes = options.quotaBytes ?? Infinity
    this.#nowMs = options.nowMs ?? (() => ++writes)
    this.#locks = options.locks ?? new LocalLocks()
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  setQuota(bytes: number): void {
    this.#quotaBytes = bytes
  }

  async read(path: string): Promise<Uint8Array> {
    return this.#file(path).bytes.slice()
  }

  async readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    return this.#file(path).bytes.slice(start, end)
  }

  async stat(path: string): Promise<FileInfo | null> {
    return this.#info(normalPath(path))
  }

  async list(folder: string): Promise<FileInfo[]> {
    const parent = normalPath(folder)
    const names = this.#folders.get(parent)
    if (names === undefined) return []
    const infos: FileInfo[] = []
    for (const name of names) {
      const info = this.#info(parent === '/' ? `/${name}` : `${parent}/${name}`)
      if (info !== null) infos.push(info)
    }
    return infos
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#put(normalPath(path), { bytes: bytes.slice(), modifiedMs: this.#nowMs() })
  }

  async writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    if (this.#files.has(normalPath(path))) return false
    await this.write(path, bytes)
    return true
  }

  async stage(path: string, bytes: Uint8Array): Promise<StagedFile> {
    const key = normalPath(path)
    const file: MemoryFile = { bytes: bytes.slice(), modifiedMs: this.#nowMs() }
    this.#requireRoom(key, bytes.length)
    const publish = () => this.#put(key, file)
    return {
      info: async () => ({
        path: key,
        name: fileName(key),
        isFolder: false,
        sizeBytes: bytes.length,
        modifiedMs: file.modifiedMs,
      }),
      publish: async () => publish(),
      publishNew: async () => {
        if (this.#files.has(key)) return false
        publish()
        return true
      },
      discard: async () => undefined,
    }
  }

  async remove(path: string): Promise<void> {
    const key = normalPath(path)
    for (const name of this.#folders.get(key) ?? []) await this.remove(key === '/' ? `/${name}` : `${key}/${name}`)
    if (key === '/') return
    this.#usedBytes -= this.#files.get(key)?.bytes.length ?? 0
    this.#files.delete(key)
    this.#folders.delete(key)
    this.#folders.get(key.slice(0, key.lastIndexOf('/')) || '/')?.delete(fileName(key))
  }

  withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
    return this.#locks.withLock(name, body)
  }

  async tryLock(name: string): Promise<{ release(): void } | null> {
    return this.#locks.tryLock(name)
  }

  #put(key: string, file: MemoryFile): void {
    const usedBytes = this.#requireRoom(key, file.bytes.length)
    this.#addFolders(key)
    this.#files.set(key, file)
    this.#usedBytes = usedBytes
  }

  /** Bytes in use once the file is there. */
  #requireRoom(key: string, sizeBytes: number): number {
    const usedBytes = this.#usedBytes - (this.#files.get(key)?.bytes.length ?? 0) + sizeBytes
    if (usedBytes > this.#quotaBytes) throw diskFull(key, sizeBytes)
    return usedBytes
  }

  #file(path: string): MemoryFile {
    const file = this.#files.get(normalPath(path))
    if (file === undefined) throw pathNotFound(path)
    return file
  }

  #info(path: string): FileInfo | null {
    const file = this.#files.get(path)
    if (file !== undefined) {
      return { path, name: fileName(path), isFolder: false, sizeBytes: file.bytes.length, modifiedMs: file.modifiedMs }
    }
    if (!this.#folders.has(path)) return null
    return { path, name: fileName(path), isFolder: true, sizeBytes: 0, modifiedMs: 0 }
  }

  #addFolders(path: string): void {
    const parts = pathParts(path)
    let folder = '/'
    for (const [index, part] of parts.entries()) {
      this.#folders.get(folder)?.add(part)
      if (index === parts.length - 1) return
      folder = folder === '/' ? `/${part}` : `${folder}/${part}`
      if (!this.#folders.has(folder)) this.#folders.set(folder, new Set())
    }
  }
}
