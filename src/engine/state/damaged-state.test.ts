import { describe, expect, test } from 'vitest'
import { MemoryStream } from '../../testing/memory-stream'
import { relation } from '../../testing/plan-builder'
import type { StreamAction } from '../../testing/stream-test'
import { add, checkAll, expectFailure, start, stop, streamTest, verify } from '../../testing/stream-test'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { CHECKPOINT } from '../../testing/test-query'
import { DamagedStateFile, readStateFile, writeStateFile } from './state-file'

/**
 * A damaged file of the state stops its query with the file's name; nothing else is touched, and with the file back it goes on.
 * Asked of Spark 4.1.1 (deduplicate, three batches, 2.delta missing, halved, with one bit flipped, with and without its .crc):
 * the same two conditions, SQLSTATE 58030, the batch planned and not finished. Spark names no file when it cannot read one.
 */

const row = (k: string) => ({ k })
const push = (stream: MemoryStream, ...keys: string[]) => add(stream, keys.map(row))
const stateFile = (name: string) => `${CHECKPOINT}/state/${name}`

/** What was there before the damage, for `repair`. */
type Kept = { path: string; bytes: Uint8Array }[]

const damage = (kept: Kept, name: string, change: (bytes: Uint8Array) => Uint8Array | null): StreamAction =>
  verify(`damage ${name}`, async ({ files }) => {
    const path = stateFile(name)
    const bytes = await files.read(path)
    kept.push({ path, bytes: bytes.slice() })
    const changed = change(bytes.slice())
    if (changed === null) await files.remove(path)
    else await files.write(path, changed)
  })

const repair = (kept: Kept): StreamAction =>
  verify('repair', async ({ files }) => {
    for (const { path, bytes } of kept) await files.write(path, bytes)
  })

/** The query's end names the file and what to do; the batch that could not run is planned and not finished. */
const refused = (condition: string, name: string, words: RegExp): StreamAction =>
  verify(`refused for ${name}`, async (world) => {
    const run = world.running()
    const end = await run.passUntil(run.end)
    expect(end).toMatchObject({
      kind: 'failed',
      error: { condition: 'STREAM_FAILED', cause: { condition, sqlState: '58030' } },
    })
    const cause = end.kind === 'failed' ? end.error.cause : undefined
    expect(cause?.message).toContain(stateFile(name))
    expect(cause?.message).toMatch(words)
    expect(cause?.hint).toMatch(/new checkpointLocation/)
    world.run = null
  })

const MISSING = 'CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS'
const DAMAGED = 'CANNOT_LOAD_STATE_STORE.UNCATEGORIZED'

type Damage = readonly [
  name: string,
  change: (bytes: Uint8Array) => Uint8Array | null,
  condition: string,
  words: RegExp,
]

const flip = (at: (length: number) => number) => (bytes: Uint8Array) => {
  bytes[at(bytes.length)] ^= 0x10
  return bytes
}

const DAMAGES: readonly Damage[] = [
  ['is missing', () => null, MISSING, /does not exist/],
  ['is empty', () => new Uint8Array(), DAMAGED, /cannot be read: it is no state file \(0 bytes\)/],
  ['is cut in the middle', (bytes) => bytes.slice(0, bytes.length >> 1), DAMAGED, /its end says/],
  ['lost its last byte', (bytes) => bytes.slice(0, -1), DAMAGED, /cannot be read/],
  ['has one bit flipped in a value', flip((length) => length - 24), DAMAGED, /checksum does not match/],
  ['has one bit flipped in its first byte', flip(() => 0), DAMAGED, /it is no state file/],
  ['has one bit flipped in its checksum', flip((length) => length - 1), DAMAGED, /checksum does not match/],
]

