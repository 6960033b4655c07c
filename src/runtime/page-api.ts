import type { ClockWriter } from '../protocol/clock/session-clock'
import type {
  ClockCommand,
  EngineApi,
  EngineConfig,
  KernelLanguage,
  QueryInfo,
  TableInfo,
} from '../protocol/workers/engine'
import type { SessionId } from '../protocol/ids'
import { newestRows } from '../engine/batch/newest-rows'
import { countStateRows } from '../engine/state/count-state-rows'
import { checkSql } from '../engine/service/completion/check-sql'
import { completeSql } from '../engine/service/completion/complete-sql'
import { functionDocs } from '../engine/service/completion/function-docs'
import { auditDelivery } from '../engine/service/delivery-audit'
import type { EngineService } from '../engine/service/engine-service'
import { erase, restartFromScratch } from '../engine/service/erase'
import { queryInfo } from '../engine/service/query-manager'
import { userError } from '../protocol/errors/runnel-error'
import { handOver } from './hand-over'
import { linkKernel } from './kernel-link'
import { storageReport } from './storage-report'
import { setSessionConf } from '../engine/service/session'

/** What the page may ask once the engine runs; `boot` is the runtime's. */
export function pageApi(service: EngineService, clock: ClockWriter, config: EngineConfig): Omit<EngineApi, 'boot'> {
  const { ports } = service
  const links = new Map<SessionId, Map<KernelLanguage, () => void>>()
  const run = (id: Parameters<EngineApi['stopQuery']>[0]) => {
    const found = service.queries.get(id)
    if (!found) throw userError('STREAMING_QUERY_NOT_FOUND', `There is no streaming query with id ${id}.`)
    return found
  }
  return {
    openSession: ({ session, compatibility }) => {
      service.openSession(session, compatibility)
      return Promise.resolve()
    },
    closeSession: async (session) => {
      for (const unlink of links.get(session)?.values() ?? []) unlink()
      links.delete(session)
      await service.closeSession(session)
    },
    setCompatibility: (session, compatibility) => {
      setSessionConf(service.session(session), 'runnel.compatibility', compatibility)
      return Promise.resolve()
    },
    connectKernel: (session, bridge, kick, language = 'python') => {
      const own = links.get(session) ?? new Map<KernelLanguage, () => void>()
      links.set(session, own)
      own.get(language)?.()
      own.set(language, linkKernel(service, service.session(session), language, bridge, kick))
      return Promise.resolve()
    },
    queries: () => Promise.resolve(service.queries.all().map(queryInfo)),
    stopQuery: (id) => run(id).stop(),
    stopAllQueries: async () => {
      const active = service.queries.active()
      await Promise.all(active.map((query) => query.stop()))
      return active.length
    },
    processAllAvailable: (id) => run(id).processAllAvailable(),
    resumable: () => service.resumable(),
    resume: async (ids): Promise<QueryInfo[]> => {
      const runs = await service.resume(ids, service.anySession())
      return runs.map(queryInfo)
    },
    forgetResumable: async (ids) => {
      for (const id of ids) await service.running.remove(id)
    },
    crash: (id, at) => {
      run(id).crash(at)
      return Promise.resolve()
    },
    recentProgress: (id) => Promise.resolve([...run(id).recentProgress]),
    auditDelivery: (id) => auditDelivery(service, id),
    previewQuery: (id, maxRows) => {
      const { launch, session } = run(id)
      const table = service.session(session).memoryTables.get(launch.name?.toLowerCase() ?? '')
      if (!table) throw userError('TABLE_OR_VIEW_NOT_FOUND', `${launch.name ?? 'This query'} keeps no rows in memory.`)
      const { batches, numDropped } = newestRows(table.batches, maxRows)
      const numRows = batches.reduce((sum, batch) => sum + batch.numRows, numDropped + (table.numDropped ?? 0))
      return Promise.resolve({ schema: table.schema, numRows, batches: handOver(batches) })
    },
    erase: (made) => erase(service, made),
    restartFromScratch: async (id) => {
      const restarted = await restartFromScratch(service, id)
      return restarted === null ? null : queryInfo(restarted)
    },
    clock: (command) => {
      if (command.kind === 'restart') restartClock(service, clock, command)
      else steer(service, command)
      return Promise.resolve(clock.state())
    },
    tables: () => tables(service),
    previewTable: async (name, numRows) => {
      const folder = ports.paths.tableFolder([name])
      const table = await ports.tables.open(folder)
      if (!table) throw userError('TABLE_OR_VIEW_NOT_FOUND', `The table ${name} is gone.`)
      const batches = []
      let rows = 0
      for await (const batch of table.scan(null)) {
        batches.push(batch)
        rows += batch.numRows
        if (rows >= numRows) break
      }
      return { schema: table.schema, version: table.version, batches }
    },
    dropTable: async (name) => {
      await ports.files.remove(ports.paths.tableFolder([name]))
      ports.emit({ kind: 'tables' })
    },
    listFiles: (path) => ports.files.list(path),
    readFile: (path) => ports.files.read(path),
    writeFile: (path, bytes) => ports.files.write(path, bytes),
    removeFile: (path) => ports.files.remove(path),
    stateRows: async (path) => countStateRows(await ports.files.read(path)),
    storage: () => storageReport(ports.files, config.storage),
    completeSql: (session, text, offset) => completeSql(service, service.session(session), text, offset),
    checkSql: (session, text) => Promise.resolve(checkSql(service.session(session), text)),
    functionDocs: () => Promise.resolve(functionDocs()),
  }
}

/** No query may see time go back. */
function restartClock(
  service: EngineService,
  clock: ClockWriter,
  { sessionMs, speed, isPaused }: Extract<ClockCommand, { kind: 'restart' }>,
): void {
  if (service.queries.active().length > 0)
    throw userError('CLOCK_IN_USE', 'Stream time cannot be set anew while a stream runs.')
  clock.start(sessionMs, speed)
  if (isPaused) service.ports.scheduler.pause()
}

function steer(service: EngineService, command: Exclude<ClockCommand, { kind: 'restart' }>): void {
  const { scheduler } = service.ports
  switch (command.kind) {
    case 'pause':
      return scheduler.pause()
    case 'resume':
      return scheduler.resume()
    case 'speed':
      return scheduler.setSpeed(command.speed)
    case 'skip':
      return scheduler.skip()
    case 'skipTo':
      return scheduler.skipTo(command.sessionMs)
    case 'step':
      return scheduler.step(command.query)
    case 'state':
      return
  }
}

async function tables(service: EngineService): Promise<TableInfo[]> {
  const { ports } = service
  const folders = (await ports.files.list(ports.paths.tablesFolder)).filter((entry) => entry.isFolder)
  const infos: TableInfo[] = []
  for (const { name, path } of folders) {
    const table = await ports.tables.open(path)
    if (!table) continue
    infos.push({
      name,
      path,
      schema: table.schema,
      version: table.version,
      numRows: table.numRows,
      sizeBytes: table.sizeBytes,
      numFiles: table.numFiles,
    })
  }
  return infos.sort((a, b) => (a.name < b.name ? -1 : 1))
}
