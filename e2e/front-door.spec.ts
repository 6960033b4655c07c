import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { close, createPageServer, listen } from '../src/cli/serve'

/** The built folder as any static host serves it: at a sub-path, without a single header of ours (B05). */
const PAGE = resolve(process.env['RUNNEL_PAGE'] ?? join(import.meta.dirname, '../dist/page'))

async function staticHost(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'runnel-host-'))
  mkdirSync(join(folder, 'teaching'))
  symlinkSync(PAGE, join(folder, 'teaching/runnel'))
  const server: Server = createPageServer({ folder, isolated: false })
  const port = await listen(server, 0)
  return {
    url: `http://localhost:${port}/teaching/runnel/`,
    stop: async () => {
      await close(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('from a host without headers it is isolated after one reload, and then runs Python with no network', async ({
  page,
  context,
}) => {
  const host = await staticHost()
  let isStopped = false
  try {
    let loads = 0
    page.on('load', () => loads++)
    await page.goto(host.url)
    await expect(page.getByRole('button', { name: 'Run all' })).toBeVisible()
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    expect(loads).toBe(2)
    await expect(page.getByRole('button', { name: 'Session: ready' })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText('Offline: ready')).toBeVisible({ timeout: 60_000 })

    // What a lost part costs is said at once: the figure is counted from the cache.
    await page.evaluate(
      `caches.keys().then(async ([name]) => { const cache = await caches.open(name); const keys = await cache.keys(); await cache.delete(keys.find(({ url }) => url.includes('check.worker'))) })`,
    )
    await context.setOffline(true)
    await page.reload()
    await expect(page.getByText(/^Offline: \d+ of \d+ MB$/)).toBeVisible({ timeout: 60_000 })
    await context.setOffline(false)
    await expect(page.getByText('Offline: ready')).toBeVisible({ timeout: 60_000 })

    await context.setOffline(true)
    await host.stop()
    isStopped = true
    await page.reload()
    await expect(page.getByRole('button', { name: 'Session: ready' })).toBeVisible({ timeout: 60_000 })
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    await page.getByRole('button', { name: 'Add code at the end' }).click()
    await page.keyboard.type('print("offline", spark.range(41).count() + 1)')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByText('offline 42', { exact: true })).toBeVisible({ timeout: 60_000 })
  } finally {
    if (!isStopped) await host.stop()
  }
})

test('#check says in plain words what the laptop has, as text for IT', async ({ page }) => {
  const host = await staticHost()
  try {
    await page.goto(`${host.url}#check`)
    await expect(page.getByRole('heading', { name: 'Can this laptop run Runnel?' })).toBeVisible()
    const results = page.getByRole('table', { name: 'Results' })
    for (const title of ['Own window', 'Isolation from other pages', 'WebAssembly', 'Module workers'])
      await expect(results.getByRole('row', { name: title })).toContainText('✓ OK')
    await expect(results.getByRole('row', { name: 'Storage in this browser' })).toContainText('written and read again')
    await expect(results.getByRole('row', { name: 'Download' })).toContainText(/\d+ MB in all/)
    const text = page.getByRole('textbox', { name: 'Result as text, for IT' })
    await expect(text).toHaveValue(/^Runnel laptop check, .*\nAddress: http.*#check\nBrowser: /)
    await page.getByRole('button', { name: 'Check this laptop' }).click()
    await expect(text).toHaveValue(/\[OK\] Isolation from other pages/)
  } finally {
    await host.stop()
  }
})
