import { fromJson } from '@bufbuild/protobuf'
import { readFileSync, readdirSync } from 'node:fs'
import { analyze } from '../engine/analyzer/analyze'
import { checkStreaming } from '../engine/analyzer/check-streaming'
import { resolveInputs } from '../engine/analyzer/resolve-inputs'
import { MicroBatchExecution } from '../engine/execution/micro-batch'
import { StatefulQuery } from '../engine/execution/stateful-query'
import type { BindContext } from '../engine/expressions/bound'
import { closePlan, openClosedPlan } from '../engine/plan/close-plan'
import { compilePlan } from '../engine/plan/compile'
import type { PlanNode } from '../engine/plan/node'
import { OptionMap } from '../engine/ports/options'
import type { OutputMode, StreamSink } from '../engine/ports/sink'
import { requireStreaming } from '../engine/service/start-stream'
import { readOutputMode } from '../engine/service/stream-start'
import { typeToJsonValue } from '../engine/types/type-json'
import type { Batch } from '../protocol/columns'
import type { ErrorShape } from '../protocol/errors/runnel-error'
import { RunnelError, errorShape, fullMessage } from '../protocol/errors/runnel-error'
import type { QueryId, RunId } from '../protocol/ids'
import { RelationSchema } from '../protocol/spark-connect'
import type { QueryEnd } from '../protocol/workers/stream'
import type { StreamingQueryProgress } from '../protocol/workers/progress'
import { LeafReader } from '../runtime/leaf-reader'
import { definition as jsonFiles } from '../sources/json'
import { definition as rate } from '../sources/rate'
import { FileCheckpoint } from '../storage/checkpoint/file-checkpoint'
import { stateFilesOf } from '../storage/checkpoint/state-files'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { goldenValue } from './golden-value'
import { emptyCatalog } from './plan-builder'
import { ScriptedClock } from './scripted-clock'
import { ScriptedHost } from './scripted-host'
import { passUntil } from './test-query'

/** One streaming case as `generate-streaming-cases.py` writes it. */
export type StreamingCase = {
  readonly name: string
  readonly mode: string
  /** `each`: a file, then everything available; `all`: all files, then AvailableNow; `once`: all files, then Once. */
  readonly style: 'each' | 'all' | 'once'
  readonly conf: Readonly<Record<string, string>>
  /** Lines of the file in a folder that does not stream. */
  readonly static: Readonly<Record<string, readonly string[]>>
  readonly feed: readonly ('restart' | Readonly<Record<string, readonly string[]>>)[]
  readonly plan: Record<string, unknown>
  readonly answer: StreamingAnswer
}

export type StreamingAnswer = {
  readonly schema?: unknown
  /** Batches of each run of the query. */
  readonly runs?: readonly (readonly CaseBatch[])[]
  readonly error?: CaseRefusal
}

export type CaseBatch = {
  readonly batchId: number
  readonly numInputRows: number
  readonly eventTime: Readonly<Record<string, string>> | null
  /** In force in the batch, and for the next one. */
  readonly watermarksMs: readonly [number, number]
  readonly stateOperators: readonly Readonly<Record<string, string | number>>[]
  readonly observed?: Readonly<Record<string, unknown>>
  readonly rows: readonly unknown[][]
}

export type CaseRefusal = {
  readonly moment: 'analysis' | 'start' | 'run'
  readonly exception: string
  readonly condition: string | null
  readonly sqlState: string | null
  readonly parameters: Readonly<Record<string, string>>
  readonly message: string
}

const FOLDER = new URL('./golden/streaming-cases/', import.meta.url)
/** Where the cases' folders lie in the recorded plans. */
const BASE = '/case'
const CHECKPOINT = `${BASE}/checkpoint`
const QUERY_ID = '00000000-0000-4000-8000-000000000001' as QueryId

/** All recorded cases, by the file they stand in. */
export function streamingCases(): Map<string, StreamingCase[]> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'gaps.json')
  return new Map(
    names.map((name) => {
      const { cases } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { cases: StreamingCase[] }
      return [name.slice(0, -'.json'.length), cases]
    }),
  )
}

/** Cases where we differ from Spark on purpose or for now, by `group/name`, with the reason. */
export function streamingGaps(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(new URL('gaps.json', FOLDER), 'utf8')) as Record<string, string>
}

