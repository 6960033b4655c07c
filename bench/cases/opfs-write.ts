import { openBrowserFiles } from '../../src/runtime/browser-files'
import type { BenchCase } from '../case'
import { percentile } from '../case'

const WRITES = 200

/** One durable put-if-absent of a small log file in OPFS: the unit every commit is made of. */
export const benchCase: BenchCase = {
  name: 'opfs-write',
  goal: null,
  async run() {
    const workspace = `bench-${crypto.randomUUID()}`
    const files = await openBrowserFiles({ storage: 'opfs', workspace })
    const bytes = new Uint8Array(500)
    const times: number[] = []
    for (let n = 0; n < WRITES; n++) {
      const start = performance.now()
      await files.writeIfAbsent(`/log/${n}`, bytes)
      times.push(performance.now() - start)
    }
    await (await navigator.storage.getDirectory()).removeEntry(`runnel-${workspace}`, { recursive: true })
    const detail = `p99 ${percentile(times, 99).toFixed(1)} ms, ${WRITES} writes of 500 bytes`
    return { ours: percentile(times, 50), unit: 'ms p50', peer: null, ratio: null, detail }
  },
}
