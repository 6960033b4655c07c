import type { ClockWriter } from '../protocol/clock/session-clock'
import { internalError, outsideError } from '../protocol/errors/runnel-error'
import type { SessionId } from '../protocol/ids'
import type { KernelMethod, KernelRequest, KernelRequests } from '../protocol/workers/kernel-requests'
import type { BootReport, EngineApi, EngineConfig, EngineEvent } from '../protocol/workers/engine'
import { createDeltaTables } from '../delta/tables'
import { TriggerScheduler } from '../engine/execution/trigger-scheduler'
import type { FileStore } from '../engine/ports/file-store'
import { EngineService } from '../engine/service/engine-service'
import { handleKernelRequest, kernelHandlers } from '../engine/service/kernel-handlers'
import { findSink } from '../sinks'
import { findSource } from '../sources'
import { checkpointsOf } from '../storage/checkpoint/checkpoints'
import { workspacePaths } from './workspace-paths'
import { brokerOverPort } from './broker-port'
import { leadingClock } from './clock-copies'
import { EventPost } from './event-post'
import { flowNumbers } from './flow-numbers'
import { pageApi } from './page-api'
import { platformRandom } from './random'
import { nap, sessionTime } from './session-time'
import type { WorkerPlatform } from './stream-workers'
import { WorkerPool } from './stream-workers'

const FLOW_INTERVAL_MS = 1000
const BEAT_INTERVAL_MS = 250

export type EngineHost = {
  openFiles(config: Pick<EngineConfig, 'storage' | 'workspace'>): Promise<FileStore>
  /** Starts `workers/stream.worker.ts`. */
  startStreamWorker: WorkerPlatform['start']
}

export type EngineRuntime = EngineApi & {
  service(): EngineService
  /** One kernel request, answered as over the bridge; for hosts that have no kernel worker. */
  askAsKernel<M extends KernelMethod>(
    session: SessionId,
    method: M,
    params: KernelRequests[M]['params'],
  ): Promise<KernelRequests[M]['result']>
  /** Ends the ticker; for hosts that outlive the engine. */
  close(): void
}

/** The engine worker: sessions, catalog, queries and the session clock of one workspace. */
export function engineRuntime(host: EngineHost): EngineRuntime {
  let running: { readonly api: Omit<EngineApi, 'boot'>; readonly service: EngineService; stopTicker(): void } | null =
    null
  const booted = () => {
    if (running === null) throw internalError('The engine was used before it was booted')
    return running
  }
  const boot = async (config: EngineConfig, brokerPort: MessagePort, events: MessagePort): Promise<BootReport> => {
    if (running) throw internalError('The engine worker was booted twice')
    const files = await host.openFiles(config)
    // Held for as long as this worker lives; a second tab finds it taken.
    const lock = await files.tryLock(`workspace:${config.workspace}`)
    const post = new EventPost(events)
    const clock = leadingClock(config.clock)
    clock.start(config.startSessionMs, config.speed)
    const service = compose(host, config, files, clock, brokerPort, post.emit)
    const stopTicker = lock === null ? () => undefined : startTicker(service, clock, post.emit)
    running = { api: pageApi(service, clock, config), service, stopTicker }
    return { isReadOnly: lock === null, isPersistent: await isPersistent(config) }
  }
  const own = {
    boot,
    service: () => booted().service,
    askAsKernel: (session: SessionId, method: KernelMethod, params: unknown) => {
      const { service } = booted()
      const request = { method, params } as KernelRequest
      const call = { triggers: [], waits: [], signal: new AbortController().signal }
      return handleKernelRequest(kernelHandlers(service, service.session(session)), request, call)
    },
    close: () => running?.stopTicker(),
  }
  return new Proxy(own as unknown as EngineRuntime, {
    get: (target, name) => Reflect.get(name in target ? target : booted().api, name) as unknown,
  })
}

function compose(
  host: EngineHost,
  config: EngineConfig,
  files: FileStore,
  clockWriter: ClockWriter,
  brokerPort: MessagePort,
  emit: (event: EngineEvent) => void,
): EngineService {
  const clock = sessionTime(clockWriter)
  const random = platformRandom
  const broker = brokerOverPort(brokerPort)
  const pool = new WorkerPool(
    { start: host.startStreamWorker, brokerPort: () => broker.openPort() },
    { clock: config.clock, storage: config.storage, workspace: config.workspace },
    files,
  )
  pool.warmUp()
  return new EngineService({
    files,
    clock,
    random,
    tables: createDeltaTables({ files, clock, random }),
    paths: workspacePaths,
    checkpoints: checkpointsOf(files, random),
    workers: pool,
    scheduler: new TriggerScheduler(clockWriter, { setTimer, realNowMs: () => performance.now() }),
    source: findSource,
    sink: findSink,
    broker: () => broker,
    rememberHub: async (connection, hub) => {
      await broker.hubFor(connection, hub)
    },
    emit,
    afterRealMs: nap,
    conf: config.conf,
  })
}

function setTimer(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}

/** Flow lines and the clock, once a second of real time. */
function startTicker(service: EngineService, clock: ClockWriter, emit: (event: EngineEvent) => void): () => void {
  const tick = async () => {
    emit({ kind: 'clock', state: clock.state(), runningAtSpeed: service.ports.scheduler.runningAtSpeed() })
    for (const run of service.queries.all()) {
      if (run.isActive || run.flowIsStale) emit({ kind: 'flow', flow: await flowNumbers(run, service.ports) })
      run.flowIsStale = run.isActive
    }
  }
  clock.beat()
  const heart = setInterval(() => clock.beat(), BEAT_INTERVAL_MS)
  let isTicking = false
  const timer = setInterval(() => {
    if (isTicking) return
    isTicking = true
    tick()
      .catch((thrown: unknown) => emit({ kind: 'log', level: 'error', message: `Live numbers: ${String(thrown)}` }))
      .finally(() => (isTicking = false))
  }, FLOW_INTERVAL_MS)
  return () => {
    clearInterval(heart)
    clearInterval(timer)
  }
}

async function isPersistent(config: EngineConfig): Promise<boolean> {
  if (config.storage === 'memory') return false
  if (typeof navigator === 'undefined' || !('storage' in navigator))
    throw outsideError('NO_STORAGE', 'This browser offers no storage.')
  return navigator.storage.persisted()
}
