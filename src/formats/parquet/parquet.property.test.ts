import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBatches } from '../../engine/batch/concat'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import type { Batch } from '../../protocol/columns'
import { readParquet } from './read-parquet'
import { schemaAndRows } from './rows.arbitrary'
import { writeParquet } from './write-parquet'

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

test('random rows of random schemas survive Parquet, whatever the batches and row groups', async () => {
  await fc.assert(
    fc.asyncProperty(
      schemaAndRows(),
      fc.nat({ max: 12 }),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      async ({ schema, rows }, cut, rowGroupRows, plain) => {
        const whole = batchFromRows(schema, rows)
        const parts = [batchFromRows(schema, rows.slice(0, cut)), batchFromRows(schema, rows.slice(cut))]
        const bytes = writeParquet(parts, schema, { rowGroupRows, codec: plain ? 'uncompressed' : 'snappy' })
        const back = await collect(readParquet(bytes, { schema }))
        expect(batchToRows(concatBatches(schema, back))).toEqual(batchToRows(whole))
        const declared = await collect(readParquet(bytes))
        if (rows.length > 0) expect(declared[0].schema).toEqual(schema)
        expect(declared.flatMap(batchToRows)).toEqual(batchToRows(whole))
      },
    ),
    { numRuns: 300 },
  )
})
