import type { QueryId } from '../../protocol/ids'
import { userError } from '../../protocol/errors/runnel-error'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import type { EngineService } from './engine-service'
import type { QueryRun } from './query-run'

/** What a notebook made and Start over takes away again (B18). Hubs are the broker's to delete. */
export type Possessions = {
  readonly queries: readonly QueryId[]
  /** Names of managed tables. */
  readonly tables: readonly string[]
  /** Checkpoint folders of queries that may be forgotten by now. */
  readonly checkpoints: readonly string[]
}

/** Ends the queries, then deletes their checkpoints, the tables and the folders; what is not there any more is fine. */
export async function erase(service: EngineService, { queries, tables, checkpoints }: Possessions): Promise<void> {
  const { files, paths, emit } = service.ports
  await Promise.all(queries.map((id) => eraseQuery(service, id, false)))
  await Promise.all(checkpoints.map((folder) => files.remove(folder)))
  await Promise.all(tables.map((name) => files.remove(paths.tableFolder([name]))))
  if (tables.length > 0) emit({ kind: 'tables' })
}

/**
 * The query, its checkpoint and what it wrote go together; then it starts again from its stored plan, as a new query.
 * Null when the plan needs a live function: its cell has to run again.
 */
export async function restartFromScratch(service: EngineService, id: QueryId): Promise<QueryRun | null> {
  const session = service.anySession()
  const launch = await eraseQuery(service, id, true)
  if (launch.sink.functionId !== undefined) return null
  const queryId = await service.ports.checkpoints.openQueryId(launch.checkpointPath)
  if (launch.sink.format === 'memory' && launch.name) await service.hosted.openMemory(session, launch.name, null)
  return service.launch({ ...launch, queryId }, session)
}

async function eraseQuery(service: EngineService, id: QueryId, withTarget: boolean): Promise<LaunchRecord> {
  const { checkpoints, files, emit } = service.ports
  const run = service.queries.get(id)
  if (run?.isActive) await run.stop()
  const path = run?.launch.checkpointPath ?? (await service.running.checkpointOf(id))
  const launch = run?.launch ?? (path === null ? null : await checkpoints.readLaunch(path))
  if (launch === null) throw userError('STREAMING_QUERY_NOT_FOUND', `There is no streaming query with id ${id}.`)
  service.queries.forget(id)
  await service.running.remove(id)
  await files.remove(launch.checkpointPath)
  const target = launch.sink.options.path
  if (withTarget && target !== undefined) {
    await files.remove(target)
    emit({ kind: 'tables' })
  }
  return launch
}
