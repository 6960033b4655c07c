import { fromJson, toBinary } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import type { BatchCallback, Connection, Json, LocalRows } from '../../client/connection'
import type { CallOptions } from '../../protocol/bridge/async-kernel-end'
import type { OperationId } from '../../protocol/ids'
import { PlanSchema } from '../../protocol/spark-connect'
import type { KernelEvent } from '../../protocol/workers/kernel'
import type {
  AnalyzeAsk,
  AnalyzeResult,
  ExecuteResult,
  KernelMethod,
  KernelRequest,
  KernelRequests,
} from '../../protocol/workers/kernel-requests'
import { LocalRelations } from '../python/local-relations'
import type { Batch } from '../../protocol/columns'
import type { Task, Tasks } from './tasks'

/** Prefix of this kernel's function ids: the engine calls the kernel that knows them. */
export const FUNCTION_PREFIX = 'ts:'

export type EngineEnd = {
  call(request: KernelRequest, options: CallOptions): Promise<unknown>
  callNow(request: KernelRequest, callback: number): unknown
}

export type ConnectionParts = {
  readonly engine: EngineEnd
  readonly tasks: Tasks
  readonly post: (event: KernelEvent) => void
  readonly write: (text: string) => void
  readonly nowMs: () => number
  readonly checkInterrupt: (task: Task) => void
}

/** The client API's way to the engine: plans to bytes, calls in the name of the task that makes them. */
export class EngineConnection implements Connection {
  readonly #parts: ConnectionParts
  readonly #locals = new LocalRelations()
  readonly #dropped = new FinalizationRegistry<string>((token) => this.#locals.release(token))
  readonly #functions = new Map<string, { callback: BatchCallback; task: Task }>()
  #nextFunction = 1

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  execute(plan: Json): Promise<ExecuteResult> {
    const task = this.#enter()
    const waitsFor = awaited(plan)
    const call = this.#parts.engine.call(
      this.#executeRequest(plan, task),
      this.#options(task),
    ) as Promise<ExecuteResult>
    if (waitsFor === null) {
      task.open.add(call)
      return call.finally(() => task.open.delete(call))
    }
    this.#parts.post({ kind: 'waiting', cell: task.cell, query: waitsFor })
    return call.finally(() => this.#parts.post({ kind: 'waiting', cell: task.cell, query: null }))
  }

  executeNow(plan: Json): ExecuteResult {
    const task = this.#enter()
    return this.#parts.engine.callNow(this.#executeRequest(plan, task), task.callback) as ExecuteResult
  }

  analyze(plan: Json, ask: AnalyzeAsk): AnalyzeResult {
    const { cell } = this.#parts.tasks.current
    return this.requestNow('analyzePlan', { plan: this.#bytes(plan), ask, cell })
  }

  requestNow<M extends KernelMethod>(method: M, params: KernelRequests[M]['params']): KernelRequests[M]['result'] {
    const task = this.#enter()
    return this.#parts.engine.callNow({ method, params } as KernelRequest, task.callback) as KernelRequests[M]['result']
  }

  addLocalRows(schemaJson: string, columns: readonly (readonly unknown[])[]): LocalRows {
    return this.#kept({ token: this.#locals.addValues(schemaJson, JSON.stringify(columns)), schemaJson })
  }

  /** The rows of a micro-batch, as the engine sent them. */
  addBatches(schema: Batch['schema'], batches: readonly Batch[]): LocalRows {
    return this.#kept(this.#locals.addBatches(schema, batches))
  }

  registerFunction(callback: BatchCallback): string {
    const id = `${FUNCTION_PREFIX}${this.#nextFunction++}`
    this.#functions.set(id, { callback, task: this.#parts.tasks.current })
    return id
  }

  /** A live function and the task whose code made it. */
  functionOf(id: string): { callback: BatchCallback; task: Task } | undefined {
    return this.#functions.get(id)
  }

  print(text: string): void {
    this.#parts.write(text)
  }

  async sleep(durationMs: number): Promise<void> {
    const task = this.#enter()
    await this.#parts.engine.call({ method: 'sleep', params: { durationMs } }, this.#options(task))
  }

  nowMs(): number {
    return this.#parts.nowMs()
  }

  #enter(): Task {
    const task = this.#parts.tasks.current
    this.#parts.checkInterrupt(task)
    return task
  }

  #options(task: Task): CallOptions {
    return { callback: task.callback, signal: task.abort.signal }
  }

  #kept(rows: { token: string; schemaJson: string }): LocalRows {
    const made = { token: rows.token, schemaJson: rows.schemaJson }
    this.#dropped.register(made, made.token)
    return made
  }

  #executeRequest(plan: Json, { cell }: Task): KernelRequest {
    const operation = crypto.randomUUID() as string as OperationId
    return { method: 'executePlan', params: { plan: this.#bytes(plan), cell, operation } }
  }

  #bytes(plan: Json): Uint8Array {
    const message = fromJson(PlanSchema, plan as JsonValue)
    this.#locals.fill(message, JSON.stringify(plan))
    return toBinary(PlanSchema, message)
  }
}

/** The query (or "any") a plan waits for; null when it does not wait. */
function awaited(plan: Json): string | null {
  const command = plan['command'] as Record<string, Json> | undefined
  const query = command?.['streamingQueryCommand']
  if (query !== undefined && ('awaitTermination' in query || 'processAllAvailable' in query))
    return (query['queryId'] as { id: string }).id
  const manager = command?.['streamingQueryManagerCommand']
  return manager !== undefined && 'awaitAnyTermination' in manager ? 'any' : null
}
