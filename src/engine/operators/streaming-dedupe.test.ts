import { describe, expect } from 'vitest'
import type { Relation } from '../../protocol/spark-connect'
import { MemoryStream } from '../../testing/memory-stream'
import { relation } from '../../testing/plan-builder'
import type { StreamAction } from '../../testing/stream-test'
import { add, checkNew, crashAfter, start, stop, streamTest, verify } from '../../testing/stream-test'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { withWatermark } from '../../testing/streaming-relations'

const micros = (seconds: number) => BigInt(seconds) * 1_000_000n

type Event = readonly [key: string | null, seconds: number | null]

const row = ([k, seconds]: Event) => ({ k, ts: seconds === null ? null : micros(seconds) })

/** A stream of keys and times, delay 2 s; what each story expects is what a real Spark 4.1.1 answers. */
function story(
  name: string,
  build: (input: Relation) => Relation,
  actions: (push: (...events: Event[]) => StreamAction, shown: (...events: Event[]) => StreamAction) => StreamAction[],
): void {
  const stream = new MemoryStream('k STRING, ts TIMESTAMP')
  const query = () => queryOf(build(readStream(stream)), [stream])
  streamTest(
    name,
    query,
    actions(
      (...events) => add(stream, events.map(row)),
      (...events) => checkNew(events.map(row)),
    ),
  )
}

const byKey = (input: Relation) => relation({ case: 'deduplicate', value: { input, columnNames: ['k'] } })
const marked = (input: Relation) => withWatermark(input, 'ts', '2 seconds')

/** In state, updated, removed, late, copies: of each batch of the run that is up. */
const checkState = (expected: readonly (readonly number[])[]) =>
  verify('state of each batch', (world) => {
    const reports = world.running().host.reports.filter((report) => !report.isIdle)
    const operators = reports.map((report) => report.progress.stateOperators[0])
    expect(
      operators.map((operator) => [
        operator.numRowsTotal,
        operator.numRowsUpdated,
        operator.numRowsRemoved,
        operator.numRowsDroppedByWatermark,
        operator.customMetrics!.numDroppedDuplicateRows,
      ]),
    ).toEqual(expected)
  })

describe('dropDuplicates', () => {
  story('lets the first row of a key through, NULL as one key, also after a restart', byKey, (push, shown) => [
    push(['a', 1], ['a', 2], [null, 3]),
    shown(['a', 1], [null, 3]),
    push([null, 4], ['b', 5]),
    shown(['b', 5]),
    stop(),
    start(),
    push(['a', 6], ['c', 7]),
    shown(['c', 7]),
    checkState([[4, 1, 0, 0, 1]]),
  ])

  story('does not show a row twice when it died before the commit', byKey, (push, shown) => [
    push(['a', 1]),
    shown(['a', 1]),
    push(['a', 2], ['b', 3]),
    crashAfter('data'),
    start(),
    shown(['b', 3]),
    push(['b', 4]),
    shown(),
  ])

  story(
    'by event time forgets what the watermark has passed, and drops late rows',
    (input) => relation({ case: 'deduplicate', value: { input: marked(input), columnNames: ['k', 'ts'] } }),
    (push, shown) => [
      push(['a', 10], ['a', 10], ['b', 11]),
      shown(['a', 10], ['b', 11]),
      push(['c', 13]),
      shown(['c', 13]),
      push(['a', 10], ['d', 11], ['d', 12]),
      shown(['d', 12]),
      checkState([
        [2, 2, 0, 0, 1],
        [2, 0, 0, 0, 0],
        [3, 1, 0, 0, 0],
        [1, 0, 2, 0, 0],
        [2, 1, 0, 2, 0],
      ]),
    ],
  )
})

describe('dropDuplicatesWithinWatermark', () => {
  story(
    'forgets a key a delay after its first row, and lets it in again',
    (input) =>
      relation({ case: 'deduplicate', value: { input: marked(input), columnNames: ['k'], withinWatermark: true } }),
    (push, shown) => [
      push(['a', 17]),
      shown(['a', 17]),
      push(['a', 16], ['b', 13], ['c', 22]),
      shown(['c', 22]),
      push(['a', 21]),
      shown(['a', 21]),
      checkState([
        [1, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [2, 1, 0, 1, 1],
        [1, 0, 1, 0, 0],
        [2, 1, 0, 0, 0],
      ]),
    ],
  )
})

describe('limit', () => {
  const three = (input: Relation) => relation({ case: 'limit', value: { input, limit: 3 } })
  story('counts rows over the whole life of the query', three, (push, shown) => [
    push(['a', 1], ['b', 2]),
    shown(['a', 1], ['b', 2]),
    stop(),
    start(),
    push(['c', 3], ['d', 4]),
    shown(['c', 3]),
    push(['e', 5]),
    shown(),
  ])
})
