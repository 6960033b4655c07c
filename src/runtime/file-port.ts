import type { FileStore } from '../engine/ports/file-store'
import type { Remote } from '../protocol/workers/remote'
import { pathNotFound } from '../storage/files/file-errors'
import { expose, proxy, transfer, wrap } from '../protocol/workers/remote'

type FileCalls = Omit<FileStore, 'withLock' | 'stage'> & {
  /** Resolves with what lets the lock go, once it is held. */
  lock(name: string): Promise<() => void>
}

/**
 * Answers a `FileStore` on the port: files in memory live in one worker and the others reach them here. A worker that was
 * terminated says nothing on its port, so whoever terminates it calls `releaseLocks`, as a browser does for Web Locks.
 */
export function serveFiles(files: FileStore, port: MessagePort): { releaseLocks: () => void } {
  const held = new Set<() => void>()
  const hold = (release: () => void) => {
    const once = () => {
      if (held.delete(once)) release()
    }
    held.add(once)
    return once
  }
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
      return lock === null ? null : proxy({ release: hold(() => lock.release()) })
    },
    // The caller's body runs at its own end, between this answer and its call of what it was given.
    lock: (name) =>
      new Promise((resolve, reject) => {
        const body = () => new Promise<void>((release) => resolve(proxy(hold(release))))
        files.withLock(name, body).catch(reject)
      }),
  }
  expose(calls, port)
  return {
    releaseLocks: () => {
      for (const release of [...held]) release()
    },
  }
}

/** Files served on another worker's port. */
export function filesOverPort(port: MessagePort): FileStore {
  const remote: Remote<FileCalls> = wrap<FileCalls>(port)
  return {
    read: (path) => remote.read(path),
    readRange: (path, start, end) => remote.readRange(path, start, end),
    stat: (path) => remote.stat(path),
    list: (folder) => remote.list(folder),
    write: (path, bytes) => remote.write(path, exact(bytes)),
    writeIfAbsent: (path, bytes) => remote.writeIfAbsent(path, exact(bytes)),
    // Files in memory are written in one step: nothing would be gained by doing half of it ahead.
    async stage(path, bytes) {
      const own = bytes.slice()
      let done: (published: Promise<unknown>) => void = () => undefined
      const published = new Promise<unknown>((resolve) => (done = resolve))
      const putting = <T>(put: Promise<T>): Promise<T> => {
        done(put)
        return put
      }
      return {
        info: async () => {
          await published
          const info = await remote.stat(path)
          if (info === null) throw pathNotFound(path)
          return info
        },
        publish: () => putting(remote.write(path, own)),
        publishNew: () => putting(remote.writeIfAbsent(path, own)),
        discard: () => Promise.resolve(),
      }
    },
    remove: (path) => remote.remove(path),
    async withLock(name, body) {
      const release = (await remote.lock(name)) as () => Promise<void>
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
