import { expect, test } from '@playwright/test'
import type { CDPSession } from '@playwright/test'
import { Workbench } from './pages/workbench'
import { COUNT, HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'
import type { Counts } from './pages/pipeline'

/** Room left for the streams: enough for a few batches, so that the disk fills up in the middle of one. */
const ROOM_BYTES = 60_000

async function limitTo(cdp: CDPSession, quotaSize: number | null): Promise<void> {
  const origin = new URL(Workbench.url()).origin
  await cdp.send('Storage.overrideQuotaForOrigin', { origin, ...(quotaSize === null ? {} : { quotaSize }) })
}

test('a full disk stops the query before its commit; with room again it goes on, nothing lost, nothing doubled', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const bench = await Workbench.open(page)
  const cdp = await context.newCDPSession(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)

  const failed = async () => (await bench.queries()).filter((query) => query.state === 'failed')
  // The producer writes too: when it meets the end of the disk first, it stops, and the streams find nothing more to write.
  await expect(async () => {
    await limitTo(cdp, null)
    await bench.evaluate('runnel.broker.stopAllProducers()')
    await startProducer(bench)
    const { usage } = await cdp.send('Storage.getUsageAndQuota', { origin: new URL(Workbench.url()).origin })
    await limitTo(cdp, usage + ROOM_BYTES)
    await expect.poll(async () => (await failed()).length, { timeout: 15_000 }).toBeGreaterThan(0)
  }).toPass({ timeout: 120_000 })

  for (const { error, title } of await failed()) {
    expect(error, title).toMatchObject({ condition: 'STREAM_FAILED', cause: { condition: 'DISK_FULL' } })
    expect(error?.message).toContain('No space left')
    await expect(page.getByRole('article', { name: `Stream ${title}` }).getByRole('alert')).toContainText(
      'Everything committed is still readable',
    )
  }
  for (const query of await bench.queries()) expect(['running', 'failed']).toContain(query.state)

  // Everything committed stays readable while the disk is full, and what bronze shows it shows once.
  const full = await bench.ask<Omit<Counts, 'sent'>>(COUNT)
  expect(full.bronze).toBeGreaterThan(0)
  expect(full.distinct).toBe(full.bronze)
  const sentWhileFull = await bench.sent(HUB)

  await limitTo(cdp, null)
  const ids = (await bench.queries()).filter((query) => query.state !== 'running').map((query) => query.id)
  await bench.evaluate(`runnel.engine.resume(${JSON.stringify(ids)})`)
  await startProducer(bench)
  await expect.poll(() => bench.sent(HUB), { timeout: 30_000 }).toBeGreaterThan(sentWhileFull + 40)
  const counts = await settle(bench)
  expect(counts.bronze).toBeGreaterThan(full.bronze)
  expectExactlyOnce(counts)
})
