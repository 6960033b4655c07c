import type { FileInfo, FileStore, StagedFile } from '../../engine/ports/file-store'
import { diskFull, fileInUse, pathNotFound } from '../files/file-errors'
import { fileName, isTemporaryName, joinPath, normalPath, pathParts } from '../files/file-path'
import { RecentHandles } from './recent-handles'
import { TemporaryFiles } from './temporary-files'
import type { TemporaryFile } from './temporary-files'

/**
 * Files in the origin private file system; runs in dedicated workers only (sync access handles).
 *
 * A write goes to a temporary file, is flushed and closed, then moved to its name; `move` overwrites silently, so `write` and
 * `writeIfAbsent` move under the path's Web Lock, and whoever publishes a staged file answers for the name. Over quota a sync
 * handle's `write` does not throw, so every write is checked against the count and the size it should have. Written names are
 * never rewritten in place. Web Locks are never stolen.
 *
 * Each call to the browser costs about half a millisecond, whatever its size: handles of folders and of files looked at lately
 * are kept. A handle stands for a path, so one whose file or folder was removed and made again finds the new one.
 */
export class OpfsFileStore implements FileStore {
  readonly #root: FileSystemDirectoryHandle
  readonly #locks: LockManager
  /** Lock names are shared by every worker and tab of the origin. */
  readonly #workspace: string
  readonly #folders = new Map<string, FileSystemDirectoryHandle>()
  readonly #recent = new RecentHandles()
  readonly #temporary: TemporaryFiles

  /** `keepReady`: files made and opened ahead for the next writes; for workers that write all the time. */
  constructor(
    root: FileSystemDirectoryHandle,
    options: { workspace?: string; locks?: LockManager; keepReady?: number } = {},
  ) {
    this.#root = root
    this.#workspace = options.workspace ?? 'default'
    this.#locks = options.locks ?? navigator.locks
    this.#temporary = new TemporaryFiles(root, {
      locks: this.#locks,
      lockPrefix: this.#lockName('tmp:'),
      keepReady: options.keepReady ?? 0,
    })
  }

  /** Removes the store's temporary files. A store that is not closed leaves them to the next one. */
  close(): Promise<void> {
    return this.#temporary.close()
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
    const known = await this.#recent.look(key)
    if (known !== null) return fileInfo(key, known)
    const folder = await this.#folder(parts.slice(0, -1), false)
    if (folder === null) return null
    try {
      const handle = await folder.getFileHandle(parts.at(-1)!)
      const file = await handle.getFile()
      this.#recent.keep(key, handle)
      return fileInfo(key, file)
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
    const staged = await this.stage(path, bytes)
    await this.withLock(putLock(path), () => staged.publish())
  }

  async writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    if ((await this.stat(path)) !== null) return false
    const staged = await this.stage(path, bytes)
    return this.withLock(putLock(path), async () => {
      if ((await this.stat(path)) === null) return staged.publishNew()
      await staged.discard()
      return false
    })
  }

  async stage(path: string, bytes: Uint8Array): Promise<StagedFile> {
    const key = normalPath(path)
    if (key === '/') throw pathNotFound(path)
    const file = await this.#guard(key, bytes.length, () => this.#temporary.write(key, bytes))
    const publish = () => this.#guard(key, bytes.length, () => this.#publish(key, file))
    return {
      info: async () => fileInfo(key, await file.handle.getFile()),
      publish,
      publishNew: async () => {
        await publish()
        return true
      },
      discard: () => file.discard(),
    }
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

  /** The browser's errors of a write, in our words. */
  async #guard<T>(key: string, sizeBytes: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isNamed(error, 'QuotaExceededError')) throw diskFull(key, sizeBytes, error)
      if (isNamed(error, 'NoModificationAllowedError')) throw fileInUse(key)
      throw error
    }
  }

  async #publish(key: string, file: TemporaryFile): Promise<void> {
    const parts = pathParts(key)
    for (let attempt = 0; ; attempt++) {
      try {
        const folder = await this.#folder(parts.slice(0, -1), true)
        if (folder === null) throw pathNotFound(key)
        await file.handle.move(folder, parts.at(-1)!)
        this.#recent.keep(key, file.handle)
        return
      } catch (error) {
        // A folder whose handle was kept has been removed by another worker: make it again, once.
        if (isNamed(error, 'NotFoundError') && attempt === 0) {
          this.#forget(`/${parts[0]}`)
          continue
        }
        await file.discard()
        throw error
      }
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
    this.#recent.forget(key)
  }

  #lockName(name: string): string {
    return `runnel:${this.#workspace}:${name}`
  }
}

function putLock(path: string): string {
  return `put:${normalPath(path)}`
}

async function infoOf(handle: FileSystemFileHandle, path: string): Promise<FileInfo | null> {
  try {
    return fileInfo(path, await handle.getFile())
  } catch (error) {
    // Removed while the folder was being listed.
    if (isNamed(error, 'NotFoundError')) return null
    throw error
  }
}

function fileInfo(path: string, { size, lastModified }: File): FileInfo {
  return { path, name: fileName(path), isFolder: false, sizeBytes: size, modifiedMs: lastModified }
}

function folderInfo(path: string): FileInfo {
  return { path, name: fileName(path), isFolder: true, sizeBytes: 0, modifiedMs: 0 }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
