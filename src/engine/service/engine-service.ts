import type { CellId, QueryId, RunId, SessionId } from '../../protocol/ids'
import type { EngineEvent, Notice, ResumableQuery } from '../../protocol/workers/engine'
import type { LaunchRecord } from '../../protocol/workers/launch-record'
import type { KernelCall } from '../../protocol/bridge/engine-end'
import { userError } from '../../protocol/errors/runnel-error'
import type { TriggerScheduler } from '../execution/trigger-scheduler'
import { planChange } from '../plan/plan-change'
import type { Broker } from '../ports/broker'
import type { Clock } from '../ports/clock'
import type { FileStore } from '../ports/file-store'
import type { Random } from '../ports/random'
import type { SinkDefinition } from '../ports/sink'
import type { SourceDefinition } from '../ports/source'
import type { Tables } from '../ports/table'
import type { Checkpoints, StreamWorkers, WorkspacePaths } from '../ports/workspace'
import { BatchRunner } from './batch-runner'
import { HostedSinks } from './hosted-sinks'
import type { Lenient } from './leniency'
import { lenientIn } from './leniency'
import { QueryManager, queryInfo } from './query-manager'
import { QueryRun } from './query-run'
import { RunningList } from './running-list'
import type { Session } from './session'
import { SessionCatalog } from './session-catalog'
import { SessionConf } from './session-conf'

/** Everything the engine needs from outside, given once by the runtime. */
export type EnginePorts = {
  readonly files: FileStore
  readonly clock: Clock
  readonly random: Random
  readonly tables: Tables
  readonly paths: WorkspacePaths
  readonly checkpoints: Checkpoints
  readonly workers: StreamWorkers
  readonly scheduler: TriggerScheduler
  source: (format: string) => Promise<SourceDefinition | null>
  sink: (format: string) => Promise<SinkDefinition | null>
  broker: (connection: string) => Broker
  /** A producer client opened this hub with this connection. */
  rememberHub(connection: string, hub: string): Promise<void>
  emit: (event: EngineEvent) => void
  /** Real time. */
  afterRealMs: (delayMs: number) => Promise<void>
  readonly conf: Readonly<Record<string, string>>
}

/** A kernel's call, the queries whose callbacks it stands in, innermost first, and what else waits on that kernel's stack. */
export type SessionCall = Pick<KernelCall, 'signal'> & {
  readonly triggers: readonly QueryId[]
  readonly waits: TriggerWait[]
}

/** A wait inside a trigger. One stack a kernel, the innermost last. */
export type TriggerWait = { goOn(): void }

/** Sessions and queries of one workspace: the state that requests of kernels and the page work on. */
export class EngineService {
  readonly ports: EnginePorts
  readonly queries = new QueryManager()
  readonly batches: BatchRunner
  readonly hosted: HostedSinks
  readonly running: RunningList
  readonly #sessions = new Map<SessionId, Session>()

  constructor(ports: EnginePorts) {
    this.ports = ports
    this.batches = new BatchRunner(ports.workers, ports.afterRealMs)
    this.hosted = new HostedSinks(ports.emit)
    this.running = new RunningList(ports.files)
  }

  openSession(id: SessionId, compatibility: 'workshop' | 'strict'): Session {
    const conf = new SessionConf(this.ports.conf)
    conf.set('runnel.compatibility', compatibility)
    const session: Session = {
      id,
      compatibility,
      conf,
      database: 'default',
      views: new Map(),
      memoryTables: new Map(),
      kernel: null,
      secrets: new Map(),
      told: new Set(),
    }
    this.#sessions.set(id, session)
    return session
  }

  session(id: SessionId): Session {
    const session = this.#sessions.get(id)
    if (!session)
      throw userError('INVALID_HANDLE.SESSION_NOT_FOUND', `Session ${id} is not open.`, { sqlState: 'HY000' })
    return session
  }

