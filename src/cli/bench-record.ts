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
