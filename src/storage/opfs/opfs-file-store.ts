import type { FileInfo, FileStore } from '../../engine/ports/file-store'
import { diskFull, fileInUse, pathNotFound } from '../files/file-errors'
import { fileName, isTemporaryName, joinPath, normalPath, pathParts } from '../files/file-path'

/**
 * Files in the origin private file system; runs in dedicated workers only (sync access handles).
 *
 * A write goes to a temporary name, is flushed and closed, then moved over the real one under the path's Web Lock, because
 * `move` overwrites silently. Over quota a sync handle's `write` does not throw: it returns a nonsense count and keeps part
 * of the bytes, so every write is checked against the count and the size it should have, and its temporary file removed.
 * Written names are never rewritten in place. Web Locks are never stolen.
 */
export class OpfsFileStore implements FileStore {
  readonly #root: FileSystemDirectoryHandle
  readonly #locks: LockManager
  /** Lock names and temporary names are shared by every worker and tab of the origin. */
  readonly #workspace: string
  readonly #folders = new Map<string, FileSystemDirectoryHandle>()
  readonly #writer = crypto.randomUUID().slice(0, 8)
  #writes = 0

  constructor(root: FileSystemDirectoryHandle, options: { workspace?: string; locks?: LockManager } = {}) {
    this.#root = root
    this.#workspace = options.workspace ?? 'default'
    this.#locks = options.locks ?? navigator.locks
  }

  async read(path: string): Promise<Uint8Array> {
    const file = await this.#openFile(path)
    return new Uint8Array(await this.#readBytes(path, file))
  }

  async readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    const file = await this.#openFile(path)
    return new Uint8Array(await this.#readBytes(path, file.slice(start, Math.max(start, end))))
  }

  async stat(path: string): Promise<FileInfo | null> {
    const parts = pathParts(path)
    const key = normalPath(path)
    if (parts.length === 0) return folderInfo('/')
    const folder = await this.#folder(parts.slice(0, -1), false)
    if (folder === null) return null
    try {
      const file = await (await folder.getFileHandle(parts.at(-1)!)).getFile()
      return { path: key, name: file.name, isFolder: false, sizeBytes: file.size, modifiedMs: file.lastModified }
    } catch (error) {
      if (isNamed(error, 'TypeMismatchError')) return folderInfo(key)
      if (!isNamed(error, 'NotFoundError')) throw error
      return null
    }
  }

  async list(path: string): Promise<FileInfo[]> {
    const parts = pathParts(path)
    const key = normalPath(path)
    const folder = await this.#folder(parts, false)
    if (folder === null) return []
    const found: Promise<FileInfo | null>[] = []
    try {
      for await (const [name, handle] of folder.entries()) {
        if (isTemporaryName(name)) continue
        const child = joinPath(key, name)
        found.push(handle.kind === 'directory' ? Promise.resolve(folderInfo(child)) : infoOf(handle, child))
      }
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error
      this.#forget(key)
      return []
    }
    return (await Promise.all(found)).filter((info) => info !== null)
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const parts = pathParts(path)
    await this.#publish(parts, bytes, (move) => this.withLock(putLock(path), async () => (await move(), true)))
  }

  async writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    if ((await this.stat(path)) !== null) return false
    return this.#publish(pathParts(path), bytes, (move) =>
      this.withLock(putLock(path), async () => {
        if ((await this.stat(path)) !== null) return false
        await move()
        return true
      }),
    )
  }

  async remove(path: string): Promise<void> {
    const parts = pathParts(path)
    if (parts.length === 0) {
      for (const { path: child } of await this.list('/')) await this.remove(child)
      return
    }
    const folder = await this.#folder(parts.slice(0, -1), false)
    if (folder === null) return
    this.#forget(normalPath(path))
    try {
      await folder.removeEntry(parts.at(-1)!, { recursive: true })
    } catch (error) {
      if (isNamed(error, 'NoModificationAllowedError')) throw fileInUse(path)
      if (!isNamed(error, 'NotFoundError')) throw error
    }
  }

  async withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
    return await this.#locks.request(this.#lockName(name), body)
  }

  tryLock(name: string): Promise<{ release(): void } | null> {
    return new Promise((resolve, reject) => {
      this.#locks
        .request(this.#lockName(name), { ifAvailable: true }, (lock) => {
          if (lock === null) return resolve(null)
          return new Promise<void>((release) => resolve({ release }))
        })
        .catch(reject)
    })
  }

  async #publish(
    parts: readonly string[],
    bytes: Uint8Array,
    put: (move: () => Promise<void>) => Promise<boolean>,
  ): Promise<boolean> {
    const path = `/${parts.join('/')}`
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#publishOnce(path, parts, bytes, put)
      } catch (error) {
        if (isNamed(error, 'QuotaExceededError')) throw diskFull(path, bytes.length, error)
        if (isNamed(error, 'NoModificationAllowedError')) throw fileInUse(path)
        // A folder of the cache was removed by another worker: look again, once.
        if (!isNamed(error, 'NotFoundError') || attempt > 0) throw error
        this.#forget(`/${parts[0] ?? ''}`)
      }
    }
  }

  async #publishOnce(
    path: string,
    parts: readonly string[],
    bytes: Uint8Array,
    put: (move: () => Promise<void>) => Promise<boolean>,
  ): Promise<boolean> {
    const folder = await this.#folder(parts.slice(0, -1), true)
    if (folder === null) throw pathNotFound(path)
    const name = `.tmp-${this.#writer}-${++this.#writes}`
    let isMoved = false
    try {
      const handle = await folder.getFileHandle(name, { create: true })
      await writeChecked(handle, path, bytes)
      isMoved = await put(() => (handle as WorkerFileHandle).move(parts.at(-1)!))
      return isMoved
    } finally {
      if (!isMoved) await removeQuietly(folder, name)
    }
  }

  async #openFile(path: string): Promise<File> {
    const parts = pathParts(path)
    const folder = await this.#folder(parts.slice(0, -1), false)
    if (folder === null || parts.length === 0) throw pathNotFound(path)
    try {
      return await (await folder.getFileHandle(parts.at(-1)!)).getFile()
    } catch (error) {
      if (isNamed(error, 'TypeMismatchError') || isNamed(error, 'NotFoundError')) throw pathNotFound(path)
      throw error
    }
  }

  async #readBytes(path: string, file: Blob): Promise<ArrayBuffer> {
    try {
      return await file.arrayBuffer()
    } catch (error) {
      // The file was replaced between open and read: the new one is there under the same name.
      if (!isNamed(error, 'NotReadableError') && !isNamed(error, 'NotFoundError')) throw error
      throw pathNotFound(path)
    }
  }

  /**
   * Handle of a folder; `null` when it is not there and is not to be made. Handles are kept, each look costs half a
   * millisecond: a handle stands for its path, so that of a folder removed and made again by another worker finds the new one.
   */
  async #folder(parts: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle | null> {
    let folder = this.#root
    let key = ''
    for (const part of parts) {
      key += `/${part}`
      const known = this.#folders.get(key)
      if (known !== undefined) {
        folder = known
        continue
      }
      try {
        folder = await folder.getDirectoryHandle(part, { create })
      } catch (error) {
        if (!create && (isNamed(error, 'NotFoundError') || isNamed(error, 'TypeMismatchError'))) return null
        throw error
      }
      this.#folders.set(key, folder)
    }
    return folder
  }

  #forget(key: string): void {
    for (const cached of this.#folders.keys())
      if (cached === key || cached.startsWith(`${key}/`)) this.#folders.delete(cached)
  }

  #lockName(name: string): string {
    return `runnel:${this.#workspace}:${name}`
  }
}