  /** The session that takes over what ran before a reload; the page opens one before it offers to resume. */
  anySession(): Session {
    for (const session of this.#sessions.values()) return session
    throw userError('INVALID_HANDLE.SESSION_NOT_FOUND', 'No session is open.', { sqlState: 'HY000' })
  }

  async closeSession(id: SessionId): Promise<void> {
    await Promise.all(this.queries.active(id).map((run) => run.stop()))
    this.#sessions.delete(id)
  }

  catalog(session: Session): SessionCatalog {
    return new SessionCatalog(session, this.ports)
  }

  lenient(session: Session, cell: CellId | null, query: QueryId | null = null): Lenient {
    return lenientIn(session.compatibility, { cell, query }, (notice) => this.#tell(session, notice))
  }

  /** A path as the user wrote it to its place in the workspace; tells once how Fabric would see it. */
  resolvePath(session: Session, path: string, cell: CellId | null): string {
    const { path: place, notice, fix } = this.ports.paths.resolve(path)
    if (notice !== null) this.#tell(session, { leniency: null, cell, query: null, message: notice, spark: null, fix })
    return place
  }

  /**
   * Stream time stands still while a trigger runs; a wait inside one lets the clock and the other queries go on. Python has
   * one stack: a function whose wait is over goes on only after those that were called on top of it, so its trigger does not
   * take the clock back before.
   */
  async waitOutsideTriggers<T>({ triggers, waits }: SessionCall, wait: Promise<T>): Promise<T> {
    if (triggers.length === 0) return wait
    const outside = (over: Promise<unknown>) =>
      triggers.reduce((inner, query) => this.ports.scheduler.waitInTrigger(query, inner), over)
    const own: TriggerWait = { goOn: () => undefined }
    waits.push(own)
    try {
      await outside(wait.catch(() => undefined))
      while (waits.at(-1) !== own) await outside(new Promise<void>((resolve) => (own.goOn = resolve)))
    } finally {
      waits.splice(waits.indexOf(own), 1)
      waits.at(-1)?.goOn()
    }
    return wait
  }

  /** Starts a query that is fully described; the newest active run on the same checkpoint gives way first. */
  async launch(described: Omit<LaunchRecord, 'runNumber'>, session: Session): Promise<QueryRun> {
    const { checkpoints } = this.ports
    const before = await checkpoints.readLaunch(described.checkpointPath)
    const launch: LaunchRecord = { ...described, runNumber: (before?.runNumber ?? 0) + 1 }
    await checkpoints.writeLaunch(launch)
    const lastBatchId = await checkpoints.lastBatchId(launch.checkpointPath)
    const run = new QueryRun(
      {
        launch,
        runId: this.ports.random.uuid() as RunId,
        session: session.id,
        secrets: Object.fromEntries(session.secrets),
        lastBatchId,
        planChange:
          lastBatchId !== null && before?.facts && launch.facts ? planChange(before.facts, launch.facts) : null,
        writtenFolders: this.queries.get(launch.queryId)?.writtenFolders ?? new Set<string>(),
        kernel: session.kernel,
      },
      {
        workers: this.ports.workers,
        scheduler: this.ports.scheduler,
        afterRealMs: this.ports.afterRealMs,
        changed: (changed) => this.ports.emit({ kind: 'query', query: queryInfo(changed) }),
        progressed: (progressed, progress, isIdle, insight) => {
          const query = progressed.launch.queryId
          this.ports.emit({ kind: 'progress', query, progress, isIdle, ...(insight === undefined ? {} : { insight }) })
          if (!isIdle && progress.numInputRows > 0) this.ports.emit({ kind: 'tables' })
        },
        ended: (ended) => {
          this.queries.ended(ended)
          this.#forgetEnded(ended)
        },
        writeHosted: (hosted, kind, batchId, schema, batches, signal) =>
          this.hosted.write(session, hosted, kind, batchId, schema, batches, signal),
      },
    )
    this.queries.add(run)
    await this.running.add({
      queryId: launch.queryId,
      checkpointPath: launch.checkpointPath,
      title: queryInfo(run).title,
    })
    await run.begin()
    return run
  }

  /** Queries that were running when the last page closed, with what they need to go on. */
  async resumable(): Promise<ResumableQuery[]> {
    const found: ResumableQuery[] = []
    for (const entry of await this.running.list()) {
      if (this.queries.get(entry.queryId)?.isActive) continue
      const launch = await this.ports.checkpoints.readLaunch(entry.checkpointPath)
      if (!launch) continue
      found.push({
        id: entry.queryId,
        title: entry.title,
        lastBatchId: await this.ports.checkpoints.lastBatchId(entry.checkpointPath),
        cell: launch.cell,
        needs: launch.sink.functionId === undefined ? null : 'foreachBatch',
        missingSecrets: [],
      })
    }
    return found
  }

  async resume(ids: readonly QueryId[], session: Session): Promise<QueryRun[]> {
    const runs: QueryRun[] = []
    for (const id of ids) {
      const path = this.queries.get(id)?.launch.checkpointPath ?? (await this.running.checkpointOf(id))
      const launch = path === null ? null : await this.ports.checkpoints.readLaunch(path)
      if (!launch) {
        throw userError('STREAMING_QUERY_NOT_FOUND', `The launch record of query ${id} is gone.`, {
          hint: 'Run the cell that starts it; the checkpoint says where to go on.',
        })
      }
      const before = this.queries.get(id)
      if (before?.isActive) continue
      // A crash of the stream worker leaves Python as it was: its functions are still there.
      const hasFunction = before !== null && session.kernel !== null && before.kernel === session.kernel
      if (launch.sink.functionId !== undefined && !hasFunction) {
        throw userError(
          'FUNCTION_NOT_DEFINED',
          `"${launch.sink.target ?? id}" needs its foreachBatch function, which Python lost.`,
          {
            hint: 'Run the cell that defines the function and starts the query.',
          },
        )
      }
      if (launch.sink.format === 'memory' && launch.name) await this.hosted.openMemory(session, launch.name, null)
      runs.push(await this.launch(launch, session))
    }
    return runs
  }

  #forgetEnded(run: QueryRun): void {
    // A crash on purpose, like a reload, leaves the query resumable.
    if (run.error?.condition === 'CRASHED_ON_PURPOSE') return
    void this.running.remove(run.launch.queryId).catch((thrown: unknown) => {
      this.ports.emit({
        kind: 'log',
        level: 'error',
        message: `Could not update the list of running queries: ${String(thrown)}`,
      })
    })
  }

  #tell(session: Session, notice: Notice): void {
    const key = `${notice.leniency ?? notice.message}@${notice.cell ?? ''}`
    if (session.told.has(key)) return
    session.told.add(key)
    this.ports.emit({ kind: 'notice', notice })
  }
}
