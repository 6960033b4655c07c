import type { Batch, StructType } from '../protocol/columns'
import type {
  AnalyzeAsk,
  AnalyzeResult,
  ExecuteResult,
  KernelMethod,
  KernelRequests,
} from '../protocol/workers/kernel-requests'

/** A message of the plan language in protobuf-JSON form. */
export type Json = { readonly [key: string]: unknown }

/** A function the engine calls for each micro-batch. */
export type BatchCallback = (batch: LocalRows, batchId: number) => Promise<void>

/** Rows kept beside the plans: a plan holds `token` however often it is sent. Dropped when nothing refers to this object. */
export type LocalRows = { readonly token: string; readonly schemaJson: string }

/** What the API needs from the kernel it runs in. Engine errors come as `RunnelError`. */
export interface Connection {
  /** Runs a plan (`root` or `command`); the call is on its way when this returns. */
  execute(plan: Json): Promise<ExecuteResult>
  /** Runs a plan and blocks: for commands that only note something. */
  executeNow(plan: Json): ExecuteResult
  analyze(plan: Json, ask: AnalyzeAsk): AnalyzeResult
  requestNow<M extends KernelMethod>(method: M, params: KernelRequests[M]['params']): KernelRequests[M]['result']
  /** `columns`: one array a column of plain JSON values, as `kernels/python/column-values.ts` reads them. */
  addLocalRows(schemaJson: string, columns: readonly (readonly unknown[])[]): LocalRows
  /** Keeps a live function; the id stands for it in plans. */
  registerFunction(callback: BatchCallback): string
  /** Text of `show()` and such, under the cell whose code runs. */
  print(text: string): void
  /** Session time. */
  sleep(durationMs: number): Promise<void>
  nowMs(): number
}

export type RowsResult = { readonly schema: StructType; readonly batches: readonly Batch[] }
