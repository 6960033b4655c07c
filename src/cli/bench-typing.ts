import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import type { BenchRecord } from './bench-record'
import { CHROMIUM_ARGS } from './chromium'
import { close, createPageServer, listen } from './serve'

const KEYS = 200
const WATCH_MS = 30_000
/** A task the browser calls long. */
const LONG_TASK_MS = 50

/** Five queries at 100 rows/s each, of the kinds a workshop has side by side. */
const FIVE_STREAMS = `
rate = spark.readStream.format("rate").option("rowsPerSecond", 100).load()
for name in ["one", "two"]:
    rate.writeStream.option("checkpointLocation", f"Files/checkpoints/{name}").trigger(processingTime="1 second").toTable(name)
rate.writeStream.format("memory").queryName("kept").trigger(processingTime="1 second").start()
rate.writeStream.format("console").option("truncate", False).trigger(processingTime="1 second").start()
rate.selectExpr("value", "value % 7 AS key").writeStream.format("noop").trigger(processingTime="1 second").start()
`

type Seen = { longTasksMs: number[]; shifts: number; keysMs: number[] }

/** 200 keys typed into a cell while five queries run, then half a minute of looking: long tasks, layout shifts, key times. */
export async function measureTyping(
  executablePath: string,
  root: string,
  print: (record: BenchRecord) => void,
): Promise<BenchRecord[]> {
  const server = createPageServer({ folder: process.env['RUNNEL_PAGE'] ?? join(root, 'dist/page') })
  const port = await listen(server, 0)
  const profile = mkdtempSync(join(tmpdir(), 'runnel-typing-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: CHROMIUM_ARGS,
    viewport: { width: 1280, height: 720 },
  })
  try {
    const page = await context.newPage()
    await page.goto(`http://localhost:${port}/#automation&attached&mode=workshop`)
    await until(page, 'globalThis.runnel !== undefined')
    await page.evaluate('runnel.ready()')
    const { status } = await page.evaluate<{ status: string }>(`runnel.runCode(${JSON.stringify(FIVE_STREAMS)})`)
    if (status !== 'ok') throw new Error('The five queries did not start')
    await until(
      page,
      'runnel.engine.queries().then((queries) => queries.length === 5 && queries.every(({ lastBatchId }) => lastBatchId >= 2))',
    )
    await page.getByRole('button', { name: 'Add code at the end' }).click()
    await page.getByRole('textbox', { name: /^Cell \d+ code/ }).waitFor()
    await page.evaluate(watch)
    await page.keyboard.type('value = value + 1 # '.repeat(KEYS / 20), { delay: 40 })
    const typing = await page.evaluate<Seen>('seen()')
    await page.waitForTimeout(WATCH_MS)
    const all = await page.evaluate<Seen>('seen()')
    const records = [
      record('typing-long-task', Math.max(0, ...typing.longTasksMs), 'ms', LONG_TASK_MS, describeKeys(typing)),
      record('layout-shift', all.shifts, '', 0, `${WATCH_MS / 1000} s, five queries at 100 rows/s`),
    ]
    records.forEach(print)
    return records
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
    await close(server)
  }
}

/** Runs in the page. A shift within half a second of a key is the learner's own doing, as browsers count. */
function watch(): void {
  const seen = { longTasksMs: [] as number[], shifts: 0, keysMs: [] as number[] }
  const observe = (type: string, take: (entry: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: false, ...more })
  observe('longtask', (entry) => seen.longTasksMs.push(entry.duration))
  observe('layout-shift', (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
    if (!hadRecentInput) seen.shifts += value
  })
  observe('event', (entry) => entry.name === 'keydown' && seen.keysMs.push(entry.duration), { durationThreshold: 16 })
  ;(globalThis as unknown as { seen: () => Seen }).seen = () => seen
}

function describeKeys({ longTasksMs, keysMs }: Seen): string {
  const sorted = [...keysMs].sort((a, b) => a - b)
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
  return `${KEYS} keys, ${longTasksMs.length} long tasks, key to paint p95 ${p95.toFixed(0)} ms`
}

async function until(page: Page, expression: string): Promise<void> {
  const endMs = Date.now() + 120_000
  while (!(await page.evaluate<boolean>(expression).catch(() => false))) {
    if (Date.now() > endMs) throw new Error(`Waited two minutes for: ${expression}`)
    await page.waitForTimeout(200)
  }
}

function record(name: string, ours: number, unit: string, most: number, detail: string): BenchRecord {
  return {
    case: name,
    ours,
    unit,
    peer: null,
    peerValue: null,
    ratio: null,
    goal: `<= ${most}`,
    pass: ours <= most,
    detail,
  }
}
