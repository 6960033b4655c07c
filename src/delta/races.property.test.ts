import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { FileStore } from '../engine/ports/file-store'
import type { TableWrite } from '../engine/ports/table'
import { LONG, structOf } from '../engine/types/atomic-types'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { deltaContext } from './delta.fixture'
import { createDeltaTables } from './tables'

const folder = '/lakehouse/default/Tables/raced'

/** Every call may let the others run first, in an order the test chooses. */
function shuffled(files: MemoryFileStore, turns: () => number): FileStore {
  const pause = async () => {
    for (let turn = turns(); turn > 0; turn--) await Promise.resolve()
  }
  return new Proxy(files, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        await pause()
        const result: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args)
        await pause()
        return result
      }
    },
  })
}

function append(writer: number, n: number, extra: boolean): TableWrite {
  const schema = structOf(extra ? { id: LONG, [`w${writer}`]: LONG } : { id: LONG })
  const id = BigInt(writer * 1000 + n)
  return {
    mode: 'append',
    schema,
    batches: [batchFromRows(schema, [{ id, [`w${writer}`]: id }])],
    partitionColumns: [],
    mergeSchema: true,
    overwriteSchema: false,
    transaction: { appId: `writer-${writer}`, version: n },
    operation: { name: 'WRITE', parameters: { mode: 'Append' } },
  }
}

test('writers that race, each with a column of its own and repeats after "crashes", lose nothing and double nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.nat({ max: 12 })),
      fc.integer({ min: 2, max: 3 }),
      fc.integer({ min: 1, max: 15 }),
      fc.array(fc.nat({ max: 14 })),
      async (stream, writers, commits, repeats) => {
        const files = new MemoryFileStore()
        const turns = () => stream.next().value as number
        let seeds = 0
        const run = async (writer: number) => {
          let tables = createDeltaTables(deltaContext(shuffled(files, turns), ++seeds))
          for (let n = 0; n < commits; n++) {
            await tables.write(folder, append(writer, n, n % 2 === 1))
            if (!repeats.includes(n)) continue
            // A new process that does not know whether its last commit went through.
            tables = createDeltaTables(deltaContext(shuffled(files, turns), ++seeds))
            await tables.write(folder, append(writer, n, n % 2 === 1))
          }
        }
        await Promise.all(Array.from({ length: writers }, (_, writer) => run(writer)))
        const table = await createDeltaTables(deltaContext(files)).open(folder)
        const rows: Record<string, unknown>[] = []
        for await (const batch of table!.scan(null)) rows.push(...batchToRows(batch))
        const wanted = Array.from({ length: writers }, (_, w) =>
          Array.from({ length: commits }, (_, n) => w * 1000 + n),
        ).flat()
        expect(rows.map((row) => Number(row.id)).sort((a, b) => a - b)).toEqual(wanted)
        expect(table!.version).toBe(wanted.length - 1)
        for (const row of rows) {
          const [writer, n] = [Math.floor(Number(row.id) / 1000), Number(row.id) % 1000]
          if (commits > 1) expect(row[`w${writer}`]).toBe(n % 2 === 1 ? row.id : null)
        }
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
})

test('an overwrite that races appends leaves the appends before or after it whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 12 })), async (stream) => {
      const files = new MemoryFileStore()
      const turns = () => stream.next().value as number
      const writer = createDeltaTables(deltaContext(shuffled(files, turns), 10))
      const cleaner = createDeltaTables(deltaContext(shuffled(files, turns), 20))
      await writer.write(folder, append(0, 0, false))
      const overwrite: TableWrite = { ...append(9, 0, false), mode: 'overwrite' }
      const appends = (async () => {
        for (let n = 1; n < 6; n++) await writer.write(folder, append(0, n, false))
      })()
      const [, { version }] = await Promise.all([appends, cleaner.write(folder, overwrite)])
      const table = await createDeltaTables(deltaContext(files)).open(folder)
      const ids: number[] = []
      for await (const batch of table!.scan(null)) ids.push(...batchToRows(batch).map((row) => Number(row.id)))
      // Commit `version` was the overwrite: appends 0 .. version - 1 came before it.
      expect(ids).toEqual([9000, ...Array.from({ length: 6 - version }, (_, n) => version + n)])
    }),
    { numRuns: 40, endOnFailure: true },
  )
})
