import type { BenchRecord } from '../src/cli/bench-record'

/** One benchmark. It runs in a dedicated worker of the bench page, in Chromium. */
export type BenchCase = {
  readonly name: string
  /** What the number must reach; `atLeast` for ratios and rates, `atMost` for times. Null: printed only. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number } | null
  run(): Promise<BenchResult>
}

export type BenchResult = {
  /** Our figure, in `unit`. */
  readonly ours: number
  readonly unit: string
  readonly peer: { readonly name: string; readonly value: number } | null
  /** ours against peer, the median over rounds of one interleaved run; null without a peer. */
  readonly ratio: number | null
  /** Spread, percentiles, bytes: one short line. */
  readonly detail: string
}

export function toRecord({ name, goal }: BenchCase, result: BenchResult): BenchRecord {
  const measured = result.ratio ?? result.ours
  const pass = goal === null ? null : 'atLeast' in goal ? measured >= goal.atLeast : measured <= goal.atMost
  return {
    case: name,
    ours: result.ours,
    unit: result.unit,
    peer: result.peer?.name ?? null,
    peerValue: result.peer?.value ?? null,
    ratio: result.ratio,
    goal: goal === null ? null : 'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`,
    pass,
    detail: result.detail,
  }
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))]
}
