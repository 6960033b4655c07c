import type { PyodideAPI, loadPyodide } from 'pyodide'
import { KernelEnd } from '../../protocol/bridge/kernel-end'
import { KernelState } from '../../protocol/bridge/channel'
import { ClockReader } from '../../protocol/clock/session-clock'
import { RunnelError, internalError } from '../../protocol/errors/runnel-error'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import type { CallbackAnswer, CallbackRequest } from '../../protocol/workers/kernel-requests'
import type {
  CellOutcome,
  CellRun,
  KernelConfig,
  KernelEvent,
  PythonDescription,
  PythonKernelApi,
  PythonNameKind,
} from '../../protocol/workers/kernel'
import { hostModule } from './host-module'
import type { EngineCaller } from './host-module'
import { interruptWord } from './interrupt-word'
import { LocalRelations } from './local-relations'
import { OutputStream } from './output-stream'
import { installSessionDate } from './session-date'

/** Pyodide's module, from npm or from the assets folder. */
export type PyodideModule = { loadPyodide: typeof loadPyodide }

export type PythonEnvironment = {
  /** Loads Pyodide's module from the assets folder. */
  loadModule(assetsUrl: string): Promise<PyodideModule>
  readBytes(url: string): Promise<Uint8Array>
  /** The global whose `Date` becomes session time; null leaves it real (tests that share the process). */
  dateScope: { Date: DateConstructor } | null
  /** Answers requests in place of the bridge (tests that share the process). */
  callEngine?: EngineCaller
}

/** The functions `runnel_kernel` offers to the host. Arguments and answers are JSON text. */
type KernelFunctions = {
  start(configJson: string): string
  run_cell(runJson: string): string
  complete(code: string, offset: number): string
  describe(code: string, offset: number): string
  run_callback(requestJson: string): string
  pump(): void
}

/** Python in a worker: one interpreter, one namespace, one bridge to the engine. */
export class PythonKernel implements PythonKernelApi {
  readonly #environment: PythonEnvironment
  #pyodide: PyodideAPI | null = null
  #python: KernelFunctions | null = null
  #bridge: KernelEnd | null = null
  #interrupt: Uint8Array | null = null
  #output: OutputStream | null = null
  #post: ((event: KernelEvent) => void) | null = null
  readonly #locals = new LocalRelations()
  #pumpTimer: ReturnType<typeof setTimeout> | undefined

  constructor(environment: PythonEnvironment) {
    this.#environment = environment
  }

  async boot(
    config: KernelConfig,
    engine: MessagePort,
    events: MessagePort,
  ): Promise<{ language: string; version: string; bootMs: number }> {
    const startedAt = performance.now()
    const post = (event: KernelEvent) => events.postMessage(event)
    this.#post = post
    const phase = (name: 'download' | 'start' | 'packages' | 'ready') =>
      post({ kind: 'boot', phase: name, fraction: null })
    const clock = new ClockReader(config.clock)
    this.#output = new OutputStream(({ name, cell, text }) =>
      post({ kind: 'output', cell, output: { output_type: 'stream', name, text } }),
    )
    if (this.#environment.dateScope !== null) installSessionDate(this.#environment.dateScope, () => clock.nowMs())
    this.#connect(config, engine)

    phase('download')
    const assets = config.assetsUrl.endsWith('/') ? config.assetsUrl : `${config.assetsUrl}/`
    const packages = this.#environment.readBytes(`${assets}runnel_packages.zip`)
    const module = await this.#environment.loadModule(assets)
    phase('start')
    const pyodide = await module.loadPyodide({
      indexURL: assets,
      stdLibURL: `${assets}python_stdlib_pyc.zip`,
      // The event loop of cells is ours (see runnel_kernel/event_loop.py).
      enableRunUntilComplete: false,
      env: { HOME: '/home/runnel', TZ: 'UTC' },
    })
    this.#pyodide = pyodide
    this.#interrupt = new Uint8Array(config.bridge.interrupt)
    pyodide.setInterruptBuffer(interruptWord(config.bridge.interrupt))
    phase('packages')
    writeFile(pyodide, '/lib/runnel_packages.zip', await packages)
    pyodide.registerJsModule(
      '_runnel_host',
      hostModule({
        callEngine:
          this.#environment.callEngine ?? ((request, callClass) => this.#bridgeEnd().call(request, callClass)),
        post,
        output: this.#output,
        locals: this.#locals,
        nowMs: () => clock.nowMs(),
        realMsUntil: (sessionMs) => clock.realMsUntil(sessionMs),
        requestPump: (delayMs) => this.#schedulePump(delayMs),
      }),
    )
    pyodide.runPython('import sys; sys.path.insert(0, "/lib/runnel_packages.zip")')
    this.#python = pyodide.pyimport('runnel_kernel.entry') as KernelFunctions
    const version = this.#python.start(JSON.stringify({ compatibility: config.compatibility }))
    phase('ready')
    return { language: 'python', version, bootMs: performance.now() - startedAt }
  }

