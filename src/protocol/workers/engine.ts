import type { BridgeMemory } from '../bridge/channel'
import type { ClockState } from '../clock/session-clock'
import type { Batch, StructType } from '../columns'
import type { ErrorShape } from '../errors/runnel-error'
import type { BatchId, CellId, QueryId, RunId, SessionId } from '../ids'
import type { BatchInsight, DeliveryAudit, PlanFacts } from './insight'
import type { Completions, FunctionDoc, TextProblem } from './language'
import type { SourceLabel, TriggerSpec } from './launch-record'
import type { StreamingQueryProgress, StreamingQueryStatus } from './progress'

export type KernelLanguage = 'python' | 'typescript'

/** The engine worker as the page sees it (Comlink). */
export interface EngineApi {
  boot(config: EngineConfig, broker: MessagePort, events: MessagePort): Promise<BootReport>
  openSession(options: { session: SessionId; compatibility: 'workshop' | 'strict' }): Promise<void>
  /** Ends the session's queries and forgets its views; tables, hubs and checkpoints stay. */
  closeSession(session: SessionId): Promise<void>
  setCompatibility(session: SessionId, compatibility: 'workshop' | 'strict'): Promise<void>
  /** Connects a new kernel of the session; an older kernel's open calls and callbacks are rejected. */
  connectKernel(
    session: SessionId,
    bridge: BridgeMemory,
    kick: MessagePort,
    /** Default: Python. A session has one kernel a language. */
    language?: KernelLanguage,
  ): Promise<void>

  queries(): Promise<QueryInfo[]>
  stopQuery(query: QueryId): Promise<void>
  stopAllQueries(): Promise<number>
  /** Resolves when the query has read everything its sources had; rejects with its failure. */
  processAllAvailable(query: QueryId): Promise<void>
  /** Queries that ran before the last reload and can go on from their launch records. */
  resumable(): Promise<ResumableQuery[]>
  resume(queries: readonly QueryId[]): Promise<QueryInfo[]>
  /** The learner chose Leave: these are not offered again. */
  forgetResumable(queries: readonly QueryId[]): Promise<void>
  /** Parks the query at a step of its next batch and kills its worker there. */
  crash(query: QueryId, at: AfterStep | 'now'): Promise<void>
  recentProgress(query: QueryId): Promise<StreamingQueryProgress[]>
  /** Compares what the hub holds with what the query's table holds (B21); rejects when the query has no hub or no table. */
  auditDelivery(query: QueryId): Promise<DeliveryAudit>
  /** Newest rows of a memory sink's table, oldest first; `numRows` is how many the table has. */
  previewQuery(query: QueryId, maxRows: number): Promise<{ schema: StructType; numRows: number; batches: Batch[] }>

  /** Start over (B18): ends the queries and deletes what is listed, checkpoints of the queries included. */
  erase(made: {
    readonly queries: readonly QueryId[]
    readonly tables: readonly string[]
    readonly checkpoints: readonly string[]
  }): Promise<void>
  /**
   * Deletes a query's checkpoint and what it wrote, together, and starts it again as a new query from its stored plan.
   * Null when it needs a live function: then its cell has to run again.
   */
  restartFromScratch(query: QueryId): Promise<QueryInfo | null>

  clock(command: ClockCommand): Promise<ClockState>

  tables(): Promise<TableInfo[]>
  previewTable(name: string, numRows: number): Promise<{ schema: StructType; version: number; batches: Batch[] }>
  dropTable(name: string): Promise<void>
  listFiles(path: string): Promise<FileEntry[]>
  readFile(path: string): Promise<Uint8Array>
  writeFile(path: string, bytes: Uint8Array): Promise<void>
  removeFile(path: string): Promise<void>
  /** Rows of a state file of a checkpoint; null when it is none. */
  stateRows(path: string): Promise<{ numRows: number; numRemoved: number } | null>
  storage(): Promise<StorageReport>

  /** What may be written at an offset of a SQL text. */
  completeSql(session: SessionId, text: string, offset: number): Promise<Completions>
  /** Spark's parse errors of a SQL text, at their places. */
  checkSql(session: SessionId, text: string): Promise<TextProblem[]>
  functionDocs(): Promise<readonly FunctionDoc[]>
}

export type EngineConfig = {
  readonly clock: ArrayBufferLike
  /** Where files live: OPFS, or memory when the browser has none (B06). */
  readonly storage: 'opfs' | 'memory'
  readonly workspace: string
  readonly startSessionMs: number
  readonly speed: number
  /** Session conf every notebook starts with, for example `runnel.streaming.minBatchIntervalMs`. */
  readonly conf: Readonly<Record<string, string>>
}

export type BootReport = {
  /** Another tab holds the workspace: this one may only look. */
  readonly isReadOnly: boolean
  readonly isPersistent: boolean
}