describe('a file of the state', () => {
  for (const [what, change, condition, words] of DAMAGES) {
    const stream = new MemoryStream('k STRING')
    const query = () =>
      queryOf(relation({ case: 'deduplicate', value: { input: readStream(stream), columnNames: ['k'] } }), [stream])
    const kept: Kept = []
    streamTest(`that ${what} stops the query by its name; repaired, nothing is lost or doubled`, query, [
      push(stream, 'a', 'b'),
      checkAll([row('a'), row('b')]),
      push(stream, 'c'),
      checkAll([row('a'), row('b'), row('c')]),
      stop(),
      damage(kept, '1.delta', change),
      push(stream, 'a', 'c', 'd'),
      start(),
      refused(condition, '1.delta', words),
      // As often as one asks.
      start(),
      expectFailure(condition),
      repair(kept),
      start(),
      checkAll([row('a'), row('b'), row('c'), row('d')]),
    ])
  }

  const stream = new MemoryStream('k STRING')
  const query = () =>
    queryOf(relation({ case: 'deduplicate', value: { input: readStream(stream), columnNames: ['k'] } }), [stream])
  const kept: Kept = []
  const keys = Array.from({ length: 12 }, (_, i) => `k${i}`)
  streamTest('that is a snapshot and cannot be read stops the query too: older versions stand in for nothing', query, [
    ...keys.flatMap((key, i) => [push(stream, key), checkAll(keys.slice(0, i + 1).map(row))]),
    stop(),
    damage(
      kept,
      '10.snapshot',
      flip((length) => length >> 1),
    ),
    push(stream, 'k0', 'new'),
    start(),
    refused(DAMAGED, '10.snapshot', /checksum does not match/),
    repair(kept),
    start(),
    checkAll([...keys, 'new'].map(row)),
    stop(),
    // Without the snapshot its deltas before it are read; the one that the snapshot replaced is not there.
    damage(kept, '10.snapshot', () => null),
    push(stream, 'k1', 'last'),
    start(),
    refused(MISSING, '10.delta', /does not exist/),
    repair(kept),
    start(),
    checkAll([...keys, 'new', 'last'].map(row)),
  ])

  const newer = new MemoryStream('k STRING')
  const newerQuery = () =>
    queryOf(relation({ case: 'deduplicate', value: { input: readStream(newer), columnNames: ['k'] } }), [newer])
  streamTest('of another version under this name is refused', newerQuery, [
    push(newer, 'a'),
    checkAll([row('a')]),
    push(newer, 'b'),
    checkAll([row('a'), row('b')]),
    stop(),
    verify('copy 1.delta over 2.delta', async ({ files }) => {
      await files.write(stateFile('2.delta'), await files.read(stateFile('1.delta')))
    }),
    push(newer, 'c'),
    start(),
    refused(DAMAGED, '2.delta', /it holds version 1/),
  ])

  test('with any one bit flipped, or cut anywhere, is never read as whole', () => {
    const whole = writeStateFile(3, [
      {
        name: 'seen',
        keyTypes: [{ kind: 'long' }],
        valueTypes: [],
        changes: {
          numRemoved: 0,
          removedKeys: [],
          numRows: 3,
          keys: [
            {
              layout: 'fixed',
              type: { kind: 'long' },
              length: 3,
              validity: null,
              values: BigInt64Array.of(1n, -2n, 3n),
            },
          ],
          values: [],
        },
      },
    ])
    const read = (bytes: Uint8Array) =>
      readStateFile(bytes, 3, {
        typesOf: () => ({ keyTypes: [{ kind: 'long' }], valueTypes: [] }),
        onTypes: (_name, kind) => {
          throw new Error(`other ${kind} types`)
        },
      })
    expect(read(whole)[0].changes.numRows).toBe(3)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = whole.slice()
      bytes[bit >> 3] ^= 1 << (bit & 7)
      expect(() => read(bytes), `bit ${bit}`).toThrow(DamagedStateFile)
    }
    for (let length = 0; length < whole.length; length++)
      expect(() => read(whole.slice(0, length)), `${length} bytes`).toThrow(DamagedStateFile)
  })
})
