import { execSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'
import { measureStart } from './bench-start'
import { measureTyping } from './bench-typing'
import type { BenchNames, BenchRecord } from './bench-record'
import { CHROMIUM_ARGS, findChromium } from './chromium'
import { runProcess, say } from './phases'
import { close, createPageServer, listen } from './serve'

/** `npm run bench [case ...] [--peers] [--ui] [--json FILE]`: benchmarks in Chromium, one run, ratios. */
export async function run(args: string[], root: string): Promise<number> {
  const jsonAt = args.indexOf('--json')
  const jsonFile = jsonAt >= 0 ? args[jsonAt + 1] : null
  const wanted = args.filter((arg, index) => !arg.startsWith('--') && (jsonAt < 0 || index !== jsonAt + 1))
  const executablePath = findChromium()
  if (executablePath === null) return 1
  const built = await runProcess(
    'npx',
    ['vite', 'build', '--config', 'vite.bench.config.ts', '--logLevel', 'warn'],
    root,
  )
  if (built !== 0) return built
  // A profile on disk, as people have: a private window keeps its files elsewhere.
  const profile = mkdtempSync(join(tmpdir(), 'runnel-bench-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM_ARGS })
  const records: BenchRecord[] = []
  try {
    header(context.browser()?.version() ?? '', root)
    records.push(...(await runCases(context, root, wanted, args.includes('--peers'))))
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
  if (args.includes('--ui')) {
    records.push(...(await measureStart(executablePath, root, print)))
    records.push(...(await measureTyping(executablePath, root, print)))
  }
  if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(records, null, 1)}\n`)
  return records.some((record) => record.pass === false) ? 1 : 0
}

/** Without names: all but the long cases, those against other engines only when asked for. */
async function runCases(
  context: BrowserContext,
  root: string,
  wanted: readonly string[],
  withPeers: boolean,
): Promise<BenchRecord[]> {
  const server = createPageServer({ folder: join(root, 'dist/bench') })
  const port = await listen(server, 0)
  const records: BenchRecord[] = []
  try {
    const page = await context.newPage()
    await page.goto(`http://localhost:${port}/`)
    await page.waitForFunction(() => 'runnelBench' in globalThis)
    const { always, peers, named } = await page.evaluate<BenchNames>('runnelBench.names()')
    const all = [...always, ...peers, ...named]
    const usual = withPeers ? [...always, ...peers] : always
    for (const name of wanted.length === 0 ? usual : all.filter((each) => wanted.includes(each))) {
      const answer = await page.evaluate<{ record: BenchRecord } | { error: string }>(
        `runnelBench.run(${JSON.stringify(name)})`,
      )
      if ('error' in answer) throw new Error(`Case ${name}: ${answer.error}`)
      print(answer.record)
      records.push(answer.record)
    }
  } finally {
    await close(server)
  }
  return records
}

function header(version: string, root: string): void {
  const commit = execSync('git rev-parse --short HEAD', { cwd: root, encoding: 'utf8' }).trim()
  say(`Chromium ${version} · ${cpus()[0]?.model ?? 'unknown CPU'} x${cpus().length} · commit ${commit}`)
}

function print(record: BenchRecord): void {
  const against =
    record.peer === null
      ? ''
      : `  ${record.peer} ${number(record.peerValue ?? 0)}  ratio ${(record.ratio ?? 0).toFixed(2)}x`
  const verdict = record.pass === null ? '' : `  goal ${record.goal ?? ''} ${record.pass ? 'PASS' : 'FAIL'}`
  say(`${record.case.padEnd(20)} ${number(record.ours)} ${record.unit}${against}${verdict}  | ${record.detail}`)
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}
