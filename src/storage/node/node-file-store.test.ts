import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { FILE_STORE_CASES } from '../files/file-store.contract'
import { LocalLocks } from '../files/local-locks'
import type { Disk } from './node-file-store'
import { NodeFileStore } from './node-file-store'

/** A disk that keeps part of a write that does not fit and says so by its count, as a full disk does. */
class SmallDisk implements Disk {
  freeBytes = Infinity

  async openForWriting(path: string): ReturnType<Disk['openForWriting']> {
    const handle = await open(path, 'wx')
    const write = async (bytes: Uint8Array) => handle.write(bytes, 0, Math.min(bytes.length, this.freeBytes), 0)
    return {
      write: write as unknown as typeof handle.write,
      sync: () => handle.sync(),
      close: () => handle.close(),
      stat: handle.stat.bind(handle),
    }
  }
}

for (const { name, run } of FILE_STORE_CASES) {
  test(`in Node: ${name}`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'runnel-files-'))
    const disk = new SmallDisk()
    const locks = new LocalLocks()
    try {
      await run({
        store: new NodeFileStore(root, { locks, disk }),
        other: new NodeFileStore(root, { locks, disk }),
        limitFreeBytes: async (bytes) => void (disk.freeBytes = bytes),
      })
    } finally {
      await rm(root, { recursive: true })
    }
  })
}
