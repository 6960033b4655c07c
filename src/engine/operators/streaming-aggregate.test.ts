import { describe, expect, test } from 'vitest'
import { MemoryStream } from '../../testing/memory-stream'
import type { StreamAction } from '../../testing/stream-test'
import { add, checkNew, crashAfter, start, stop, streamTest, verify } from '../../testing/stream-test'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { aggregateOf, countAll, groupBy, windowOf, withWatermark } from '../../testing/streaming-relations'
import type { OutputMode } from '../analyzer/check-streaming'
import { alias, attribute, call } from '../analyzer/expression-tree'

const micros = (seconds: number) => BigInt(seconds) * 1_000_000n
const window = (start: number, end: number) => ({ start: micros(start), end: micros(end) })

type Story = { add(...seconds: number[]): StreamAction }

/** Count and mean over tumbling windows of 5 s, delay 10 s: what a real Spark 4.1.1 answers to these rows. */
function story(name: string, mode: OutputMode, actions: (story: Story) => readonly StreamAction[]): void {
  const stream = new MemoryStream('ts TIMESTAMP, k STRING, v DOUBLE')
  const watermarked = withWatermark(readStream(stream), 'ts', '10 seconds')
  const query = () =>
    queryOf(
      groupBy(watermarked, [windowOf('ts', '5 seconds')], countAll(), aggregateOf('avg', 'v', 'a')),
      [stream],
      mode,
    )
  const addTimes = (...seconds: number[]) =>
    add(
      stream,
      seconds.map((second) => ({ ts: micros(second), k: 'a', v: second })),
    )
  streamTest(name, query, actions({ add: addTimes }))
}

/** Watermark, rows in state, updated, removed, late groups of each batch so far. */
const checkState = (expected: readonly (readonly [string, number, number, number, number])[]) =>
  verify('state of each batch', (world) => {
    const { host } = world.running()
    const batches = host.reports.filter((report) => !report.isIdle).map((report) => report.progress)
    expect(
      batches.map(({ eventTime, stateOperators: [state] }) => [
        eventTime!.watermark.slice(17, 19),
        state.numRowsTotal,
        state.numRowsUpdated,
        state.numRowsRemoved,
        state.numRowsDroppedByWatermark,
      ]),
    ).toEqual(expected)
  })

describe('a windowed count', () => {
  story('in append mode gives a window out when the watermark has passed its end', 'append', ({ add }) => [
    add(10, 11, 12, 13, 14, 15),
    checkNew([]),
    add(25),
    checkNew([{ window: window(10, 15), n: 5n, a: 12 }]),
    add(10),
    checkNew([]),
    checkState([
      ['00', 2, 2, 0, 0],
      ['05', 2, 0, 0, 0],
      ['05', 3, 1, 0, 0],
      ['15', 2, 0, 1, 0],
      ['15', 2, 0, 0, 1],
    ]),
  ])

  story('in update mode gives out what each batch changed', 'update', ({ add }) => [
    add(10, 11, 12, 13, 14, 15),
    checkNew([
      { window: window(10, 15), n: 5n, a: 12 },
      { window: window(15, 20), n: 1n, a: 15 },
    ]),
    add(25),
    checkNew([{ window: window(25, 30), n: 1n, a: 25 }]),
    add(10, 16),
    checkNew([{ window: window(15, 20), n: 2n, a: 15.5 }]),
  ])

  story('in complete mode gives everything out and forgets nothing', 'complete', ({ add }) => [
    add(10, 11, 12, 13, 14, 15),
    checkNew([
      { window: window(10, 15), n: 5n, a: 12 },
      { window: window(15, 20), n: 1n, a: 15 },
    ]),
    add(25),
    checkNew([
      { window: window(10, 15), n: 5n, a: 12 },
      { window: window(15, 20), n: 1n, a: 15 },
      { window: window(25, 30), n: 1n, a: 25 },
    ]),
    add(10),
    checkNew([
      { window: window(10, 15), n: 6n, a: 70 / 6 },
      { window: window(15, 20), n: 1n, a: 15 },
      { window: window(25, 30), n: 1n, a: 25 },
    ]),
  ])

  story('goes on after a restart and after a crash', 'append', ({ add }) => [
    add(10, 11, 12, 13, 14),
    checkNew([]),
    stop(),
    start(),
    add(15),
    checkNew([]),
    add(25),
    crashAfter('data'),
    start(),
    checkNew([{ window: window(10, 15), n: 5n, a: 12 }]),
    checkState([
      ['05', 3, 1, 0, 0],
      ['15', 2, 0, 1, 0],
    ]),
  ])
})

describe('an exact distinct count', () => {
  const stream = new MemoryStream('k STRING, v INT')
  const told: string[] = []
  const distinct = () =>
    queryOf(
      groupBy(readStream(stream), ['k'], alias(call('count_distinct', attribute('v')), 'n')),
      [stream],
      'update',
      (id) => void told.push(id),
    )
  const rows = (...values: [string, number][]) =>
    add(
      stream,
      values.map(([k, v]) => ({ k, v })),
    )
  streamTest('is a leniency that knows its values after a restart', distinct, [
    rows(['a', 1], ['a', 1], ['b', 1]),
    checkNew([
      { k: 'a', n: 1n },
      { k: 'b', n: 1n },
    ]),
    stop(),
    start(),
    rows(['a', 1], ['a', 2]),
    checkNew([{ k: 'a', n: 2n }]),
    verify('the notice', () => expect(told).toEqual(['streaming-count-distinct'])),
  ])

  test('is refused in words of Spark where nothing is lenient', async () => {
    const relation = groupBy(readStream(stream), ['k'], alias(call('count_distinct', attribute('v')), 'n'))
    await expect(queryOf(relation, [stream], 'update')).rejects.toThrow(
      'Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.',
    )
  })
})

describe('rows behind the watermark', () => {
  const stream = new MemoryStream('ts TIMESTAMP, k STRING, v DOUBLE')
  const query = () =>
    queryOf(groupBy(withWatermark(readStream(stream), 'ts', '10 seconds'), [windowOf('ts', '5 seconds')], countAll()), [
      stream,
    ])
  const times = (...seconds: number[]) =>
    add(
      stream,
      seconds.map((second) => ({ ts: micros(second), k: 'a', v: 0 })),
    )
  streamTest('are counted one by one and shown, while Spark counts their groups', query, [
    times(40),
    checkNew([]),
    times(1, 2, 3, 29, 31, 50),
    checkNew([{ window: window(30, 35), n: 1n }]),
    verify('late rows', (world) => {
      const { reports } = world.running().host
      const batch = reports.find(({ progress, isIdle }) => !isIdle && progress.numInputRows === 6)!
      expect(batch.progress.stateOperators[0].numRowsDroppedByWatermark).toBe(2)
      expect(batch.insight?.late).toEqual({
        numRows: 4,
        samples: [1, 2, 3, 29].map((second) => ({
          eventTimeMs: second * 1000,
          windowStartMs: Math.floor(second / 5) * 5000,
          windowEndMs: Math.floor(second / 5) * 5000 + 5000,
          watermarkMs: 30_000,
        })),
      })
    }),
  ])
})
