/** `StreamingQueryProgress` as classic Spark 4.1 prints it: same names, same order, absent keys left out. */
export type StreamingQueryProgress = {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  /** Start of the trigger, `2026-11-20T10:12:00.000Z`, session time. */
  readonly timestamp: string
  readonly batchId: number
  /** Real milliseconds. */
  readonly batchDuration: number
  readonly numInputRows: number
  readonly inputRowsPerSecond?: number
  readonly processedRowsPerSecond?: number
  readonly durationMs?: Readonly<Record<string, number>>
  readonly eventTime?: Readonly<Record<string, string>>
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sources: readonly SourceProgress[]
  readonly sink: SinkProgress
  readonly observedMetrics?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type SourceProgress = {
  readonly description: string
  /** Parsed offset JSON, or null. */
  readonly startOffset: unknown
  readonly endOffset: unknown
  readonly latestOffset: unknown
  readonly numInputRows: number
  readonly inputRowsPerSecond?: number
  readonly processedRowsPerSecond?: number
  readonly metrics?: Readonly<Record<string, string>>
}

export type SinkProgress = {
  readonly description: string
  readonly numOutputRows: number
  readonly metrics?: Readonly<Record<string, string>>
}

export type StateOperatorProgress = {
  readonly operatorName: string
  readonly numRowsTotal: number
  readonly numRowsUpdated: number
  readonly allUpdatesTimeMs: number
  readonly numRowsRemoved: number
  readonly allRemovalsTimeMs: number
  readonly commitTimeMs: number
  readonly memoryUsedBytes: number
  readonly numRowsDroppedByWatermark: number
  readonly numShufflePartitions: number
  readonly numStateStoreInstances: number
  readonly customMetrics?: Readonly<Record<string, number>>
}

export type StreamingQueryStatus = {
  readonly message: string
  readonly isDataAvailable: boolean
  readonly isTriggerActive: boolean
}
