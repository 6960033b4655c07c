import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Join_JoinType } from '../../protocol/spark-connect'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { MemoryStream } from '../../testing/memory-stream'
import { localRows, relation } from '../../testing/plan-builder'
import { ranBatches } from '../../testing/ran-batches'
import type { StaticJoin } from '../../testing/reference/static-join'
import { staticJoinModel } from '../../testing/reference/static-join'
import { asBag } from '../../testing/rows'
import { runTrace } from '../../testing/run-trace'
import { queryOf, readStream } from '../../testing/streaming-plan'
import { TABLE } from '../../testing/test-query'
import { traces } from '../../testing/traces'
import { publishedBatches } from '../../testing/transactional-sink'

const key = fc.constantFrom('a', 'b', '', null)
const TYPES: Record<StaticJoin, Join_JoinType> = {
  inner: Join_JoinType.INNER,
  left: Join_JoinType.LEFT_OUTER,
  semi: Join_JoinType.LEFT_SEMI,
  anti: Join_JoinType.LEFT_ANTI,
}

for (const kind of ['inner', 'left', 'semi', 'anti'] as const) {
  test(`stream ${kind} static: every batch equals the model, whatever dies in between`, async () => {
    await fc.assert(
      fc.asyncProperty(
        traces(fc.record({ k: key, v: fc.nat(9) }), { maxEvents: 12 }),
        fc.constantFrom(1, Infinity),
        fc.array(fc.record({ k: key, w: fc.nat(9) }), { maxLength: 6 }),
        async (trace, addsPerBatch, right) => {
          const stream = new MemoryStream('k STRING, v INT', { addsPerBatch })
          const joined = relation({
            case: 'join',
            value: {
              left: readStream(stream),
              right: localRows(
                'k STRING, w INT',
                right.map(({ k, w }) => [k, w]),
              ),
              joinType: TYPES[kind],
              usingColumns: ['k'],
            },
          })
          const query = await queryOf(joined, [stream])
          const files = new MemoryFileStore()
          await runTrace(trace, query, stream, { files })
          const ran = await ranBatches<{ k: string | null; v: number }>(files, stream)
          const model = staticJoinModel(
            kind,
            ran.map((batch) => batch.rows),
            right,
          )
          const isPair = kind === 'inner' || kind === 'left'
          const shown = model.map((pairs) =>
            asBag(pairs.map(([{ k, v }, other]) => (isPair ? { k, v, w: other?.w ?? null } : { k, v }))),
          )
          const published = await publishedBatches(files, TABLE)
          expect([...published.values()].map((rows) => [...rows].sort())).toEqual(shown)
        },
      ),
      { numRuns: 60 },
    )
  })
}
