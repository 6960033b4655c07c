import { readFileSync } from 'node:fs'

/** What real Spark said; made by `generate-streaming.py`, never edited by hand. */
export type StreamingGolden = {
  readonly spark: string
  /** `StreamingQueryProgress.json` of each report, by scenario. */
  readonly progress: Readonly<Record<string, readonly string[]>>
  readonly prettyProgress: string
  /** Files of a checkpoint by relative path. */
  readonly checkpoints: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly rateRows: {
    readonly options: Readonly<Record<string, string>>
    readonly createdMs: number
    /** End offset of each batch. */
    readonly ends: readonly number[]
    /** Rows of each batch: timestamp text and value. */
    readonly batches: readonly (readonly (readonly [string, number])[])[]
  }
  readonly failure: {
    readonly text: string
    readonly id: string
    readonly runId: string
    readonly startOffset: string
    readonly endOffset: string
    readonly cause: string
    readonly exceptionText: string
    readonly status: { readonly message: string; readonly isDataAvailable: boolean; readonly isTriggerActive: boolean }
  }
  readonly intervals: Readonly<Record<string, number | GoldenError>>
  readonly rateOptions: readonly ({ readonly options: Readonly<Record<string, string>> } & (
    | { readonly description: string }
    | GoldenError
  ))[]
  readonly damage: Readonly<Record<string, GoldenError>>
}

export type GoldenError = { readonly exception: string; readonly text: string }

export const golden = JSON.parse(
  readFileSync(new URL('./streaming.json', import.meta.url), 'utf8'),
) as StreamingGolden

/** The words after `terminated with exception:` in a StreamingQueryException's text. */
export function causeOf(error: GoldenError): string {
  const match = /terminated with exception: (.*) SQLSTATE: XXKST\n=== Streaming Query ===/s.exec(error.text)
  if (match === null) throw new Error(`Not a StreamingQueryException: ${error.text}`)
  return match[1]
}
