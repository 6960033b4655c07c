import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FileStore } from '../../engine/ports/file-store'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { RowsBuilder } from '../producers/rows-builder'
import { HubLog } from './hub-log'
import { KillableFiles } from './killable-files'

const NUM_PARTITIONS = 3
const MAX_AGE_MS = 10_000

const appendAction = fc.record({
  kind: fc.constant('append' as const),
  partition: fc.nat(NUM_PARTITIONS - 1),
  numRows: fc.integer({ min: 1, max: 4 }),
  isAwaited: fc.boolean(),
})
const bigAppendAction = fc.record({
  kind: fc.constant('append' as const),
  partition: fc.nat(NUM_PARTITIONS - 1),
  numRows: fc.constant(1_500),
  isAwaited: fc.constant(true),
})
const passAction = fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) })
const killAction = fc.record({
  kind: fc.constant('kill' as const),
  afterChanges: fc.nat(40),
  lastWrite: fc.constantFrom('nothing' as const, 'whole' as const, 'torn' as const),
})
const readAction = fc.record({
  kind: fc.constant('read' as const),
  partition: fc.nat(NUM_PARTITIONS - 1),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  until: fc.double({ min: 0, max: 1, noNaN: true }),
})
const script = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: appendAction },
    { weight: 1, arbitrary: bigAppendAction },
    { weight: 2, arbitrary: passAction },
    { weight: 2, arbitrary: killAction },
    { weight: 3, arbitrary: readAction },
  ),
  { minLength: 1, maxLength: 120, size: 'max' },
)

type Sent = { readonly text: string; readonly atMs: number; isAcknowledged: boolean }

/** The log, and beside it the plain list of what must be in each partition. */
class Trial {
  readonly disk = new MemoryFileStore()
  /** By sequence number: what the partition holds or may hold; nothing is ever taken out. */
  readonly model: Sent[][] = Array.from({ length: NUM_PARTITIONS }, () => [])
  nowMs = 100_000
  #files: FileStore = this.disk
  #died: Promise<void> = new Promise(() => undefined)
  #log: HubLog | null = null
  #numSent = 0

  async log(): Promise<HubLog> {
    this.#log ??= await HubLog.open(this.#files, '/hubs/h', {
      numPartitions: NUM_PARTITIONS,
      retention: { maxAgeMs: MAX_AGE_MS, maxBytes: 1_000_000_000 },
      nowMs: () => this.nowMs,
      gather: () => Promise.resolve(),
      tailBytes: 2_000,
      onBackgroundError: (error) => {
        throw error
      },
    })
    return this.#log
  }

  async append(partition: number, numRows: number, isAwaited: boolean): Promise<void> {
    const log = await this.log()
    const builder = new RowsBuilder()
    const sent: Sent[] = []
    for (let i = 0; i < numRows; i++) {
      sent.push({ text: `event ${this.#numSent++}`, atMs: this.nowMs, isAcknowledged: false })
      builder.add(sent[i].text, this.nowMs * 1000, i % 2 === 0 ? 'key' : null)
    }
    this.model[partition].push(...sent)
    const mark = `after ${this.#numSent}`
    const done = log.append([{ partition, rows: builder.finish() }], mark).then(() => {
      for (const each of sent) each.isAcknowledged = true
    })
    if (isAwaited) await Promise.race([done, this.#died])
  }

  /** Kills the log at a later change of its files and starts again from what the disk holds. */
  async kill(afterChanges: number, lastWrite: 'nothing' | 'whole' | 'torn'): Promise<void> {
    await (await this.log()).close()
    const files = new KillableFiles(this.disk, afterChanges, lastWrite)
    this.#files = files
    this.#died = files.died
    this.#log = null
    for (let i = 0; i < 60 && !files.isDead; i++)
      await Promise.race([this.append(i % NUM_PARTITIONS, 1 + (i % 3), i % 4 !== 0), files.died])
    files.kill()
    this.#files = this.disk
    this.#log = null
    await this.#reconcile()
  }

  /** After a kill each partition holds the acknowledged events, then perhaps some of those under way, in their order. */
  async #reconcile(): Promise<void> {
    const log = await this.log()
    for (const [partition, { begin, next }] of log.bounds().entries()) {
      const model = this.model[partition]
      const numAcknowledged = model.findLastIndex((each) => each.isAcknowledged) + 1
      expect(next).toBeGreaterThanOrEqual(numAcknowledged)
      expect(next).toBeLessThanOrEqual(model.length)
      model.length = next
      for (const each of model) each.isAcknowledged = true
      await this.checkRead(partition, begin, next)
    }
  }

  async checkRead(partition: number, from: number, until: number): Promise<void> {
    const batch = await (await this.log()).read(partition, from, until)
    const texts = Array.from({ length: batch.numRows }, (_, i) =>
      new TextDecoder().decode(batch.values.subarray(batch.valueOffsets[i], batch.valueOffsets[i + 1])),
    )
    const expected = this.model[partition].slice(from, until)
    expect(texts).toEqual(expected.map(({ text }) => text))
    expect([...batch.enqueuedMicros]).toEqual(expected.map(({ atMs }) => atMs * 1000))
    expect(batch.firstSequence).toBe(from)
  }

  async checkBounds(): Promise<void> {
    const log = await this.log()
    for (const [partition, { begin, next }] of log.bounds().entries()) {
      const expired = this.model[partition].slice(0, begin)
      expect(expired.every(({ atMs }) => atMs < this.nowMs - MAX_AGE_MS)).toBe(true)
      expect(next).toBeLessThanOrEqual(this.model[partition].length)
    }
  }
}

test('what is read equals what was acknowledged, through kills, restarts, merges and retention', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (actions) => {
      const trial = new Trial()
      for (const action of actions) {
        switch (action.kind) {
          case 'append':
            await trial.append(action.partition, action.numRows, action.isAwaited)
            break
          case 'pass':
            trial.nowMs += action.ms
            break
          case 'kill':
            await trial.kill(action.afterChanges, action.lastWrite)
            break
          case 'read': {
            const log = await trial.log()
            await log.settled()
            const { begin, next } = log.bounds()[action.partition]
            const at = (share: number) => begin + Math.floor(share * (next - begin))
            const [from, until] = [at(action.from), at(action.until)].sort((a, b) => a - b)
            await trial.checkRead(action.partition, from, until)
            break
          }
        }
      }
      const log = await trial.log()
      await log.close()
      await trial.checkBounds()
      for (const [partition, { begin, next }] of log.bounds().entries()) {
        expect(next).toBe(trial.model[partition].length)
        await trial.checkRead(partition, begin, next)
      }
      expect((await trial.disk.list('/hubs/h')).length).toBeLessThan(60)
    }),
    { numRuns: 60 },
  )
}, 120_000)
