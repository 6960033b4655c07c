import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import type { FileStore } from '../engine/ports/file-store'
import { LONG, structOf } from '../engine/types/atomic-types'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { deltaContext } from './delta.fixture'
import { DeltaLog } from './delta-log'
import { commitPath } from './log-files'
import { createDeltaTables } from './tables'

const numbers = structOf({ n: LONG })
const table = '/lakehouse/default/Tables/numbers'

async function tableOf(numCommits: number): Promise<MemoryFileStore> {
  const files = new MemoryFileStore()
  const tables = createDeltaTables(deltaContext(files))
  await tables.create(table, numbers, { properties: { 'delta.checkpointInterval': '3' }, partitionColumns: [] })
  for (let n = 1; n <= numCommits; n++) {
    await tables.write(table, {
      mode: 'append',
      schema: numbers,
      batches: [batchFromRows(numbers, [{ n: BigInt(n) }])],
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: { appId: 'app', version: n },
      operation: { name: 'WRITE', parameters: {} },
    })
  }
  return files
}

/** A store where someone shortens the log right after a reader has taken one of its files. */
function shortenedAfter(files: MemoryFileStore, path: string, removed: readonly string[]): FileStore {
  return new Proxy<FileStore>(files, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        const answer: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args)
        if (key === 'read' && args[0] === path) for (const gone of removed) await files.remove(gone)
        return answer
      }
    },
  })
}

test('an older version is read whole although clean-up shortens the log in the middle', async () => {
  const files = await tableOf(8)
  const removed = [0, 1, 2].map((version) => commitPath(table, version))
  const log = new DeltaLog(shortenedAfter(files, commitPath(table, 1), removed), table)
  const snapshot = await log.at(5)
  expect(snapshot.version).toBe(5)
  expect(snapshot.files.size).toBe(5)
})

test('an older version that clean-up takes away in the middle is named as gone, never read in part', async () => {
  const files = await tableOf(8)
  const removed = [0, 1, 2, 3, 4, 5].map((version) => commitPath(table, version))
  const checkpoint = `${table}/_delta_log/${'3'.padStart(20, '0')}.checkpoint.parquet`
  const log = new DeltaLog(shortenedAfter(files, commitPath(table, 1), [checkpoint, ...removed]), table)
  await expect(log.at(5)).rejects.toMatchObject({ condition: 'DELTA_VERSION_NOT_FOUND' })
})
