/** One line of `npm run bench`; what `--json` writes. */
export type BenchRecord = {
  readonly case: string
  readonly ours: number
  readonly unit: string
  readonly peer: string | null
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly goal: string | null
  readonly pass: boolean | null
  readonly detail: string
}

/** Names of cases by when they run: in every run, with `--peers`, only when named. */
export type BenchNames = {
  readonly always: readonly string[]
  readonly peers: readonly string[]
  readonly named: readonly string[]
}
