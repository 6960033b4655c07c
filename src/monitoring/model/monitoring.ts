import type { QueryId } from '../../protocol/ids'
import type { AfterStep, EngineEvent, FlowNumbers, Notice, QueryInfo } from '../../protocol/workers/engine'
import type { BatchInsight, DeliveryAudit, LateRow } from '../../protocol/workers/insight'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { NO_CONSOLE, addConsoleText } from './console'
import { NO_EVENT_TIME, foldEventTime } from './event-time-line'
import type { EventTimeLine, EventTimePlan } from './event-time-line'
import type { ConsoleText } from './console'

/** Batches a chart shows; older points leave on the left. */
export const MAX_POINTS = 600
/** Late rows shown by example. */
const MAX_LATE_SAMPLES = 10
const MAX_NOTICES = 200

/** One point per batch, as parallel arrays: what a chart draws. Rates in rows a second, durations in real milliseconds. */
export type BatchPoints = {
  readonly batchId: readonly number[]
  readonly inputRate: readonly number[]
  readonly processedRate: readonly number[]
  readonly durationMs: readonly number[]
  /** Rows and bytes of all state operators together. */
  readonly stateRows: readonly number[]
  readonly stateBytes: readonly number[]
}

/** Sums over the batches of one run, as far as the page saw them. */
export type RunTotals = {
  readonly numInputRows: number
  readonly numOutputRows: number
  /** Rows behind the watermark, counted as they came (ours). */
  readonly numLateRows: number
  /** Spark's figure: for aggregations it counts groups. */
  readonly numRowsDroppedByWatermark: number
  readonly lateSamples: readonly LateRow[]
  /** Event times of rows the run has seen; null before the first. Milliseconds. */
  readonly minEventTimeMs: number | null
  readonly maxEventTimeMs: number | null
  /** Of the newest batch that had input: what its filters and parsers did. */
  readonly lastInsight: BatchInsight | null
  readonly lastInputRows: number
  /** Session time of the first batch that gave rows. */
  readonly firstOutputMs: number | null
}

/** The comparison of hub and table: under way, done, or the sentence that says why it cannot be made. */
export type AuditView =
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly audit: DeliveryAudit }
  | { readonly state: 'refused'; readonly message: string }

export type QueryView = {
  readonly info: QueryInfo
  readonly points: BatchPoints
  readonly eventTime: EventTimeLine
  /** The newest batch that ran; an idle report is none. */
  readonly lastBatch: { readonly progress: StreamingQueryProgress; readonly insight: BatchInsight | null } | null
  readonly lastProgress: StreamingQueryProgress | null
  readonly flow: FlowNumbers | null
  readonly console: ConsoleText
  /** What the run before printed; its card keeps it (B26). */
  readonly earlierConsole: ConsoleText
  readonly totals: RunTotals
  /** Batch the run went on from; null = it began at 0. */
  readonly continuesAt: number | null
  /** Where the learner let it crash; cleared when it runs again. */
  readonly crashedAt: AfterStep | 'now' | null
  readonly audit: AuditView | null
}

export type MonitoringState = {
  /** In order of their first start: a card keeps its place over runs. */
  readonly order: readonly QueryId[]
  readonly queries: Readonly<Record<string, QueryView>>
  readonly notices: readonly Notice[]
}

export const EMPTY_MONITORING: MonitoringState = { order: [], queries: {}, notices: [] }
const NO_POINTS: BatchPoints = {
  batchId: [],
  inputRate: [],
  processedRate: [],
  durationMs: [],
  stateRows: [],
  stateBytes: [],
}
export const NO_TOTALS: RunTotals = {
  numInputRows: 0,
  numOutputRows: 0,
  numLateRows: 0,
  numRowsDroppedByWatermark: 0,
  lateSamples: [],
  minEventTimeMs: null,
  maxEventTimeMs: null,
  lastInsight: null,
  lastInputRows: 0,
  firstOutputMs: null,
}

/** Folds events in the order they came; events that concern others are left out. */
export function foldEngineEvents(state: MonitoringState, events: readonly EngineEvent[]): MonitoringState {
  return events.reduce(foldOne, state)
}

