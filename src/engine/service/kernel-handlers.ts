import { fromBinary } from '@bufbuild/protobuf'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import { PlanSchema } from '../../protocol/spark-connect'
import type { Relation } from '../../protocol/spark-connect'
import type {
  AnalyzeAsk,
  AnalyzeResult,
  ConfigRequest,
  KernelMethod,
  KernelRequest,
  KernelRequests,
} from '../../protocol/workers/kernel-requests'
import { explainString } from '../show-string/explain-string'
import { treeString } from '../show-string/tree-string'
import { schemaToJson } from '../types/type-json'
import { parseDdl } from '../types/type-ddl'
import type { EngineService, SessionCall } from './engine-service'
import { executePlan } from './execute-plan'
import { analyseRelation } from './plan-analysis'
import type { Session } from './session'
import { setSessionConf } from './session'

type Handlers = {
  readonly [M in KernelMethod]: (
    params: KernelRequests[M]['params'],
    call: SessionCall,
  ) => Promise<KernelRequests[M]['result']>
}

/** Answers one kernel's requests. */
export function kernelHandlers(service: EngineService, session: Session): Handlers {
  const { ports } = service
  return {
    executePlan: ({ plan, cell, operation }, kernel) =>
      executePlan(service, session, plan, { cell, operation, kernel }),
    analyzePlan: async ({ plan, ask, cell }) => answer(service, session, rootOf(plan), ask, cell ?? null),
    parseDdl: ({ ddl }) => Promise.resolve({ schemaJson: schemaToJson(parseDdl(ddl)) }),
    config: (request) => Promise.resolve(config(session, request)),
    sleep: async ({ durationMs }, call) => {
      await service.waitOutsideTriggers(call, ports.clock.sleep(durationMs, call.signal))
      return null
    },
    hubAppend: async ({ connection, hub, values, valueOffsets, partition, key, properties }) => {
      await ports.rememberHub(connection, hub)
      await ports.broker(connection).append(hub, {
        numRows: valueOffsets.length - 1,
        values,
        valueOffsets,
        properties,
        ...(partition === null ? {} : { partition }),
        ...(key === null ? {} : { key }),
      })
      return null
    },
    hubInfo: async ({ connection, hub }) => {
      await ports.rememberHub(connection, hub)
      return { partitions: await ports.broker(connection).bounds(hub) }
    },
    hubRead: async ({ connection, hub, partition, from, maxEvents }) => {
      const broker = ports.broker(connection)
      const bounds = (await broker.bounds(hub))[partition]
      const start = Math.max(from, bounds.begin)
      return broker.read(hub, partition, start, Math.min(bounds.next, start + maxEvents))
    },
    fileRead: async ({ path }) => ({ bytes: await ports.files.read(ports.paths.resolve(path).path) }),
    fileWrite: async ({ path, bytes, overwrite }) => {
      const target = ports.paths.resolve(path).path
      if (overwrite) await ports.files.write(target, bytes)
      else if (!(await ports.files.writeIfAbsent(target, bytes))) {
        throw userError(
          'PATH_ALREADY_EXISTS',
          `Path ${path} already exists. Set mode as "overwrite" to overwrite the existing path.`,
          {
            sqlState: '42K04',
          },
        )
      }
      return null
    },
    fileList: async ({ path }) => ({ entries: await ports.files.list(ports.paths.resolve(path).path) }),
    fileRemove: async ({ path, recursive }) => {
      const target = ports.paths.resolve(path).path
      if (!recursive && (await ports.files.list(target)).length > 0) {
        throw userError('DIRECTORY_NOT_EMPTY', `${path} is a folder with files in it.`, {
          hint: 'Pass recursive=True.',
        })
      }
      await ports.files.remove(target)
      return null
    },
    lenient: ({ id, cell, detail }) => {
      service.lenient(session, cell)(id, detail)
      return Promise.resolve(null)
    },
  }
}

/** One dispatch for all methods; the map above is what the compiler checks. */
export function handleKernelRequest(handlers: Handlers, request: KernelRequest, call: SessionCall): Promise<unknown> {
  const handler = handlers[request.method] as ((params: unknown, call: SessionCall) => Promise<unknown>) | undefined
  if (!handler) throw internalError(`A kernel asked for "${request.method}", which the engine does not know`)
  return handler(request.params, call)
}

function rootOf(plan: Uint8Array): Relation {
  const { opType } = fromBinary(PlanSchema, plan)
  if (opType.case !== 'root') throw internalError('Only relations can be analysed')
  return opType.value
}

async function answer(
  service: EngineService,
  session: Session,
  relation: Relation,
  ask: AnalyzeAsk,
  cell: CellId | null,
): Promise<AnalyzeResult> {
  if (ask.kind === 'sparkVersion') return { text: '4.1.1' }
  const { inputs, node } = await analyseRelation(service, session, relation, cell)
  switch (ask.kind) {
    case 'schema':
      return { schemaJson: schemaToJson(node.schema) }
    case 'isStreaming':
      return { flag: node.isStreaming }
    case 'isLocal':
      return { flag: node.kind === 'local' }
    case 'treeString':
      return { text: treeString(node.schema, ask.level) }
    case 'explain':
      return { text: explainString(node, ask.mode) }
    case 'inputFiles':
      return { files: [...inputs.leaves.values()].map((leaf) => leaf.options['path'] ?? leaf.label) }
  }
}

function config(session: Session, request: ConfigRequest): { value: string | null; all?: Record<string, string> } {
  const { conf } = session
  switch (request.op) {
    case 'get':
      return { value: conf.get(request.key, request.fallback) }
    case 'set':
      setSessionConf(session, request.key, request.value)
      return { value: null }
    case 'unset':
      conf.unset(request.key)
      return { value: null }
    case 'getAll':
      return { value: null, all: conf.all() }
    case 'isModifiable':
      return { value: String(conf.isModifiable(request.key)) }
  }
}
