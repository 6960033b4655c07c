import { MessageChannel } from 'node:worker_threads'
import type { Worker } from 'node:worker_threads'
import ts from 'typescript'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Word, allocateBridge } from '../../protocol/bridge/channel'
import { ClockReader, allocateClock, ClockWriter } from '../../protocol/clock/session-clock'
import type { CellId } from '../../protocol/ids'
import type { CellOutcome, CellOutput, KernelEvent } from '../../protocol/workers/kernel'
import { startWorkerThread } from '../../testing/bundle-worker'
import { SESSION, inProcessEngine } from '../../testing/in-process-engine'
import type { InProcessEngine } from '../../testing/in-process-engine'
import { compileCell } from './compile-cell'

/** The kernel in a worker thread on the real engine: what a notebook does, without a browser. */
const memory = allocateBridge()
const clock = allocateClock(true)
const events: KernelEvent[] = []
const names = new Set<string>()
let engine: InProcessEngine
let worker: Worker
let number = 0
const sessionStart = Date.UTC(2026, 0, 2, 3, 4, 5)

beforeAll(async () => {
  engine = await inProcessEngine()
  new ClockWriter(clock).start(sessionStart)
  const kick = new MessageChannel()
  const eventPort = new MessageChannel()
  eventPort.port1.on('message', (event: KernelEvent) => events.push(event))
  await engine.api.connectKernel(SESSION, memory, kick.port1 as unknown as MessagePort, 'typescript')
  const config = { session: SESSION, bridge: memory, clock, assetsUrl: '', compatibility: 'workshop' as const }
  worker = await startWorkerThread(
    new URL('../../testing/typescript-worker.ts', import.meta.url),
    { config, engine: kick.port2, events: eventPort.port2 },
    [kick.port2, eventPort.port2],
  )
  await new Promise((resolve) => worker.once('message', resolve))
}, 90_000)

beforeEach(() => {
  events.length = 0
})

afterAll(async () => {
  await worker.terminate()
  await engine.close()
})

test('a DataFrame shows itself, counts and comes back as objects', async () => {
  expect((await run('await spark.range(2).show()')).error).toBeNull()
  expect(text()).toBe('+---+\n| id|\n+---+\n|  0|\n|  1|\n+---+\n\n')
  expect(await value("await spark.createDataFrame([{ a: 1, b: 'é' }, { a: 2, b: null }]).collect()")).toEqual([
    ['1', 'é'],
    ['2', null],
  ])
  expect(await value('await spark.range(10).filter(col("id").gt(6)).count()')).toBe('3')
})

test('an action that nobody awaited still belongs to its cell', async () => {
  await run('spark.range(1).show();')
  expect(text()).toContain('|  0|')
})

test('names are shared across cells, the last cell that ran wins', async () => {
  await run(
    'const a = 1; let b = a + 1; function twice(n: number) { return n * factor }; class Box { constructor(readonly x: number) {} }',
  )
  await run('const factor = 10; b += 40')
  expect(await value('[a, b, twice(2), new Box(7).x]')).toBe('[1, 42, 20, 7]')
  await run('const a = 5; const { c, d: [e = 3] } = { c: 4, d: [] as number[] }')
  expect(await value('({ a, c, e, t: typeof neverDefined })')).toBe("{ a: 5, c: 4, e: 3, t: 'undefined' }")
  const outcome = await run('missing + 1')
  expect(outcome.error).toMatchObject({ condition: 'ReferenceError', message: 'missing is not defined' })
})

test('a name of a cell may hide a global, in that cell and in later ones', async () => {
  await run('const name = "mine"; const Map = 3')
  expect(await value('`${name} ${Map}`')).toBe('mine 3')
  names.delete('Map')
  expect(await value('new Date(0).toISOString()')).toBe('1970-01-01T00:00:00.000Z')
})