  run(cell: CellRun): Promise<CellOutcome> {
    const startedAt = performance.now()
    // A press that came too late for the last cell must not stop this one.
    if (this.#interrupt !== null) Atomics.store(this.#interrupt, 0, 0)
    this.#bridge?.setState(KernelState.running)
    let outcome: Omit<CellOutcome, 'durationMs'>
    try {
      outcome = JSON.parse(this.#running().run_cell(JSON.stringify(cell))) as Omit<CellOutcome, 'durationMs'>
    } finally {
      this.#output?.flush()
      this.#post?.({ kind: 'finished', cell: cell.cell })
      this.#bridge?.setState(KernelState.idle)
    }
    this.#bridge?.poll()
    this.#schedulePump(0)
    return Promise.resolve({ ...outcome, durationMs: performance.now() - startedAt })
  }

  complete(code: string, offset: number): Promise<{ from: number; labels: string[]; kinds: PythonNameKind[] }> {
    const answer = this.#running().complete(code, offset)
    return Promise.resolve(JSON.parse(answer) as { from: number; labels: string[]; kinds: PythonNameKind[] })
  }

  describe(code: string, offset: number): Promise<PythonDescription | null> {
    return Promise.resolve(JSON.parse(this.#running().describe(code, offset)) as PythonDescription | null)
  }

  /** Runs a live function for the engine; called by the bridge, or by tests. */
  runCallback(request: CallbackRequest): CallbackAnswer {
    const answer = JSON.parse(this.#running().run_callback(JSON.stringify(this.#withoutBuffers(request)))) as {
      value: string | null
      error?: ErrorShape
      interrupted: boolean
    }
    this.#output?.flush()
    // Interrupt was pressed while the callback ran: it is meant for the cell that waits around it.
    if (answer.interrupted && this.#interrupt !== null) Atomics.store(this.#interrupt, 0, 2)
    if (answer.error) throw new RunnelError(answer.error)
    return { value: answer.value }
  }

  #withoutBuffers(request: CallbackRequest): unknown {
    if (request.kind !== 'foreachBatch') return request
    const { batches, schema, ...rest } = request
    return { ...rest, ...this.#locals.addBatches(schema, batches) }
  }

  #connect(config: KernelConfig, engine: MessagePort): void {
    if (this.#environment.callEngine) return
    const bridge = new KernelEnd(config.bridge, {
      kick: () => engine.postMessage(0),
      runCallback: (request) => this.runCallback(request as CallbackRequest),
      // Pyodide prints the traceback that it throws; the cell shows the error once.
      checkInterrupt: () => this.#output?.muted(() => this.#pyodide?.checkInterrupt()),
      flush: () => this.#output?.flush(),
    })
    engine.onmessage = () => bridge.poll()
    this.#bridge = bridge
  }

  /** Runs tasks that a cell left on the event loop; a timer, so that requests of the page come between. */
  #schedulePump(delayMs: number): void {
    clearTimeout(this.#pumpTimer)
    this.#pumpTimer = setTimeout(() => {
      this.#python?.pump()
      this.#output?.flush()
    }, delayMs)
    // Node would wait for the timer before it ends.
    if (typeof this.#pumpTimer === 'object') this.#pumpTimer.unref()
  }

  #running(): KernelFunctions {
    if (this.#python === null) throw internalError('Python has not started')
    return this.#python
  }

  #bridgeEnd(): KernelEnd {
    if (this.#bridge === null) throw internalError('The kernel is not connected')
    return this.#bridge
  }
}

/** Pyodide's types leave the file system out. */
function writeFile(pyodide: PyodideAPI, path: string, bytes: Uint8Array): void {
  const { FS } = pyodide as unknown as { FS: { writeFile(path: string, bytes: Uint8Array): void } }
  FS.writeFile(path, bytes)
}
