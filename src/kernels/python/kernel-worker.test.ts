import { MessageChannel } from 'node:worker_threads'
import type { Worker } from 'node:worker_threads'
import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Word, allocateBridge } from '../../protocol/bridge/channel'
import { EngineEnd } from '../../protocol/bridge/engine-end'
import type { KernelCall } from '../../protocol/bridge/engine-end'
import { ClockWriter, allocateClock } from '../../protocol/clock/session-clock'
import type { CellId, SessionId } from '../../protocol/ids'
import { PlanSchema } from '../../protocol/spark-connect'
import type { Plan } from '../../protocol/spark-connect'
import type { CellOutcome, KernelEvent } from '../../protocol/workers/kernel'
import type { KernelRequest } from '../../protocol/workers/kernel-requests'
import { startWorkerThread } from '../../testing/bundle-worker'
import { assetsUrl, buildAssets } from '../../testing/test-kernel'

const memory = allocateBridge()
const clockBuffer = allocateClock(true)
const clock = new ClockWriter(clockBuffer)
const events: KernelEvent[] = []
let engine: EngineEnd
let worker: Worker
let onPlan: (plan: Plan, call: KernelCall) => Promise<unknown>
let number = 0
const sessionStart = Date.UTC(2026, 0, 2, 3, 4, 5)

beforeAll(async () => {
  buildAssets()
  clock.start(sessionStart)
  clock.setPaused(true)
  const kick = new MessageChannel()
  const eventPort = new MessageChannel()
  engine = new EngineEnd(memory, {
    kick: () => kick.port1.postMessage(0),
    handle: (request, call) => answer(request as KernelRequest, call),
  })
  kick.port1.on('message', () => engine.poll())
  eventPort.port1.on('message', (event: KernelEvent) => events.push(event))
  const config = {
    session: 's' as SessionId,
    bridge: memory,
    clock: clockBuffer,
    assetsUrl,
    compatibility: 'workshop' as const,
  }
  worker = await startWorkerThread(
    new URL('../../testing/python-worker.ts', import.meta.url),
    { config, engine: kick.port2, events: eventPort.port2 },
    [kick.port2, eventPort.port2],
  )
  await new Promise((resolve) => worker.once('message', resolve))
}, 60_000)

beforeEach(() => {
  onPlan = () => Promise.resolve({ kind: 'done' })
  events.length = 0
})

afterAll(async () => {
  engine.close()
  await worker.terminate()
})

test('booting reports its phases and Python has started', async () => {
  expect((await run('import sys; print(sys.version_info[:2])')).status).toBe('ok')
  expect(text()).toBe('(3, 14)\n')
})

test('the session clock is what Python reads, and perf_counter stays real', async () => {
  await run(`
import time, datetime
print(datetime.datetime.now(), time.time(), time.strftime("%H:%M:%S", time.localtime()), time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, 0)))
start = time.perf_counter()
while time.perf_counter() - start < 0.02: pass
print(datetime.date.today())
`)
  expect(text()).toBe(`2026-01-02 03:04:05 ${sessionStart / 1000}.0 03:04:05 ${sessionStart / 1000}.0\n2026-01-02\n`)
})

test('time.sleep asks the engine for session time and says so', async () => {
  expect((await run('import time; time.sleep(30); print("awake")')).status).toBe('ok')
  expect(events.filter((event) => event.kind === 'sleeping')).toMatchObject([
    { untilMs: sessionStart + 30_000, durationMs: 30_000, cell: 'cell-3' },
    { untilMs: null },
  ])
})

test('asyncio works inside a cell: run, gather, timeouts, top-level await', async () => {
  const outcome = await run(`
import asyncio
async def twice(n):
    await asyncio.sleep(0.01)
    return n * 2
async def main():
    try:
        await asyncio.wait_for(asyncio.sleep(50), 0.01)
    except TimeoutError:
        print("timeout")
    return await asyncio.gather(twice(1), twice(2))
print(asyncio.run(main()))
print(await twice(5))
with asyncio.Runner() as runner:
    print(runner.run(twice(7)))
`)
  expect(outcome.error).toBeNull()
  expect(text()).toBe('timeout\n[2, 4]\n10\n14\n')
})

test('a task left by a cell goes on while no cell runs, in session time', async () => {
  await run(`
async def later():
    await asyncio.sleep(0.01)
    print("from the task")
task = asyncio.create_task(later())
`)
  expect(text()).toBe('')
  clock.setPaused(false)
  await until(() => text().includes('from the task'))
  clock.setPaused(true)
  expect(events.findLast((event) => event.kind === 'output')).toMatchObject({ cell: `cell-${number}` })
})

test('interrupt ends an endless loop, a sleep and a wait', async () => {
  for (const source of [
    'while True: pass',
    'time.sleep(1000)',
    'await asyncio.sleep(1000)',
    'spark.streams.awaitAnyTermination()',
  ]) {
    onPlan = () => new Promise(() => undefined)
    forever = source.includes('sleep')
    setTimeout(pressInterrupt, 150)
    const outcome = await run(source)
    expect([source, outcome.status]).toEqual([source, 'interrupted'])
    expect(outcome.error?.condition).toBe('KeyboardInterrupt')
    expect(text()).toBe('')
  }
  forever = false
  expect((await run('print("still here")')).status).toBe('ok')
})

