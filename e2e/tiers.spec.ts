import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, test } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'
import { CHROMIUM_ARGS } from '../src/cli/chromium'
import { close, createPageServer, listen } from '../src/cli/serve'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

/** A window that lacks something says so, does the rest, and loses nothing (B06, B19). */

async function withBrowser(
  profile: string,
  flags: readonly string[],
  body: (context: BrowserContext) => Promise<void>,
): Promise<void> {
  const executablePath = process.env['CHROMIUM_PATH']
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...CHROMIUM_ARGS, ...flags],
    viewport: { width: 1280, height: 720 },
  })
  try {
    await body(context)
  } finally {
    await context.close()
  }
}

async function resumeBoth(bench: Workbench): Promise<void> {
  await bench.page.getByRole('button', { name: 'Resume 2 streams' }).click()
  await expect
    .poll(async () => (await bench.queries()).filter(({ state }) => state === 'running').length, { timeout: 60_000 })
    .toBe(2)
}

test('a second tab only shows, and Move here brings the streams over', async ({ context }) => {
  test.setTimeout(240_000)
  const bench = await Workbench.open(await context.newPage())
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)

  const second = await Workbench.openWithoutPython(await context.newPage())
  await expect(
    second.page.getByText('Runnel already runs in another tab of this browser. This tab only shows.'),
  ).toBeVisible()
  expect(await second.queries()).toEqual([])
  expect((await second.evaluate<{ name: string }[]>('runnel.engine.tables()')).map(({ name }) => name)).toEqual([
    'bronze_events',
    'silver_events',
  ])
  await batchesPass(bench, 'bronze_events', 1)

  await second.page.getByRole('button', { name: 'Move here' }).click()
  await expect(
    bench.page.getByText('Runnel already runs in another tab of this browser. This tab only shows.'),
  ).toBeVisible()
  await expect
    .poll(async () => (await second.queriesNow()).filter(({ state }) => state === 'running').length, {
      timeout: 60_000,
    })
    .toBe(2)
  await second.ready()
  await batchesPass(second, 'bronze_events', 1)
  expectExactlyOnce(await settle(second))
})

test('a page that is not isolated says why Python is off; the engine and the hubs work', async ({ page }) => {
  const folder = process.env['RUNNEL_PAGE'] ?? join(import.meta.dirname, '../dist/page')
  const server = createPageServer({ folder, isolated: false })
  try {
    const port = await listen(server, 0)
    const bench = await Workbench.openWithoutPython(page, `http://localhost:${port}/`)
    await expect(page.getByText('PySpark cells are off: this page is not isolated from other pages')).toBeVisible()
    await expect(page.getByText('PySpark cells need an isolated page.').first()).toBeVisible()
    // The clock of the lesson stands until its first query; here it is told to go, and the hubs follow it.
    await bench.evaluate("runnel.engine.clock({ kind: 'resume' })")
    await startProducer(bench)
    await expect.poll(() => bench.sent(HUB)).toBeGreaterThan(40)
    await bench.evaluate("runnel.engine.clock({ kind: 'pause' })")
    expect(await bench.evaluate('runnel.engine.tables()')).toEqual([])
  } finally {
    await close(server)
  }
})

test('without OPFS everything works in memory, and a red bar says that it will be forgotten', async ({ page }) => {
  await page.addInitScript(() => {
    StorageManager.prototype.getDirectory = () =>
      Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'))
  })
  const bench = await Workbench.open(page)
  await expect(page.getByText('This window forgets everything when closed.')).toBeVisible()
  await expect(page.getByText('In memory only: nothing is saved')).toBeVisible()
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 2)
  await bench.evaluate(`runnel.engine.crash(${JSON.stringify(await bench.query('bronze_events'))}, 'data')`)
  await expect
    .poll(async () => (await bench.queries()).find(({ title }) => title === 'bronze_events')?.state)
    .toBe('failed')
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'bronze_events', 1)
  expectExactlyOnce(await settle(bench))
})

test('without WebAssembly the streams go on, and Python says what it lacks', async () => {
  test.setTimeout(240_000)
  const profile = mkdtempSync(join(tmpdir(), 'runnel-jitless-'))
  try {
    await withBrowser(profile, [], async (context) => {
      const bench = await Workbench.open(await context.newPage())
      await startProducer(bench)
      await bench.run(START_PIPELINE)
      await batchesPass(bench, 'silver_events', 1)
    })
    await withBrowser(profile, ['--js-flags=--jitless'], async (context) => {
      const page = await context.newPage()
      const bench = await Workbench.openWithoutPython(page)
      await expect(page.getByText('This browser runs without its compiler: about 5 times slower.')).toBeVisible()
      await expect(page.getByText('PySpark cells need WebAssembly').first()).toBeVisible()
      await resumeBoth(bench)
      await batchesPass(bench, 'bronze_events', 2)
    })
    // Counted where Python runs again: what ran without the compiler counts as any other batch.
    await withBrowser(profile, [], async (context) => {
      const bench = await Workbench.open(await context.newPage())
      await resumeBoth(bench)
      expectExactlyOnce(await settle(bench))
    })
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})
