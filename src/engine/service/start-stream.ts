import { fromBinary } from '@bufbuild/protobuf'
import type { WriteStreamOperationStart } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { userError } from '../../protocol/errors/runnel-error'
import type { CellId, QueryId } from '../../protocol/ids'
import type { SourceLabel } from '../../protocol/workers/launch-record'
import type { PlanNode } from '../plan/node'
import { checkStreaming } from '../analyzer/check-streaming'
import { closePlan } from '../plan/close-plan'
import { leavesOf } from '../plan/leaves'
import { planFacts } from '../plan/plan-facts'
import { stateSchemas } from '../plan/state-schema'
import { OptionMap } from '../ports/options'
import type { SinkContext, SinkDefinition } from '../ports/sink'
import { identifier } from './catalog-relations'
import type { EngineService } from './engine-service'
import { analyseRelation, sourceContext, sourceNotFound } from './plan-analysis'
import type { QueryRun } from './query-run'
import type { Session } from './session'
import type { StreamRequest } from './stream-start'
import { chooseCheckpoint, launchRecord, readRequest, withoutSecrets } from './stream-start'
import { checkStreamTable } from './stream-table'

/**
 * `start()` / `toTable()`: everything that can be refused is refused here, in the cell that starts the query;
 * sources are opened later, in the query's own worker, as in Spark.
 */
export async function startStream(
  service: EngineService,
  session: Session,
  start: WriteStreamOperationStart,
  cell: CellId | null,
): Promise<QueryRun> {
  const { ports } = service
  const request = readRequest(start, session.conf.get('spark.sql.sources.default') ?? 'delta')
  if (!start.input) throw userError('INVALID_PLAN_INPUT', 'The stream has no input.', { sqlState: '42K0B' })
  const { inputs, node } = await analyseRelation(service, session, start.input, cell)
  requireStreaming(node)
  await checkStreamTable(request, service.catalog(session))
  const sink = await ports.sink(request.format)
  if (!sink) throw sourceNotFound(request.format)
  const checkpoint = chooseCheckpoint(
    request,
    sink,
    (key) => session.conf.get(key, null),
    () => ports.random.uuid(),
  )
  // Nobody wrote a temporary path, so nobody is told where it lies.
  const checkpointPath = checkpoint.isTemporary
    ? ports.paths.resolve(checkpoint.path).path
    : service.resolvePath(session, checkpoint.path, cell)
  checkStreaming(node, request.outputMode, service.lenient(session, cell))
  requireMode(sink, request)
  if (request.format === 'memory' && request.outputMode !== 'complete') {
    await ports.checkpoints.requireNoOffsets(checkpointPath, checkpoint.path)
  }
  const queryId = await claimCheckpoint(service, session, request, checkpointPath)
  const sinkOptions = sinkFolder(service, session, request, cell)
  await sink.prepare(new OptionMap(sinkOptions), sinkContext(service, node, request, queryId))
  if (request.format === 'memory' && request.name) await service.hosted.openMemory(session, request.name, node.schema)
  const launch = launchRecord(
    request,
    {
      queryId,
      cell,
      checkpointPath,
      temporaryCheckpoint: checkpoint.isTemporary,
      plan: await withoutSecrets(closePlan(inputs), service.ports.source, session.secrets),
      sources: await sourceLabels(service, session, node),
      sinkOptions,
      conf: session.conf.all(),
      compatibility: session.compatibility,
    },
    session.secrets,
  )
  const facts = { ...planFacts(fromBinary(RelationSchema, launch.plan)), state: stateSchemas(node) }
  const described = { ...launch, facts }
  if (request.tableName !== null) ports.emit({ kind: 'tables' })
  return service.launch(described, session)
}

async function sourceLabels(service: EngineService, session: Session, node: PlanNode): Promise<SourceLabel[]> {
  const streams = leavesOf(node).filter((leaf) => leaf.isStreaming)
  const context = { ...sourceContext(service, session, true), lenient: () => undefined }
  return Promise.all(
    streams.map(async ({ format, label, options }) => {
      const source = await service.ports.source(format)
      const own = await source?.label?.(new OptionMap(options), context)
      return { format, label: own ?? label, broker: own === undefined ? null : ('local' as const) }
    }),
  )
}

/** Query id of the checkpoint; an active run on it gives way, as `stopActiveRunOnRestart` (default true) says. */
async function claimCheckpoint(
  service: EngineService,
  session: Session,
  request: StreamRequest,
  checkpointPath: string,
): Promise<QueryId> {
  const queryId = await service.ports.checkpoints.openQueryId(checkpointPath)
  if (request.name !== null) service.queries.requireFreeName(request.name, session.id, queryId)
  const active = service.queries.get(queryId)
  if (!active?.isActive) return queryId
  if (session.conf.get('spark.sql.streaming.stopActiveRunOnRestart') === 'true') {
    await active.stop()
    return queryId
  }
  throw userError(
    '',
    `Cannot start query with id ${queryId} as another query with same id is already active. Perhaps you are attempting to restart a query from checkpoint that is already active. You may stop the old query by setting the SQL configuration: spark.conf.set("spark.sql.streaming.stopActiveRunOnRestart", true) and retry.`,
    { exception: 'IllegalArgumentException', hint: 'One checkpoint belongs to one query.' },
  )
}

/** The sink's options with its folder resolved: `path` for path tables, and for table names also `runnel.table`. */
function sinkFolder(
  service: EngineService,
  session: Session,
  request: StreamRequest,
  cell: CellId | null,
): Record<string, string> {
  const options = Object.fromEntries(Object.entries(request.options).filter(([key]) => key.toLowerCase() !== 'path'))
  if (request.tableName !== null) {
    return { ...options, path: service.ports.paths.tableFolder(identifier(request.tableName)), 'runnel.table': 'true' }
  }
  if (request.path !== null) return { ...options, path: service.resolvePath(session, request.path, cell) }
  return options
}

function sinkContext(service: EngineService, node: PlanNode, request: StreamRequest, queryId: QueryId): SinkContext {
  const { files, clock, random } = service.ports
  return {
    files,
    clock,
    random,
    queryId,
    schema: node.schema,
    outputMode: request.outputMode,
    partitionColumns: request.partitionColumns,
    ...(request.name === null ? {} : { queryName: request.name }),
    hosted: {
      write: () => {
        throw new Error('A sink wrote a batch while it was being prepared')
      },
    },
  }
}

function requireMode(sink: SinkDefinition, request: StreamRequest): void {
  if (sink.outputModes.includes(request.outputMode)) return
  const mode = request.outputMode[0].toUpperCase() + request.outputMode.slice(1)
  const hint = `Modes of this sink: ${sink.outputModes.join(', ')}.`
  if (sink.name === 'delta') {
    throw userError(
      'DELTA_UNSUPPORTED_OUTPUT_MODE',
      `Data source org.apache.spark.sql.delta.sources.DeltaDataSource does not support ${mode} output mode`,
      { sqlState: '0AKDC', parameters: { mode }, hint },
    )
  }
  throw userError(
    'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE',
    `Invalid streaming output mode: ${request.outputMode}. This output mode is not supported in Data Source ${request.format}.`,
    { sqlState: '42KDE', parameters: { outputMode: mode, className: request.format }, hint },
  )
}

/** `df.writeStream` of a batch DataFrame. */
export function requireStreaming(node: PlanNode): void {
  if (node.isStreaming) return
  throw userError('WRITE_STREAM_NOT_ALLOWED', '`writeStream` can be called only on streaming Dataset/DataFrame.', {
    sqlState: '42601',
    hint: 'Read with spark.readStream, or write once with df.write.',
  })
}
