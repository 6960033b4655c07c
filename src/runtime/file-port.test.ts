import { expect, test } from 'vitest'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { filesOverPort, serveFiles } from './file-port'

function pair() {
  const files = new MemoryFileStore()
  const { port1, port2 } = new MessageChannel()
  const served = serveFiles(files, port1)
  const close = () => {
    port1.close()
    port2.close()
  }
  return { files, served, remote: filesOverPort(port2), close }
}

test('files written on one side are read on the other, byte for byte, and the original stays usable', async () => {
  const { files, remote, close } = pair()
  const bytes = new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)
  await remote.write('/a/b', bytes)
  expect([...(await files.read('/a/b'))]).toEqual([1, 2, 3])
  expect([...bytes]).toEqual([1, 2, 3])
  expect([...(await remote.readRange('/a/b', 1, 9))]).toEqual([2, 3])
  expect(await remote.writeIfAbsent('/a/b', bytes)).toBe(false)
  expect((await remote.list('/a')).map((file) => file.name)).toEqual(['b'])
  expect((await remote.stat('/a/b'))?.sizeBytes).toBe(3)
  await remote.remove('/a')
  expect(await remote.stat('/a/b')).toBeNull()
  close()
})

test('errors keep their class', async () => {
  const { remote, close } = pair()
  await expect(remote.read('/none')).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' })
  close()
})

test('a lock of one side keeps the other out until it is released', async () => {
  const { files, remote, close } = pair()
  const order: string[] = []
  const theirs = remote.withLock('t', async () => {
    order.push('remote in')
    await new Promise((resolve) => setTimeout(resolve, 20))
    order.push('remote out')
  })
  while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await files.withLock('t', async () => void order.push('local in'))
  await theirs
  expect(order).toEqual(['remote in', 'remote out', 'local in'])
  const lock = await remote.tryLock('u')
  expect(await files.tryLock('u')).toBeNull()
  lock?.release()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await files.tryLock('u')).not.toBeNull()
  close()
})

test('locks of a worker that was killed are let go by whoever killed it', async () => {
  const { files, served, remote, close } = pair()
  expect(await remote.tryLock('ckpt:/c')).not.toBeNull()
  void remote.withLock('table', () => new Promise(() => {}))
  while (await isFree(files, 'table')) await new Promise((resolve) => setTimeout(resolve, 1))
  served.releaseLocks()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await isFree(files, 'ckpt:/c')).toBe(true)
  expect(await isFree(files, 'table')).toBe(true)
  close()
})

async function isFree(files: MemoryFileStore, name: string): Promise<boolean> {
  const lock = await files.tryLock(name)
  lock?.release()
  return lock !== null
}
