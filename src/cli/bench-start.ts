import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'
import type { BenchRecord } from './bench-record'
import { CHROMIUM_ARGS } from './chromium'
import { close, createPageServer, listen } from './serve'

const ROUNDS = 5
const COLD_GOAL_SECONDS = 15
const WARM_GOAL_SECONDS = 5

/**
 * From navigation to the flow strip's second change, with Run all clicked as soon as it is enabled.
 * Cold: a new profile. Warm: the same profile again, its browser running.
 */
export async function measureStart(
  executablePath: string,
  root: string,
  print: (record: BenchRecord) => void,
): Promise<BenchRecord[]> {
  const server = createPageServer({ folder: join(root, 'dist/page') })
  const port = await listen(server, 0)
  const times = { cold: [] as number[], warm: [] as number[] }
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const profile = mkdtempSync(join(tmpdir(), 'runnel-start-'))
      const context = await chromium.launchPersistentContext(profile, {
        executablePath,
        args: CHROMIUM_ARGS,
        viewport: { width: 1280, height: 720 },
      })
      try {
        times.cold.push(await startOnce(context, `http://localhost:${port}/`))
        times.warm.push(await startOnce(context, `http://localhost:${port}/`))
      } finally {
        await context.close()
        rmSync(profile, { recursive: true, force: true })
      }
    }
  } finally {
    await close(server)
  }
  const records = [
    record('start-cold', times.cold, COLD_GOAL_SECONDS),
    record('start-warm', times.warm, WARM_GOAL_SECONDS),
  ]
  records.forEach(print)
  return records
}

/** Seconds. The workspace is emptied first, so that a warm start streams from nothing, too. */
async function startOnce(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(`${url}notebooks/structured-streaming-workshop.ipynb`)
  await page.evaluate(async () => {
    localStorage.clear()
    const workspace = await navigator.storage.getDirectory()
    for await (const name of workspace.keys()) await workspace.removeEntry(name, { recursive: true })
  })
  const start = performance.now()
  await page.goto(url)
  await page.locator('button:enabled', { hasText: 'Run all' }).click({ timeout: 60_000 })
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let last: string | null = null
        let changes = 0
        const look = () => {
          const text = document.querySelector('[role="status"][aria-label^="Flow of"]')?.textContent ?? null
          if (text !== null && text !== last) {
            changes += last === null ? 0 : 1
            last = text
          }
          if (changes >= 2) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
  const seconds = (performance.now() - start) / 1000
  await page.close()
  return seconds
}

function record(name: string, seconds: number[], goalSeconds: number): BenchRecord {
  const sorted = [...seconds].sort((a, b) => a - b)
  const ours = sorted[Math.floor(sorted.length / 2)]
  return {
    case: name,
    ours,
    unit: 's',
    peer: null,
    peerValue: null,
    ratio: null,
    goal: `<= ${goalSeconds}`,
    pass: ours <= goalSeconds,
    detail: `${ROUNDS} starts, ${sorted[0].toFixed(2)}..${sorted.at(-1)?.toFixed(2) ?? ''} s`,
  }
}
