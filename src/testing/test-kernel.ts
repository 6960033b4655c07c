import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { allocateBridge } from '../protocol/bridge/channel'
import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'
import type { ExecuteResult, KernelRequest, KernelRequests } from '../protocol/workers/kernel-requests'
import type { CellId, SessionId } from '../protocol/ids'
import type { CellOutcome, CellOutput, KernelEvent } from '../protocol/workers/kernel'
import type { Batch, StructType } from '../protocol/columns'
import { fromBinary } from '@bufbuild/protobuf'
import { PlanSchema } from '../protocol/spark-connect'
import type { Plan } from '../protocol/spark-connect'
import { PythonKernel } from '../kernels/python/python-kernel'
import type { PythonEnvironment } from '../kernels/python/python-kernel'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const assetsUrl = `${root}public/pyodide/`

/** Pyodide from npm, our assets from the build, in this process. */
export const nodeEnvironment: PythonEnvironment = {
  loadModule: () => import('pyodide'),
  readBytes: async (url) => new Uint8Array(await readFile(url)),
  dateScope: null,
}

/** Builds the assets when they are out of date; otherwise a tenth of a second. */
export function buildAssets(): void {
  execFileSync(process.execPath, [`${root}scripts/build-python.mjs`])
}

export type Answers = {
  [M in keyof KernelRequests]?: (params: KernelRequests[M]['params']) => unknown
}

/** An engine that records requests and answers from a script, in the same process. */
export class ScriptedEngine {
  readonly requests: KernelRequest[] = []
  answers: Answers = {}
  schema: StructType = { kind: 'struct', fields: [{ name: 'id', type: { kind: 'long' }, nullable: false }] }
  isStreaming = true
  /** Results of `executePlan`, by what the plan is. */
  onExecute: (plan: Plan) => ExecuteResult = () => ({ kind: 'done' })

  call = (request: KernelRequest): unknown => {
    this.requests.push(request)
    const scripted = this.answers[request.method] as ((params: unknown) => unknown) | undefined
    if (scripted) return scripted(request.params)
    switch (request.method) {
      case 'analyzePlan': {
        const { ask } = request.params
        if (ask.kind === 'isStreaming') return { flag: this.isStreaming }
        return { schemaJson: JSON.stringify(sparkJson(this.schema)), text: 'root\n', flag: true, files: [] }
      }
      case 'executePlan':
        return this.onExecute(fromBinary(PlanSchema, request.params.plan))
      case 'config':
        return { value: null, all: {} }
      default:
        return null
    }
  }

  plans(): Plan[] {
    return this.requests.flatMap((request) =>
      request.method === 'executePlan' || request.method === 'analyzePlan'
        ? [fromBinary(PlanSchema, request.params.plan)]
        : [],
    )
  }
}

function sparkJson(schema: StructType) {
  return {
    type: 'struct',
    fields: schema.fields.map(({ name, type, nullable }) => ({ name, type: type.kind, nullable, metadata: {} })),
  }
}

export type TestKernel = {
  readonly kernel: PythonKernel
  readonly engine: ScriptedEngine
  readonly events: KernelEvent[]
  readonly clock: ClockWriter
  /** Runs source as the next cell; outputs of earlier cells are gone from `outputs`. */
  run(
    source: string,
    options?: { definedNames?: Record<string, { cell: number; when: 'not-run' | 'before-reload' }> },
  ): Promise<CellOutcome>
  outputs(): CellOutput[]
  /** stdout of the last cell. */
  text(): string
}

export async function startKernel(compatibility: 'workshop' | 'strict' = 'workshop'): Promise<TestKernel> {
  buildAssets()
  const engine = new ScriptedEngine()
  const kernel = new PythonKernel({ ...nodeEnvironment, callEngine: engine.call })
  const events: KernelEvent[] = []
  const clockBuffer = allocateClock(true)
  const clock = new ClockWriter(clockBuffer)
  clock.start(Date.UTC(2026, 10, 20, 10, 0, 0))
  // Recorded at once: a test looks at the events right after the cell, before a message could arrive.
  const recorder = { postMessage: (event: KernelEvent) => events.push(event) } as unknown as MessagePort
  const port = { postMessage: () => undefined, onmessage: null } as unknown as MessagePort
  const config = { session: 's' as SessionId, bridge: allocateBridge(), clock: clockBuffer, assetsUrl, compatibility }
  await kernel.boot(config, port, recorder)
  let number = 0
  let first = 0
  const outputs = () => events.slice(first).flatMap((event) => (event.kind === 'output' ? [event.output] : []))
  return {
    kernel,
    engine,
    events,
    clock,
    run: (source, options) => {
      number++
      first = events.length
      return kernel.run({
        cell: `cell-${number}` as CellId,
        cellNumber: number,
        executionCount: number,
        source,
        ...options,
      })
    },
    outputs,
    text: () =>
      outputs()
        .flatMap((output) => (output.output_type === 'stream' && output.name === 'stdout' ? [output.text] : []))
        .join(''),
  }
}

/** A result of string columns, as `showString` and such give. */
export function stringRows(names: readonly string[], rows: readonly (readonly (string | null)[])[]): ExecuteResult {
  const schema: StructType = {
    kind: 'struct',
    fields: names.map((name) => ({ name, type: { kind: 'string' }, nullable: true })),
  }
  const batch: Batch = {
    schema,
    numRows: rows.length,
    columns: names.map((_, index) => {
      const parts = rows.map((row) => new TextEncoder().encode(row[index] ?? ''))
      const offsets = new Int32Array(rows.length + 1)
      parts.forEach((part, row) => (offsets[row + 1] = offsets[row] + part.length))
      const bytes = new Uint8Array(offsets[rows.length])
      parts.forEach((part, row) => bytes.set(part, offsets[row]))
      const validity = Uint8Array.from(rows, (row) => (row[index] === null ? 0 : 1))
      return { layout: 'bytes', type: { kind: 'string' }, length: rows.length, validity, offsets, bytes }
    }),
  }
  return { kind: 'rows', schema, batches: [batch] }
}
