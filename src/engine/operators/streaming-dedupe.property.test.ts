import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Relation } from '../../protocol/spark-connect'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { MemoryStream } from '../../testing/memory-stream'
import { relation } from '../../testing/plan-builder'
import { ranBatches } from '../../testing/ran-batches'
import type { DedupeQuery } from '../../testing/reference/dedupe'
import { dedupeModel } from '../../testing/reference/dedupe'
import { asBag } from '../../testing/rows'
import { runTrace } from '../../testing/run-trace'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { withWatermark } from '../../testing/streaming-relations'
import { TABLE } from '../../testing/test-query'
import { traces } from '../../testing/traces'
import { publishedBatches } from '../../testing/transactional-sink'

type Event = { readonly ts: bigint | null; readonly k: string | null; readonly v: number | null }

/** A minute of events over few keys: with delays of seconds many are late, and many are copies. */
const event = fc.record({
  ts: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 60 }).map((seconds) => BigInt(seconds) * 1_000_000n) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60_000 }).map((ms) => BigInt(ms) * 1000n + 1n) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  k: fc.constantFrom('a', 'b', '', null),
  v: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
})

const text = (row: Event, ...columns: (keyof Event)[]) =>
  JSON.stringify(columns.map((column) => (column === 'ts' ? String(row.ts) : row[column])))

const keyed = (input: Relation, columnNames: string[], withinWatermark = false) =>
  relation({ case: 'deduplicate', value: { input, columnNames, withinWatermark } })

type Shape = Omit<DedupeQuery<Event>, 'delayMs'> & { build(input: Relation): Relation }

const shapes = (delayMs: number): Record<string, Shape> => ({
  'dropDuplicates by a column': {
    build: (input) => keyed(input, ['k']),
    keyOf: (row) => text(row, 'k'),
    expiresAt: () => null,
  },
  'dropDuplicates by key and event time': {
    build: (input) => keyed(input, ['k', 'ts']),
    keyOf: (row) => text(row, 'k', 'ts'),
    expiresAt: (row) => row.ts,
  },
  'dropDuplicates of all columns': {
    build: (input) => relation({ case: 'deduplicate', value: { input, allColumnsAsKeys: true } }),
    keyOf: (row) => text(row, 'k', 'ts', 'v'),
    expiresAt: (row) => row.ts,
  },
  'dropDuplicatesWithinWatermark by a column': {
    build: (input) => keyed(input, ['k'], true),
    keyOf: (row) => text(row, 'k'),
    expiresAt: (row) => (row.ts ?? 0n) + BigInt(delayMs) * 1000n,
  },
  'dropDuplicatesWithinWatermark by two columns': {
    build: (input) => keyed(input, ['v', 'k'], true),
    keyOf: (row) => text(row, 'k', 'v'),
    expiresAt: (row) => (row.ts ?? 0n) + BigInt(delayMs) * 1000n,
  },
})

for (const name of Object.keys(shapes(0))) {
  test(`${name}: every batch equals the model, whatever dies in between`, async () => {
    await fc.assert(
      fc.asyncProperty(
        traces(event, { maxEvents: 12 }),
        fc.constantFrom(1, Infinity),
        fc.constantFrom(0, 2000, 10_000),
        async (trace, addsPerBatch, delayMs) => {
          const { build, ...shape } = shapes(delayMs)[name]
          const stream = new MemoryStream('ts TIMESTAMP, k STRING, v INT', { addsPerBatch })
          const query = await queryOf(build(withWatermark(readStream(stream), 'ts', `${delayMs} milliseconds`)), [
            stream,
          ])
          const files = new MemoryFileStore()
          await runTrace(trace, query, stream, { files })
          const ran = await ranBatches<Event>(files, stream)
          const model = dedupeModel(
            { ...shape, delayMs },
            ran.map((batch) => batch.rows),
          )
          expect(ran.map((batch) => batch.watermarkMs)).toEqual(model.map((batch) => batch.watermarkMs))
          const published = await publishedBatches(files, TABLE)
          expect([...published.values()].map((rows) => [...rows].sort())).toEqual(model.map(({ rows }) => asBag(rows)))
        },
      ),
      { numRuns: 60 },
    )
  })
}
