import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AFTER_STEPS } from '../../protocol/workers/engine'
import { FileCheckpoint } from '../../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { MemoryStream } from '../../testing/memory-stream'
import type { EventRow, WindowQuery } from '../../testing/reference/window-aggregate'
import { windowAggregate } from '../../testing/reference/window-aggregate'
import { asBag, rowsOf } from '../../testing/rows'
import type { Row } from '../../testing/rows'
import { runTrace } from '../../testing/run-trace'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { aggregateOf, countAll, groupBy, windowOf, withWatermark } from '../../testing/streaming-relations'
import { CHECKPOINT, TABLE } from '../../testing/test-query'
import type { Death, Trace, TraceEvent } from '../../testing/traces'
import { TRIGGERS, traces } from '../../testing/traces'
import { publishedBatches } from '../../testing/transactional-sink'
import type { OutputMode } from '../analyzer/check-streaming'

const SECOND = 1_000_000n

const queries: readonly (readonly [string, Omit<WindowQuery, 'mode'>, readonly string[]])[] = [
  [
    'tumbling windows',
    { delayMs: 10_000, windowMicros: 5n * SECOND, slideMicros: 5n * SECOND, startMicros: 0n },
    ['5 seconds'],
  ],
  [
    'tumbling windows with a start offset',
    { delayMs: 0, windowMicros: 7n * SECOND, slideMicros: 7n * SECOND, startMicros: 2n * SECOND },
    ['7 seconds', '7 seconds', '2 seconds'],
  ],
  [
    'sliding windows',
    { delayMs: 3000, windowMicros: 12n * SECOND, slideMicros: 5n * SECOND, startMicros: -1n * SECOND },
    ['12 seconds', '5 seconds', '-1 seconds'],
  ],
]

/** Times around 1970 and up to two minutes later: with a delay of seconds a good part of them comes late. */
const event = fc.record({
  ts: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 1200 }).map((tenths) => BigInt(tenths) * 100_000n) },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 0 }).map((seconds) => BigInt(seconds) * SECOND) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  k: fc.constantFrom('a', 'b', '', null),
  v: fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
})

/** Rows of each batch that ran, as its offsets say. */
async function batchesOf(
  files: MemoryFileStore,
  stream: MemoryStream,
): Promise<{ rows: EventRow[]; watermarkMs: number }[]> {
  const checkpoint = new FileCheckpoint(files, CHECKPOINT)
  const batches: { rows: EventRow[]; watermarkMs: number }[] = []
  for (let batchId = 0, start = -1; ; batchId++) {
    const entry = await checkpoint.offsets(batchId)
    if (entry === null) return batches
    const end = Number(entry.offsets[0] ?? -1)
    batches.push({
      rows: rowsOf(stream.all.slice(start + 1, end + 1)) as unknown as EventRow[],
      watermarkMs: entry.batchWatermarkMs,
    })
    start = end
  }
}

type Shape = Omit<WindowQuery, 'mode'>

/** The query of the model over a stream of its own, lived through a trace: every batch as the model has it. */
async function check(
  trace: Trace,
  {
    mode,
    shape,
    durations,
    addsPerBatch,
    dictionaries,
  }: {
    mode: OutputMode
    shape: Shape
    durations: readonly string[]
    addsPerBatch: number
    dictionaries: boolean
  },
): Promise<void> {
  const stream = new MemoryStream('ts TIMESTAMP, k STRING, v INT', { addsPerBatch, dictionaries })
  const relation = groupBy(
    withWatermark(readStream(stream), 'ts', `${shape.delayMs} milliseconds`),
    [windowOf('ts', ...durations), 'k'],
    countAll('n'),
    aggregateOf('count', 'v', 'c'),
    aggregateOf('sum', 'v', 's'),
    aggregateOf('avg', 'v', 'a'),
    aggregateOf('min', 'v', 'lo'),
    aggregateOf('max', 'v', 'hi'),
    aggregateOf('first', 'v', 'f'),
    aggregateOf('last', 'v', 'l'),
    aggregateOf('collect_list', 'v', 'list'),
    aggregateOf('count_distinct', 'v', 'd'),
  )
  // The exact distinct count is a leniency of ours.
  const query = await queryOf(relation, [stream], mode, () => undefined)
  const files = new MemoryFileStore()
  await runTrace(trace, query, stream, { files })
  const ran = await batchesOf(files, stream)
  const model = windowAggregate(
    { ...shape, mode },
    ran.map((batch) => batch.rows),
  )
  expect(ran.map((batch) => batch.watermarkMs)).toEqual(model.map((batch) => batch.watermarkMs))
  const published = await publishedBatches(files, TABLE)
  expect([...published.values()].map((rows) => [...rows].sort())).toEqual(
    model.map((batch) => asBag(batch.rows as unknown as Row[])),
  )
}

for (const mode of ['append', 'update', 'complete'] as const) {
  for (const [name, shape, durations] of queries) {
    test(`${name} in ${mode} mode: every batch equals the model, whatever dies in between`, async () => {
      await fc.assert(
        fc.asyncProperty(
          traces(event, { maxEvents: 12 }),
          fc.constantFrom(1, Infinity),
          fc.boolean(),
          (trace, addsPerBatch, dictionaries) => check(trace, { mode, shape, durations, addsPerBatch, dictionaries }),
        ),
        { numRuns: 60 },
      )
    })
  }

  const [, shape, durations] = queries[0]
  const oneByOne = { addsPerBatch: 1, dictionaries: true }
  const rowsAt = (...seconds: number[]): TraceEvent => ({
    kind: 'add',
    rows: seconds.map((second) => ({ ts: BigInt(second) * SECOND, k: 'a', v: second })),
  })
  const run = (death: Death | null): TraceEvent => ({ kind: 'run', trigger: TRIGGERS[0], death })
  const dyingAt = (death: Death): Trace => ({
    events: [rowsAt(1, 2, 11), rowsAt(21, 3), run(death), rowsAt(40, 22, 1), run(null)],
  })

  test(`a windowed count in ${mode} mode survives a kill at every write, done and undone`, async () => {
    for (const lastWrite of ['nothing', 'whole'] as const)
      for (let writesBefore = 0; writesBefore < 40; writesBefore++)
        await check(dyingAt({ kind: 'write', writesBefore, lastWrite }), { mode, shape, durations, ...oneByOne })
  })

  test(`a windowed count in ${mode} mode survives a kill after every step of every batch`, async () => {
    for (const step of AFTER_STEPS)
      for (let batchesBefore = 0; batchesBefore < 4; batchesBefore++)
        await check(dyingAt({ kind: 'step', step, batchesBefore }), { mode, shape, durations, ...oneByOne })
  })
}
