import { MessageChannel } from 'node:worker_threads'
import type { MessagePort, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { userError } from '../errors/runnel-error'
import { startWorkerThread } from '../../testing/bundle-worker'
import { SLOT_BYTES, Word, allocateBridge } from './channel'
import type { BridgeMemory } from './channel'
import { EngineEnd } from './engine-end'
import type { KernelCall } from './engine-end'
import type { CallbackScript, Step } from '../../testing/bridge-kernel'

let memory: BridgeMemory
let engine: EngineEnd
let worker: Worker
let script: MessagePort
let handle: (request: unknown, call: KernelCall) => Promise<unknown>
const never = new AbortController().signal

beforeEach(async () => {
  memory = allocateBridge()
  const kick = new MessageChannel()
  const steps = new MessageChannel()
  engine = new EngineEnd(memory, {
    kick: () => kick.port1.postMessage(0),
    handle: (request, call) => handle(request, call),
  })
  kick.port1.on('message', () => engine.poll())
  script = steps.port1
  worker = await startWorkerThread(
    new URL('../../testing/bridge-kernel.ts', import.meta.url),
    { memory, kick: kick.port2, script: steps.port2 },
    [kick.port2, steps.port2],
  )
}, 30_000)

afterEach(async () => {
  engine.close()
  await worker.terminate()
})

describe('calls', () => {
  test('an answer comes back to the blocked kernel', async () => {
    handle = (request) => Promise.resolve({ echo: request })
    expect((await run([call({ n: 1 })])).answers).toEqual([{ echo: { n: 1 } }])
  })

  test('an engine error keeps its condition', async () => {
    handle = () => Promise.reject(userError('UNRESOLVED_COLUMN', 'no such column'))
    expect((await run([call(1)])).answers).toEqual([{ condition: 'UNRESOLVED_COLUMN', message: 'no such column' }])
  })

  test('a failure of the engine comes back as INTERNAL_ERROR', async () => {
    handle = () => Promise.reject(new TypeError('oops'))
    expect((await run([call(1)])).answers).toMatchObject([{ condition: 'INTERNAL_ERROR' }])
  })

  test('payloads longer than a slot cross in chunks, both ways, unchanged', async () => {
    const big = new Uint8Array(3 * SLOT_BYTES + 17).map((_, index) => index * 7)
    handle = (request) => Promise.resolve({ back: (request as { bytes: Uint8Array }).bytes })
    const { answers } = await run([call({ bytes: big })])
    expect(Buffer.from((answers[0] as { back: Uint8Array }).back).equals(Buffer.from(big))).toBe(true)
  })

  test('a payload of exactly one slot crosses whole', async () => {
    const text = 'x'.repeat(SLOT_BYTES - 64)
    handle = (request) => Promise.resolve(request)
    expect((await run([call(text), call('y')])).answers).toEqual([text, 'y'])
  })
})

describe('callbacks', () => {
  test('a callback to an idle kernel runs', async () => {
    handle = () => Promise.resolve(null)
    await run([])
    expect(await engine.callback(gives('idle'), 0, never)).toBe('idle')
  })

  test('a callback that fails rejects with its text', async () => {
    handle = () => Promise.resolve(null)
    await run([])
    await expect(engine.callback({ fails: 'in the function' }, 0, never)).rejects.toThrow('in the function')
  })

  test('background callbacks wait while a sync call is open, and run in a wait call', async () => {
    const order: string[] = []
    handle = async (request) => {
      if (request === 'collect') {
        void engine.callback(gives('background'), 0, never).then(() => order.push('background ran'))
        await pause(100)
        order.push('collect answered')
        return 'rows'
      }
      await pause(100)
      return 'slept'
    }
    const { answers, log } = await run([call('collect'), call('sleep', 'wait')])
    expect(answers).toEqual(['rows', 'slept'])
    expect(log).toEqual(['answered', 'callback "background"', 'answered'])
    expect(order).toEqual(['collect answered', 'background ran'])
  })

  test('a callback caused by the open sync call runs inside it', async () => {
    handle = async (_request, { id }) => ({ udf: await engine.callback(gives('row'), id, never) })
    const { answers, log } = await run([call('collect')])
    expect(answers).toEqual([{ udf: 'row' }])
    expect(log).toEqual(['callback "row"', 'answered'])
  })

  test('calls and callbacks nest a hundred deep', async () => {
    const depth = 100
    handle = async (request, { id }) => {
      const level = request as number
      if (level === depth) return level
      return engine.callback({ steps: [call(level + 1)], value: level }, id, never)
    }
    const { answers, log } = await run([call(0)])
    expect(answers).toEqual([0])
    expect(log.filter((line) => line.startsWith('callback'))).toHaveLength(depth)
  })

  test('parked callbacks run when the cell has ended without waiting', async () => {
    let ran: unknown = null
    handle = async () => {
      void engine.callback(gives('parked'), 0, never).then((value) => (ran = value))
      await pause(50)
      return 'done'
    }
    await run([call('collect'), { do: 'compute', durationMs: 20 }])
    await until(() => ran !== null)
    expect(ran).toBe('parked')
  })
})

describe('giving up', () => {
  test('a canceled parked callback never runs', async () => {
    const abort = new AbortController()
    handle = async () => {
      const background = engine
        .callback(gives('canceled'), 0, abort.signal)
        .catch((error: unknown) => (error as Error).message)
      await pause(50)
      abort.abort()
      return background
    }
    const { answers, log } = await run([call('collect'), call('again')])
    expect(answers[0]).toContain('query was stopped')
    expect(log).not.toContain('callback "canceled"')
  })

  test('a cell stops a query whose callback is running, and calls of that callback are refused', async () => {
    const query = new AbortController()
    let ended: Promise<unknown> = Promise.resolve()
    handle = async (request) => {
      switch (request) {
        case 'await':
          ended = engine
            .callback({ steps: [call('stop'), call('collect')], value: 'batch' }, 0, query.signal)
            .catch((error: unknown) => (error as Error).message)
          await ended
          return 'terminated'
        case 'stop':
          query.abort()
          return 'stopped'
        default:
          return 'rows'
      }
    }
    const { answers, log } = await run([call('await', 'wait')])
    expect(answers).toEqual(['terminated'])
    expect(log).toEqual(['callback "batch"', 'answered', 'OPERATION_CANCELED', 'answered'])
    expect(await ended).toContain('query was stopped')
  })

  test('an interrupt ends the wait, tells the engine, and the late answer is dropped', async () => {
    let aborted = false
    let answerLate: (value: unknown) => void = () => undefined
    handle = (request, { signal }) => {
      if (request !== 'forever') return Promise.resolve(request)
      signal.addEventListener('abort', () => (aborted = true))
      return new Promise((resolve) => (answerLate = resolve))
    }
    setTimeout(pressInterrupt, 100)
    expect((await run([call('forever', 'wait')])).answers).toEqual(['interrupted'])
    await until(() => aborted)
    answerLate('too late')
    expect((await run([call('next')])).answers).toEqual(['next'])
  })

  test('when the kernel is gone open calls are aborted and callbacks rejected', async () => {
    let aborted = false
    handle = (_request, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true))
      return new Promise(() => undefined)
    }
    await run([])
    script.postMessage([call('forever')])
    await pause(100)
    const open = engine.callback(gives('x'), 0, never)
    engine.close()
    await expect(open).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' })
    expect(aborted).toBe(true)
    await expect(engine.callback(gives('y'), 0, never)).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' })
  })
})

function call(request: unknown, callClass: 'sync' | 'wait' = 'sync'): Step {
  return { do: 'call', request, callClass }
}

function gives(value: unknown): CallbackScript {
  return { value }
}

function run(steps: readonly Step[]): Promise<{ answers: unknown[]; log: string[] }> {
  return new Promise((resolve) => {
    script.once('message', resolve)
    script.postMessage(steps)
  })
}

function pressInterrupt(): void {
  Atomics.store(new Uint8Array(memory.interrupt), 0, 2)
  const control = new Int32Array(memory.control)
  Atomics.add(control, Word.kernelSignal, 1)
  Atomics.notify(control, Word.kernelSignal)
}

const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5)
}
