import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import type { CallClass } from '../../protocol/bridge/kernel-end'
import { RunnelError, errorShape } from '../../protocol/errors/runnel-error'
import type { CellId, OperationId } from '../../protocol/ids'
import { PlanSchema, RelationSchema } from '../../protocol/spark-connect'
import type { Plan } from '../../protocol/spark-connect'
import type { KernelEvent } from '../../protocol/workers/kernel'
import type { AnalyzeAsk, ExecuteResult, KernelRequest } from '../../protocol/workers/kernel-requests'
import { WAIT_REQUESTS } from '../../protocol/workers/kernel-requests'
import type { LocalRelations } from './local-relations'
import type { OutputStream } from './output-stream'
import { columnsJson } from './rows'

/** Calls the engine and waits; the bridge in the product, a script in tests. */
export type EngineCaller = (request: KernelRequest, callClass: CallClass) => unknown

export type HostParts = {
  readonly callEngine: EngineCaller
  readonly post: (event: KernelEvent) => void
  readonly output: OutputStream
  readonly locals: LocalRelations
  readonly nowMs: () => number
  readonly realMsUntil: (sessionMs: number) => number
  readonly requestPump: (delayMs: number) => void
}

/**
 * What Python sees as module `_runnel_host`. Arguments and answers are text and buffers, never live objects; an engine error
 * is an answer (`{"error": shape}`), so that Python raises its own exception class. An interrupt is thrown through.
 */
export function hostModule(parts: HostParts) {
  return {
    /** Any request but plans. `$buffer` markers in `paramsJson` stand for `buffers[i]`; the answer has the same shape. */
    request(method: string, paramsJson: string, buffers: Uint8Array[]): [string, ...ArrayBufferView[]] {
      const params: unknown = JSON.parse(paramsJson, (_key, value: unknown) => bufferAt(value, buffers))
      const request = { method, params } as KernelRequest
      return answer(() => parts.callEngine(request, WAIT_REQUESTS.has(request.method) ? 'wait' : 'sync'))
    },

    /** Runs a plan. Answer: `[header, columns]`, both JSON; `columns` is empty unless the result has rows. */
    execute(planJson: string, cell: string | null, operation: string): [string, string] {
      return guarded<[string, string]>(
        () => {
          const plan = readPlan(planJson, parts.locals)
          const params = {
            plan: toBinary(PlanSchema, plan),
            cell: (cell ?? null) as CellId | null,
            operation: operation as OperationId,
          }
          const waits = awaits(plan)
          if (waits !== null) parts.post({ kind: 'waiting', cell: params.cell, query: waits })
          try {
            const result = parts.callEngine({ method: 'executePlan', params }, waits === null ? 'sync' : 'wait')
            return executeAnswer(result as ExecuteResult)
          } finally {
            if (waits !== null) parts.post({ kind: 'waiting', cell: params.cell, query: null })
          }
        },
        (text) => [text, ''],
      )
    },

    analyze(planJson: string, askJson: string, cell: string | null): string {
      return guarded(
        () => {
          const plan = toBinary(PlanSchema, readPlan(planJson, parts.locals))
          const ask = JSON.parse(askJson) as AnalyzeAsk
          return JSON.stringify(
            parts.callEngine(
              { method: 'analyzePlan', params: { plan, ask, cell: (cell ?? null) as CellId | null } },
              'sync',
            ),
          )
        },
        (text) => text,
      )
    },

    /** Keeps rows given as JSON columns; the answer is the token that stands for them in a plan. */
    addLocal(schemaJson: string, columns: string): string {
      return guarded(
        () => JSON.stringify({ data: parts.locals.addValues(schemaJson, columns) }),
        (text) => text,
      )
    },

    releaseLocal(token: string): void {
      parts.locals.release(token)
    },

    write(name: 'stdout' | 'stderr', cell: string | null, text: string): void {
      parts.output.write(name, (cell ?? null) as CellId | null, text)
    },

    emit(eventJson: string): void {
      parts.output.flush()
      parts.post(JSON.parse(eventJson) as KernelEvent)
    },

    nowMs: parts.nowMs,
    realMsUntil: parts.realMsUntil,
    /** Asks to run the event loop's due tasks after `delayMs` real milliseconds, when no cell runs. */
    requestPump: parts.requestPump,
  }
}

export function readPlan(planJson: string, locals: LocalRelations): Plan {
  const plan = fromJson(PlanSchema, JSON.parse(planJson) as JsonValue)
  locals.fill(plan, planJson)
  return plan
}

/** The query (or "any") a plan waits for; null when the plan does not wait. */
function awaits(plan: Plan): string | null {
  if (plan.opType.case !== 'command') return null
  const command = plan.opType.value.commandType
  if (command.case === 'streamingQueryCommand') {
    const kind = command.value.command.case
    if (kind === 'awaitTermination' || kind === 'processAllAvailable') return command.value.queryId?.id ?? ''
  }
  if (command.case === 'streamingQueryManagerCommand' && command.value.command.case === 'awaitAnyTermination')
    return 'any'
  return null
}

function executeAnswer(result: ExecuteResult): [string, string] {
  if (result.kind === 'rows') {
    return [
      JSON.stringify({
        kind: 'rows',
        schema: result.schema,
        numRows: result.batches.reduce((sum, batch) => sum + batch.numRows, 0),
      }),
      columnsJson(result.batches, result.schema.fields.length),
    ]
  }
  if (result.kind === 'sqlResult') {
    const relation = toJson(RelationSchema, fromBinary(RelationSchema, result.relation))
    return [JSON.stringify({ kind: 'sqlResult', relation }), '']
  }
  return [JSON.stringify(result), '']
}

function answer(call: () => unknown): [string, ...ArrayBufferView[]] {
  return guarded<[string, ...ArrayBufferView[]]>(
    () => {
      const buffers: ArrayBufferView[] = []
      const text = JSON.stringify(call() ?? null, (_key, value: unknown) => {
        if (!ArrayBuffer.isView(value)) return value
        buffers.push(value)
        return { $buffer: buffers.length - 1 }
      })
      return [text, ...buffers]
    },
    (text) => [text],
  )
}

/** Only our errors become answers; anything else (an interrupt, a bug of ours) is thrown on. */
function guarded<T>(run: () => T, fail: (errorJson: string) => T): T {
  try {
    return run()
  } catch (thrown) {
    if (!(thrown instanceof RunnelError)) throw thrown
    return fail(JSON.stringify({ error: errorShape(thrown) }))
  }
}

function bufferAt(value: unknown, buffers: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null || !('$buffer' in value)) return value
  const { $buffer: index, $kind: kind } = value as { $buffer: number; $kind?: 'i32' }
  const bytes = buffers[index]
  return kind === 'i32'
    ? new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    : bytes
}
