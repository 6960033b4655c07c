import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { LONG, structOf } from '../engine/types/atomic-types'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { deltaContext } from './delta.fixture'
import { tableHistory } from './history'
import { createDeltaTables } from './tables'

test('history lists operations, newest first, with what they did', async () => {
  const files = new MemoryFileStore()
  const tables = createDeltaTables(deltaContext(files))
  const schema = structOf({ n: LONG })
  await tables.create('/t', schema, { comment: 'numbers', properties: { owner: 'me' } })
  await tables.write('/t', {
    mode: 'append',
    schema,
    batches: [batchFromRows(schema, [{ n: 1n }, { n: 2n }])],
    partitionColumns: [],
    mergeSchema: false,
    overwriteSchema: false,
    transaction: null,
    operation: { name: 'WRITE', parameters: { mode: 'Append', partitionBy: '[]' } },
  })
  const history = await tableHistory(files, '/t')
  expect(history.map((entry) => [entry.version, entry.info?.operation])).toEqual([
    [1, 'WRITE'],
    [0, 'CREATE TABLE'],
  ])
  expect(history[0].info).toMatchObject({
    readVersion: 0,
    isBlindAppend: true,
    operationMetrics: { numFiles: '1', numOutputRows: '2' },
  })
  expect(history[1].info?.operationParameters).toMatchObject({ description: 'numbers', properties: '{"owner":"me"}' })
  expect(await tableHistory(files, '/t', 1)).toHaveLength(1)
  expect(await tableHistory(files, '/nothing')).toEqual([])
})