/** What our engine answers to the case: analysed, checked, compiled and run as a started query is, over files in memory. */
export async function ourAnswer(one: StreamingCase): Promise<StreamingAnswer> {
  const files = new MemoryFileStore()
  const folders = new Folders(files)
  for (const [name, lines] of Object.entries(one.static)) await folders.add(name, lines)
  for (const step of one.feed) if (step !== 'restart') for (const name of Object.keys(step)) await folders.make(name)
  await folders.make('in')
  await folders.make('other')
  let started: { plan: PlanNode; outputMode: OutputMode }
  let schema: unknown
  try {
    const plan = await analysed(one, files)
    schema = typeToJsonValue(plan.schema)
    started = { plan, outputMode: 'append' }
  } catch (error) {
    return { error: refusalOf(error, 'analysis') }
  }
  const runs: CaseBatch[][] = []
  try {
    requireStreaming(started.plan)
    started = { ...started, outputMode: readOutputMode(one.mode) }
    checkStreaming(started.plan, started.outputMode)
  } catch (error) {
    return { schema, runs: [[]], error: refusalOf(error, 'start') }
  }
  const clock = new ScriptedClock()
  for (const steps of segmentsOf(one.feed)) {
    const plan = await analysed(one, files)
    const run = new CaseRun(plan, started.outputMode, one, files, clock)
    const error = await run.live(steps, folders)
    runs.push(run.batches)
    if (error !== null) return { schema, runs, error }
  }
  return { schema, runs }
}

type Step = Readonly<Record<string, readonly string[]>>

function segmentsOf(feed: StreamingCase['feed']): Step[][] {
  const segments: Step[][] = [[]]
  for (const step of feed) {
    if (step === 'restart') segments.push([])
    else segments.at(-1)!.push(step)
  }
  return segments
}

/** Writes files in order: each is newer than the one before it. */
class Folders {
  readonly #files: MemoryFileStore
  #count = 0

  constructor(files: MemoryFileStore) {
    this.#files = files
  }

  async make(name: string): Promise<void> {
    // A folder is there once something hidden lies in it.
    await this.#files.write(`/fs${BASE}/${name}/_made`, new Uint8Array())
  }

  async add(name: string, lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('')
    const file = `${String(this.#count++).padStart(3, '0')}.json`
    await this.#files.write(`/fs${BASE}/${name}/${file}`, new TextEncoder().encode(text))
  }
}

function analysed(one: StreamingCase, files: MemoryFileStore): Promise<PlanNode> {
  return analysedPlan(one.plan, one.conf, files)
}

/** A recorded plan of the Connect client, analysed over these files. */
export async function analysedPlan(
  plan: Record<string, unknown>,
  conf: Readonly<Record<string, string>>,
  files: MemoryFileStore,
): Promise<PlanNode> {
  const bindContext: BindContext = { conf, isStreaming: false, lenient: () => undefined }
  const relation = fromJson(RelationSchema, plan as Parameters<typeof fromJson>[1])
  const inputs = await resolveInputs(relation, emptyCatalog, {
    async schemaOf({ format, options, userSchema, isStreaming }) {
      const source = format === 'json' ? jsonFiles : format === 'rate' ? rate : undefined
      if (source === undefined) return null
      const context = { files, streaming: isStreaming, compatibility: 'strict' as const, lenient: () => undefined }
      return source.schema(new OptionMap(options), userSchema, context)
    },
  })
  return analyze(openClosedPlan(closePlan(inputs)), bindContext)
}

/** One run of the case's query. */
class CaseRun {
  readonly #host: ScriptedHost
  readonly #execution: MicroBatchExecution
  readonly #end: Promise<QueryEnd>
  readonly #clock: ScriptedClock
  readonly #style: StreamingCase['style']
  readonly #rows = new Map<number, unknown[][]>()
  batches: CaseBatch[] = []