test('a foreachBatch function runs while the cell waits, sees the notebook and prints under its cell', async () => {
  onPlan = batchesDuringWait({ batches: 2 })
  const outcome = await run(`
seen = []
def each(df, batch_id):
    seen.append((batch_id, df.columns))
    print("rows of", batch_id)
query = spark.readStream.format("rate").load().writeStream.foreachBatch(each).start()
query.awaitTermination()
print(seen)
`)
  expect(outcome.error).toBeNull()
  expect(text()).toBe("[batch 0] rows of 0\n[batch 1] rows of 1\n[(0, ['id']), (1, ['id'])]\n")
  expect(events.filter((event) => event.kind === 'waiting')).toMatchObject([{ query: 'q' }, { query: null }])
})

test('a cell stops a query whose callback is running: no deadlock, and the callback is refused', async () => {
  onPlan = batchesDuringWait({ batches: 1 })
  const outcome = await run(`
def each(df, batch_id):
    query.stop()
    try:
        spark.range(1).collect()
    except Exception as refused:
        print(type(refused).__name__, refused.getCondition())
query = spark.readStream.format("rate").load().writeStream.foreachBatch(each).start()
query.awaitTermination()
`)
  expect(outcome.error).toBeNull()
  expect(text()).toBe('[batch 0] UnknownException OPERATION_CANCELED\n')
})

test('a failing callback tells the engine where', async () => {
  onPlan = batchesDuringWait({ batches: 1 })
  await run(`
def each(df, batch_id):
    return 1 / 0
query = spark.readStream.format("rate").load().writeStream.foreachBatch(each).start()
query.awaitTermination()
`)
  expect(lastCallbackError).toMatchObject({ condition: 'ZeroDivisionError', exception: 'PythonException' })
  expect(lastCallbackError?.message).toContain(`File "<cell ${number}>", line 3, in each`)
})

test('interrupt during a callback lets the callback finish and stops the cell', async () => {
  onPlan = batchesDuringWait({ batches: 1, endless: true })
  setTimeout(pressInterrupt, 300)
  const outcome = await run(`
finished = False
def each(df, batch_id):
    global finished
    start = time.perf_counter()
    while time.perf_counter() - start < 0.8: pass
    finished = True
query = spark.readStream.format("rate").load().writeStream.foreachBatch(each).start()
query.awaitTermination()
`)
  expect(outcome.status).toBe('interrupted')
  await run('print(finished)')
  expect(text()).toContain('True\n')
})

let forever = false
let functionId = ''
let lastCallbackError: { condition: string; message: string; exception: string } | null = null

function answer(request: KernelRequest, call: KernelCall): Promise<unknown> {
  switch (request.method) {
    case 'sleep':
      if (forever) return new Promise(() => undefined)
      // The session clock is paused: whoever sleeps moves it.
      clock.jumpTo(clock.nowMs() + request.params.durationMs)
      return Promise.resolve(null)
    case 'analyzePlan':
      return Promise.resolve({
        schemaJson: '{"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":{}}]}',
        flag: true,
      })
    case 'executePlan': {
      const plan = fromBinary(PlanSchema, request.params.plan)
      return onPlan(plan, call)
    }
    default:
      return Promise.resolve(null)
  }
}

/** start() notes the function; awaitTermination sends batches to it; stop() cancels the callback that runs. */
function batchesDuringWait({ batches, endless = false }: { batches: number; endless?: boolean }) {
  const query = new AbortController()
  return async (plan: Plan): Promise<unknown> => {
    if (plan.opType.case !== 'command') return { kind: 'rows', schema: { kind: 'struct', fields: [] }, batches: [] }
    const command = plan.opType.value.commandType
    if (command.case === 'writeStreamOperationStart') {
      const { function: python } = command.value.foreachBatch ?? {}
      functionId = python?.case === 'pythonFunction' ? new TextDecoder().decode(python.value.command) : ''
      return { kind: 'streamStarted', id: 'q', runId: 'r', name: null }
    }
    if (command.case === 'streamingQueryCommand' && command.value.command.case === 'stop') {
      query.abort()
      return { kind: 'done' }
    }
    for (let batchId = 0; batchId < batches; batchId++) {
      const request = { kind: 'foreachBatch', functionId, batchId, queryId: 'q', runId: 'r', ...longs([1n, 2n]) }
      await engine.callback(request, 0, query.signal).catch((error: unknown) => {
        lastCallbackError = (error as { shape: typeof lastCallbackError }).shape
      })
    }
    if (endless) await new Promise(() => undefined)
    return { kind: 'streamTerminated', terminated: true }
  }
}

function longs(values: bigint[]) {
  const type = { kind: 'long' }
  const schema = { kind: 'struct', fields: [{ name: 'id', type, nullable: false }] }
  const column = { layout: 'fixed', type, length: values.length, validity: null, values: BigInt64Array.from(values) }
  return { schema, batches: [{ schema, numRows: values.length, columns: [column] }] }
}

function run(source: string): Promise<CellOutcome> {
  number++
  return new Promise((resolve) => {
    worker.once('message', ({ outcome }: { outcome: CellOutcome }) => {
      // Events travel on another port: let them arrive.
      setTimeout(() => resolve(outcome), 20)
    })
    worker.postMessage({ cell: `cell-${number}` as CellId, cellNumber: number, executionCount: number, source })
  })
}

function text(): string {
  return events
    .flatMap((event) => (event.kind === 'output' && event.output.output_type === 'stream' ? [event.output.text] : []))
    .join('')
}

function pressInterrupt(): void {
  Atomics.store(new Uint8Array(memory.interrupt), 0, 2)
  const control = new Int32Array(memory.control)
  Atomics.add(control, Word.kernelSignal, 1)
  Atomics.notify(control, Word.kernelSignal)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
