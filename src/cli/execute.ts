import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { CHROMIUM_ARGS, findChromium } from './chromium'
import { say } from './phases'
import { close, createPageServer, listen } from './serve'

export type ExecuteOptions = {
  readonly input: string
  readonly output: string
  readonly mode: 'workshop' | 'strict'
  readonly allowErrors: boolean
  readonly producer: string | null
  readonly speed: number
  readonly untilIdle: boolean
  readonly timeoutSeconds: number
}

/** What a run needs; where its notebook goes is the caller's. */
export type RunOptions = Omit<ExecuteOptions, 'output'>

const USAGE =
  'npm run execute -- in.ipynb --out out.ipynb [--mode workshop|strict] [--allow-errors] [--producer PRESET] [--speed N] [--until-idle] [--timeout S]'

/** `npm run execute`: runs a notebook in a headless Chromium, as the page would, and writes it with its outputs. */
export async function run(args: string[], root: string): Promise<number> {
  const options = readOptions(args)
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`)
    return 2
  }
  const executablePath = findChromium()
  if (executablePath === null) return 1
  const outcome = await execute(options, { root, executablePath })
  writeFileSync(options.output, outcome.notebook)
  say(`Wrote ${options.output}${outcome.stopped ? ': stopped at the first error' : ''}`)
  return outcome.stopped ? 1 : 0
}

export async function execute(
  options: RunOptions,
  { root, executablePath }: { root: string; executablePath: string },
): Promise<{ notebook: string; stopped: boolean }> {
  const server = createPageServer({ folder: join(root, 'dist/page') })
  const port = await listen(server, 0)
  const profile = mkdtempSync(join(tmpdir(), 'runnel-execute-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: CHROMIUM_ARGS,
    viewport: { width: 1280, height: 720 },
  })
  try {
    const page = context.pages()[0] ?? (await context.newPage())
    const run = runNotebook(page, `http://localhost:${port}/#automation&mode=${options.mode}`, options)
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`The notebook did not end within ${options.timeoutSeconds} s`)),
        options.timeoutSeconds * 1000,
      )
    })
    try {
      return await Promise.race([run, timeout])
    } finally {
      clearTimeout(timer)
    }
  } finally {
    await context.close()
    await close(server)
    rmSync(profile, { recursive: true, force: true })
  }
}

async function runNotebook(
  page: Page,
  url: string,
  options: RunOptions,
): Promise<{ notebook: string; stopped: boolean }> {
  const text = readFileSync(options.input, 'utf8')
  await page.goto(url)
  // Not `waitForFunction`: it evaluates inside the page, which its content security policy forbids.
  while (!(await page.evaluate<boolean>('globalThis.runnel !== undefined'))) await page.waitForTimeout(50)
  await page.evaluate('runnel.ready()')
  await page.evaluate(`runnel.open(${JSON.stringify(basename(options.input))}, ${JSON.stringify(text)})`)
  await page.evaluate(`runnel.setSpeed(${options.speed})`)
  const run = JSON.stringify({ allowErrors: options.allowErrors, producer: options.producer })
  const ended = await page.evaluate<'done' | 'stopped'>(`runnel.runAll(${run})`)
  await page.evaluate(`runnel.settle(${JSON.stringify({ untilIdle: options.untilIdle })})`)
  return { notebook: await page.evaluate<string>('runnel.result()'), stopped: ended === 'stopped' }
}

function readOptions(args: readonly string[]): ExecuteOptions | string {
  const values = new Map<string, string>()
  const flags = new Set<string>()
  let input: string | null = null
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (arg === '--allow-errors' || arg === '--until-idle') flags.add(arg)
    else if (['--out', '--mode', '--producer', '--speed', '--timeout'].includes(arg)) {
      const value = args[++at]
      if (value === undefined) return `${arg} needs a value.`
      values.set(arg, value)
    } else if (arg.startsWith('--')) return `Unknown option ${arg}.`
    else if (input === null) input = arg
    else return `One notebook at a time; got ${input} and ${arg}.`
  }
  const output = values.get('--out')
  if (input === null || output === undefined) return 'Say which notebook to run and where to write it.'
  const mode = values.get('--mode') ?? 'workshop'
  if (mode !== 'workshop' && mode !== 'strict') return `--mode is workshop or strict, not "${mode}".`
  const speed = Number(values.get('--speed') ?? 1)
  if (!(speed > 0)) return `--speed takes a positive number, not "${values.get('--speed') ?? ''}".`
  const timeoutSeconds = Number(values.get('--timeout') ?? 300)
  if (!(timeoutSeconds > 0)) return `--timeout takes seconds, not "${values.get('--timeout') ?? ''}".`
  return {
    input,
    output,
    mode,
    allowErrors: flags.has('--allow-errors'),
    producer: values.get('--producer') ?? null,
    speed,
    untilIdle: flags.has('--until-idle'),
    timeoutSeconds,
  }
}
