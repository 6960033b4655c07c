import type { BenchCase } from '../case'
import { median } from '../case'
import type { StepTimes, StepsRequest } from '../opfs-steps.worker'

const ROUNDS = 100
const TURNS = 5

/** Each call of a small durable write, in a worker of this page and in one two levels further down, turn by turn. */
export const benchCase: BenchCase = {
  name: 'opfs-steps',
  goal: null,
  async run() {
    const outer: StepTimes[] = []
    const nested: StepTimes[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      outer.push(await measured({ rounds: ROUNDS, depth: 0 }))
      nested.push(await measured({ rounds: ROUNDS, depth: 2 }))
    }
    const p50 = (turns: readonly StepTimes[], step: string) => median(turns.map((times) => times[step].p50))
    const steps = Object.keys(outer[0])
    const lines = steps.map((step) => `${step} ${p50(outer, step).toFixed(2)}/${p50(nested, step).toFixed(2)}`)
    const sum = (turns: readonly StepTimes[]) => steps.reduce((total, step) => total + p50(turns, step), 0)
    const peer = { name: 'nested', value: sum(nested) }
    const ratio = median(outer.map((_, turn) => sum([nested[turn]]) / sum([outer[turn]])))
    return { ours: sum(outer), unit: 'ms', peer, ratio, detail: `p50 ms, worker/nested: ${lines.join(', ')}` }
  },
}

function measured(request: StepsRequest): Promise<StepTimes> {
  const worker = new Worker(new URL('../opfs-steps.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<StepTimes>) => {
      worker.terminate()
      resolve(data)
    }
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage(request)
  })
}
