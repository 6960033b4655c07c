import { allocateBridge, Word } from '../protocol/bridge/channel'
import type { BridgeMemory } from '../protocol/bridge/channel'
import { ClockReader, allocateClock, realEpochMs, sessionTimeMs } from '../protocol/clock/session-clock'
import type { ClockState } from '../protocol/clock/session-clock'
import { userError } from '../protocol/errors/runnel-error'
import type { CellId, SessionId } from '../protocol/ids'
import type { BrokerApi, BrokerEvent } from '../protocol/workers/broker'
import type { BootReport, EngineApi, EngineEvent } from '../protocol/workers/engine'
import type { KernelEvent, PythonKernelApi, TypeScriptKernelApi } from '../protocol/workers/kernel'
import { transfer, wrap } from '../protocol/workers/remote'
import type { Remote } from '../protocol/workers/remote'
import { logged } from './event-log/logged'
import { EventPump } from './event-pump'

/** A worker, or in tests the page's end of a scripted one. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'>
export type WorkerFactories = {
  engine(): WorkerLike
  broker(): WorkerLike
  kernel(): WorkerLike
  /** Runs TypeScript and SQL cells; a page of tests may do without. */
  typescript?(): WorkerLike
  /** Completion, checks and the compiler of TypeScript cells; the editor starts it. */
  readonly language?: () => Worker
}

export type RuntimeOptions = {
  readonly storage: 'opfs' | 'memory'
  readonly isIsolated: boolean
  readonly workspace: string
  readonly compatibility: 'workshop' | 'strict'
  readonly clock: { readonly startMs: number; readonly speed: number; readonly isPaused: boolean }
  readonly conf: Readonly<Record<string, string>>
}

export type RuntimeListeners = {
  engine(events: EngineEvent[]): void
  broker(events: BrokerEvent[]): void
  kernel(events: KernelEvent[]): void
  /** A worker could not be loaded or died; `message` is the browser's. */
  died(worker: 'engine' | 'broker' | 'kernel', message: string): void
}

export const SESSION = 'notebook' as SessionId

/** Cards and strips change at most four times a second: typing goes first. */
const CARDS_MS = 250

/** The workers behind one page. Created once, outside React, so StrictMode's second effect starts nothing twice. */
export class Runtime {
  readonly engine: Remote<EngineApi>
  readonly broker: Remote<BrokerApi>
  readonly #factories: WorkerFactories
  readonly #options: RuntimeOptions
  readonly #listeners: RuntimeListeners
  readonly #clockMemory: ArrayBufferLike
  readonly #clockReader: ClockReader
  readonly #kernelPump: EventPump<KernelEvent>
  /** Cells whose last event has arrived, and who waits for it. */
  readonly #finished = new Set<CellId>()
  readonly #awaitingOutputs = new Map<CellId, () => void>()
  readonly #engineWorker: WorkerLike
  readonly #brokerWorker: WorkerLike
  #postedClock: ClockState | null = null
  #typescript: TypeScriptWorker | null = null
  #kernel: { worker: WorkerLike; api: Remote<PythonKernelApi>; bridge: BridgeMemory; ready: Promise<void> } | null =
    null

