import { create, fromJson, toBinary } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import type { FileStore } from '../engine/ports/file-store'
import type { Session } from '../engine/service/session'
import { allocateClock } from '../protocol/clock/session-clock'
import type { CellId, OperationId, SessionId } from '../protocol/ids'
import { PlanSchema } from '../protocol/spark-connect'
import type { BrokerApi } from '../protocol/workers/broker'
import type { EngineApi, EngineEvent } from '../protocol/workers/engine'
import type { ExecuteResult, KernelRequests } from '../protocol/workers/kernel-requests'
import { expose } from '../protocol/workers/remote'
import { BrokerRuntime } from '../runtime/broker-runtime'
import type { EngineRuntime } from '../runtime/engine-runtime'
import { engineRuntime } from '../runtime/engine-runtime'
import { streamRuntime } from '../runtime/stream-runtime'
import { MemoryFileStore } from '../storage/files/memory-file-store'

export const SESSION = 'test' as SessionId

/** The whole worker side in one Node process over memory files: engine, broker and stream runtimes, real ports between them. */
export type InProcessEngine = {
  readonly api: EngineApi
  readonly broker: BrokerApi
  readonly files: FileStore
  readonly events: EngineEvent[]
  /** A kernel's request, without the bridge. */
  ask<M extends keyof KernelRequests>(
    method: M,
    params: KernelRequests[M]['params'],
  ): Promise<KernelRequests[M]['result']>
  /** Runs a plan in protobuf-JSON form. */
  execute(plan: JsonValue, cell?: string): Promise<ExecuteResult>
  session(): Session
  close(): Promise<void>
}

export async function inProcessEngine(
  options: { files?: FileStore; speed?: number; startSessionMs?: number; conf?: Record<string, string> } = {},
): Promise<InProcessEngine> {
  const files = options.files ?? new MemoryFileStore()
  const clock = allocateClock(true)
  const ports: MessagePort[] = []
  const channel = () => {
    const { port1, port2 } = new MessageChannel()
    ports.push(port1, port2)
    return { port1, port2 }
  }
  const broker = new BrokerRuntime({ openFiles: () => files })
  const brokerEvents = channel()
  await broker.boot({ clock, storage: 'memory', workspace: 'test' }, brokerEvents.port1)
  const toBroker = channel()
  await broker.connect(toBroker.port1)

  const events: EngineEvent[] = []
  const engineEvents = channel()
  engineEvents.port1.onmessage = ({ data }: MessageEvent<EngineEvent>) => events.push(data)
  const api: EngineRuntime = engineRuntime({
    openFiles: () => Promise.resolve(files),
    startStreamWorker: () => {
      const link = channel()
      expose(streamRuntime({ openFiles: () => Promise.resolve(files) }), link.port1)
      return { endpoint: link.port2, terminate: () => link.port2.close(), onError: () => undefined }
    },
  })
  await api.boot(
    {
      clock,
      storage: 'memory',
      workspace: 'test',
      startSessionMs: options.startSessionMs ?? Date.UTC(2026, 0, 1),
      speed: options.speed ?? 60,
      conf: { 'runnel.streaming.minBatchIntervalMs': '0', ...options.conf },
    },
    toBroker.port2,
    engineEvents.port2,
  )
  await api.openSession({ session: SESSION, compatibility: 'workshop' })
  let operations = 0
  const ask: InProcessEngine['ask'] = (method, params) => api.askAsKernel(SESSION, method, params)
  return {
    api,
    broker,
    files,
    events,
    ask,
    session: () => api.service().session(SESSION),
    execute: (plan, cell = 'cell-1') =>
      ask('executePlan', {
        plan: toBinary(PlanSchema, create(PlanSchema, fromJson(PlanSchema, plan))),
        cell: cell as CellId,
        operation: `operation-${operations++}` as OperationId,
      }),
    async close() {
      await api.stopAllQueries()
      await broker.close()
      api.close()
      for (const port of ports) port.close()
    },
  }
}