function foldOne(state: MonitoringState, event: EngineEvent): MonitoringState {
  switch (event.kind) {
    case 'query':
      return foldQuery(state, event.query)
    case 'progress':
      return changeQuery(state, event.query, (view) => foldProgress(view, event))
    case 'flow':
      return changeQuery(state, event.flow.query, (view) => ({ ...view, flow: event.flow }))
    case 'console':
      return changeQuery(state, event.query, (view) => ({
        ...view,
        console: addConsoleText(view.console, event.text),
      }))
    case 'notice':
      return addNotice(state, event.notice)
    case 'clock':
    case 'tables':
    case 'log':
      return state
  }
}

export function foldQuery(state: MonitoringState, info: QueryInfo): MonitoringState {
  const known = state.queries[info.id]
  const isNewRun = known !== undefined && known.info.runId !== info.runId
  const crashedAt =
    info.state === 'running' || info.state === 'starting'
      ? isNewRun
        ? null
        : (known?.crashedAt ?? null)
      : (known?.crashedAt ?? null)
  const view: QueryView = known
    ? {
        ...known,
        info,
        crashedAt,
        lastProgress: info.lastProgress ?? known.lastProgress,
        ...(isNewRun
          ? {
              totals: NO_TOTALS,
              console: NO_CONSOLE,
              earlierConsole: known.console.shown.length > 0 ? known.console : known.earlierConsole,
              continuesAt: nextBatchOf(info),
              audit: null,
            }
          : {}),
      }
    : {
        info,
        points: NO_POINTS,
        eventTime: NO_EVENT_TIME,
        lastBatch: null,
        lastProgress: info.lastProgress,
        flow: null,
        console: NO_CONSOLE,
        earlierConsole: NO_CONSOLE,
        totals: NO_TOTALS,
        continuesAt: nextBatchOf(info),
        crashedAt: null,
        audit: null,
      }
  return {
    ...state,
    order: known ? state.order : [...state.order, info.id],
    queries: { ...state.queries, [info.id]: view },
  }
}

export function setAudit(state: MonitoringState, query: QueryId, audit: AuditView | null): MonitoringState {
  return changeQuery(state, query, (view) => ({ ...view, audit }))
}

export function markCrashed(state: MonitoringState, query: QueryId, at: AfterStep | 'now'): MonitoringState {
  return changeQuery(state, query, (view) => ({ ...view, crashedAt: at }))
}

/** The engine behind the cards is gone: what ran here does not run here any more. */
export function markAllStopped(state: MonitoringState): MonitoringState {
  return activeQueries(state).reduce((next, { info }) => foldQuery(next, { ...info, state: 'stopped' }), state)
}

/** A stopped query's card goes away when the learner closes it. */
export function removeQuery(state: MonitoringState, query: QueryId): MonitoringState {
  const queries = Object.fromEntries(Object.entries(state.queries).filter(([id]) => id !== query))
  return { ...state, order: state.order.filter((id) => id !== query), queries }
}

/** Notices of a cell go when it runs again: the run says anew what it was lenient about. */
export function dropNoticesOf(state: MonitoringState, cell: string): MonitoringState {
  const notices = state.notices.filter((notice) => notice.cell !== cell)
  return notices.length === state.notices.length ? state : { ...state, notices }
}

type ProgressEvent = Extract<EngineEvent, { kind: 'progress' }>

function foldProgress(view: QueryView, { progress, isIdle, insight }: ProgressEvent): QueryView {
  // An idle report repeats the last batch id; a re-run batch replaces its point.
  if (isIdle) return { ...view, lastProgress: progress }
  const { points } = view
  const from = points.batchId.at(-1) === progress.batchId ? points.batchId.length - 1 : points.batchId.length
  const keep = Math.max(0, from + 1 - MAX_POINTS)
  const push = (values: readonly number[], value: number) => [...values.slice(keep, from), value]
  const { stateOperators } = progress
  return {
    ...view,
    lastProgress: progress,
    info: { ...view.info, lastBatchId: progress.batchId },
    totals: foldTotals(view.totals, progress, insight ?? null),
    lastBatch: { progress, insight: insight ?? null },
    eventTime: foldEventTime(view.eventTime, progress, insight?.eventTimes ?? null, eventTimePlan(view.info)),
    points: {
      batchId: push(points.batchId, progress.batchId),
      inputRate: push(points.inputRate, finite(progress.inputRowsPerSecond)),
      processedRate: push(points.processedRate, finite(progress.processedRowsPerSecond)),
      durationMs: push(points.durationMs, progress.batchDuration),
      stateRows: push(points.stateRows, sum(stateOperators, 'numRowsTotal')),
      stateBytes: push(points.stateBytes, sum(stateOperators, 'memoryUsedBytes')),
    },
  }
}

