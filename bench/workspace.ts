import { create, fromJson, toBinary } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { allocateClock } from '../src/protocol/clock/session-clock'
import type { CellId, OperationId, SessionId } from '../src/protocol/ids'
import { PlanSchema } from '../src/protocol/spark-connect'
import type { BrokerApi } from '../src/protocol/workers/broker'
import type { EngineEvent } from '../src/protocol/workers/engine'
import type { Remote } from '../src/protocol/workers/remote'
import { transfer, wrap } from '../src/protocol/workers/remote'
import type { EventsToAppend } from '../src/engine/ports/broker'
import { brokerOverPort } from '../src/runtime/broker-port'
import type { EngineRuntime } from '../src/runtime/engine-runtime'

const SESSION = 'bench' as SessionId

/** The page's own workers over an empty workspace in OPFS. */
export type BenchWorkspace = {
  readonly engine: Remote<EngineRuntime>
  readonly broker: Remote<BrokerApi>
  /** Events of one's own into a hub. */
  append(hub: string, events: EventsToAppend): Promise<void>
  /** Runs a Connect plan as a kernel would. */
  execute(plan: JsonValue): Promise<unknown>
  /** Files and folders of the workspace. */
  countFiles(): Promise<number>
  close(): Promise<void>
}

export async function openBenchWorkspace(
  conf: Readonly<Record<string, string>>,
  onEvent: (event: EngineEvent) => void,
): Promise<BenchWorkspace> {
  const root = await navigator.storage.getDirectory()
  const workspace = `bench-${crypto.randomUUID()}`
  const engineWorker = new Worker(new URL('../workers/engine.worker.ts', import.meta.url), { type: 'module' })
  const brokerWorker = new Worker(new URL('../workers/broker.worker.ts', import.meta.url), { type: 'module' })
  const engine = wrap<EngineRuntime>(engineWorker)
  const broker = wrap<BrokerApi>(brokerWorker)
  const clock = allocateClock(true)
  const [brokerEvents, toBroker, engineEvents] = [new MessageChannel(), new MessageChannel(), new MessageChannel()]
  const ownPort = new MessageChannel()
  engineEvents.port1.onmessage = ({ data }: MessageEvent<EngineEvent>) => onEvent(data)
  await broker.boot({ clock, storage: 'opfs', workspace }, transfer(brokerEvents.port2, [brokerEvents.port2]))
  await broker.connect(transfer(toBroker.port1, [toBroker.port1]))
  await broker.connect(transfer(ownPort.port1, [ownPort.port1]))
  const events = brokerOverPort(ownPort.port2)
  await engine.boot(
    { clock, storage: 'opfs', workspace, startSessionMs: Date.UTC(2026, 0, 1), speed: 1, conf },
    transfer(toBroker.port2, [toBroker.port2]),
    transfer(engineEvents.port2, [engineEvents.port2]),
  )
  await engine.openSession({ session: SESSION, compatibility: 'workshop' })
  let numOperations = 0
  return {
    engine,
    broker,
    append: (hub, rows) => events.append(hub, rows),
    execute: (plan) =>
      engine.askAsKernel(SESSION, 'executePlan', {
        plan: toBinary(PlanSchema, create(PlanSchema, fromJson(PlanSchema, plan))),
        cell: `bench-${numOperations}` as CellId,
        operation: `bench-${numOperations++}` as OperationId,
      }),
    countFiles: async () => countFiles(await root.getDirectoryHandle(`runnel-${workspace}`)),
    async close() {
      engineWorker.terminate()
      brokerWorker.terminate()
      await root.removeEntry(`runnel-${workspace}`, { recursive: true }).catch(() => undefined)
    },
  }
}

async function countFiles(folder: FileSystemDirectoryHandle): Promise<number> {
  let count = 0
  for await (const handle of folder.values()) count += 1 + (handle.kind === 'directory' ? await countFiles(handle) : 0)
  return count
}

const column = (name: string): JsonValue => ({ unresolvedAttribute: { unparsedIdentifier: name } })

const SCHEMA =
  'eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>, extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>'

/** A hub from its first event on. */
export function readHub(hub: string, maxEventsPerTrigger: number): JsonValue {
  return {
    read: {
      isStreaming: true,
      dataSource: {
        format: 'eventhubs',
        options: {
          'eventhubs.connectionString': `Endpoint=sb://local/;EntityPath=${hub}`,
          'eventhubs.startingPosition': '{"offset":"-1","seqNo":-1,"enqueuedTime":null,"isInclusive":true}',
          maxEventsPerTrigger: String(maxEventsPerTrigger),
        },
      },
    },
  }
}

/** hub `clicks` -> from_json -> the event's columns and the time it arrived. */
export function parsedClicks(maxEventsPerTrigger: number): JsonValue {
  const read = readHub('clicks', maxEventsPerTrigger)
  const body: JsonValue = { cast: { expr: column('body'), typeStr: 'string' } }
  const parsed: JsonValue = {
    unresolvedFunction: { functionName: 'from_json', arguments: [body, { literal: { string: SCHEMA } }] },
  }
  const expressions: JsonValue[] = [
    { alias: { name: ['data'], expr: parsed } },
    { alias: { name: ['processing_time'], expr: column('enqueuedTime') } },
  ]
  const fields: JsonValue[] = [{ unresolvedStar: { unparsedTarget: 'data.*' } }, column('processing_time')]
  return { project: { input: { project: { input: read, expressions } }, expressions: fields } }
}

/** A streaming append into a managed table. */
export function toDelta(tableName: string, input: JsonValue): JsonValue {
  const options = { checkpointLocation: `Files/checkpoints/${tableName}` }
  return {
    command: { writeStreamOperationStart: { format: 'delta', outputMode: 'append', tableName, options, input } },
  }
}

/** Events by type and five minutes of arrival, appended once a window is over. */
export function countedByWindow(input: JsonValue): JsonValue {
  const watermarked: JsonValue = {
    withWatermark: { input, eventTime: 'processing_time', delayThreshold: '1 minute' },
  }
  const window: JsonValue = {
    unresolvedFunction: {
      functionName: 'window',
      arguments: [column('processing_time'), { literal: { string: '1 minute' } }],
    },
  }
  const count: JsonValue = { unresolvedFunction: { functionName: 'count', arguments: [column('eventID')] } }
  return {
    aggregate: {
      input: watermarked,
      groupType: 'GROUP_TYPE_GROUPBY',
      groupingExpressions: [window, column('eventType')],
      aggregateExpressions: [{ alias: { name: ['events'], expr: count } }],
    },
  }
}
