import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { MemoryStream } from '../../testing/memory-stream'
import { relation } from '../../testing/plan-builder'
import { ranBatches } from '../../testing/ran-batches'
import { limitModel } from '../../testing/reference/limit'
import { asBag } from '../../testing/rows'
import { runTrace } from '../../testing/run-trace'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { TABLE } from '../../testing/test-query'
import { traces } from '../../testing/traces'
import { publishedBatches } from '../../testing/transactional-sink'

test('a limit counts over the whole life of the query, whatever dies in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      traces(fc.record({ id: fc.nat(99) }), { maxEvents: 12 }),
      fc.constantFrom(1, Infinity),
      fc.integer({ min: 0, max: 30 }),
      async (trace, addsPerBatch, limit) => {
        const stream = new MemoryStream('id INT', { addsPerBatch })
        const query = await queryOf(relation({ case: 'limit', value: { input: readStream(stream), limit } }), [stream])
        const files = new MemoryFileStore()
        await runTrace(trace, query, stream, { files })
        const ran = await ranBatches(files, stream)
        const published = await publishedBatches(files, TABLE)
        const model = limitModel(
          limit,
          ran.map((batch) => batch.rows),
        )
        expect([...published.values()].map((rows) => [...rows].sort())).toEqual(model.map(asBag))
      },
    ),
    { numRuns: 100 },
  )
})
