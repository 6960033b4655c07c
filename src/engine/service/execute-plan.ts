import { fromBinary } from '@bufbuild/protobuf'
import type {
  Command,
  Relation,
  StreamingQueryCommand,
  StreamingQueryManagerCommand,
  WriteOperation,
} from '../../protocol/spark-connect'
import {
  PlanSchema,
  WriteOperation_SaveMode,
  WriteOperation_SaveTable_TableSaveMethod,
} from '../../protocol/spark-connect'
import { fullMessage, userError } from '../../protocol/errors/runnel-error'
import type { CellId, OperationId, QueryId } from '../../protocol/ids'
import type { ExecuteResult } from '../../protocol/workers/kernel-requests'
import { checkBatch } from '../analyzer/check-streaming'
import { progressJson } from '../execution/progress'
import { closePlan } from '../plan/close-plan'
import { answerCatalog, identifier } from './catalog-relations'
import type { EngineService, SessionCall } from './engine-service'
import type { QueryRun } from './query-run'
import { analyseRelation } from './plan-analysis'
import type { queryInfo } from './query-manager'
import { awaitTermination } from './query-manager'
import type { Session } from './session'
import { startStream } from './start-stream'

export type PlanCall = { readonly cell: CellId | null; readonly operation: OperationId; readonly kernel: SessionCall }

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
      throw unsupported(`plan of kind "${opType.case ?? 'unknown'}"`)
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

function runOptions(session: Session, call: PlanCall) {
  return { operation: call.operation, conf: session.conf.all(), secrets: Object.fromEntries(session.secrets) }
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
      const { input, name, replace } = commandType.value
      const { inputs } = await analyseRelation(service, session, required(input), call.cell)
      if (!replace && session.views.has(name.toLowerCase())) {
        throw userError(
          'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
          `Cannot create the temporary view \`${name}\` because it already exists.\nChoose a different name, drop or replace the existing view.`,
          {
            sqlState: '42P07',
            parameters: { relationName: `\`${name}\`` },
            hint: 'Use createOrReplaceTempView.',
          },
        )
      }
      session.views.set(name.toLowerCase(), closePlan(inputs))
      return { kind: 'done' }
    }
    case 'writeOperation':
      return writeBatch(service, session, commandType.value, call)
    case 'writeStreamOperationStart': {
      const run = await startStream(service, session, commandType.value, call.cell)
      return { kind: 'streamStarted', id: run.launch.queryId, runId: run.runId, name: run.launch.name }
    }
    case 'streamingQueryCommand':
      return queryCommand(service, commandType.value, call)
    case 'streamingQueryManagerCommand':
      return managerCommand(service, session, commandType.value, call)
    case 'sqlCommand':
      throw unsupported('SQL text', 'SQL cells come with the next version; use the DataFrame functions.')
    default:
      throw unsupported(`command "${commandType.case ?? 'unknown'}"`)
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
      throw unsupported('this streaming query command')
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
      throw unsupported('streaming query listeners', 'Read query.lastProgress or watch the card under the cell.')
  }
}

function queryName(run: Parameters<typeof queryInfo>[0]) {
  return { id: run.launch.queryId, runId: run.runId, name: run.launch.name }
}

async function writeBatch(
  service: EngineService,
  session: Session,
  write: WriteOperation,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { inputs, node } = await analyseRelation(service, session, required(write.input), call.cell)
  checkBatch(node)
  const format = (write.source ?? session.conf.get('spark.sql.sources.default', 'delta') ?? 'delta').toLowerCase()
  if (format === 'noop') {
    await service.batches.run(closePlan(inputs), { ...runOptions(session, call), limitRows: 0 }, call.kernel.signal)
    return { kind: 'done' }
  }
  if (format !== 'delta')
    throw unsupported(
      `writing format "${format}" from a batch query`,
      'Write Delta tables: .format("delta") or saveAsTable(...).',
    )
  const folder = targetFolder(service, write)
  for (const query of call.kernel.triggers) service.queries.get(query)?.writtenFolders.add(folder)
  const exists = (await service.ports.tables.open(folder)) !== null
  if (exists && write.mode === WriteOperation_SaveMode.IGNORE) return { kind: 'done' }
  const isErrorMode =
    write.mode === WriteOperation_SaveMode.ERROR_IF_EXISTS || write.mode === WriteOperation_SaveMode.UNSPECIFIED
  if (exists && isErrorMode && !isInsert(write)) throw alreadyExists(write, folder)
  const option = (key: string) =>
    Object.entries(write.options).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
  const appId = option('txnAppId')
  const version = option('txnVersion')
  const overwrite = write.mode === WriteOperation_SaveMode.OVERWRITE
  await service.batches.run(
    closePlan(inputs),
    {
      ...runOptions(session, call),
      write: {
        folder,
        mode: overwrite ? 'overwrite' : 'append',
        partitionColumns: write.partitioningColumns,
        mergeSchema: option('mergeSchema') === 'true',
        overwriteSchema: option('overwriteSchema') === 'true',
        transaction: appId !== undefined && version !== undefined ? { appId, version: Number(version) } : null,
        operation: {
          name: 'WRITE',
          parameters: {
            mode: overwrite ? 'Overwrite' : exists ? 'Append' : 'ErrorIfExists',
            partitionBy: JSON.stringify(write.partitioningColumns),
          },
        },
      },
    },
    call.kernel.signal,
  )
  service.ports.emit({ kind: 'tables' })
  return { kind: 'done' }
}

function isInsert(write: WriteOperation): boolean {
  return (
    write.saveType.case === 'table' &&
    write.saveType.value.saveMethod === WriteOperation_SaveTable_TableSaveMethod.INSERT_INTO
  )
}

function targetFolder(service: EngineService, write: WriteOperation): string {
  const { saveType } = write
  switch (saveType.case) {
    case 'table':
      return service.ports.paths.tableFolder(identifier(saveType.value.tableName))
    case 'path':
      return service.ports.paths.resolve(saveType.value).path
    default:
      throw userError('', "'path' is not specified", {
        exception: 'IllegalArgumentException',
        hint: 'Use .save("Tables/name") or .saveAsTable("name").',
      })
  }
}

function alreadyExists(write: WriteOperation, folder: string) {
  if (write.saveType.case === 'table') {
    const parts = identifier(write.saveType.value.tableName)
    const name = (parts.length === 1 ? ['default', ...parts] : parts).join('`.`')
    return userError(
      'TABLE_OR_VIEW_ALREADY_EXISTS',
      `Cannot create table or view \`${name}\` because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
      {
        sqlState: '42P07',
        hint: 'Use .mode("append") or .mode("overwrite").',
      },
    )
  }
  return userError(
    'DELTA_PATH_EXISTS',
    `Cannot write to already existent path ${folder} without setting OVERWRITE = 'true'.`,
    {
      sqlState: '42K04',
      hint: 'Use .mode("append") or .mode("overwrite").',
    },
  )
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw unsupported('a plan without an input')
  return value
}

function unsupported(what: string, hint: string | null = null) {
  return userError('UNSUPPORTED_FEATURE.NOT_BUILT', `Runnel cannot run ${what} yet.`, {
    sqlState: '0A000',
    exception: 'UnsupportedOperationException',
    parameters: { feature: what },
    hint,
  })
}
