import type { CellId } from '../../protocol/ids'
import type { CellOutput } from '../../protocol/workers/kernel'
import type { ErrorShape } from '../../protocol/errors/runnel-error'

export type CellKind = 'code' | 'markdown' | 'raw'
/** What a code cell's text is written in. */
export type CodeLanguage = 'pyspark' | 'sql' | 'typescript'
export type CellLanguage = CodeLanguage | 'markdown' | 'raw'

export type JsonObject = { [key: string]: unknown }

export type Cell = {
  readonly id: CellId
  readonly kind: CellKind
  readonly source: string
  /** The cell as its file had it, unknown keys included; null for a cell made here. */
  readonly raw: JsonObject | null
  readonly metadata: JsonObject
}

export type NotebookDocument = {
  readonly cells: readonly Cell[]
  readonly metadata: JsonObject
}

/** What is known of a cell's last run. Lives beside the document: undo never touches it. */
export type CellRun = {
  readonly state: 'idle' | 'queued' | 'running' | 'ok' | 'error' | 'interrupted'
  readonly outputs: readonly CellOutput[]
  /** `[3]`; null = `[ ]`, also after a reload. */
  readonly executionCount: number | null
  readonly durationMs: number | null
  /** Real time the run ended, epoch milliseconds. */
  readonly endedAtMs: number | null
  /** Real time the run began. */
  readonly startedAtMs: number | null
  readonly error: ErrorShape | null
  /** The outputs come from before this page was loaded. */
  readonly isFromBefore: boolean
  /** A `clear_output(wait=True)`-like first output of a new run replaces the old ones. */
  readonly source: string | null
}

export const IDLE_RUN: CellRun = {
  state: 'idle',
  outputs: [],
  executionCount: null,
  durationMs: null,
  endedAtMs: null,
  startedAtMs: null,
  error: null,
  isFromBefore: false,
  source: null,
}
