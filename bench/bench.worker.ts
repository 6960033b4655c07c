import { toRecord } from './case'
import type { BenchRecord } from '../src/cli/bench-record'
import { CASES, LONG_CASES, PEER_CASES } from './cases'

export type BenchRequest = { readonly name: string }
export type BenchAnswer = { readonly record: BenchRecord } | { readonly error: string }

self.onmessage = ({ data }: MessageEvent<Partial<BenchRequest>>) => {
  if (data.name === undefined) return
  void answer(data.name).then((reply) => self.postMessage(reply))
}

async function answer(name: string): Promise<BenchAnswer> {
  try {
    const { benchCase } = await { ...CASES, ...PEER_CASES, ...LONG_CASES }[name]()
    return { record: toRecord(benchCase, await benchCase.run()) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
