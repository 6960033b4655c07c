import { diskFull } from '../files/file-errors'

/** What only dedicated workers have; TypeScript's page library leaves it out. */
export type SyncAccessHandle = {
  write(bytes: Uint8Array, options: { at: number }): number
  truncate(sizeBytes: number): void
  getSize(): number
  flush(): void
  close(): void
}
export type WorkerFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>
  /** In every engine's OPFS, not yet in the standard. Replaces silently. */
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>
}

/** An empty file, open for writing. */
type OpenFile = { readonly name: string; readonly handle: WorkerFileHandle; readonly access: SyncAccessHandle }

const PREFIX = '.tmp-'

/**
 * The unnamed files of one store: written here, then moved to where they belong. They lie in a folder of their own, so that
 * files kept open for the next write never stand in the way of removing a table or a checkpoint.
 *
 * Making and opening a file costs as much as everything else a small write does, so `keepReady` of them are made ahead, beside
 * the work, once there has been a first write.
 *
 * A writer holds the lock of its folder for life. What a dead writer left behind is removed by the next one that writes.
 */
export class TemporaryFiles {
  readonly #root: FileSystemDirectoryHandle
  readonly #locks: LockManager
  readonly #lockPrefix: string
  readonly #keepReady: number
  readonly #folderName = `${PREFIX}${crypto.randomUUID().slice(0, 8)}`
  #folder: Promise<FileSystemDirectoryHandle> | null = null
  #release: () => void = () => undefined
  #ready: OpenFile[] = []
  #filling: Promise<void> | null = null
  #made = 0
  #isClosed = false

  constructor(
    root: FileSystemDirectoryHandle,
    { locks, lockPrefix, keepReady }: { locks: LockManager; lockPrefix: string; keepReady: number },
  ) {
    this.#root = root
    this.#locks = locks
    this.#lockPrefix = lockPrefix
    this.#keepReady = keepReady
  }

  /** A flushed and closed file that holds the bytes. `path` is what they are for; nothing stays when they do not fit. */
  async write(path: string, bytes: Uint8Array): Promise<TemporaryFile> {
    const file = this.#ready.pop() ?? (await this.#make())
    try {
      writeChecked(file.access, path, bytes)
    } catch (error) {
      await this.#removeQuietly(file.name)
      throw error
    }
    this.#fill()
    const { name, handle } = file
    return { handle, discard: () => this.#removeQuietly(name) }
  }

  /** Removes everything of this writer; files that were written and not yet moved, too. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#filling
    for (const { access } of this.#ready.splice(0)) access.close()
    if (this.#folder === null) return
    await this.#folder
    await this.#root.removeEntry(this.#folderName, { recursive: true })
    this.#folder = null
    this.#release()
  }

  async #make(): Promise<OpenFile> {
    const folder = await this.#openFolder()
    const name = String(++this.#made)
    const handle = (await folder.getFileHandle(name, { create: true })) as WorkerFileHandle
    try {
      return { name, handle, access: await handle.createSyncAccessHandle() }
    } catch (error) {
      await this.#removeQuietly(name)
      throw error
    }
  }

  /** One at a time, so that it does not crowd out the writes that are waited for. */
  #fill(): void {
    if (this.#filling !== null || this.#ready.length >= this.#keepReady || this.#isClosed) return
    this.#filling = this.#makeReady()
      .catch(() => undefined) // No room for an empty file: the write that needs one says so.
      .finally(() => (this.#filling = null))
  }

  async #makeReady(): Promise<void> {
    while (this.#ready.length < this.#keepReady && !this.#isClosed) {
      const file = await this.#make()
      // The first byte makes the browser set room aside, by a call that blocks: better now than in the middle of a commit.
      if (file.access.write(FIRST_BYTE, { at: 0 }) !== FIRST_BYTE.length) {
        file.access.close()
        await this.#removeQuietly(file.name)
        return
      }
      file.access.truncate(0)
      this.#ready.push(file)
    }
  }

  #openFolder(): Promise<FileSystemDirectoryHandle> {
    this.#folder ??= this.#claimFolder()
    return this.#folder
  }

  async #claimFolder(): Promise<FileSystemDirectoryHandle> {
    await new Promise<void>((claimed, failed) => {
      this.#locks
        .request(this.#lockOf(this.#folderName), () => {
          claimed()
          return new Promise<void>((release) => (this.#release = release))
        })
        .catch(failed)
    })
    const folder = await this.#root.getDirectoryHandle(this.#folderName, { create: true })
    void this.#removeLeftovers()
    return folder
  }

  async #removeLeftovers(): Promise<void> {
    try {
      for await (const name of this.#root.keys()) {
        if (!name.startsWith(PREFIX) || name === this.#folderName) continue
        await this.#locks.request(this.#lockOf(name), { ifAvailable: true }, async (lock) => {
          if (lock !== null) await this.#root.removeEntry(name, { recursive: true })
        })
      }
    } catch (error) {
      // Someone else was quicker, or a dying writer still has a file open: the next writer looks again.
      if (!(error instanceof DOMException)) throw error
    }
  }

  /** A file that stays behind is in nobody's way, and goes with its folder. */
  async #removeQuietly(name: string): Promise<void> {
    try {
      await (await this.#openFolder()).removeEntry(name)
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
    }
  }

  #lockOf(folderName: string): string {
    return `${this.#lockPrefix}${folderName}`
  }
}

const FIRST_BYTE = new Uint8Array(1)

export type TemporaryFile = {
  /** Follows the file when it is moved. */
  readonly handle: WorkerFileHandle
  /** Removes it where it was written; not for files that were moved. */
  discard(): Promise<void>
}

/** Over quota `write` does not throw: it returns a nonsense count and keeps part of the bytes. */
function writeChecked(access: SyncAccessHandle, path: string, bytes: Uint8Array): void {
  try {
    const written = access.write(bytes, { at: 0 })
    if (written !== bytes.length || access.getSize() !== bytes.length) throw diskFull(path, bytes.length)
    access.flush()
  } finally {
    access.close()
  }
}
