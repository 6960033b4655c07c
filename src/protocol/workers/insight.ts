/** What the page is told beside Spark's own progress: ours, so never part of `StreamingQueryProgress` or its JSON. Counts are rows. */
export type BatchInsight = {
  /** Rows handed to the sink; Spark reports -1 for most sinks. */
  readonly numOutputRows: number
  /** One entry a filter that saw rows, in the order rows meet them. */
  readonly filters: readonly FilterInsight[]
  /** One entry a column made by `from_json`. */
  readonly parses: readonly ParseInsight[]
  /** Absent: the plan has no operator that drops late rows. */
  readonly late?: LateRows
  /** Absent: the plan has no watermark, or no row of the batch had an event time. */
  readonly eventTimes?: EventTimeRows
}

/** Rows of a batch by event time, in buckets that have rows, from early to late; no bucket lies in two windows. Milliseconds since 1970. */
export type EventTimeRows = {
  readonly bucketMs: number
  readonly startsMs: readonly number[]
  readonly numRows: readonly number[]
  /** Of these, left out as late. Sliding windows count a row once for each window it was too late for. */
  readonly numLateRows: readonly number[]
}

export type FilterInsight = {
  /** The condition as Spark prints it. */
  readonly condition: string
  readonly numInputRows: number
  readonly numOutputRows: number
}

export type ParseInsight = {
  readonly column: string
  readonly numRows: number
  /** Fields of the struct with how many rows have no value there; empty when the column is not a struct. */
  readonly fields: readonly { readonly name: string; readonly numNulls: number }[]
}

/** Rows that came behind the watermark and were left out, counted before any aggregation (B29). */
export type LateRows = {
  /** In this batch. */
  readonly numRows: number
  /** At most ten of them. */
  readonly samples: readonly LateRow[]
}

/** Milliseconds since 1970. The window is null where the operator has none (dropDuplicates). */
export type LateRow = {
  readonly eventTimeMs: number
  readonly windowStartMs: number | null
  readonly windowEndMs: number | null
  /** The watermark it was behind. */
  readonly watermarkMs: number
}

/** What a streaming plan does, as far as cards and sentences speak of it. Read off the plan once, when the query starts. */
export type PlanFacts = {
  readonly watermark: WatermarkFacts | null
  /** The window that rows are grouped by. */
  readonly window: WindowFacts | null
  /** Group keys but for the window, as text; null = no aggregation. */
  readonly groupKeys: readonly string[] | null
  /** Operators that keep state, downstream first. */
  readonly stateful: readonly ('aggregate' | 'dropDuplicates' | 'dropDuplicatesWithinWatermark' | 'join')[]
  /** Types of their state, same order; joins left out. Absent: recorded before it was kept. */
  readonly state?: readonly StateFacts[]
  readonly numFilters: number
  /** explode and its kin: rows in and rows out are different things. */
  readonly multipliesRows: boolean
  readonly sources: readonly SourceFacts[]
  /** Tells two plans apart; equal text means equal plan. */
  readonly fingerprint: string
}

/** One operator's rows in the state store, by position. */
export type StateFacts = {
  /** Keys, then aggregates, as a person knows them. */
  readonly names: readonly string[]
  readonly keyTypes: readonly string[]
  readonly valueTypes: readonly string[]
}

export type WatermarkFacts = {
  readonly column: string
  readonly delayMs: number
  /** arrival: `enqueuedTime` or `current_timestamp()`, so no event can be late by it · body: from the event itself. */
  readonly origin: 'arrival' | 'body' | 'unknown'
}

export type WindowFacts = { readonly durationMs: number; readonly slideMs: number; readonly startMs: number }

export type SourceFacts = {
  readonly format: string
  /** Where a first start begins. */
  readonly startsAt: 'latest' | 'earliest' | 'given'
  /** Of a source of files, as it was written. */
  readonly folder?: string
}

/** Rows of a query's table against the events of its hub, both read in full (B21). */
export type DeliveryAudit = {
  readonly numSent: number
  /** Events the query has read and committed. */
  readonly numRead: number
  readonly numInTable: number
  /** What tells two events apart: a pair of columns, a field, or the whole row. */
  readonly identity: string
  readonly numDistinct: number
  /** Read by the query and not in the table; null when the plan leaves rows out or merges them, so that absence is no loss. */
  readonly numLost: number | null
  readonly numDoubled: number
  /** Why rows are doubled or cannot be compared, as a sentence; null when nothing needs explaining. */
  readonly remark: string | null
}
