import { describe, expect, test } from 'vitest'
import type { QueryId } from '../../protocol/ids'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import { MemoryFileStore } from '../files/memory-file-store'
import { checkpointsOf } from './checkpoints'
import { FileCheckpoint, lockCheckpoint } from './file-checkpoint'

const ID = '00000000-0000-4000-8000-000000000001' as QueryId
const entry = (offset: string) => ({ batchWatermarkMs: 0, batchTimestampMs: 1, conf: {}, offsets: [offset] })

function open() {
  const files = new MemoryFileStore()
  return { files, checkpoint: new FileCheckpoint(files, '/c') }
}

describe('checkpoint', () => {
  test('the id is written once and kept', async () => {
    const { files, checkpoint } = open()
    expect(await checkpoint.queryId(ID)).toBe(ID)
    expect(await checkpoint.queryId('other' as QueryId)).toBe(ID)
    expect(new TextDecoder().decode(await files.read('/c/metadata'))).toBe(`{"id":"${ID}"}`)
  })

  test('two that ask at once agree on one id', async () => {
    const { checkpoint } = open()
    expect(new Set(await Promise.all([checkpoint.queryId(ID), checkpoint.queryId('b' as QueryId)])).size).toBe(1)
  })

  test('metadata that is no metadata is an error with a hint, not a new id', async () => {
    const { files, checkpoint } = open()
    await files.write('/c/metadata', new TextEncoder().encode('{"id":"12'))
    await expect(checkpoint.queryId(ID)).rejects.toMatchObject({
      shape: { message: 'Error reading stream metadata from /c/metadata' },
    })
  })

  test('the newest batch is the greatest number, not the greatest text', async () => {
    const { checkpoint } = open()
    for (const batchId of [8, 9, 10]) await checkpoint.addOffsets(batchId, entry(String(batchId)))
    expect((await checkpoint.latestOffsets())?.batchId).toBe(10)
  })

  test('a batch is never logged twice', async () => {
    const { checkpoint } = open()
    await checkpoint.addOffsets(0, entry('1'))
    await expect(checkpoint.addOffsets(0, entry('2'))).rejects.toMatchObject({
      condition: 'CONCURRENT_STREAM_LOG_UPDATE',
    })
    expect(await checkpoint.offsets(0)).toEqual(entry('1'))
    await checkpoint.addCommit(0, { nextBatchWatermarkMs: 0 })
    await expect(checkpoint.addCommit(0, { nextBatchWatermarkMs: 0 })).rejects.toMatchObject({
      condition: 'CONCURRENT_STREAM_LOG_UPDATE',
    })
  })

  for (const [what, bytes] of [
    ['empty', ''],
    ['only zeros', '\0\0\0\0'],
    ['cut in its metadata', 'v1\n{"batchW'],
    ['without offsets', 'v1\n{}'],
    ['cut in a character', 'v1\n{}\n{"é'.slice(0, -1) + '\u00e9'],
  ] as const) {
    test(`a last offsets file that is ${what} counts as absent and may be written again`, async () => {
      const { files, checkpoint } = open()
      await checkpoint.addOffsets(0, entry('1'))
      const encoded = new TextEncoder().encode(bytes)
      await files.write('/c/offsets/1', what === 'cut in a character' ? encoded.subarray(0, -1) : encoded)
      expect((await checkpoint.latestOffsets())?.batchId).toBe(0)
      await checkpoint.addOffsets(1, entry('2'))
      expect(await checkpoint.latestOffsets()).toEqual({ batchId: 1, entry: entry('2') })
    })
  }

  test('a purge keeps the batch it names and everything after it', async () => {
    const { files, checkpoint } = open()
    for (let batchId = 0; batchId < 5; batchId++) {
      await checkpoint.addOffsets(batchId, entry('1'))
      await checkpoint.addCommit(batchId, { nextBatchWatermarkMs: 0 })
    }
    await checkpoint.purge(3)
    expect((await files.list('/c/offsets')).map((file) => file.name)).toEqual(['3', '4'])
    expect((await files.list('/c/commits')).map((file) => file.name)).toEqual(['3', '4'])
    await checkpoint.purge(4)
    expect((await files.list('/c/offsets')).map((file) => file.name)).toEqual(['4'])
  })

  test('one holder at a time', async () => {
    const { files } = open()
    const lock = await lockCheckpoint(files, '/c')
    expect(await lockCheckpoint(files, '/c')).toBeNull()
    expect(await lockCheckpoint(files, '/other')).not.toBeNull()
    lock?.release()
    expect(await lockCheckpoint(files, '/c')).not.toBeNull()
  })
})

describe('launch record', () => {
  const record: LaunchRecord = {
    version: 1,
    queryId: ID,
    name: 'bronze',
    runNumber: 1,
    cell: null,
    checkpointPath: '/c',
    temporaryCheckpoint: false,
    plan: Uint8Array.from({ length: 300 }, (_, i) => i % 256),
    sink: { format: 'delta', options: { path: '/t' }, outputMode: 'append', partitionColumns: [], target: 'bronze' },
    sources: [{ format: 'rate', label: 'rate', broker: null }],
    trigger: { kind: 'processingTime', intervalMs: 1000 },
    conf: { a: 'b' },
    compatibility: 'workshop',
  }
  const random = { next: () => 0, uuid: () => ID as string }

  test('comes back as it was written, plan included', async () => {
    const { files } = open()
    const checkpoints = checkpointsOf(files, random)
    await checkpoints.writeLaunch(record)
    expect(await checkpoints.readLaunch('/c')).toEqual(record)
    expect(await checkpoints.readLaunch('/none')).toBeNull()
  })

  test('stands beside the logs of Spark and does not disturb them', async () => {
    const { files, checkpoint } = open()
    await checkpointsOf(files, random).writeLaunch(record)
    expect(await checkpoint.latestOffsets()).toBeNull()
    expect(await checkpointsOf(files, random).openQueryId('/c')).toBe(ID)
  })

  test('one that cannot be read is named', async () => {
    const { files } = open()
    await files.write('/c/_runnel/launch.json', new TextEncoder().encode('{'))
    await expect(checkpointsOf(files, random).readLaunch('/c')).rejects.toMatchObject({
      condition: 'LAUNCH_RECORD_UNREADABLE',
    })
  })

  test('the last batch is the last committed one', async () => {
    const { files, checkpoint } = open()
    const checkpoints = checkpointsOf(files, random)
    expect(await checkpoints.lastBatchId('/c')).toBeNull()
    await checkpoint.addOffsets(0, entry('1'))
    expect(await checkpoints.lastBatchId('/c')).toBeNull()
    await checkpoint.addCommit(0, { nextBatchWatermarkMs: 0 })
    expect(await checkpoints.lastBatchId('/c')).toBe(0)
  })
})
