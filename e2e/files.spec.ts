import { expect, test } from '@playwright/test'
import { countFiles } from './pages/files'
import { note } from './pages/note'
import { Workbench } from './pages/workbench'
import { START_PIPELINE, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

/** Batches of bronze: enough for the checkpoint to be purged and for a dozen Delta checkpoints. */
const BATCHES = 140

test('a long run leaves a bounded number of files and quick counts', async ({ page }) => {
  test.setTimeout(240_000)
  const bench = await Workbench.open(page)
  await startProducer(bench, { eventsPerSecond: 20 })
  await bench.run(START_PIPELINE)
  await bench.evaluate('runnel.setSpeed(20)')
  await expect
    .poll(async () => (await bench.queries()).find(({ title }) => title === 'bronze_events')?.lastBatchId ?? -1, {
      timeout: 180_000,
      intervals: [2_000],
    })
    .toBeGreaterThan(BATCHES)
  await bench.evaluate('runnel.setSpeed(1)')
  expectExactlyOnce(await settle(bench))
  await bench.evaluate('runnel.engine.stopAllQueries()')

  const counts = await countFiles(bench)
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const batches = (await bench.queries()).map(({ title, lastBatchId }) => `${title} ${lastBatchId}`).join(', ')
  note('batches', batches)
  note('files', JSON.stringify({ total, ...counts }))
  // Spark keeps the last hundred batches; the purge runs off the trigger path.
  for (const folder of ['offsets', 'commits'])
    for (const query of ['bronze', 'silver'])
      expect(counts[`/lakehouse/default/Files/checkpoints/${query}/${folder}`], `${query}/${folder}`).toBeLessThan(130)
  expect(total).toBeLessThan(5_000)

  const countMs = await bench.ask<number>(`
import time
start = time.perf_counter()
spark.table("bronze_events").count()
print(round((time.perf_counter() - start) * 1000))`)
  note('count()', `${countMs} ms`)
})
