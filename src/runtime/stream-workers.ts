import { allocateCancelFlag, cancelFlag } from './cancel-flag'
import { serveFiles } from './file-port'
import type { FileStore } from '../engine/ports/file-store'
import { expose, transfer, wrap } from '../protocol/workers/remote'
import type { Remote } from '../protocol/workers/remote'
import type { StreamHostApi, StreamWorkerApi, StreamWorkerConfig } from '../protocol/workers/stream'
import { outsideError } from '../protocol/errors/runnel-error'
import type { StreamWorker, StreamWorkers } from '../engine/ports/workspace'

/** What a platform must offer to run stream workers: a browser Worker or a worker thread. */
export type WorkerPlatform = {
  /** Starts the script of `workers/stream.worker.ts`. */
  start: () => WorkerHandle
  /** A port on which the broker worker serves a `Broker`. */
  brokerPort(): Promise<MessagePort>
}

export type WorkerHandle = {
  readonly endpoint: Worker | MessagePort
  terminate: () => void
  onError: (handler: (message: string) => void) => void
}

type Booted = {
  worker: WorkerHandle
  api: Remote<StreamWorkerApi>
  host: HostSwitch
  cancel: ReturnType<typeof cancelFlag>
  failed: Promise<never>
}
type HostSwitch = { current: StreamHostApi }

/** Keeps one booted spare, so that a new query or a batch query does not wait for a worker to start. */
export class WorkerPool implements StreamWorkers {
  readonly #platform: WorkerPlatform
  readonly #config: Omit<StreamWorkerConfig, 'cancel' | 'files'>
  readonly #files: FileStore
  #spare: Promise<Booted> | null = null

  constructor(platform: WorkerPlatform, config: Omit<StreamWorkerConfig, 'cancel' | 'files'>, files: FileStore) {
    this.#platform = platform
    this.#files = files
    this.#config = config
  }

  /** Boots the spare; call once at start, so that the first query finds it warm. */
  warmUp(): void {
    this.#spare ??= this.#boot()
    // A failed boot is reported by the `take` that needs it.
    this.#spare.catch(() => undefined)
  }

  async take(host: StreamHostApi): Promise<StreamWorker> {
    const taken = this.#spare ?? this.#boot()
    this.#spare = null
    const booted = await taken
    booted.host.current = host
    this.warmUp()
    return this.#handle(booted)
  }

  async #boot(): Promise<Booted> {
    const { files, releaseLocks } = this.#serveFiles()
    const started = this.#platform.start()
    const worker: WorkerHandle = {
      ...started,
      terminate: () => {
        started.terminate()
        releaseLocks()
      },
    }
    const failed = new Promise<never>((_, reject) =>
      worker.onError((message) => reject(outsideError('WORKER_FAILED', `A stream worker failed: ${message}`))),
    )
    failed.catch(() => undefined)
    const api = wrap<StreamWorkerApi>(worker.endpoint)
    const { port1, port2 } = new MessageChannel()
    const host: HostSwitch = { current: idleHost }
    expose(switchable(host), port1)
    const cancel = allocateCancelFlag()
    const broker = await this.#platform.brokerPort()
    const config: StreamWorkerConfig = { ...this.#config, cancel, ...(files ? { files } : {}) }
    const ports = files ? [files] : []
    await Promise.race([
      failed,
      api.boot(transfer(config, ports), transfer(port2, [port2]), transfer(broker, [broker])),
    ])
    return { worker, api, host, cancel: cancelFlag(cancel), failed }
  }

  /** Files in memory live in this worker alone; the stream worker reaches them, and their locks, through a port. */
  #serveFiles(): { files: MessagePort | null; releaseLocks: () => void } {
    if (this.#config.storage !== 'memory') return { files: null, releaseLocks: () => undefined }
    const { port1, port2 } = new MessageChannel()
    return { files: port2, ...serveFiles(this.#files, port1) }
  }

  #handle({ worker, api, host, cancel, failed }: Booted): StreamWorker {
    let isOver = false
    return {
      runQuery: (start) => Promise.race([failed, api.runQuery(start)]),
      stop: () => void api.stop(),
      processAllAvailable: () => Promise.race([failed, api.processAllAvailable()]),
      runBatch: (run) => Promise.race([failed, api.runBatch(run)]),
      cancel: () => cancel.set(),
      watch: (step) => cancel.watch(step),
      release: () => {
        if (isOver) return
        isOver = true
        host.current = idleHost
        cancel.clear()
        if (this.#spare === null) this.#spare = Promise.resolve({ worker, api, host, cancel, failed })
        else worker.terminate()
      },
      terminate: () => {
        isOver = true
        worker.terminate()
      },
    }
  }
}

/** One exposed object whose target changes when the worker gets a new task. */
function switchable(host: HostSwitch): StreamHostApi {
  return {
    awaitTrigger: (dueMs) => host.current.awaitTrigger(dueMs),
    triggerDone: () => host.current.triggerDone(),
    progress: (progress, isIdle, insight) => host.current.progress(progress, isIdle, insight),
    status: (status) => host.current.status(status),
    afterStep: (step, batchId) => host.current.afterStep(step, batchId),
    writeHosted: (kind, batchId, schema, batches) => host.current.writeHosted(kind, batchId, schema, batches),
  }
}

const idle = () => {
  throw outsideError('WORKER_IDLE', 'A stream worker without a task called its host')
}
const idleHost: StreamHostApi = {
  awaitTrigger: idle,
  triggerDone: idle,
  progress: idle,
  status: idle,
  afterStep: idle,
  writeHosted: idle,
}
