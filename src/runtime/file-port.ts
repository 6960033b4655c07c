import type { FileStore } from '../engine/ports/file-store'
import type { Remote } from '../protocol/workers/remote'
import { expose, proxy, transfer, wrap } from '../protocol/workers/remote'

type FileCalls = Omit<FileStore, 'withLock'>

/** Answers a `FileStore` on the port: files in memory live in one worker and the others reach them here. */
export function serveFiles(files: FileStore, port: MessagePort): void {
  const calls: FileCalls = {
    read: async (path) => handOver(await files.read(path)),
    readRange: async (path, start, end) => handOver(await files.readRange(path, start, end)),
    stat: (path) => files.stat(path),
    list: (folder) => files.list(folder),
    write: (path, bytes) => files.write(path, bytes),
    writeIfAbsent: (path, bytes) => files.writeIfAbsent(path, bytes),
    remove: (path) => files.remove(path),
    tryLock: async (name) => {
      const lock = await files.tryLock(name)
      return lock === null ? null : proxy({ release: () => lock.release() })
    },
  }
  // Comlink carries no callbacks that answer, so a remote lock is a queue of tries at the serving end.
  expose({ ...calls, lock: (name: string) => lockOf(files, name) }, port)
}

/** Holds the lock until the given function is called. */
function lockOf(files: FileStore, name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    files
      .withLock(name, () => new Promise<void>((release) => resolve(proxy(() => release()))))
      .catch((error: unknown) => reject(error as Error))
  })
}

/** Files served on another worker's port. */
export function filesOverPort(port: MessagePort): FileStore {
  const remote = wrap<FileCalls & { lock(name: string): Promise<() => void> }>(port) as unknown as Remote<FileCalls> & {
    lock(name: string): Promise<() => Promise<void>>
  }
  return {
    read: (path) => remote.read(path),
    readRange: (path, start, end) => remote.readRange(path, start, end),
    stat: (path) => remote.stat(path),
    list: (folder) => remote.list(folder),
    write: (path, bytes) => remote.write(path, exact(bytes)),
    writeIfAbsent: (path, bytes) => remote.writeIfAbsent(path, exact(bytes)),
    remove: (path) => remote.remove(path),
    async withLock(name, body) {
      const release = await remote.lock(name)
      try {
        return await body()
      } finally {
        await release()
      }
    },
    async tryLock(name) {
      const lock = (await remote.tryLock(name)) as { release(): Promise<void> } | null
      return lock === null ? null : { release: () => void lock.release() }
    },
  }
}

function handOver(bytes: Uint8Array): Uint8Array {
  const own = exact(bytes)
  return transfer(own, [own.buffer as ArrayBuffer])
}

/** A view would drag its whole buffer through the clone. */
function exact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}
