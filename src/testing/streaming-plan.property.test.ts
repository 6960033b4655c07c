import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alias, attribute, call } from '../engine/analyzer/expression-tree'
import type { Relation } from '../protocol/spark-connect'
import { SetOperation_SetOpType } from '../protocol/spark-connect'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { MemoryStream } from './memory-stream'
import { int, relation, select, where } from './plan-builder'
import { recompute } from './recompute'
import { asBag } from './rows'
import { runTrace } from './run-trace'
import { queryOf, readStream } from './streaming-plan'
import { TABLE } from './test-query'
import { traces } from './traces'
import { publishedBatches } from './transactional-sink'

const union = (leftInput: Relation, rightInput: Relation) =>
  relation({
    case: 'setOp',
    value: { leftInput, rightInput, setOpType: SetOperation_SetOpType.UNION, isAll: true },
  })

const queries: Record<string, (input: Relation) => Relation> = {
  'a projection': (input) => select(input, 'name', alias(call('+', attribute('id'), int(1)), 'next')),
  'a filter': (input) => where(input, call('>', attribute('id'), int(3))),
  'a filter and a projection that drops its column': (input) =>
    select(where(input, call('<', attribute('id'), int(5))), 'name'),
  'a union with itself': (input) => union(input, input),
}

const row = fc.record({
  id: fc.integer({ min: 0, max: 9 }),
  name: fc.option(fc.string({ maxLength: 3 }), { nil: null }),
})

for (const [name, build] of Object.entries(queries)) {
  test(`${name}: batch by batch equals all at once, whatever dies in between`, async () => {
    await fc.assert(
      fc.asyncProperty(traces(row, { maxEvents: 10 }), fc.constantFrom(1, Infinity), async (trace, addsPerBatch) => {
        const stream = new MemoryStream('id INT, name STRING', { addsPerBatch })
        const query = await queryOf(build(readStream(stream)), [stream])
        const files = new MemoryFileStore()
        await runTrace(trace, query, stream, { files })
        const found = [...(await publishedBatches(files, TABLE)).values()].flat().sort()
        expect(found).toEqual(asBag(await recompute(query.plan, stream)))
      }),
      { numRuns: 60 },
    )
  })
}

test('a union with itself is one source with two lines of offsets', async () => {
  const stream = new MemoryStream('id INT')
  const { plan, streams } = await queryOf(union(readStream(stream), readStream(stream)), [stream])
  expect(streams).toEqual([stream])
  expect(plan.scans).toEqual([0, 0])
})
