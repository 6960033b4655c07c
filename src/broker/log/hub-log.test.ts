import { describe, expect, test } from 'vitest'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { RowsBuilder } from '../producers/rows-builder'
import type { HubLogOptions } from './hub-log'
import { HubLog } from './hub-log'

const START_MS = 1_760_000_000_000

class CountingFiles extends MemoryFileStore {
  numWrites = 0
  numReads = 0

  override async write(path: string, bytes: Uint8Array): Promise<void> {
    this.numWrites++
    await super.write(path, bytes)
  }

  override async readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    this.numReads++
    return super.readRange(path, start, end)
  }
}

function open(files: MemoryFileStore, options: Partial<HubLogOptions> = {}) {
  return HubLog.open(files, '/hubs/h', {
    numPartitions: 4,
    retention: { maxAgeMs: 1e12, maxBytes: 1e12 },
    nowMs: () => START_MS,
    gather: () => Promise.resolve(),
    tailBytes: 32 * 1024 * 1024,
    onBackgroundError: (error) => {
      throw error
    },
    ...options,
  })
}

function rows(numRows: number, enqueuedMs = START_MS, bytes = 250) {
  const builder = new RowsBuilder()
  for (let i = 0; i < numRows; i++) builder.add(String(i).padEnd(bytes, '.'), enqueuedMs * 1000, null)
  return builder.finish()
}

const numFiles = async (files: MemoryFileStore) => (await files.list('/hubs/h')).length

