import { expect, test } from '@playwright/test'
import { AFTER_STEPS } from '../src/protocol/workers/engine'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

test('undisturbed, every event arrives once', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 2)
  expectExactlyOnce(await settle(bench))
})

test('a worker killed after each step loses and doubles nothing', async ({ page }) => {
  test.setTimeout(240_000)
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'bronze_events', 1)
  for (const title of ['bronze_events', 'silver_events']) {
    for (const step of [...AFTER_STEPS, 'now']) {
      const id = await bench.query(title)
      await bench.evaluate(`runnel.engine.crash(${JSON.stringify(id)}, ${JSON.stringify(step)})`)
      await expect
        .poll(async () => (await bench.queries()).find((query) => query.id === id)?.state, { timeout: 30_000 })
        .toBe('failed')
      await bench.evaluate(`runnel.engine.resume([${JSON.stringify(id)}])`)
      await batchesPass(bench, title, 1)
    }
  }
  expectExactlyOnce(await settle(bench))
})

test('after a reload the streams resume where they were', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  await bench.reload()
  const sentBefore = await bench.sent(HUB)
  await page.getByRole('button', { name: 'Resume 2 streams' }).click()
  await expect.poll(async () => (await bench.queries()).filter((query) => query.state === 'running').length).toBe(2)
  // The producer that the reload interrupted goes on with the streams.
  await expect.poll(() => bench.sent(HUB), { timeout: 30_000 }).toBeGreaterThan(sentBefore)
  await batchesPass(bench, 'bronze_events', 1)
  expectExactlyOnce(await settle(bench))
})

test('after a reload the cells run again and continue', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  await bench.reload()
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  expectExactlyOnce(await settle(bench))
})

test('through Python: a query killed in the middle is recovered by running its cell again', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'bronze_events', 1)
  await bench.evaluate(`runnel.engine.crash(${JSON.stringify(await bench.query('bronze_events'))}, 'data')`)
  await expect
    .poll(async () => (await bench.queries()).find((query) => query.title === 'bronze_events')?.state, {
      timeout: 30_000,
    })
    .toBe('failed')
  expect(await bench.ask<boolean>('import json\nprint(json.dumps(bronze.isActive))')).toBe(false)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  expectExactlyOnce(await settle(bench))
})
