import * as client from '../../client'
import { AsyncKernelEnd } from '../../protocol/bridge/async-kernel-end'
import { KernelState, Word } from '../../protocol/bridge/channel'
import { ClockReader } from '../../protocol/clock/session-clock'
import { RunnelError, internalError, userError } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import type {
  CellOutcome,
  CellOutput,
  CellRun,
  CompiledCell,
  KernelConfig,
  KernelEvent,
  MimeBundle,
  TypeScriptKernelApi,
} from '../../protocol/workers/kernel'
import type { CallbackAnswer, CallbackRequest } from '../../protocol/workers/kernel-requests'
import { OutputStream } from '../python/output-stream'
import { installSessionDate } from '../python/session-date'
import { cellNames } from './cell-names'
import { Previews, bundleOf, isDataFrame } from './display'
import { EngineConnection } from './engine-connection'
import { callbackShape, errorOutput, scriptName, shapeOf, syntaxShape } from './errors'
import type { CellCode } from './errors'
import { SourceMap } from './source-map'
import { Interrupted, Tasks, taskOf } from './tasks'
import type { Task } from './tasks'

export type TypeScriptEnvironment = {
  /** The global whose `Date` becomes session time; null leaves it real (tests that share the process). */
  readonly dateScope: { Date: DateConstructor } | null
  /** Told of promises that fail with nobody waiting. */
  readonly onUnhandled: (report: (reason: unknown) => void) => void
}

/** Rounds of loops between two looks at the interrupt word. */
const TICKS_PER_LOOK = 256

/** TypeScript in a worker: one table of names, one bridge to the engine. Cells come compiled. */
export class TypeScriptKernel implements TypeScriptKernelApi {
  readonly #environment: TypeScriptEnvironment
  readonly #tasks = new Tasks((task) => this.#checkInterrupt(task))
  readonly #previews = new Previews()
  /** Compiled cells by script name; functions of old runs still show their places. */
  readonly #scripts = new Map<string, CellCode>()
  readonly #callbacks = new Map<number, Task>()
  #names: Record<string, unknown> | null = null
  #session: client.SparkSession | null = null
  #connection: EngineConnection | null = null
  #bridge: AsyncKernelEnd | null = null
  #control: Int32Array | null = null
  #interrupt: Uint8Array | null = null
  #output: OutputStream | null = null
  #post: (event: KernelEvent) => void = () => undefined
  /** Cells that run now: one of TypeScript, and SQL beside it. */
  readonly #cells = new Map<CellId, Task>()
  #running: Task | null = null
  #numRuns = 0
  #ticks = 0

  constructor(environment: TypeScriptEnvironment) {
    this.#environment = environment
  }

