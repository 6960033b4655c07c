import { fromBinary } from '@bufbuild/protobuf'
import type {
  Command,
  Relation,
  StreamingQueryCommand,
  StreamingQueryManagerCommand,
} from '../../protocol/spark-connect'
import { PlanSchema } from '../../protocol/spark-connect'
import { fullMessage, userError } from '../../protocol/errors/runnel-error'
import type { QueryId } from '../../protocol/ids'
import type { ExecuteResult } from '../../protocol/workers/kernel-requests'
import { checkBatch } from '../analyzer/check-streaming'
import { progressJson } from '../execution/progress'
import { closePlan } from '../plan/close-plan'
import { answerCatalog } from './catalog-relations'
import type { EngineService, SessionCall } from './engine-service'
import type { QueryRun } from './query-run'
import { analyseRelation } from './plan-analysis'
import type { queryInfo } from './query-manager'
import { awaitTermination } from './query-manager'
import type { PlanCall } from './plan-call'
import { notBuilt, runOptions } from './plan-call'
import type { Session } from './session'
import { executeSql } from './sql/execute-sql'
import { viewExists } from './sql/refusals'
import { viewKey } from './sql/views'
import { startStream } from './start-stream'
import { writeBatch } from './write-batch'

/** Runs one plan of a kernel: a relation gives rows, a command gives what `ExecuteResult` says. */
export async function executePlan(
  service: EngineService,
  session: Session,
  bytes: Uint8Array,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { opType } = fromBinary(PlanSchema, bytes)
  switch (opType.case) {
    case 'root':
      return executeRelation(service, session, opType.value, call)
    case 'command':
      return executeCommand(service, session, opType.value, call)
    default:
      throw notBuilt(`plan of kind "${opType.case ?? 'unknown'}"`)
  }
}

async function executeRelation(
  service: EngineService,
  session: Session,
  relation: Relation,
  call: PlanCall,
): Promise<ExecuteResult> {
  if (relation.relType.case === 'catalog') {
    return { kind: 'rows', ...(await answerCatalog(relation.relType.value, session, service.catalog(session))) }
  }
  const { inputs, node } = await analyseRelation(service, session, relation, call.cell)
  checkBatch(node)
  const rows = await service.batches.run(closePlan(inputs), runOptions(session, call), call.kernel.signal)
  return { kind: 'rows', ...rows }
}

async function executeCommand(
  service: EngineService,
  session: Session,
  command: Command,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { commandType } = command
  switch (commandType.case) {
    case 'createDataframeView': {
      const { input, name, replace, isGlobal } = commandType.value
      const { inputs } = await analyseRelation(service, session, required(input), call.cell)
      const scope = isGlobal ? 'global' : 'temporary'
      if (!replace && session.views.has(viewKey(name, scope))) throw viewExists(name)
      session.views.set(viewKey(name, scope), { name, relation: closePlan(inputs), scope })
      return { kind: 'done' }
    }
    case 'writeOperation':
      await writeBatch(service, session, commandType.value, call)
      return { kind: 'done' }
    case 'writeStreamOperationStart': {
      const run = await startStream(service, session, commandType.value, call.cell)
      return { kind: 'streamStarted', id: run.launch.queryId, runId: run.runId, name: run.launch.name }
    }
    case 'streamingQueryCommand':
      return queryCommand(service, commandType.value, call)
    case 'streamingQueryManagerCommand':
      return managerCommand(service, session, commandType.value, call)
    case 'sqlCommand':
      return executeSql(service, session, commandType.value, call)
    default:
      throw notBuilt(`command "${commandType.case ?? 'unknown'}"`)
  }
}

async function queryCommand(
  service: EngineService,
  request: StreamingQueryCommand,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { id = '', runId = '' } = request.queryId ?? {}
  const run = service.queries.find(id, runId)
  const { command } = request
  switch (command.case) {
    case 'status':
      return { kind: 'streamStatus', status: { ...run.status, isActive: run.isActive } }
    case 'lastProgress':
      return { kind: 'streamProgress', progress: run.recentProgress.slice(-1).map(progressJson) }
    case 'recentProgress':
      return { kind: 'streamProgress', progress: run.recentProgress.map(progressJson) }
    case 'stop':
      await run.stop()
      return { kind: 'done' }
    case 'processAllAvailable':
      requireNotOwn(run, call.kernel)
      await service.waitOutsideTriggers(call.kernel, run.processAllAvailable())
      return { kind: 'done' }
    case 'awaitTermination': {
      const timeout = command.value.timeoutMs
      const timeoutMs = timeout === undefined ? null : Number(timeout)
      requireNotOwn(run, call.kernel)
      const over = awaitTermination(run, timeoutMs, service.ports.clock, call.kernel.signal)
      return { kind: 'streamTerminated', terminated: await service.waitOutsideTriggers(call.kernel, over) }
    }
    case 'exception':
      return {
        kind: 'streamException',
        exception: run.error && { message: fullMessage(run.error), errorClass: run.error.condition, stackTrace: null },
      }
    case 'explain': {
      const progress = run.recentProgress.at(-1)
      return {
        kind: 'text',
        text: progress ? explainRun(run.launch.sink.format, progress.batchId) : 'No physical plan. Waiting for data.',
      }
    }
    default:
      throw notBuilt('this streaming query command')
  }
}

/** A callback of the query cannot wait for the query: it would wait for itself. */
function requireNotOwn(run: QueryRun, kernel: SessionCall): void {
  if (!kernel.triggers.includes(run.launch.queryId)) return
  throw userError('', 'Cannot wait for a query state from the same thread that is running the query', {
    exception: 'SparkException',
    hint: 'Inside foreachBatch the query waits for your function; wait for it in another cell.',
  })
}

function explainRun(format: string, batchId: number): string {
  return `== Physical Plan ==\nMicro-batch ${batchId} into ${format}`
}

async function managerCommand(
  service: EngineService,
  session: Session,
  { command }: StreamingQueryManagerCommand,
  call: PlanCall,
): Promise<ExecuteResult> {
  switch (command.case) {
    case 'active':
      return { kind: 'streams', queries: service.queries.active(session.id).map(queryName) }
    case 'getQuery': {
      const run = service.queries.get(command.value as QueryId)
      return { kind: 'streams', queries: run?.isActive ? [queryName(run)] : [] }
    }
    case 'awaitAnyTermination': {
      const timeout = command.value.timeoutMs
      const timeoutMs = timeout === undefined ? null : Number(timeout)
      const over = service.queries.awaitAny(session.id, timeoutMs, service.ports.clock, call.kernel.signal)
      return { kind: 'streamTerminated', terminated: await service.waitOutsideTriggers(call.kernel, over) }
    }
    case 'resetTerminated':
      service.queries.resetTerminated(session.id)
      return { kind: 'done' }
    default:
      throw notBuilt('streaming query listeners', 'Read query.lastProgress or watch the card under the cell.')
  }
}

function queryName(run: Parameters<typeof queryInfo>[0]) {
  return { id: run.launch.queryId, runId: run.runId, name: run.launch.name }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw notBuilt('a plan without an input')
  return value
}
