import type { QueryId, RunId } from '../../protocol/ids'
import type { SourceProgress, StateOperatorProgress, StreamingQueryProgress } from '../../protocol/workers/progress'
import type { OffsetJson } from '../ports/source'
import type { EventTimeStats } from './stateful-plan'

/** What one trigger measured. Session times are milliseconds since 1970, durations real milliseconds. */
export type TriggerMeasures = {
  readonly id: QueryId
  readonly runId: RunId
  readonly name: string | null
  readonly startMs: number
  readonly batchId: number
  readonly batchDurationMs: number
  /** Real milliseconds since the previous trigger of the run began; Infinity for the first. */
  readonly sinceLastTriggerMs: number
  readonly durationMs: Readonly<Record<string, number>>
  /** Null when the plan has no watermark. */
  readonly eventTime: { readonly watermarkMs: number; readonly seen: EventTimeStats | null } | null
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sources: readonly SourceMeasures[]
  readonly sink: { readonly description: string; readonly numOutputRows: number }
  /** One row of values for each `observe(...)`. */
  readonly observedMetrics?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type SourceMeasures = {
  readonly description: string
  readonly start: OffsetJson | null
  readonly end: OffsetJson | null
  readonly latest: OffsetJson | null
  readonly numInputRows: number
  readonly metrics: Readonly<Record<string, string>>
}

/** Rates stay exact here; `.json` rounds them. A rate that is not finite is left out, as Spark leaves it out. */
export function buildProgress(measures: TriggerMeasures): StreamingQueryProgress {
  const { sinceLastTriggerMs, batchDurationMs } = measures
  const rates = (numRows: number) => ({
    ...finite('inputRowsPerSecond', numRows / (sinceLastTriggerMs / 1000)),
    ...finite('processedRowsPerSecond', numRows / (Math.max(1, batchDurationMs) / 1000)),
  })
  const sources = measures.sources.map((source): SourceProgress => ({
    description: source.description,
    startOffset: parsedOffset(source.start),
    endOffset: parsedOffset(source.end),
    latestOffset: parsedOffset(source.latest),
    numInputRows: source.numInputRows,
    ...rates(source.numInputRows),
    ...(isEmpty(source.metrics) ? {} : { metrics: sorted(source.metrics) }),
  }))
  const numInputRows = sources.reduce((sum, source) => sum + source.numInputRows, 0)
  return {
    id: measures.id,
    runId: measures.runId,
    name: measures.name,
    timestamp: isoMillis(measures.startMs),
    batchId: measures.batchId,
    batchDuration: batchDurationMs,
    numInputRows,
    ...rates(numInputRows),
    ...(isEmpty(measures.durationMs) ? {} : { durationMs: sorted(measures.durationMs) }),
    ...(measures.eventTime === null ? {} : { eventTime: eventTimeOf(measures.eventTime) }),
    stateOperators: measures.stateOperators,
    sources,
    sink: measures.sink,
    ...(isEmpty(measures.observedMetrics ?? {})
      ? {}
      : { observedMetrics: plainMetrics(measures.observedMetrics ?? {}) }),
  }
}

/** BIGINT as a number where that is exact, as in JSON; what a number cannot hold stays a text of digits. */
function plainMetrics(
  metrics: NonNullable<TriggerMeasures['observedMetrics']>,
): StreamingQueryProgress['observedMetrics'] {
  const plain = (value: unknown) => {
    if (typeof value !== 'bigint') return value
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  const row = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]))
  return Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, row(values)]))
}

/** `StreamingQueryProgress.json`: one line, Spark's key order, rates as doubles with one decimal. */
export function progressJson(progress: StreamingQueryProgress): string {
  return write(progress, '')
}

/** `prettyJson`: two spaces, ` : ` between key and value. */
export function prettyProgressJson(progress: StreamingQueryProgress): string {
  return writePretty(progress, '', '')
}

/** The last reports of a query, oldest first: Spark trims while it holds 100, so that 99 are left. */
export class RecentProgress {
  readonly #capacity: number
  #entries: StreamingQueryProgress[] = []

  constructor(numRecentProgressUpdates = 100) {
    this.#capacity = numRecentProgressUpdates
  }

  add(progress: StreamingQueryProgress): void {
    this.#entries.push(progress)
    while (this.#entries.length >= this.#capacity && this.#entries.length > 0) this.#entries.shift()
  }

  get all(): readonly StreamingQueryProgress[] {
    return this.#entries
  }

  get last(): StreamingQueryProgress | null {
    return this.#entries.at(-1) ?? null
  }
}

/** `2026-11-20T10:12:00.000Z`. */
export function isoMillis(sessionMs: number): string {
  return new Date(Math.floor(sessionMs)).toISOString()
}

function eventTimeOf({ watermarkMs, seen }: { watermarkMs: number; seen: EventTimeStats | null }) {
  const times: Record<string, string> =
    seen === null ? {} : { avg: isoMillis(seen.avgMs), max: isoMillis(seen.maxMs), min: isoMillis(seen.minMs) }
  return { ...times, watermark: isoMillis(watermarkMs) }
}

/** An offset is JSON in most sources; a text that is not JSON is shown as a string. */
function parsedOffset(offset: OffsetJson | null): unknown {
  if (offset === null) return null
  try {
    return JSON.parse(offset)
  } catch {
    return offset
  }
}

function finite(name: 'inputRowsPerSecond' | 'processedRowsPerSecond', rate: number): Record<string, number> {
  return Number.isFinite(rate) ? { [name]: rate } : {}
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function isRate(key: string): boolean {
  return key === 'inputRowsPerSecond' || key === 'processedRowsPerSecond'
}

/** One decimal, half up, never in E notation. */
function rateText(rate: number): string {
  const tenths = Math.floor(rate * 10 + 0.5)
  if (Number.isSafeInteger(tenths)) return `${Math.floor(tenths / 10)}.${tenths % 10}`
  return `${BigInt(Math.round(rate))}.0`
}

function scalar(value: unknown, key: string): string {
  return typeof value === 'number' && isRate(key) ? rateText(value) : (JSON.stringify(value) ?? 'null')
}

function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined)
}

function write(value: unknown, key: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => write(item, key)).join(',')}]`
  if (value === null || typeof value !== 'object') return scalar(value, key)
  return `{${entriesOf(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${write(item, name)}`)
    .join(',')}}`
}

function writePretty(value: unknown, key: string, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]'
    return `[ ${value.map((item) => writePretty(item, key, indent)).join(', ')} ]`
  }
  if (value === null || typeof value !== 'object') return scalar(value, key)
  const entries = entriesOf(value)
  if (entries.length === 0) return '{ }'
  const inner = `${indent}  `
  const lines = entries.map(([name, item]) => `${inner}${JSON.stringify(name)} : ${writePretty(item, name, inner)}`)
  return `{\n${lines.join(',\n')}\n${indent}}`
}
