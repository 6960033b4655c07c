import { create } from 'zustand'
import { gridOf } from '../../explorer/model/grid'
import type { TableGrid } from '../../explorer/model/grid'
import { wholeText } from '../../monitoring/model/console'
import type { ConsoleText } from '../../monitoring/model/console'
import { isActive, setAudit } from '../../monitoring/model/monitoring'
import type { QueryView } from '../../monitoring/model/monitoring'
import { whyEmpty } from '../../monitoring/model/why-empty'
import type { EmptyAction, EmptyReason } from '../../monitoring/model/why-empty'
import { PREVIEW_ROWS } from '../../monitoring/ui/stream-preview'
import type { QueryId } from '../../protocol/ids'
import { plural } from '../../ui/format'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { refreshHubs } from './lesson-actions'
import { cellsNow } from './notebook-actions'
import { runtimeOrNull } from './runtime-holder'
import { clockCommand, stopQuery } from './stream-actions'

/** What the page asked for beyond events: field names of bodies, rows of previews. */
type Insight = {
  /** By hub; null = its newest body is no JSON object. */
  readonly bodyFields: Readonly<Record<string, readonly string[] | null>>
  readonly previews: Readonly<Record<string, Preview>>
}
export type Preview = { readonly grid: TableGrid; readonly numRows: number; readonly error: string | null }

export const useInsight = create<Insight>(() => ({ bodyFields: {}, previews: {} }))

const NO_GRID: TableGrid = { columns: [], rows: [] }
export const LATE_EVENTS = 20
const AUDIT_AT_LATEST_MS = 5_000

/** The sentence of a query, with what the page knows of its hubs. */
export function reasonOf(
  view: QueryView,
  hubs: Parameters<typeof whyEmpty>[1]['hubs'],
  bodyFields: Insight['bodyFields'],
): EmptyReason | null {
  const hub = hubOf(view)
  const nowMs = runtimeOrNull()?.nowMs() ?? 0
  const reason = whyEmpty(view, { nowMs, hubs, bodyFields: hub === null ? null : (bodyFields[hub] ?? null) })
  if (reason?.kind === 'parsed' && hub !== null && !(hub in bodyFields)) void lookAtBodies(hub)
  return reason
}

/** The in-browser hub a query reads, if it reads one. */
export function hubOf({ info }: QueryView): string | null {
  return info.sources.find(({ broker }) => broker === 'local')?.label ?? null
}

const asked = new Set<string>()

async function lookAtBodies(hub: string): Promise<void> {
  if (asked.has(hub)) return
  asked.add(hub)
  try {
    const [newest] = (await runtimeOrNull()?.broker.peek(hub, 1)) ?? []
    const fields = newest === undefined ? null : fieldsOf(newest.body)
    useInsight.setState(({ bodyFields }) => ({ bodyFields: { ...bodyFields, [hub]: fields } }))
  } catch (thrown) {
    tell('error', `Could not look at the events of ${hub}: ${textOf(thrown)}`)
  } finally {
    // Other events may come: the next time the question arises, it is asked again.
    setTimeout(() => asked.delete(hub), 5000)
  }
}

function fieldsOf(body: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Object.keys(parsed) : null
  } catch {
    // What is not JSON has no fields.
    return null
  }
}

/** [Skip there] and [Send one later event] (B28). */
export async function actOnEmpty(action: EmptyAction): Promise<void> {
  switch (action.kind) {
    case 'skipTo':
      return skipTo(action.sessionMs)
    case 'sendLater':
      if (action.skipFirst) await skipTo(action.eventTimeMs)
      try {
        await runtimeOrNull()?.broker.inject(action.hub, {
          numEvents: 1,
          when: { kind: 'at', eventTimeMs: action.eventTimeMs },
        })
        await refreshHubs()
      } catch (thrown) {
        tell('error', textOf(thrown))
      }
  }
}

async function skipTo(sessionMs: number): Promise<void> {
  const isPaused = getApp().session.clock?.paused === true
  await clockCommand({ kind: 'skipTo', sessionMs })
  if (isPaused) tell('info', 'Stream time stands still: press Step, or Go on, to run the batches that are due.')
}