describe('hub log', () => {
  test('appends of the same moment share one file', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    await Promise.all(Array.from({ length: 500 }, (_, i) => log.append([{ partition: i % 4, rows: rows(1) }])))
    expect(files.numWrites).toBeLessThanOrEqual(2)
  })

  test('ten minutes at 20 events a second, a write ten times a second, leave few files', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    let most = 0
    for (let i = 0; i < 6_000; i++) {
      await log.append([{ partition: i % 4, rows: rows(2) }])
      if (i % 100 === 0) most = Math.max(most, await numFiles(files))
    }
    await log.close()
    expect(log.bounds().reduce((sum, { next }) => sum + next, 0)).toBe(12_000)
    expect(await numFiles(files)).toBeLessThan(50)
    expect(most).toBeLessThan(80)
    expect(files.numWrites).toBeLessThan(6_000 * 1.2)
  }, 120_000)

  test('a reader at the head opens no file', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    for (let i = 0; i < 50; i++) {
      await log.append([{ partition: 1, rows: rows(10) }])
      expect((await log.read(1, i * 10, i * 10 + 10)).numRows).toBe(10)
    }
    expect(files.numReads).toBe(0)
  })

  test('a reader that goes through old events opens each section once', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    for (let i = 0; i < 10; i++) await log.append([{ partition: 0, rows: rows(1_000) }])
    await log.close()
    const again = await open(files)
    files.numReads = 0
    for (let from = 0; from < 10_000; from += 100)
      expect((await again.read(0, from, from + 100)).firstSequence).toBe(from)
    expect(files.numReads).toBeLessThanOrEqual(again.numSegments)
  })

  test('more bytes than one commit may hold arrive in order', async () => {
    const files = new CountingFiles()
    const log = await open(files, { tailBytes: 1_000_000 })
    await log.append([{ partition: 0, rows: rows(30_000, START_MS, 1_000) }], 'position')
    expect(files.numWrites).toBeGreaterThan(3)
    expect(log.bounds()[0]).toMatchObject({ begin: 0, next: 30_000 })
    const batch = await log.read(0, 0, 30_000)
    const text = (row: number) =>
      new TextDecoder().decode(batch.values.subarray(batch.valueOffsets[row], batch.valueOffsets[row + 1]))
    for (const row of [0, 1, 4_100, 12_345, 29_999]) expect(text(row)).toBe(String(row).padEnd(1_000, '.'))
    expect((await open(files)).mark).toBe('position')
  })

  test('a failed write uses up no sequence number and tells the caller', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    await log.append([{ partition: 0, rows: rows(1) }])
    files.setQuota(files.usedBytes)
    await expect(log.append([{ partition: 0, rows: rows(1) }])).rejects.toMatchObject({ condition: 'DISK_FULL' })
    files.setQuota(Infinity)
    await log.append([{ partition: 0, rows: rows(1) }])
    expect(log.bounds()[0].next).toBe(2)
    expect((await log.read(0, 0, 2)).numRows).toBe(2)
  })

  test('numbering goes on when every event has expired', async () => {
    const files = new CountingFiles()
    const clock = { nowMs: START_MS }
    const options = { nowMs: () => clock.nowMs, retention: { maxAgeMs: 1_000, maxBytes: 1e12 } }
    const log = await open(files, options)
    for (let i = 0; i < 40; i++) await log.append([{ partition: i % 2, rows: rows(1, clock.nowMs) }])
    clock.nowMs += 10_000
    await log.append([{ partition: 3, rows: rows(1, clock.nowMs) }])
    await log.close()
    const again = await open(files, options)
    expect(again.bounds().map(({ begin, next }) => [begin, next])).toEqual([
      [20, 20],
      [20, 20],
      [0, 0],
      [0, 1],
    ])
    await expect(again.read(0, 5, 6)).rejects.toMatchObject({
      condition: 'EVENTS_EXPIRED',
      shape: { parameters: { begin: '20' } },
    })
  })

  test('the oldest files go when the hub grows past its bytes', async () => {
    const files = new CountingFiles()
    const log = await open(files, { retention: { maxAgeMs: 1e12, maxBytes: 200_000 } })
    for (let i = 0; i < 200; i++) await log.append([{ partition: 0, rows: rows(40) }])
    await log.close()
    // Whole files go, so what stays may exceed the limit by the newest merged one.
    expect(log.sizeBytes).toBeLessThan(200_000 + 1_100_000)
    expect(log.bounds()[0].begin).toBeGreaterThan(0)
    const { begin, next } = log.bounds()[0]
    expect((await (await open(files)).read(0, begin, next)).numRows).toBe(next - begin)
  })

  test('a tab that only shows lists again when its owner merged a file away, and removes nothing', async () => {
    const files = new MemoryFileStore()
    const owner = await open(files)
    for (let i = 0; i < 2; i++) await owner.append([{ partition: 0, rows: rows(1) }])
    await owner.settled()
    const before = await files.list('/hubs/h')
    const gone = {
      ...before[0],
      name: '000000000007-000000000007.events',
      path: '/hubs/h/000000000007-000000000007.events',
    }
    const listing = files.list.bind(files)
    let numListings = 0
    files.list = async (folder) => (numListings++ === 0 ? [...(await listing(folder)), gone] : listing(folder))
    // Torn, as far as a reader can tell.
    await files.write('/hubs/h/000000000009-000000000009.events', new Uint8Array(8))
    const reader = await open(files)
    expect(numListings).toBe(2)
    expect((await reader.read(0, 0, 2)).numRows).toBe(2)
    expect(await listing('/hubs/h')).toHaveLength(before.length + 1)
    await reader.append([{ partition: 0, rows: rows(1) }])
    expect((await listing('/hubs/h')).map(({ name }) => name)).not.toContain('000000000009-000000000009.events')
  })

  test('a byte that changed in the newest file makes it absent, not wrong', async () => {
    const files = new CountingFiles()
    const log = await open(files)
    await log.append([{ partition: 0, rows: rows(1) }])
    await log.append([{ partition: 0, rows: rows(1) }])
    const path = '/hubs/h/000000000001-000000000001.events'
    const bytes = await files.read(path)
    bytes[bytes.length - 10] ^= 1
    await files.write(path, bytes)
    const again = await open(files)
    expect(again.bounds()[0].next).toBe(1)
    await again.append([{ partition: 0, rows: rows(1) }])
    expect((await (await open(files)).read(0, 0, 2)).numRows).toBe(2)
  })
})