  constructor(factories: WorkerFactories, options: RuntimeOptions, listeners: RuntimeListeners) {
    this.#factories = factories
    this.#options = options
    this.#listeners = listeners
    this.#clockMemory = allocateClock(options.isIsolated)
    this.#clockReader = new ClockReader(this.#clockMemory)
    this.#engineWorker = watch(factories.engine(), (message) => listeners.died('engine', message))
    this.#brokerWorker = watch(factories.broker(), (message) => listeners.died('broker', message))
    this.engine = logged('engine', wrap<EngineApi>(this.#engineWorker))
    this.broker = logged('broker', wrap<BrokerApi>(this.#brokerWorker))
    this.#kernelPump = new EventPump((events) => listeners.kernel(events))
  }

  /** Boots broker, then engine, then opens the notebook's session. The kernel starts apart: it takes seconds. */
  async boot(): Promise<BootReport> {
    const { storage, workspace, clock, conf, compatibility } = this.#options
    const brokerEvents = new MessageChannel()
    listen(brokerEvents.port1, new EventPump<BrokerEvent>((events) => this.#listeners.broker(events)))
    await this.broker.boot(
      { clock: this.#clockMemory, storage, workspace },
      transfer(brokerEvents.port2, [brokerEvents.port2]),
    )
    const toBroker = new MessageChannel()
    await this.broker.connect(transfer(toBroker.port1, [toBroker.port1]))

    const engineEvents = new MessageChannel()
    const pump = new EventPump<EngineEvent>((events) => {
      for (const event of events) if (event.kind === 'clock') this.#postedClock = event.state
      this.#listeners.engine(events)
    }, CARDS_MS)
    listen(engineEvents.port1, pump)
    // Speed 0 stands still, so that no session time passes between boot and the pause that follows.
    const config = {
      clock: this.#clockMemory,
      storage,
      workspace,
      startSessionMs: clock.startMs,
      speed: clock.isPaused ? 0 : clock.speed,
      conf,
    }
    const report = await this.engine.boot(
      config,
      transfer(toBroker.port2, [toBroker.port2]),
      transfer(engineEvents.port2, [engineEvents.port2]),
    )
    if (clock.isPaused) {
      await this.engine.clock({ kind: 'pause' })
      await this.engine.clock({ kind: 'speed', speed: clock.speed })
    }
    if (!report.isReadOnly) await this.engine.openSession({ session: SESSION, compatibility })
    return report
  }

  /** The TypeScript kernel, started when the first cell needs it. */
  typescriptKernel(): Promise<Remote<TypeScriptKernelApi>> {
    this.#typescript ??= this.#startTypeScript()
    return this.#typescript.ready
  }

  /** Ends the TypeScript kernel and its names; the next cell starts a new one. */
  endTypeScript(): void {
    this.#typescript?.worker?.terminate()
    this.#typescript = null
  }

  /** Asks the TypeScript kernel to stop the cell, wherever it waits or loops. */
  interruptTypeScript(cell: CellId): void {
    if (this.#typescript === null) return
    press(this.#typescript.bridge)
    void this.#typescript.ready.then((api) => api.interrupt(cell))
  }

  #startTypeScript(): TypeScriptWorker {
    const bridge = allocateBridge()
    const worker = this.#factories.typescript?.() ?? null
    const ready = (async () => {
      if (worker === null)
        throw userError('UNSUPPORTED_FEATURE.KERNEL', 'This page has no TypeScript worker.', { sqlState: '0A000' })
      const api = wrap<TypeScriptKernelApi>(worker)
      const kick = new MessageChannel()
      const events = new MessageChannel()
      this.#listenToKernel(events.port1)
      await this.engine.connectKernel(SESSION, bridge, transfer(kick.port1, [kick.port1]), 'typescript')
      const config = {
        session: SESSION,
        bridge,
        clock: this.#clockMemory,
        assetsUrl: '',
        compatibility: this.#options.compatibility,
      }
      await api.boot(config, transfer(kick.port2, [kick.port2]), transfer(events.port2, [events.port2]))
      return api
    })()
    return { worker, bridge, ready }
  }

  /** Starts Python; resolves when it can run a cell. Needs shared memory. */
  async startKernel(): Promise<void> {
    const bridge = allocateBridge()
    const worker = watch(this.#factories.kernel(), (message) => this.#listeners.died('kernel', message))
    const api = logged('python', wrap<PythonKernelApi>(worker))
    const kick = new MessageChannel()
    const events = new MessageChannel()
    this.#listenToKernel(events.port1)
    const booted = (async () => {
      await this.engine.connectKernel(SESSION, bridge, transfer(kick.port1, [kick.port1]))
      const config = {
        session: SESSION,
        bridge,
        clock: this.#clockMemory,
        assetsUrl: pyodideUrl(),
        compatibility: this.#options.compatibility,
      }
      await api.boot(config, transfer(kick.port2, [kick.port2]), transfer(events.port2, [events.port2]))
    })()
    this.#kernel = { worker, api, bridge, ready: booted }
    await booted
  }

  /** Ends the kernel at once, whatever it does, and starts a new one with new memory. */
  async restartKernel(): Promise<void> {
    this.#kernel?.worker.terminate()
    this.#kernel = null
    await this.startKernel()
  }

  /** Ends everything at once, as a closed tab would. */
  shutDown(): void {
    this.endTypeScript()
    this.#kernel?.worker.terminate()
    this.#kernel = null
    this.#engineWorker.terminate()
    this.#brokerWorker.terminate()
  }

  get kernel(): Remote<PythonKernelApi> | null {
    return this.#kernel?.api ?? null
  }

  /** Raises KeyboardInterrupt in the running cell, also while it waits for the engine. */
  interruptKernel(): void {
    if (this.#kernel === null) return
    press(this.#kernel.bridge)
  }

  /** Resolves once everything a finished run has printed is shown: its answer may come before its last output. */
  async outputsShown(cell: CellId): Promise<void> {
    if (!this.#finished.delete(cell)) {
      await new Promise<void>((resolve) => this.#awaitingOutputs.set(cell, resolve))
      this.#finished.delete(cell)
    }
    this.#kernelPump.flush()
  }

  /** What has arrived is shown now. */
  flushKernelEvents(): void {
    this.#kernelPump.flush()
  }

  #listenToKernel(port: MessagePort): void {
    port.onmessage = ({ data }: MessageEvent<KernelEvent | KernelEvent[]>) => {
      this.#kernelPump.push(data)
      for (const event of [data].flat()) {
        if (event.kind !== 'finished') continue
        this.#finished.add(event.cell)
        this.#awaitingOutputs.get(event.cell)?.()
        this.#awaitingOutputs.delete(event.cell)
      }
    }
  }

  clockState(): ClockState {
    return this.#options.isIsolated || this.#postedClock === null ? this.#clockReader.state() : this.#postedClock
  }

  /** Session time in epoch milliseconds. */
  nowMs(): number {
    return sessionTimeMs(this.clockState(), realEpochMs())
  }
}

type TypeScriptWorker = {
  readonly worker: WorkerLike | null
  readonly bridge: BridgeMemory
  readonly ready: Promise<Remote<TypeScriptKernelApi>>
}

/** The interrupt word, and a wake-up for a kernel that is blocked. */
function press(bridge: BridgeMemory): void {
  new Uint8Array(bridge.interrupt)[0] = 2
  const control = new Int32Array(bridge.control)
  Atomics.add(control, Word.kernelSignal, 1)
  Atomics.notify(control, Word.kernelSignal)
}

/** In a worker `location` is the script's; so the page computes where Pyodide's files lie. */
function pyodideUrl(): string {
  return new URL(`${import.meta.env.BASE_URL}pyodide/`, location.href).href
}

function listen<Event>(port: MessagePort, pump: EventPump<Event>): void {
  port.onmessage = (message: MessageEvent<Event | Event[]>) => pump.push(message.data)
}

function watch(worker: WorkerLike, died: (message: string) => void): WorkerLike {
  worker.addEventListener('error', (event) => died(event.message ?? 'The worker could not be loaded.'))
  return worker
}
