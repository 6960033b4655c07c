import { randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileInfo, FileStore, StagedFile } from '../../engine/ports/file-store'
import { diskFull, pathNotFound } from '../files/file-errors'
import { fileName, isTemporaryName, joinPath, normalPath } from '../files/file-path'
import { LocalLocks } from '../files/local-locks'

/** The calls that can run out of space; tests hand in a disk with a quota. */
export type Disk = { openForWriting(path: string): Promise<Pick<FileHandle, 'write' | 'sync' | 'close' | 'stat'>> }

const REAL_DISK: Disk = { openForWriting: (path) => open(path, 'wx') }

/**
 * Files under a folder of the machine: the Node host and tests. A write goes to a temporary name, is synced, then renamed;
 * `writeIfAbsent` links instead, which fails when the name is taken, also between processes. Locks hold inside one thread
 * unless `locks` is shared by other means.
 */
export class NodeFileStore implements FileStore {
  readonly #root: string
  readonly #locks: LocalLocks
  readonly #disk: Disk

  constructor(root: string, options: { locks?: LocalLocks; disk?: Disk } = {}) {
    this.#root = root
    this.#locks = options.locks ?? new LocalLocks()
    this.#disk = options.disk ?? REAL_DISK
  }

  async read(path: string): Promise<Uint8Array> {
    try {
      const bytes = await readFile(this.#real(path))
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    } catch (error) {
      throw missingOr(error, path)
    }
  }

  async readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    let handle: FileHandle
    try {
      handle = await open(this.#real(path), 'r')
    } catch (error) {
      throw missingOr(error, path)
    }
    try {
      const { size } = await handle.stat()
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      let at = 0
      while (at < bytes.length) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
        if (bytesRead === 0) break
        at += bytesRead
      }
      return bytes.subarray(0, at)
    } finally {
      await handle.close()
    }
  }

  async stat(path: string): Promise<FileInfo | null> {
    const key = normalPath(path)
    try {
      const info = await stat(this.#real(path))
      const shared = { path: key, name: fileName(key) }
      if (info.isDirectory()) return { ...shared, isFolder: true, sizeBytes: 0, modifiedMs: 0 }
      return { ...shared, isFolder: false, sizeBytes: info.size, modifiedMs: Math.floor(info.mtimeMs) }
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
      throw error
    }
  }

  async list(folder: string): Promise<FileInfo[]> {
    const key = normalPath(folder)
    try {
      const names = (await readdir(this.#real(folder))).filter((name) => !isTemporaryName(name))
      const infos = await Promise.all(names.map((name) => this.stat(joinPath(key, name))))
      return infos.filter((info) => info !== null)
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
      throw error
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await (await this.stage(path, bytes)).publish()
  }

  async writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    if ((await this.stat(path)) !== null) return false
    return (await this.stage(path, bytes)).publishNew()
  }

  async stage(path: string, bytes: Uint8Array): Promise<StagedFile> {
    const key = normalPath(path)
    const temporary = await this.#writeTemporary(path, bytes)
    const { mtimeMs } = await stat(temporary)
    const discard = () => rm(temporary, { force: true })
    return {
      info: async () => ({
        path: key,
        name: fileName(key),
        isFolder: false,
        sizeBytes: bytes.length,
        modifiedMs: Math.floor(mtimeMs),
      }),
      publish: async () => {
        try {
          await this.#makeFolder(path)
          await rename(temporary, this.#real(path))
        } catch (error) {
          await discard()
          throw fullOr(error, path, bytes.length)
        }
      },
      publishNew: async () => {
        try {
          await this.#makeFolder(path)
          await link(temporary, this.#real(path))
          return true
        } catch (error) {
          if (hasCode(error, 'EEXIST')) return false
          throw fullOr(error, path, bytes.length)
        } finally {
          await discard()
        }
      },
      discard,
    }
  }

  async remove(path: string): Promise<void> {
    if (normalPath(path) !== '/') return rm(this.#real(path), { recursive: true, force: true })
    for (const child of await this.list('/')) await this.remove(child.path)
  }

  withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
    return this.#locks.withLock(name, body)
  }

  async tryLock(name: string): Promise<{ release(): void } | null> {
    return this.#locks.tryLock(name)
  }

  async #makeFolder(path: string): Promise<void> {
    await mkdir(dirname(this.#real(path)), { recursive: true })
  }

  /** In the root, where it stands in no folder's way. */
  async #writeTemporary(path: string, bytes: Uint8Array): Promise<string> {
    const temporary = join(this.#root, `.tmp-${randomUUID()}`)
    let handle: Awaited<ReturnType<Disk['openForWriting']>> | null = null
    try {
      await mkdir(this.#root, { recursive: true })
      handle = await this.#disk.openForWriting(temporary)
      const { bytesWritten } = bytes.length === 0 ? { bytesWritten: 0 } : await handle.write(bytes, 0, bytes.length, 0)
      if (bytesWritten !== bytes.length || (await handle.stat()).size !== bytes.length)
        throw diskFull(path, bytes.length)
      await handle.sync()
      await handle.close()
      return temporary
    } catch (error) {
      await handle?.close()
      await rm(temporary, { force: true })
      throw fullOr(error, path, bytes.length)
    }
  }

  #real(path: string): string {
    return join(this.#root, normalPath(path))
  }
}

function missingOr(error: unknown, path: string): unknown {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR') ? pathNotFound(path) : error
}

function fullOr(error: unknown, path: string, sizeBytes: number): unknown {
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG') ? diskFull(path, sizeBytes, error) : error
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