test('the last expression shows: tables, trees, text, nothing', async () => {
  expect(await value('spark.range(2)')).toEqual([['0'], ['1']])
  expect(await value('[{ x: 1 }, { x: 2, y: null }]')).toEqual([
    ['1', null],
    ['2', null],
  ])
  await run(`({ ${Array.from({ length: 20 }, (_, n) => `key${n}: [${n}]`).join(', ')} })`)
  expect(result()?.data).toMatchObject({ 'application/json': { key0: [0], key19: [19] } })
  events.length = 0
  await run('void 1')
  expect(result()).toBeUndefined()
  expect(await value('spark.readStream.format("rate").load()')).toBe('DataFrame[timestamp: timestamp, value: bigint]')
})

test('an error in a definition belongs to the line that made it', async () => {
  const outcome = await run(`const df = spark.range(3)

  df.select('id').filter(col('nope').gt(1))`)
  expect(outcome.error).toMatchObject({
    condition: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    place: { cell: `cell-${number}`, line: 3 },
  })
  const inner = await run(`function outer() { return inner() }
async function wait() { await sleep(0); return outer() }
function inner() {
  throw new TypeError('broken')
}
await wait()`)
  expect(inner.error).toMatchObject({ condition: 'TypeError', message: 'broken', place: { line: 4 } })
  expect(outputs().findLast((output) => output.output_type === 'error')).toMatchObject({
    ename: 'TypeError',
    traceback: [
      'TypeError: broken',
      `    at inner (cell ${number}, line 4, column 9)`,
      `    at outer (cell ${number}, line 1, column 32)`,
      `    at (cell ${number}, line 2, column 53)`,
    ],
  })
  const syntax = await run('const x = {\n  a: 1,\n')
  expect(syntax.error).toMatchObject({ condition: 'SyntaxError', place: { line: 3 } })
})

test('console and its streams', async () => {
  await run("console.log('a', 1, { b: [2n] }); console.error('bad'); await display([{ n: 1 }])")
  expect(text()).toBe('a 1 { b: [2n] }\n')
  expect(text('stderr')).toBe('bad\n')
  expect(outputs().at(-1)).toMatchObject({ output_type: 'display_data' })
})

test('Date follows the session clock in UTC, and sleep asks the engine', async () => {
  await run('const at = new Date(); await sleep(40); console.log(at.getTimezoneOffset(), at.getTime())')
  const [offset, at] = text().trim().split(' ').map(Number)
  expect(offset).toBe(0)
  expect(Math.abs(at - new ClockReader(clock).nowMs())).toBeLessThan(60_000)
  expect(events.filter((event) => event.kind === 'sleeping')).toMatchObject([{ durationMs: 40 }, { untilMs: null }])
})

test('what a cell left running prints under it', async () => {
  await run("setTimeout(() => console.log('later'), 30)")
  const cell = `cell-${number}`
  await run('1')
  await until(() => text().includes('later'))
  expect(events.find((event) => event.kind === 'output' && event.output.output_type === 'stream')).toMatchObject({
    cell,
  })
})

test('a stream, its progress as an async iterable, and its end', async () => {
  const outcome = await run(`
const query = spark.readStream.format('rate').option('rowsPerSecond', 50).load()
  .writeStream.format('memory').queryName('seen').trigger({ processingTime: '100 milliseconds' }).start()
const batches: number[] = []
for await (const progress of query.progress()) {
  batches.push(progress.batchId)
  if (batches.length === 3) break
}
console.log(batches, query.isActive)
await query.stop()
console.log(query.isActive, query.exception(), query.lastProgress!.batchId >= 2)
`)
  expect(outcome.error).toBeNull()
  expect(text()).toBe('[0, 1, 2] true\nfalse null true\n')
  expect(Number(await value("await spark.table('seen').count()"))).toBeGreaterThan(0)
}, 30_000)

test('a foreachBatch function runs while the cell waits, awaits actions and prints under its cell', async () => {
  const outcome = await run(`
const seen: [number, number][] = []
const source = spark.readStream.format('rate').option('rowsPerSecond', 20).load()
const stream = source.writeStream.foreachBatch(async (df, batchId) => {
  const count = await df.filter(col('value').geq(0)).count()
  console.log('rows', count >= 0, df.isStreaming)
  seen.push([batchId, count])
  df.createOrReplaceTempView('last_batch')
  await df.sparkSession.table('last_batch').count()
  if (batchId === 2) stream.stop()
}).trigger({ processingTime: '50 milliseconds' }).start()
await stream.awaitTermination()
seen.map(([id]) => id)
`)
  expect(outcome.error).toBeNull()
  expect(text()).toMatch(/^\[batch 0\] rows true false\n\[batch 1\] rows true false\n\[batch 2\] rows true false\n/)
  expect(result()?.data['text/plain']).toBe('[0, 1, 2]')
}, 30_000)

