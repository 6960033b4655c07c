import { describe, expect, test } from 'vitest'
import type { Expression, Relation } from '../../protocol/spark-connect'
import { MemoryStream } from '../../testing/memory-stream'
import { text, where } from '../../testing/plan-builder'
import { select } from '../../testing/plan-builder'
import type { StreamAction } from '../../testing/stream-test'
import { add, checkNew, streamTest, verify } from '../../testing/stream-test'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { countAll, groupBy, windowOf, withWatermark } from '../../testing/streaming-relations'
import { alias, attribute, call } from '../analyzer/expression-tree'

const micros = (seconds: number) => BigInt(seconds) * 1_000_000n
const isA = (column: string, value = 'a') => call('==', attribute(column), text(value))

/** What a real Spark 4.1.1 does with one file a batch: a row that a filter removes moves no watermark, unless it must. */
function story(
  name: string,
  build: (watermarked: Relation) => Relation,
  actions: (rows: (...rows: [number, string][]) => StreamAction) => readonly StreamAction[],
): void {
  const stream = new MemoryStream('ts TIMESTAMP, k STRING')
  const rows = (...given: [number, string][]) =>
    add(
      stream,
      given.map(([second, k]) => ({ ts: micros(second), k })),
    )
  streamTest(name, () => queryOf(build(withWatermark(readStream(stream), 'ts', '0 seconds')), [stream]), actions(rows))
}

const counted = (input: Relation, ...keys: Expression[]) =>
  groupBy(input, [windowOf('ts', '5 seconds'), ...keys], countAll('count'))
const first = { window: { start: 0n, end: micros(5) }, count: 2n }

describe('a filter above a watermark', () => {
  story(
    'is done before it',
    (input) => counted(where(input, isA('k'))),
    (rows) => [rows([1, 'a'], [40, 'b']), checkNew([]), rows([2, 'a']), rows([20, 'a']), checkNew([first])],
  )

  story(
    'is done before it through a projection',
    (input) => counted(where(select(input, 'ts', alias(call('upper', attribute('k')), 'u')), isA('u', 'A'))),
    (rows) => [rows([1, 'a'], [40, 'b']), checkNew([]), rows([2, 'a']), rows([20, 'a']), checkNew([first])],
  )

  story(
    'stays above it when it reads the event time',
    (input) => counted(where(input, call('<', attribute('ts'), call('to_timestamp', text('1970-01-01 00:00:30'))))),
    (rows) => [rows([1, 'a'], [40, 'b']), checkNew([{ ...first, count: 1n }]), rows([2, 'a']), checkNew([])],
  )

  story(
    'on a key is done before the aggregation, so its groups are in no state',
    (input) => where(counted(input, attribute('k')), isA('k')),
    (rows) => [
      rows([1, 'a'], [40, 'b']),
      checkNew([]),
      rows([2, 'a']),
      checkNew([]),
      verify('one group is kept', (world) => {
        expect(world.running().host.progressReports.at(-1)!.stateOperators[0].numRowsTotal).toBe(1)
      }),
      rows([20, 'a']),
      checkNew([{ window: first.window, k: 'a', count: 2n }]),
    ],
  )
})

test('a plan without a watermark keeps its filters where they are', async () => {
  const stream = new MemoryStream('ts TIMESTAMP, k STRING')
  const { plan } = await queryOf(where(select(readStream(stream), 'k'), isA('k')), [stream])
  expect(plan.leaves[0].columns).toEqual(['k'])
})