function putLock(path: string): string {
  return `put:${normalPath(path)}`
}

/** What only dedicated workers have; TypeScript's page library leaves it out. */
type SyncAccessHandle = {
  write(bytes: Uint8Array, options: { at: number }): number
  getSize(): number
  flush(): void
  close(): void
}
type WorkerFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>
  /** In every engine's OPFS, not yet in the standard. */
  move(name: string): Promise<void>
}

async function writeChecked(handle: FileSystemFileHandle, path: string, bytes: Uint8Array): Promise<void> {
  const access = await (handle as WorkerFileHandle).createSyncAccessHandle()
  try {
    const written = access.write(bytes, { at: 0 })
    if (written !== bytes.length || access.getSize() !== bytes.length) throw diskFull(path, bytes.length)
    access.flush()
  } finally {
    access.close()
  }
}

/** The write has failed or lost its race already; a temporary file that stays behind is never listed. */
async function removeQuietly(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

async function infoOf(handle: FileSystemFileHandle, path: string): Promise<FileInfo | null> {
  try {
    const file = await handle.getFile()
    return { path, name: fileName(path), isFolder: false, sizeBytes: file.size, modifiedMs: file.lastModified }
  } catch (error) {
    // Removed while the folder was being listed.
    if (isNamed(error, 'NotFoundError')) return null
    throw error
  }
}

function folderInfo(path: string): FileInfo {
  return { path, name: fileName(path), isFolder: true, sizeBytes: 0, modifiedMs: 0 }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
