import type { FileStore } from '../../engine/ports/file-store'
import { RunnelError } from '../../protocol/errors/runnel-error'

/**
 * What every `FileStore` promises, as plain cases, so that the same suite runs under vitest and inside a worker of a real
 * browser. A case throws when the promise is broken.
 */
export type FileStoreCase = { readonly name: string; run: (workspace: ContractWorkspace) => Promise<void> }

/** One empty workspace for a case. */
export type ContractWorkspace = {
  readonly store: FileStore
  /** A second store on the same files, as another worker would have. */
  readonly other: FileStore
  /** From now on only this many more bytes fit (roughly); Infinity lifts the limit. */
  limitFreeBytes(bytes: number): Promise<void>
}

export const FILE_STORE_CASES: readonly FileStoreCase[] = [
  {
    name: 'a file reads back as it was written, from its first folder on',
    async run({ store }) {
      await store.write('/a/b/c.bin', bytes(1, 2, 3))
      equal(await store.read('/a/b/c.bin'), bytes(1, 2, 3))
      const info = await store.stat('/a/b/c.bin')
      equal([info?.name, info?.path, info?.isFolder, info?.sizeBytes], ['c.bin', '/a/b/c.bin', false, 3])
      equal([(await store.stat('/a/b'))?.isFolder, (await store.stat('/a/b'))?.sizeBytes], [true, 0])
    },
  },
  {
    name: 'a write replaces the whole file',
    async run({ store, other }) {
      await store.write('/f', bytes(1, 2, 3, 4, 5))
      await other.write('/f', bytes(9))
      equal(await store.read('/f'), bytes(9))
      equal((await store.stat('/f'))?.sizeBytes, 1)
    },
  },
  {
    name: 'an empty file is a file',
    async run({ store }) {
      await store.write('/empty', new Uint8Array(0))
      equal(await store.read('/empty'), new Uint8Array(0))
      equal((await store.stat('/empty'))?.sizeBytes, 0)
    },
  },
  {
    name: 'a view into a larger buffer writes only its own bytes',
    async run({ store }) {
      await store.write('/view', bytes(0, 1, 2, 3, 4, 5).subarray(2, 4))
      equal(await store.read('/view'), bytes(2, 3))
    },
  },
  {
    name: 'later changes to the caller’s bytes do not reach the file',
    async run({ store }) {
      const mine = bytes(1, 2)
      await store.write('/own', mine)
      mine[0] = 7
      const read = await store.read('/own')
      read[1] = 7
      equal(await store.read('/own'), bytes(1, 2))
    },
  },
  {
    name: 'a range is cut at the end of the file',
    async run({ store }) {
      await store.write('/r', bytes(0, 1, 2, 3, 4))
      equal(await store.readRange('/r', 1, 3), bytes(1, 2))
      equal(await store.readRange('/r', 3, 99), bytes(3, 4))
      equal(await store.readRange('/r', 5, 9), new Uint8Array(0))
    },
  },
  {
    name: 'a missing file is PATH_NOT_FOUND to read and null to stat',
    async run({ store }) {
      equal(await conditionOf(store.read('/no/such')), 'PATH_NOT_FOUND')
      equal(await conditionOf(store.readRange('/no/such', 0, 1)), 'PATH_NOT_FOUND')
      equal(await store.stat('/no/such'), null)
      await store.write('/folder/file', bytes(1))
      equal(await conditionOf(store.read('/folder')), 'PATH_NOT_FOUND')
      equal(await store.stat('/folder/none'), null)
    },
  },
  {
    name: 'a listing shows direct children only, and nothing for an absent folder',
    async run({ store, other }) {
      equal(await store.list('/t'), [])
      await store.write('/t/a', bytes(1))
      await other.write('/t/sub/deep/b', bytes(1, 2))
      await store.write('/t/name with é and %', bytes(3))
      const listed = (await store.list('/t')).map((info) => [info.name, info.path, info.isFolder, info.sizeBytes])
      equal(listed.sort(byText), [
        ['a', '/t/a', false, 1],
        ['name with é and %', '/t/name with é and %', false, 1],
        ['sub', '/t/sub', true, 0],
      ])
      equal(
        (await store.list('/')).map((info) => info.name),
        ['t'],
      )
    },
  },
  {
    name: 'remove takes a folder with everything in it; absent is fine',
    async run({ store, other }) {
      await store.write('/x/1', bytes(1))
      await store.write('/x/y/2', bytes(1))
      await store.write('/z', bytes(1))
      await other.read('/x/y/2')
      await store.remove('/x')
      await store.remove('/x')
      await store.remove('/never/was')
      equal(
        (await store.list('/')).map((info) => info.name),
        ['z'],
      )
      equal(await other.stat('/x/y/2'), null)
      await other.write('/x/y/2', bytes(5))
      equal(await store.read('/x/y/2'), bytes(5))
      await store.remove('/')
      equal(await store.list('/'), [])
    },
  },
  {
    name: 'a folder that someone else removed and made again is found again',
    async run({ store, other }) {
      await store.write('/re/old', bytes(1))
      await other.write('/re/old2', bytes(1))
      await store.remove('/re')
      await store.write('/re/new', bytes(2))
      equal(await other.read('/re/new'), bytes(2))
      equal(
        (await other.list('/re')).map((info) => info.name),
        ['new'],
      )
      equal(await other.writeIfAbsent('/re/new', bytes(3)), false)
      await other.write('/re/more', bytes(4))
      equal((await store.list('/re')).map((info) => info.name).sort(byText), ['more', 'new'])
    },
  },
  {
    name: 'writeIfAbsent lets one writer win and leaves the file as it was',
    async run({ store, other }) {
      equal(await store.writeIfAbsent('/log/0', bytes(1)), true)
      equal(await other.writeIfAbsent('/log/0', bytes(2)), false)
      equal(await store.read('/log/0'), bytes(1))
      const wins: number[] = []
      for (let name = 1; name <= 20; name++) {
        const results = await Promise.all(
          [store, other, store, other].map((writer, n) => writer.writeIfAbsent(`/log/${name}`, bytes(n))),
        )
        equal(results.filter(Boolean).length, 1)
        wins.push(results.indexOf(true))
        equal(await store.read(`/log/${name}`), bytes(results.indexOf(true)))
      }
      equal((await store.list('/log')).length, 21)
    },
  },
  {
    name: 'a staged file is seen once it is published, as it was told to be',
    async run({ store, other }) {
      const mine = bytes(1, 2, 3)
      const staged = await store.stage('/st/log/0', mine)
      mine[0] = 9
      equal(await other.stat('/st/log/0'), null)
      equal(await other.list('/st/log'), [])
      const told = staged.info()
      equal(await staged.publishNew(), true)
      equal(await other.read('/st/log/0'), bytes(1, 2, 3))
      equal(await other.stat('/st/log/0'), await told)
      equal(await store.stat('/st/log/0'), await staged.info())
      equal(
        (await store.list('/st')).map((info) => info.name),
        ['log'],
      )
    },
  },
  {
    name: 'files staged together are published one by one, in any order',
    async run({ store, other }) {
      const [first, second, third] = await Promise.all([1, 2, 3].map((n) => store.stage(`/many/${n}`, bytes(n))))
      await third.publish()
      equal(
        (await other.list('/many')).map((info) => info.name),
        ['3'],
      )
      await first.publish()
      await second.discard()
      await second.discard()
      equal((await other.list('/many')).map((info) => info.name).sort(byText), ['1', '3'])
      equal(await other.read('/many/1'), bytes(1))
    },
  },
  {
    name: 'a staged file replaces the whole file when it is published, not before',
    async run({ store, other }) {
      await store.write('/rep', bytes(1, 2, 3, 4))
      const staged = await other.stage('/rep', bytes(5))
      equal(await store.read('/rep'), bytes(1, 2, 3, 4))
      await staged.publish()
      equal(await store.read('/rep'), bytes(5))
      equal((await store.stat('/rep'))?.sizeBytes, 1)
    },
  },
  {
    name: 'a staged file does not stand in the way of removing the folder it is for',
    async run({ store, other }) {
      await store.write('/way/old', bytes(1))
      const staged = await store.stage('/way/new', bytes(2))
      await other.remove('/way')
      await staged.publish()
      equal(
        (await other.list('/way')).map((info) => info.name),
        ['new'],
      )
      equal(await other.read('/way/new'), bytes(2))
    },
  },
  {
    name: 'a file removed and written again by someone else is looked at anew',
    async run({ store, other }) {
      await store.write('/seen/f', bytes(1))
      equal((await store.stat('/seen/f'))?.sizeBytes, 1)
      await other.remove('/seen/f')
      equal(await store.stat('/seen/f'), null)
      await other.write('/seen/f', bytes(1, 2))
      equal((await store.stat('/seen/f'))?.sizeBytes, 2)
      await other.remove('/seen')
      equal(await store.stat('/seen/f'), null)
      await other.write('/seen/f/g', bytes(1))
      equal((await store.stat('/seen/f'))?.isFolder, true)
    },
  },
  {
    name: 'a lock admits one holder at a time, first come first served, and outlives errors',
    async run({ store }) {
      const order: string[] = []
      const hold = (name: string) =>
        store.withLock('L', async () => {
          order.push(`${name} in`)
          await new Promise((resolve) => setTimeout(resolve, 5))
          order.push(`${name} out`)
          return name
        })
      const failing = store.withLock('L', () => Promise.reject(new Error('inside')))
      const all = Promise.all([hold('a'), hold('b')])
      equal(await failing.catch((error: unknown) => (error as Error).message), 'inside')
      equal(await all, ['a', 'b'])
      equal(order, ['a in', 'a out', 'b in', 'b out'])
      equal(await store.withLock('other', async () => store.withLock('inner', async () => 3)), 3)
    },
  },
  {
    name: 'tryLock gives null while another holds the lock, also another store',
    async run({ store, other }) {
      const held = await store.tryLock('T')
      if (held === null) throw new Error('a free lock was refused')
      equal(await other.tryLock('T'), null)
      const waiting = other.withLock('T', async () => 'entered')
      held.release()
      equal(await waiting, 'entered')
      const again = await retry(() => other.tryLock('T'))
      if (again === null) throw new Error('a released lock stayed taken')
      again.release()
    },
  },
  {
    name: 'a write that does not fit is DISK_FULL, leaves nothing behind and keeps the old file',
    async run({ store, limitFreeBytes }) {
      await store.write('/q/old', new Uint8Array(1000).fill(1))
      await limitFreeBytes(100_000)
      const big = new Uint8Array(4_000_000).fill(7)
      try {
        equal(await conditionOf(store.write('/q/old', big)), 'DISK_FULL')
        equal(await conditionOf(store.write('/q/new', big)), 'DISK_FULL')
        equal(await conditionOf(store.writeIfAbsent('/q/log', big)), 'DISK_FULL')
        equal(await conditionOf(store.stage('/q/new', big)), 'DISK_FULL')
        equal(await store.stat('/q/new'), null)
        equal(await store.stat('/q/log'), null)
        equal(
          (await store.list('/q')).map((info) => info.name),
          ['old'],
        )
        equal(await store.read('/q/old'), new Uint8Array(1000).fill(1))
      } finally {
        await limitFreeBytes(Infinity)
      }
      // Nothing of the failed writes takes up room, and the names are free.
      await store.write('/q/new', bytes(1))
      equal(await store.writeIfAbsent('/q/log', bytes(2)), true)
    },
  },
]

/** The condition of the error an action fails with; `none` when it succeeds. */
export async function conditionOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (error instanceof RunnelError) return error.condition
    throw error
  }
  return 'none'
}

async function retry<T>(action: () => Promise<T | null>): Promise<T | null> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const result = await action()
    if (result !== null) return result
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return null
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

function byText(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : 1
}

function equal(actual: unknown, expected: unknown): void {
  const [seen, wanted] = [text(actual), text(expected)]
  if (seen !== wanted) throw new Error(`expected ${wanted.slice(0, 300)}\n     got ${seen.slice(0, 300)}`)
}

function text(value: unknown): string {
  return JSON.stringify(value instanceof Uint8Array ? { bytes: [...value] } : value) ?? 'undefined'
}