/** Twenty events that are 15 to 25 minutes old (B07). */
export async function injectLate(hub: string): Promise<void> {
  try {
    const report = await runtimeOrNull()?.broker.inject(hub, { numEvents: LATE_EVENTS, when: { kind: 'late' } })
    if (report === undefined) return
    await refreshHubs()
    const copied =
      report.kind === 'copy' ? `, copies of the newest event with another ${report.timeFields.join(', ')}` : ''
    tell('info', `${plural(report.numEvents, 'late event')} sent into ${hub}, 15 to 25 minutes old${copied}.`)
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

/** Counts hub and table (B21). */
export async function auditDelivery(query: QueryId): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  const set = (audit: Parameters<typeof setAudit>[2]) =>
    useApp.setState(({ monitoring }) => ({ monitoring: setAudit(monitoring, query, audit) }))
  set({ state: 'running' })
  try {
    set({ state: 'done', audit: await runtime.engine.auditDelivery(query) })
  } catch (thrown) {
    set({ state: 'refused', message: textOf(thrown) })
  }
}

/** After Recover (B21): once the batch that was cut off has run again, hub and table are counted. */
export function auditAfterNextBatch(query: QueryId): void {
  const run = getApp().monitoring.queries[query]?.info.runId
  useApp.setState(({ monitoring }) => ({ monitoring: setAudit(monitoring, query, { state: 'running' }) }))
  const unsubscribe = useApp.subscribe(({ monitoring }) => {
    const view = monitoring.queries[query]
    const isOtherRun = view === undefined || view.info.runId !== run
    if (!isOtherRun && view.totals.numInputRows === 0 && isActive(view.info)) return
    unsubscribe()
    clearTimeout(timer)
    if (!isOtherRun) void auditDelivery(query)
  })
  // A query with nothing left to read runs no batch.
  const timer = setTimeout(() => {
    unsubscribe()
    void auditDelivery(query)
  }, AUDIT_AT_LATEST_MS)
}

export function downloadConsole(title: string, console: ConsoleText): void {
  const url = URL.createObjectURL(new Blob([wholeText(console)], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${title.replace(/[^\w.-]+/g, '-')}-console.txt`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export function copyText(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => tell('success', 'Copied the error.'),
    () => tell('error', 'The browser did not allow copying.'),
  )
}

/** `display(stream)` starts queries of this name (B15). */
export function isPreview({ info }: QueryView): boolean {
  return info.format === 'memory' && /^display_query_\d+$/.test(info.name ?? '')
}

const reading = new Set<string>()

export async function readPreview(query: QueryId): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null || reading.has(query)) return
  reading.add(query)
  const set = (preview: Preview) =>
    useInsight.setState(({ previews }) => ({ previews: { ...previews, [query]: preview } }))
  try {
    const { schema, numRows, batches } = await runtime.engine.previewQuery(query, PREVIEW_ROWS)
    set({ grid: gridOf(schema, batches), numRows, error: null })
  } catch (thrown) {
    const known = useInsight.getState().previews[query]
    set({ grid: known?.grid ?? NO_GRID, numRows: known?.numRows ?? 0, error: textOf(thrown) })
  } finally {
    reading.delete(query)
  }
}

/** A preview belongs to its cell: it stops when the cell goes (B15). */
export function stopPreviewsOfGoneCells(): void {
  useApp.subscribe((state, before) => {
    if (state.notebook.history === before.notebook.history) return
    const cells = new Set(cellsNow().map(({ id }) => id))
    for (const view of Object.values(state.monitoring.queries)) {
      const { cell, id } = view.info
      if (isActive(view.info) && isPreview(view) && cell !== null && !cells.has(cell)) void stopQuery(id)
    }
  })
}

/** Draws the event time of a query under the panes; null puts it away. */
export function showEventTime(query: QueryId | null): void {
  change('view', (view) => {
    view.eventTimeQuery = view.eventTimeQuery === query ? null : query
  })
}
