import { mkdtempSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, test } from '@playwright/test'
import type { Browser } from '@playwright/test'
import { CHROMIUM_ARGS } from '../src/cli/chromium'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

const running = new Set<ChildProcess>()

/** A browser of our own process, so that it can be killed like a power button would. */
async function launch(profile: string): Promise<{ process: ChildProcess; browser: Browser }> {
  const executable = process.env['CHROMIUM_PATH'] ?? chromium.executablePath()
  const child = spawn(
    executable,
    [...CHROMIUM_ARGS, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { detached: true },
  )
  running.add(child)
  const endpoint = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /DevTools listening on (ws:\S+)/.exec(text)
      if (found) resolve(found[1])
    })
    child.once('exit', () => reject(new Error(`Chromium ended: ${text}`)))
  })
  return { process: child, browser: await chromium.connectOverCDP(endpoint) }
}

/** The browser leads a process group of its own; all of it goes, renderers and services too. */
async function killAll(child: ChildProcess): Promise<void> {
  if (!running.delete(child) || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

test('a browser killed in the middle loses and doubles nothing', async () => {
  test.setTimeout(180_000)
  const profile = mkdtempSync(join(tmpdir(), 'runnel-killed-'))
  try {
    const first = await launch(profile)
    const page = await first.browser.contexts()[0].newPage()
    const bench = await Workbench.open(page)
    await startProducer(bench)
    await bench.run(START_PIPELINE)
    await batchesPass(bench, 'silver_events', 2)
    const sentBefore = await bench.sent(HUB)
    await killAll(first.process)

    const second = await launch(profile)
    const again = await Workbench.open(await second.browser.contexts()[0].newPage())
    await again.page.getByRole('button', { name: 'Resume 2 streams' }).click()
    await expect.poll(async () => (await again.queries()).filter((query) => query.state === 'running').length).toBe(2)
    const counts = await settle(again)
    expectExactlyOnce(counts)
    // An event the hub had counted was durable.
    expect(counts.sent).toBeGreaterThanOrEqual(sentBefore)
  } finally {
    for (const child of [...running]) await killAll(child)
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})

test('a crashed tab loses and doubles nothing', async ({ context }) => {
  test.setTimeout(180_000)
  const page = await context.newPage()
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 2)
  const crashed = page.waitForEvent('crash')
  page.goto('chrome://crash').catch(() => undefined)
  await crashed
  await page.close()
  const again = await Workbench.open(await context.newPage())
  await again.page.getByRole('button', { name: 'Resume 2 streams' }).click()
  await expect.poll(async () => (await again.queries()).filter((query) => query.state === 'running').length).toBe(2)
  expectExactlyOnce(await settle(again))
})