test('a failing foreachBatch function says where, in the query and in the cell that waits', async () => {
  const outcome = await run(`
const failing = spark.readStream.format('rate').load().writeStream.foreachBatch((df) => {
  throw new RangeError('no such luck')
}).start()
await failing.awaitTermination()`)
  expect(outcome.status).toBe('error')
  expect(outcome.error?.message).toContain('RangeError: no such luck')
  expect(outcome.error?.message).toContain(`(cell ${number}, line 3, column`)
}, 30_000)

test('a callback cannot wait for its own query', async () => {
  await run(`
let refused = ''
const own = spark.readStream.format('rate').load().writeStream.foreachBatch(async () => {
  try { await own.processAllAvailable() } catch (error) { refused = (error as Error).message }
}).start()
while (refused === '') await sleep(20)
await own.stop()
console.log(refused)`)
  expect(text()).toBe('Cannot wait for a query state from the same thread that is running the query\n')
}, 30_000)

test('interrupt stops a wait, a sleep, an endless loop and a blocked call; names stay', async () => {
  await run('const kept = 11')
  for (const source of [
    'await new Promise(() => {})',
    'await sleep(1e9)',
    'while (true) {}',
    'for (;;) { await null }',
    "await spark.readStream.format('rate').load().writeStream.format('noop').start().awaitTermination()",
  ]) {
    setTimeout(pressInterrupt, 200)
    const outcome = await run(source)
    expect([source, outcome.status]).toEqual([source, 'interrupted'])
    expect(outcome.error?.condition).toBe('KeyboardInterrupt')
  }
  await run('for (const query of spark.streams.active) await query.stop()')
  expect(await value('kept')).toBe('11')
}, 30_000)

test('a module that is not ours is refused by name', async () => {
  expect((await run("import { functions as fn, type Row } from 'runnel'\nfn === F")).error).toBeNull()
  expect(result()?.data['text/plain']).toBe('true')
  expect((await run("import * as d3 from 'd3'")).error).toMatchObject({ condition: 'MODULE_NOT_FOUND' })
})

function run(source: string): Promise<CellOutcome> {
  number++
  const compiled = compileCell(ts, source, [...names])
  compiled.names.forEach((name) => names.add(name))
  return new Promise((resolve) => {
    worker.once('message', ({ outcome }: { outcome: CellOutcome }) => {
      // Events travel on another port: let them arrive.
      setTimeout(() => resolve(outcome), 20)
    })
    worker.postMessage({ cell: `cell-${number}`, cellNumber: number, executionCount: number, source, compiled })
  })
}

/** The text, or the cells of the table, that the cell's last expression shows. */
async function value(source: string): Promise<unknown> {
  const { error } = await run(source)
  expect(error).toBeNull()
  const data = result()?.data
  const table = data?.['application/vnd.runnel.table+json'] as { rows: unknown } | undefined
  return table?.rows ?? data?.['text/plain']
}

function outputs(): CellOutput[] {
  return events.flatMap((event) => (event.kind === 'output' ? [event.output] : []))
}

function result() {
  return outputs().findLast((output) => output.output_type === 'execute_result')
}

function text(name: 'stdout' | 'stderr' = 'stdout'): string {
  return outputs()
    .flatMap((output) => (output.output_type === 'stream' && output.name === name ? [output.text] : []))
    .join('')
}

function pressInterrupt(): void {
  Atomics.store(new Uint8Array(memory.interrupt), 0, 2)
  const control = new Int32Array(memory.control)
  Atomics.add(control, Word.kernelSignal, 1)
  Atomics.notify(control, Word.kernelSignal)
  worker.postMessage({ interrupt: `cell-${number}` as CellId })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