export type ClockCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'speed'; readonly speed: number }
  /** Jumps to the next due trigger. */
  | { readonly kind: 'skip' }
  /** Jumps to a session time; triggers that are due by then run once, there. */
  | { readonly kind: 'skipTo'; readonly sessionMs: number }
  /** Lets exactly one micro-batch of the query run while paused; null = the next due one. */
  | { readonly kind: 'step'; readonly query: QueryId | null }
  /** Sets stream time anew, also back; refused while a query runs. */
  | { readonly kind: 'restart'; readonly sessionMs: number; readonly speed: number; readonly isPaused: boolean }
  | { readonly kind: 'state' }

/** Durable moments of a micro-batch, in order; tests and the Crash button stop a query there. */
export const AFTER_STEPS = ['trigger', 'offsets', 'data', 'publish', 'commit'] as const
/** trigger: before offsets/N · offsets: offsets/N written · data: state and data files written · publish: sink shows batch N · commit: commits/N written. */
export type AfterStep = (typeof AFTER_STEPS)[number]

export type QueryInfo = {
  readonly id: QueryId
  readonly runId: RunId
  readonly session: SessionId
  readonly name: string | null
  readonly cell: CellId | null
  /** Query name, else target table or path, else "batch preview n"; never a UUID. */
  readonly title: string
  readonly format: string
  readonly target: string | null
  readonly trigger: TriggerSpec
  readonly outputMode: string
  readonly checkpointPath: string
  /** 1 for the first start on this checkpoint in this workspace, then 2, 3, ... */
  readonly runNumber: number
  readonly state: 'starting' | 'running' | 'stopped' | 'failed' | 'finished'
  readonly status: StreamingQueryStatus
  readonly error: ErrorShape | null
  readonly lastBatchId: BatchId | null
  readonly lastProgress: StreamingQueryProgress | null
  readonly sources: readonly SourceLabel[]
  /** Absent for a query that an older version started. */
  readonly facts?: PlanFacts
  /** How the plan differs from the one that made the checkpoint, and what Spark does with it (B16); null = not at all. */
  readonly planChange?: PlanChange | null
}

/** refuses: the start or the first batch fails · accepts: safe · unchecked: Spark goes on, the results mix. */
export type PlanChange = { readonly verdict: 'refuses' | 'accepts' | 'unchecked'; readonly sentence: string }

export type ResumableQuery = {
  readonly id: QueryId
  readonly title: string
  readonly lastBatchId: BatchId | null
  readonly cell: CellId | null
  /** "foreachBatch": the function must be defined again first. */
  readonly needs: string | null
  /** Names of secrets the session does not hold any more. */
  readonly missingSecrets: readonly string[]
}

/** One line of live numbers; sent = waiting + read always holds. */
export type FlowNumbers = {
  readonly query: QueryId
  readonly sources: readonly {
    readonly label: string
    readonly kind: 'hub' | 'table' | 'files' | 'rate' | 'other'
    readonly sent: number | null
    readonly read: number | null
    readonly waiting: number | null
  }[]
  readonly batchId: BatchId | null
  /** Session time of the next trigger; null while one runs or none is due. */
  readonly nextTriggerMs: number | null
  readonly target: string | null
  readonly targetRows: number | null
}

export type TableInfo = {
  readonly name: string
  readonly path: string
  readonly schema: StructType
  readonly version: number
  readonly numRows: number | null
  readonly sizeBytes: number
  readonly numFiles: number
}

export type FileEntry = {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export type StorageReport = {
  readonly usedBytes: number
  readonly quotaBytes: number | null
  readonly isPersisted: boolean
  readonly largest: readonly { readonly label: string; readonly sizeBytes: number }[]
}

export type Notice = {
  /** Id in `protocol/leniencies.ts`, or null for a plain remark. */
  readonly leniency: string | null
  readonly cell: CellId | null
  readonly query: QueryId | null
  readonly message: string
  /** What Spark would say, word for word. */
  readonly spark: string | null
  readonly fix: { readonly description: string; readonly from: string; readonly to: string } | null
}

/** Coalesced to ten a second per query before they are posted. */
export type EngineEvent =
  | { readonly kind: 'query'; readonly query: QueryInfo }
  | {
      readonly kind: 'progress'
      readonly query: QueryId
      readonly progress: StreamingQueryProgress
      readonly isIdle: boolean
      /** Of a batch that ran; absent for an idle report. */
      readonly insight?: BatchInsight
    }
  | { readonly kind: 'flow'; readonly flow: FlowNumbers }
  | { readonly kind: 'clock'; readonly state: ClockState; readonly runningAtSpeed: number | null }
  | { readonly kind: 'console'; readonly query: QueryId; readonly cell: CellId | null; readonly text: string }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'tables' }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