export function eventTimePlan({ facts, outputMode }: QueryInfo): EventTimePlan {
  return { window: facts?.window ?? null, outputMode }
}

function foldTotals(totals: RunTotals, progress: StreamingQueryProgress, insight: BatchInsight | null): RunTotals {
  const min = timeOf(progress.eventTime?.min)
  const max = timeOf(progress.eventTime?.max)
  // Without a count of ours, -1 means that Spark does not say: nobody may then claim that nothing came out.
  const { numOutputRows: told } = progress.sink
  const numOutputRows = insight?.numOutputRows ?? (told >= 0 ? told : progress.numInputRows)
  return {
    numInputRows: totals.numInputRows + progress.numInputRows,
    numOutputRows: totals.numOutputRows + numOutputRows,
    numLateRows: totals.numLateRows + (insight?.late?.numRows ?? 0),
    numRowsDroppedByWatermark:
      totals.numRowsDroppedByWatermark + sum(progress.stateOperators, 'numRowsDroppedByWatermark'),
    lateSamples: [...totals.lateSamples, ...(insight?.late?.samples ?? [])].slice(-MAX_LATE_SAMPLES),
    minEventTimeMs: least(totals.minEventTimeMs, min, Math.min),
    maxEventTimeMs: least(totals.maxEventTimeMs, max, Math.max),
    lastInsight: progress.numInputRows > 0 ? insight : totals.lastInsight,
    lastInputRows: progress.numInputRows > 0 ? progress.numInputRows : totals.lastInputRows,
    firstOutputMs: totals.firstOutputMs ?? (numOutputRows > 0 ? Date.parse(progress.timestamp) : null),
  }
}

function sum(
  operators: StreamingQueryProgress['stateOperators'],
  key: 'numRowsTotal' | 'memoryUsedBytes' | 'numRowsDroppedByWatermark',
): number {
  return operators.reduce((total, operator) => total + operator[key], 0)
}

function least(a: number | null, b: number | null, choose: (a: number, b: number) => number): number | null {
  return a === null ? b : b === null ? a : choose(a, b)
}

/** Milliseconds of `2026-11-20T10:00:00.000Z`; null when there is none. */
export function timeOf(text: string | undefined): number | null {
  const timeMs = text === undefined ? NaN : Date.parse(text)
  return Number.isFinite(timeMs) ? timeMs : null
}

function nextBatchOf(info: QueryInfo): number | null {
  return info.lastBatchId === null || info.runNumber <= 1 ? null : info.lastBatchId + 1
}

function changeQuery(state: MonitoringState, id: QueryId, change: (view: QueryView) => QueryView): MonitoringState {
  const view = state.queries[id]
  return view === undefined ? state : { ...state, queries: { ...state.queries, [id]: change(view) } }
}

function addNotice(state: MonitoringState, notice: Notice): MonitoringState {
  const isKnown = state.notices.some(
    (old) => old.leniency === notice.leniency && old.cell === notice.cell && old.message === notice.message,
  )
  return isKnown ? state : { ...state, notices: [...state.notices, notice].slice(-MAX_NOTICES) }
}

function finite(rate: number | undefined): number {
  return rate !== undefined && Number.isFinite(rate) ? rate : 0
}

export function isActive(info: QueryInfo): boolean {
  return info.state === 'running' || info.state === 'starting'
}

export function activeQueries(state: MonitoringState): QueryView[] {
  return state.order.map((id) => state.queries[id]).filter((view) => isActive(view.info))
}