  constructor(
    plan: PlanNode,
    outputMode: OutputMode,
    { style, conf }: StreamingCase,
    files: MemoryFileStore,
    clock: ScriptedClock,
  ) {
    this.#clock = clock
    this.#style = style
    this.#host = new ScriptedHost(clock)
    const allConf = { 'spark.sql.shuffle.partitions': '1', ...conf }
    const stateful = new StatefulQuery(stateFilesOf(files, CHECKPOINT), () => 0)
    const compiled = compilePlan(plan, { outputMode, stateful })
    const checkpoint = new FileCheckpoint(files, CHECKPOINT)
    const broker = () => {
      throw new Error('A case has no broker')
    }
    const leaves = new LeafReader({ files, clock, broker: broker as never }, {}, allConf)
    this.#execution = new MicroBatchExecution({
      id: QUERY_ID,
      runId: '00000000-0000-4000-9000-000000000001' as RunId,
      name: null,
      plan: compiled,
      trigger: TRIGGERS[style],
      conf: allConf,
      clock,
      checkpoint,
      host: this.#host,
      openSources: async () => {
        await checkpoint.queryId(QUERY_ID)
        return leaves.openStreams(compiled, (source) => checkpoint.sourcePath(source))
      },
      openSink: async () => this.#sink(),
      readStatic: (leaf) => leaves.readStatic(leaf),
      isCanceled: () => false,
      stateful: stateful.isEmpty ? null : stateful,
      planText: null,
    })
    this.#end = this.#execution.run()
    this.#watermarksOf = async (batchId) => {
      const read = async (log: string, key: string) => {
        const text = new TextDecoder().decode(await files.read(`${CHECKPOINT}/${log}/${batchId}`))
        return (JSON.parse(text.split('\n')[1]) as Record<string, number>)[key]
      }
      return [await read('offsets', 'batchWatermarkMs'), await read('commits', 'nextBatchWatermarkMs')]
    }
  }

  readonly #watermarksOf: (batchId: number) => Promise<readonly [number, number]>

  async live(steps: readonly Step[], folders: Folders): Promise<CaseRefusal | null> {
    const add = async (step: Step) => {
      for (const [name, lines] of Object.entries(step)) await folders.add(name, lines)
    }
    let failure: unknown = null
    try {
      if (this.#style === 'each') {
        for (const step of steps) {
          await add(step)
          await passUntil(this.#execution.processAllAvailable(), this.#clock)
        }
        this.#execution.stop()
      } else for (const step of steps) await add(step)
    } catch (error) {
      failure = error
    }
    const end = await passUntil(this.#end, this.#clock)
    const reports = this.#host.reports.filter(({ isIdle }) => !isIdle).map(({ progress }) => progress)
    for (const progress of reports) this.batches.push(await this.#batchOf(progress))
    if (end.kind === 'failed') return refusalOf(new RunnelError(end.error.cause ?? end.error), 'run')
    if (failure instanceof Error) throw failure
    return null
  }

  async #batchOf(progress: StreamingQueryProgress): Promise<CaseBatch> {
    const { batchId, numInputRows, eventTime, observedMetrics } = progress
    const hasMetrics = observedMetrics !== undefined && Object.keys(observedMetrics).length > 0
    return {
      batchId,
      numInputRows,
      eventTime: eventTime ?? null,
      watermarksMs: await this.#watermarksOf(batchId),
      stateOperators: progress.stateOperators.map((operator) => ({
        operatorName: operator.operatorName,
        numRowsTotal: operator.numRowsTotal,
        numRowsUpdated: operator.numRowsUpdated,
        numRowsRemoved: operator.numRowsRemoved,
        numRowsDroppedByWatermark: operator.numRowsDroppedByWatermark,
        ...(operator.customMetrics?.numDroppedDuplicateRows === undefined
          ? {}
          : { numDroppedDuplicateRows: operator.customMetrics?.numDroppedDuplicateRows }),
      })),
      ...(hasMetrics
        ? { observed: JSON.parse(JSON.stringify(observedMetrics, jsonNumber)) as Record<string, unknown> }
        : {}),
      rows: this.#rows.get(batchId) ?? [],
    }
  }

  #sink(): StreamSink {
    return {
      description: 'ForeachBatchSink',
      stage: async (batchId, batches) => ({
        publish: async () => {
          this.#rows.set(batchId, batches.flatMap(valuesOf))
          return { numOutputRows: -1 }
        },
      }),
      close: async () => {},
    }
  }
}

const TRIGGERS = {
  each: { kind: 'processingTime', intervalMs: 0 },
  all: { kind: 'availableNow' },
  once: { kind: 'once' },
} as const

function jsonNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

function valuesOf(batch: Batch): unknown[][] {
  return Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => goldenValue(column, row)))
}

function refusalOf(error: unknown, moment: CaseRefusal['moment']): CaseRefusal {
  if (!(error instanceof RunnelError)) throw new Error('This failed for another reason', { cause: error })
  const shape: ErrorShape = errorShape(error)
  return {
    moment,
    exception: shape.exception,
    condition: shape.condition === '' ? null : shape.condition,
    sqlState: shape.sqlState,
    parameters: shape.parameters,
    message: fullMessage(shape).split(';\n')[0].trim(),
  }
}
