import type { QueryId } from '../../protocol/ids'
import type { AfterStep, EngineEvent, FlowNumbers, Notice, QueryInfo } from '../../protocol/workers/engine'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'

/** Batches a chart shows; older points leave on the left. */
export const MAX_POINTS = 600
/** Console text kept per query (B26). */
export const MAX_CONSOLE_CHARS = 200_000
const MAX_NOTICES = 200

/** One point per batch, as parallel arrays: what a chart draws. Rates in rows a second, durations in real milliseconds. */
export type BatchPoints = {
  readonly batchId: readonly number[]
  readonly inputRate: readonly number[]
  readonly processedRate: readonly number[]
  readonly durationMs: readonly number[]
}

export type QueryView = {
  readonly info: QueryInfo
  readonly points: BatchPoints
  readonly lastProgress: StreamingQueryProgress | null
  readonly flow: FlowNumbers | null
  readonly consoleText: string
  /** Where the learner let it crash; cleared when it runs again. */
  readonly crashedAt: AfterStep | 'now' | null
}

export type MonitoringState = {
  /** In order of their first start: a card keeps its place over runs. */
  readonly order: readonly QueryId[]
  readonly queries: Readonly<Record<string, QueryView>>
  readonly notices: readonly Notice[]
}

export const EMPTY_MONITORING: MonitoringState = { order: [], queries: {}, notices: [] }
const NO_POINTS: BatchPoints = { batchId: [], inputRate: [], processedRate: [], durationMs: [] }

/** Folds events in the order they came; events that concern others are left out. */
export function foldEngineEvents(state: MonitoringState, events: readonly EngineEvent[]): MonitoringState {
  return events.reduce(foldOne, state)
}

function foldOne(state: MonitoringState, event: EngineEvent): MonitoringState {
  switch (event.kind) {
    case 'query':
      return foldQuery(state, event.query)
    case 'progress':
      return changeQuery(state, event.query, (view) => foldProgress(view, event.progress, event.isIdle))
    case 'flow':
      return changeQuery(state, event.flow.query, (view) => ({ ...view, flow: event.flow }))
    case 'console':
      return changeQuery(state, event.query, (view) => ({
        ...view,
        consoleText: keepTail(view.consoleText + event.text),
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
    ? { ...known, info, crashedAt, lastProgress: info.lastProgress ?? known.lastProgress }
    : { info, points: NO_POINTS, lastProgress: info.lastProgress, flow: null, consoleText: '', crashedAt: null }
  return {
    ...state,
    order: known ? state.order : [...state.order, info.id],
    queries: { ...state.queries, [info.id]: view },
  }
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

function foldProgress(view: QueryView, progress: StreamingQueryProgress, isIdle: boolean): QueryView {
  // An idle report repeats the last batch id; a re-run batch replaces its point.
  if (isIdle) return { ...view, lastProgress: progress }
  const { points } = view
  const from = points.batchId.at(-1) === progress.batchId ? points.batchId.length - 1 : points.batchId.length
  const keep = Math.max(0, from + 1 - MAX_POINTS)
  const push = (values: readonly number[], value: number) => [...values.slice(keep, from), value]
  return {
    ...view,
    lastProgress: progress,
    info: { ...view.info, lastBatchId: progress.batchId },
    points: {
      batchId: push(points.batchId, progress.batchId),
      inputRate: push(points.inputRate, finite(progress.inputRowsPerSecond)),
      processedRate: push(points.processedRate, finite(progress.processedRowsPerSecond)),
      durationMs: push(points.durationMs, progress.batchDuration),
    },
  }
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

function keepTail(text: string): string {
  if (text.length <= MAX_CONSOLE_CHARS) return text
  const cut = text.indexOf('\n', text.length - MAX_CONSOLE_CHARS)
  return text.slice(cut + 1)
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

/** Notices that change something on a real cluster; plain remarks do not count. */
export function numChangesForSpark(notices: readonly Notice[]): number {
  return notices.filter((notice) => notice.spark !== null).length
}
