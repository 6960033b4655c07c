import { create, fromJson, toBinary } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { allocateClock } from '../../src/protocol/clock/session-clock'
import type { CellId, OperationId, SessionId } from '../../src/protocol/ids'
import { PlanSchema } from '../../src/protocol/spark-connect'
import type { BrokerApi } from '../../src/protocol/workers/broker'
import type { EngineEvent } from '../../src/protocol/workers/engine'
import { transfer, wrap } from '../../src/protocol/workers/remote'
import type { EngineRuntime } from '../../src/runtime/engine-runtime'
import type { BenchCase } from '../case'
import { percentile } from '../case'

const ROWS_PER_TRIGGER = 1000
const WARM_UP_TRIGGERS = 30
const TRIGGERS = 200
const SESSION = 'bench' as SessionId

/**
 * One trigger of 1,000 click events: hub -> from_json -> Delta append, offsets, data file, log entry and commit durable in OPFS.
 * The page's own workers do it; the figure is the trigger's `triggerExecution` of its progress.
 */
export const benchCase: BenchCase = {
  name: 'hub-to-delta',
  goal: { atMost: 15 },
  async run() {
    const root = await navigator.storage.getDirectory()
    const workspace = `bench-${crypto.randomUUID()}`
    const engineWorker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module' })
    const brokerWorker = new Worker(new URL('../../workers/broker.worker.ts', import.meta.url), { type: 'module' })
    try {
      const durations = await triggerDurations(
        wrap<EngineRuntime>(engineWorker),
        wrap<BrokerApi>(brokerWorker),
        workspace,
      )
      const parts = (name: string) => durations.map((duration) => duration[name] ?? 0)
      const total = parts('triggerExecution')
      const p50 = percentile(total, 50)
      const steps = Object.keys(durations[0] ?? {}).filter((name) => name !== 'triggerExecution')
      const breakdown = steps.map((name) => `${name} ${percentile(parts(name), 50)}`).join(', ')
      const detail = `p99 ${percentile(total, 99)} ms, ${TRIGGERS} triggers of ${ROWS_PER_TRIGGER} rows; p50 ms: ${breakdown}`
      return { ours: p50, unit: 'ms p50', peer: null, ratio: null, detail }
    } finally {
      engineWorker.terminate()
      brokerWorker.terminate()
      await root.removeEntry(`runnel-${workspace}`, { recursive: true }).catch(() => undefined)
    }
  },
}

async function triggerDurations(
  engine: ReturnType<typeof wrap<EngineRuntime>>,
  broker: ReturnType<typeof wrap<BrokerApi>>,
  workspace: string,
): Promise<Readonly<Record<string, number>>[]> {
  const clock = allocateClock(true)
  const [brokerEvents, toBroker, engineEvents] = [new MessageChannel(), new MessageChannel(), new MessageChannel()]
  await broker.boot({ clock, storage: 'opfs', workspace }, transfer(brokerEvents.port2, [brokerEvents.port2]))
  await broker.connect(transfer(toBroker.port1, [toBroker.port1]))
  const durations: Readonly<Record<string, number>>[] = []
  const enough = new Promise<void>((resolve, reject) => {
    engineEvents.port1.onmessage = ({ data }: MessageEvent<EngineEvent>) => {
      if (data.kind === 'query' && data.query.error) reject(new Error(data.query.error.message))
      if (data.kind !== 'progress' || data.isIdle || data.progress.numInputRows !== ROWS_PER_TRIGGER) return
      durations.push(data.progress.durationMs ?? {})
      if (durations.length >= WARM_UP_TRIGGERS + TRIGGERS) resolve()
    }
  })
  await engine.boot(
    {
      clock,
      storage: 'opfs',
      workspace,
      startSessionMs: Date.UTC(2026, 0, 1),
      speed: 1,
      conf: { 'runnel.streaming.minBatchIntervalMs': '0' },
    },
    transfer(toBroker.port2, [toBroker.port2]),
    transfer(engineEvents.port2, [engineEvents.port2]),
  )
  await engine.openSession({ session: SESSION, compatibility: 'workshop' })
  await broker.createHub('clicks', 4)
  for (let sent = 0; sent < WARM_UP_TRIGGERS + TRIGGERS + 5; sent++)
    await broker.sendOnce('clicks', 'workshop', ROWS_PER_TRIGGER)
  await engine.askAsKernel(SESSION, 'executePlan', {
    plan: toBinary(PlanSchema, create(PlanSchema, fromJson(PlanSchema, PIPELINE))),
    cell: 'bench' as CellId,
    operation: 'bench' as OperationId,
  })
  await enough
  await engine.stopAllQueries()
  return durations.slice(WARM_UP_TRIGGERS, WARM_UP_TRIGGERS + TRIGGERS)
}

const column = (name: string): JsonValue => ({ unresolvedAttribute: { unparsedIdentifier: name } })

const SCHEMA =
  'eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>, extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>'

const PIPELINE: JsonValue = {
  command: {
    writeStreamOperationStart: {
      format: 'delta',
      outputMode: 'append',
      tableName: 'bronze_events',
      options: { checkpointLocation: 'Files/checkpoints/bronze' },
      input: {
        project: {
          input: {
            project: {
              input: {
                read: {
                  isStreaming: true,
                  dataSource: {
                    format: 'eventhubs',
                    options: {
                      'eventhubs.connectionString': 'Endpoint=sb://local/;EntityPath=clicks',
                      'eventhubs.startingPosition': '{"offset":"-1","seqNo":-1,"enqueuedTime":null,"isInclusive":true}',
                      maxEventsPerTrigger: String(ROWS_PER_TRIGGER),
                    },
                  },
                },
              },
              expressions: [
                {
                  alias: {
                    name: ['data'],
                    expr: {
                      unresolvedFunction: {
                        functionName: 'from_json',
                        arguments: [
                          { cast: { expr: column('body'), typeStr: 'string' } },
                          { literal: { string: SCHEMA } },
                        ],
                      },
                    },
                  },
                },
                { alias: { name: ['processing_time'], expr: column('enqueuedTime') } },
              ],
            },
          },
          expressions: [{ unresolvedStar: { unparsedTarget: 'data.*' } }, column('processing_time')],
        },
      },
    },
  },
}
