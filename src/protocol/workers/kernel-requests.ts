import type { Batch, StructType } from '../columns'
import type { CellId, OperationId } from '../ids'
import type { StreamingQueryStatus } from './progress'

/**
 * What a kernel may ask the engine over the bridge. Adding a request is one line here and one handler in `engine/service`;
 * the compiler finds the rest. Call class `wait` requests admit any callback while the kernel waits.
 */
export interface KernelRequests {
  /** Relations give rows; commands give what `ExecuteResult` says. `plan` is a serialized `spark.connect.Plan`. */
  executePlan: { params: { plan: Uint8Array; cell: CellId | null; operation: OperationId }; result: ExecuteResult }
  /** `cell`: where notices of the analysis belong. */
  analyzePlan: { params: { plan: Uint8Array; ask: AnalyzeAsk; cell?: CellId | null }; result: AnalyzeResult }
  /** DDL text (`a INT, b STRING`) to Spark's schema JSON. */
  parseDdl: { params: { ddl: string }; result: { schemaJson: string } }
  config: { params: ConfigRequest; result: { value: string | null; all?: Record<string, string> } }
  /** Session-time sleep; class `wait`. */
  sleep: { params: { durationMs: number }; result: null }
  /** Append to an in-browser hub. Resolves when durable. */
  hubAppend: {
    params: {
      connection: string
      hub: string
      values: Uint8Array
      valueOffsets: Int32Array
      partition: number | null
      key: string | null
      properties: (Record<string, string> | null)[] | null
    }
    result: null
  }
  hubInfo: {
    params: { connection: string; hub: string }
    result: { partitions: { begin: number; next: number; lastEnqueuedMicros: number }[] }
  }
  hubRead: {
    params: { connection: string; hub: string; partition: number; from: number; maxEvents: number }
    result: {
      firstSequence: number
      numRows: number
      values: Uint8Array
      valueOffsets: Int32Array
      enqueuedMicros: Float64Array
    }
  }
  fileRead: { params: { path: string }; result: { bytes: Uint8Array } }
  fileWrite: { params: { path: string; bytes: Uint8Array; overwrite: boolean }; result: null }
  fileList: {
    params: { path: string }
    result: { entries: { path: string; name: string; isFolder: boolean; sizeBytes: number; modifiedMs: number }[] }
  }
  fileRemove: { params: { path: string; recursive: boolean }; result: null }
  /** A leniency the kernel itself applied (an undefined name resolved, ...): raises the notice, or the strict error. */
  lenient: { params: { id: string; cell: CellId | null; detail: Record<string, string> }; result: null }
}

export type KernelMethod = keyof KernelRequests
export type KernelRequest = {
  [M in KernelMethod]: { readonly method: M; readonly params: KernelRequests[M]['params'] }
}[KernelMethod]

/** Requests during which any callback may run. `executePlan` of an awaitTermination or processAllAvailable command counts too. */
export const WAIT_REQUESTS: ReadonlySet<KernelMethod> = new Set<KernelMethod>(['sleep'])

export type ExecuteResult =
  | { readonly kind: 'rows'; readonly schema: StructType; readonly batches: readonly Batch[] }
  | { readonly kind: 'done' }
  /** `sql_command`: the relation that holds its output, serialized. */
  | { readonly kind: 'sqlResult'; readonly relation: Uint8Array }
  | { readonly kind: 'streamStarted'; readonly id: string; readonly runId: string; readonly name: string | null }
  | { readonly kind: 'streamStatus'; readonly status: StreamingQueryStatus & { readonly isActive: boolean } }
  | {
      readonly kind: 'streamProgress' /** Spark's JSON text of each: `0.0` must not become 0 on the way. */
      readonly progress: readonly string[]
    }
  | {
      readonly kind: 'streamException'
      readonly exception: {
        readonly message: string
        readonly errorClass: string | null
        readonly stackTrace: string | null
      } | null
    }
  | { readonly kind: 'streamTerminated'; readonly terminated: boolean }
  | {
      readonly kind: 'streams'
      readonly queries: readonly { readonly id: string; readonly runId: string; readonly name: string | null }[]
    }
  | { readonly kind: 'text'; readonly text: string }

export type AnalyzeAsk =
  | { readonly kind: 'schema' }
  | { readonly kind: 'isStreaming' }
  | { readonly kind: 'isLocal' }
  | { readonly kind: 'treeString'; readonly level: number | null }
  | { readonly kind: 'explain'; readonly mode: 'simple' | 'extended' | 'formatted' | 'codegen' | 'cost' }
  | { readonly kind: 'inputFiles' }
  | { readonly kind: 'sparkVersion' }

export type AnalyzeResult = {
  /** Spark's schema JSON. */
  readonly schemaJson?: string
  readonly flag?: boolean
  readonly text?: string
  readonly files?: readonly string[]
}

export type ConfigRequest =
  | { readonly op: 'get'; readonly key: string; readonly fallback: string | null | undefined }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'unset'; readonly key: string }
  | { readonly op: 'getAll' }
  | { readonly op: 'isModifiable'; readonly key: string }

/** What the engine may ask of a kernel: call a live function. */
export type CallbackRequest =
  | {
      readonly kind: 'foreachBatch'
      readonly functionId: string
      readonly batchId: number
      readonly schema: StructType
      readonly batches: readonly Batch[]
      readonly queryId: string
      readonly runId: string
    }
  | { readonly kind: 'probe'; readonly functionId: string; readonly value: string }
export type CallbackAnswer = { readonly value: string | null }