  boot(
    config: KernelConfig,
    engine: MessagePort,
    events: MessagePort,
  ): Promise<{ language: string; version: string; bootMs: number }> {
    const startedAt = performance.now()
    this.#post = (event) => events.postMessage(event)
    const clock = new ClockReader(config.clock)
    this.#output = new OutputStream(({ name, cell, text }) =>
      this.#post({ kind: 'output', cell, output: { output_type: 'stream', name, text } }),
    )
    if (this.#environment.dateScope !== null) installSessionDate(this.#environment.dateScope, () => clock.nowMs())
    this.#control = new Int32Array(config.bridge.control)
    this.#interrupt = new Uint8Array(config.bridge.interrupt)
    const bridge = new AsyncKernelEnd(config.bridge, {
      kick: () => engine.postMessage(0),
      runCallback: (request, id) => this.#runCallback(request as CallbackRequest, id),
      callbackCanceled: (id) => this.#callbacks.get(id)?.abort.abort(canceled()),
      checkInterrupt: () => this.#checkInterrupt(this.#tasks.current),
      flush: () => this.#output?.flush(),
    })
    engine.onmessage = () => bridge.poll()
    this.#bridge = bridge
    this.#connection = new EngineConnection({
      engine: bridge,
      tasks: this.#tasks,
      post: this.#post,
      write: (text) => this.#write('stdout', text),
      nowMs: () => clock.nowMs(),
      checkInterrupt: (task) => this.#checkInterrupt(task),
    })
    this.#session = new client.SparkSession(this.#connection)
    this.#names = this.#startNames(this.#session, this.#connection)
    this.#environment.onUnhandled((reason) => this.#tellUnhandled(reason))
    return Promise.resolve({
      language: 'typescript',
      version: client.SPARK_VERSION,
      bootMs: performance.now() - startedAt,
    })
  }

  async run(run: CellRun): Promise<CellOutcome> {
    const startedAt = performance.now()
    const task = taskOf(run.cell, run.cellNumber)
    const isSql = run.compiled === undefined
    this.#cells.set(run.cell, task)
    if (!isSql) {
      // A press that came too late for the last cell must not stop this one.
      if (this.#interrupt !== null) Atomics.store(this.#interrupt, 0, 0)
      this.#running = task
    }
    this.#setState(KernelState.running)
    const done = (outcome: Omit<CellOutcome, 'durationMs'>): CellOutcome => ({
      ...outcome,
      durationMs: performance.now() - startedAt,
    })
    try {
      await (isSql ? this.#executeSql(run, task) : this.#execute(run, task))
      return done({ status: 'ok', error: null })
    } catch (thrown) {
      const isInterrupted = thrown instanceof Interrupted || task.abort.signal.aborted
      const shown = isInterrupted ? new Interrupted() : thrown
      const shape = shapeOf(shown, this.#scripts, run.cell)
      this.#emit(task, errorOutput(shown, shape, this.#scripts))
      return done({ status: isInterrupted ? 'interrupted' : 'error', error: shape })
    } finally {
      this.#cells.delete(run.cell)
      if (this.#running === task) this.#running = null
      this.#output?.flush()
      this.#post?.({ kind: 'finished', cell: run.cell })
      if (this.#cells.size === 0) this.#setState(KernelState.idle)
      this.#bridge?.poll()
    }
  }

  /** Completion is the language worker's, which knows the types. */
  complete(): Promise<{ from: number; labels: string[] }> {
    return Promise.resolve({ from: 0, labels: [] })
  }

  interrupt(cell: CellId): Promise<void> {
    this.#cells.get(cell)?.abort.abort(new Interrupted())
    return Promise.resolve()
  }

  async #execute(run: CellRun, task: Task): Promise<void> {
    const { compiled } = run
    if (compiled === undefined) throw internalError('A TypeScript cell came to its kernel without being compiled')
    if (compiled.errors.length > 0) throw syntaxErrorOf(compiled, run)
    if (this.#previews.has(run.cell))
      await this.#tasks.run(task, () => this.#previews.stop(run.cell, this.#sessionNow()))
    const script = scriptName(run.cellNumber, ++this.#numRuns)
    this.#scripts.set(script, { cell: run.cell, cellNumber: run.cellNumber, map: new SourceMap(compiled.mappings) })
    // Kept on one line: the map counts lines from the first of the compiled code.
    const text = `"use strict";${compiled.code}\n//# sourceURL=${script}`
    const body = new Function('$cells', text) as (names: object) => Promise<unknown>
    const work = async () => {
      const helpers = { __awaiter: this.#tasks.awaiter }
      const value = await this.#tasks.run(task, () => body.call(helpers, this.#names ?? {}))
      const bundle = await this.#tasks.run(task, () => bundleOf(value))
      // What the cell has begun to show or write belongs to it, awaited or not.
      while (task.open.size > 0) await Promise.all(task.open)
      if (bundle !== null) this.#result(task, bundle, run.executionCount)
    }
    await Promise.race([work(), stopped(task)])
  }

  /** SQL needs no Python: it goes to the engine from here, beside whatever runs. */
  async #executeSql(run: CellRun, task: Task): Promise<void> {
    const work = async () => {
      const df = this.#tasks.run(task, () => this.#sessionNow().sql(run.source))
      if (df.columns.length === 0) return
      const data = await this.#tasks.run(task, () => bundleOf(df))
      if (data !== null) this.#emit(task, { output_type: 'display_data', data, metadata: {} })
    }
    await Promise.race([work(), stopped(task)])
  }

  async #runCallback(request: CallbackRequest, id: number): Promise<CallbackAnswer> {
    if (request.kind !== 'foreachBatch')
      throw internalError(`The TypeScript kernel has no callback of kind ${request.kind}`)
    const connection = this.#connection
    const known = connection?.functionOf(request.functionId)
    if (connection === null || known === undefined)
      throw userError(
        'FUNCTION_NOT_DEFINED',
        'The foreachBatch function of this query is gone: TypeScript was restarted.',
        {
          hint: 'Run the cell that defines the function and starts the query.',
        },
      )
    const { cell, cellNumber } = known.task
    const task = taskOf(cell, cellNumber, id, `[batch ${request.batchId}] `)
    this.#callbacks.set(id, task)
    try {
      const rows = connection.addBatches(request.schema, request.batches)
      await this.#tasks.run(task, () => known.callback(rows, request.batchId))
      while (task.open.size > 0) await Promise.all(task.open)
      return { value: null }
    } catch (thrown) {
      throw new RunnelError(callbackShape(thrown, this.#scripts, cell))
    } finally {
      this.#callbacks.delete(id)
      this.#output?.flush()
    }
  }

  #startNames(session: client.SparkSession, connection: EngineConnection): Record<string, unknown> {
    return cellNames({
      session,
      tasks: this.#tasks,
      tick: () => {
        if (++this.#ticks % TICKS_PER_LOOK === 0) this.#checkInterrupt(this.#tasks.current)
      },
      write: (name, text) => this.#write(name, text),
      sleep: (durationMs) => this.#sleep(connection, durationMs),
      display: (value) => this.#display(value),
      displayData: (data) => this.#displayData(data),
      failed: (thrown) => this.#tellUnhandled(thrown),
    })
  }

  async #sleep(connection: EngineConnection, durationMs: number): Promise<void> {
    const { cell } = this.#tasks.current
    const asleep = this.#tasks.run(this.#tasks.current, () => connection.sleep(durationMs))
    this.#post({ kind: 'sleeping', cell, untilMs: connection.nowMs() + durationMs, durationMs })
    try {
      await asleep
    } finally {
      this.#post({ kind: 'sleeping', cell, untilMs: null, durationMs })
    }
  }

  async #display(value: unknown): Promise<void> {
    const task = this.#tasks.current
    if (isDataFrame(value) && value.isStreaming) {
      const tell = () => {
        this.#connection?.requestNow('lenient', { id: 'display-stream', cell: task.cell, detail: {} })
      }
      this.#displayData(this.#previews.start(value, task.cell, tell))
      return
    }
    const shown = bundleOf(value)
    task.open.add(shown)
    const bundle = await shown.finally(() => task.open.delete(shown))
    this.#emit(task, { output_type: 'display_data', data: bundle ?? { 'text/plain': 'undefined' }, metadata: {} })
  }

  #displayData(data: MimeBundle): void {
    this.#emit(this.#tasks.current, { output_type: 'display_data', data, metadata: {} })
  }

  #result(task: Task, data: MimeBundle, executionCount: number): void {
    this.#emit(task, { output_type: 'execute_result', data, metadata: {}, execution_count: executionCount })
  }

  #emit({ cell }: Task, output: CellOutput): void {
    this.#output?.flush()
    this.#post({ kind: 'output', cell, output })
  }

  #write(name: 'stdout' | 'stderr', text: string): void {
    const { cell, prefix } = this.#tasks.current
    const shown = prefix === '' ? text : text.replace(/^(?=.)/gm, prefix)
    this.#output?.write(name, cell ?? this.#running?.cell ?? null, shown)
  }

  /** A promise nobody waited for: often an action without `await`. */
  #tellUnhandled(reason: unknown): void {
    if (
      reason instanceof Interrupted ||
      (reason instanceof RunnelError && reason.shape.condition === 'OPERATION_CANCELED')
    )
      return
    const output = errorOutput(reason, shapeOf(reason, this.#scripts, null), this.#scripts)
    if (output.output_type === 'error') this.#write('stderr', `Not awaited: ${output.traceback.join('\n')}\n`)
    this.#output?.flush()
  }

  /** Interrupt is for the cell: a callback that runs meanwhile finishes. */
  #checkInterrupt(task: Task): void {
    if (task.abort.signal.aborted) throw task.abort.signal.reason as Error
    if (task.callback !== 0 || this.#interrupt === null || Atomics.load(this.#interrupt, 0) !== 2) return
    if (task !== this.#running) return
    Atomics.store(this.#interrupt, 0, 0)
    const interrupted = new Interrupted()
    task.abort.abort(interrupted)
    throw interrupted
  }

  #setState(state: number): void {
    if (this.#control !== null) Atomics.store(this.#control, Word.kernelState, state)
  }

  #sessionNow(): client.SparkSession {
    if (this.#session === null) throw internalError('TypeScript has not started')
    return this.#session
  }
}

/** Rejects when the task is to stop. */
function stopped({ abort: { signal } }: Task): Promise<never> {
  return new Promise<never>((_, reject: (reason: Error) => void) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

function syntaxErrorOf(compiled: CompiledCell, { cell }: CellRun): RunnelError {
  const [first] = compiled.errors
  const error = new RunnelError(syntaxShape(first, cell))
  error.name = 'SyntaxError'
  return error
}

function canceled(): RunnelError {
  return userError('OPERATION_CANCELED', 'The operation was canceled because its query was stopped.', {
    exception: 'SparkException',
    sqlState: 'HY008',
  })
}
