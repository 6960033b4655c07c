/** A kernel without a language, for the bridge's tests: runs the scripts below in a worker thread. */
import { workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { RunnelError } from '../protocol/errors/runnel-error'
import { KernelEnd } from '../protocol/bridge/kernel-end'
import type { CallClass, KernelHooks } from '../protocol/bridge/kernel-end'
import type { BridgeMemory } from '../protocol/bridge/channel'

export type FixtureData = { readonly memory: BridgeMemory; readonly kick: MessagePort; readonly script: MessagePort }

/** One step of a script. `call` asks the engine; `compute` spins without looking at the bridge. */
export type Step =
  | { readonly do: 'call'; readonly request: unknown; readonly callClass: CallClass }
  | { readonly do: 'compute'; readonly durationMs: number }

/** A callback request: steps to run inside, then the value to give (or the error to throw). */
export type CallbackScript = { readonly steps?: readonly Step[]; readonly value?: unknown; readonly fails?: string }

const { memory, kick, script } = workerData as FixtureData
const interrupt = new Uint8Array(memory.interrupt)
const log: string[] = []

class Interrupted extends Error {}

// Longer than any test: a wait that nobody wakes fails its test instead of being rescued by the next slice.
const WAIT_SLICE_MS = 600_000

const hooks: KernelHooks = {
  kick: () => kick.postMessage(0),
  runCallback: (request) => {
    const { steps = [], value, fails } = request as CallbackScript
    log.push(`callback ${JSON.stringify(value ?? null).slice(0, 40)}`)
    run(steps)
    if (fails !== undefined) throw new Error(fails)
    return value
  },
  checkInterrupt: () => {
    if (Atomics.compareExchange(interrupt, 0, 2, 0) === 2) throw new Interrupted()
  },
  flush: () => undefined,
}
const kernel = new KernelEnd(memory, hooks, WAIT_SLICE_MS)

kick.on('message', () => kernel.poll())

script.on('message', (steps: readonly Step[]) => {
  log.length = 0
  const answers = run(steps)
  kernel.setState(0)
  script.postMessage({ answers, log: [...log] })
  kernel.poll()
})

function run(steps: readonly Step[]): unknown[] {
  return steps.map((step) => {
    if (step.do === 'compute') {
      const until = performance.now() + step.durationMs
      while (performance.now() < until);
      return 'computed'
    }
    try {
      const value = kernel.call(step.request, step.callClass)
      log.push('answered')
      return value
    } catch (thrown) {
      if (thrown instanceof Interrupted) return 'interrupted'
      if (thrown instanceof RunnelError) {
        log.push(thrown.condition)
        return { condition: thrown.condition, message: thrown.message.split('\n')[0] }
      }
      throw thrown
    }
  })
}
