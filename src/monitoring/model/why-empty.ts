import type { HubInfo } from '../../protocol/workers/broker'
import type { PlanFacts, WindowFacts } from '../../protocol/workers/insight'
import { formatClock, formatCount, formatMinutes, plural } from '../../ui/format'
import { lengthText } from './durations'
import { isActive, timeOf } from './monitoring'
import type { QueryView } from './monitoring'

/** A query whose table stays empty, and what can be done about it (B28). */
export type EmptyReason = {
  readonly kind: 'window' | 'silent' | 'trigger' | 'latest' | 'filtered' | 'parsed' | 'late' | 'duplicates' | 'other'
  readonly sentence: string
  readonly action: EmptyAction | null
}

/** skipTo: stream time goes there, the producer's events come along · sendLater: one event of that time, after stream time when it must arrive then. */
export type EmptyAction =
  | { readonly kind: 'skipTo'; readonly sessionMs: number }
  | {
      readonly kind: 'sendLater'
      readonly hub: string
      readonly eventTimeMs: number
      /** Its time is its arrival: stream time has to be there first. */
      readonly skipFirst: boolean
    }

export type EmptyContext = {
  readonly nowMs: number
  /** As the page knows them; a hub that is not among them is not asked about. */
  readonly hubs: readonly Pick<HubInfo, 'name' | 'numSent' | 'producer' | 'lastEnqueuedMs'>[]
  /** Field names of a newest event of the hub; null = not looked at, or not a JSON object. */
  readonly bodyFields: readonly string[] | null
}

/** Session time without an event after which a hub is called silent. */
const SILENT_MS = 60_000
/** A trigger this short needs no explaining. */
const SHORT_TRIGGER_MS = 10_000

/** One sentence for a running query that has given no rows; null when it has, or when nobody has sent it anything. */
export function whyEmpty(view: QueryView, context: EmptyContext): EmptyReason | null {
  if (!isActive(view.info) || view.totals.numOutputRows > 0) return null
  if (view.totals.numInputRows === 0) return whyUnread(view, context)
  return (
    notParsed(view, context) ??
    filteredOut(view) ??
    allLate(view) ??
    openWindow(view, context) ??
    nothingNew(view) ?? {
      kind: 'other',
      sentence: `${plural(view.totals.numInputRows, 'row')} came in and none came out yet.`,
      action: null,
    }
  )
}

/** Whether a sentence may come and go: then its place is kept free. */
export function mayStayEmpty(facts: PlanFacts | undefined): boolean {
  return facts !== undefined && (facts.numFilters > 0 || facts.stateful.length > 0 || facts.multipliesRows)
}

/** Nothing has been read yet, although there may be something. */
function whyUnread({ info, flow }: QueryView, { nowMs }: EmptyContext): EmptyReason | null {
  const sent = flow?.sources.reduce((sum, source) => sum + (source.sent ?? 0), 0) ?? 0
  const waiting = flow?.sources.reduce((sum, source) => sum + (source.waiting ?? 0), 0) ?? 0
  const interval = info.trigger.kind === 'processingTime' ? info.trigger.intervalMs : 0
  const dueMs = flow?.nextTriggerMs ?? null
  if (interval >= SHORT_TRIGGER_MS && waiting > 0 && dueMs !== null && dueMs > nowMs) {
    return {
      kind: 'trigger',
      sentence: `Trigger is ${lengthText(interval)}; next at ${formatClock(dueMs)}.`,
      action: { kind: 'skipTo', sessionMs: dueMs },
    }
  }
  const startsAtLatest = info.facts?.sources.some(({ startsAt }) => startsAt === 'latest') ?? false
  if (startsAtLatest && sent > 0 && waiting === 0) {
    const startedMs = timeOf(info.lastProgress?.timestamp)
    return {
      kind: 'latest',
      sentence:
        startedMs === null
          ? '`latest`: only events that come after the start are read.'
          : `\`latest\`: only events after ${formatClock(startedMs)} are read.`,
      action: null,
    }
  }
  return null
}

/** Every row of a parsed column has no value in any field: the names do not match, or the bodies are something else. */
function notParsed({ totals }: QueryView, { bodyFields }: EmptyContext): EmptyReason | null {
  for (const { column, numRows, fields } of totals.lastInsight?.parses ?? []) {
    if (numRows === 0 || fields.length === 0 || fields.some(({ numNulls }) => numNulls < numRows)) continue
    return {
      kind: 'parsed',
      sentence: `100 % of \`${column}\` is NULL: ${whyNull(
        fields.map(({ name }) => name),
        bodyFields,
      )}.`,
      action: null,
    }
  }
  return null
}

function whyNull(asked: readonly string[], inBody: readonly string[] | null): string {
  if (inBody === null) return 'the bodies are not JSON objects'
  const pair = asked.flatMap((name) => {
    const close = inBody.find((other) => other !== name && plain(other) === plain(name))
    return close === undefined ? [] : [`${name} vs ${close}`]
  })[0]
  if (pair !== undefined) return `field names differ: ${pair}`
  return `the schema asks for ${listed(asked)}, the bodies have ${listed(inBody)}`
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`
}

/** The first filter that nothing passed. */
function filteredOut({ totals }: QueryView): EmptyReason | null {
  const filter = totals.lastInsight?.filters.find(
    ({ numInputRows, numOutputRows }) => numInputRows > 0 && numOutputRows === 0,
  )
  if (filter === undefined) return null
  return {
    kind: 'filtered',
    sentence: `All ${plural(filter.numInputRows, 'row')} of the last batch were filtered out by ${filter.condition}.`,
    action: null,
  }
}

function allLate({ totals, lastProgress }: QueryView): EmptyReason | null {
  const late = totals.lastInsight?.late
  if (late === undefined || late.numRows === 0 || late.numRows < totals.lastInputRows) return null
  const watermarkMs = timeOf(lastProgress?.eventTime?.watermark) ?? late.samples[0]?.watermarkMs ?? null
  return {
    kind: 'late',
    sentence: `All ${plural(late.numRows, 'row')} of the last batch came too late${watermarkMs === null ? '' : `: the watermark is ${formatClock(watermarkMs)}`}.`,
    action: null,
  }
}

/** Append mode holds a window back until the watermark has passed its end. */
function openWindow(view: QueryView, context: EmptyContext): EmptyReason | null {
  const { info, totals } = view
  const facts = info.facts
  if (facts?.window == null || facts.watermark === null || info.outputMode !== 'append') return null
  const { minEventTimeMs, maxEventTimeMs } = totals
  if (minEventTimeMs === null || maxEventTimeMs === null) return null
  // A window that the watermark has passed held late rows alone: it would have been given out.
  const watermarkMs = timeOf(view.lastProgress?.eventTime?.watermark) ?? 0
  const window = firstWindow(Math.max(minEventTimeMs, watermarkMs), facts.window)
  const neededMs = window.endMs + facts.watermark.delayMs
  const source = info.sources.find(({ broker }) => broker !== null)
  const hub = context.hubs.find(({ name }) => name === source?.label)
  if (maxEventTimeMs >= neededMs) {
    return {
      kind: 'trigger',
      sentence: `The watermark has passed ${shortTime(window.endMs)}: the window ${span(window)} leaves with the next batch.`,
      action: view.flow?.nextTriggerMs == null ? null : { kind: 'skipTo', sessionMs: view.flow.nextTriggerMs },
    }
  }
  const byArrival = facts.watermark.origin === 'arrival'
  const silentMs = hub?.lastEnqueuedMs == null ? 0 : context.nowMs - hub.lastEnqueuedMs
  if (hub !== undefined && hub.producer === null && silentMs >= SILENT_MS) {
    return {
      kind: 'silent',
      sentence: `No newer event will come: the hub has been silent for ${formatMinutes(silentMs)}. ${span(window)} leaves when an event later than ${shortTime(neededMs)} arrives.`,
      action: { kind: 'sendLater', hub: hub.name, eventTimeMs: neededMs + 1000, skipFirst: byArrival },
    }
  }
  const since = view.continuesAt === null ? 'yet' : 'since the restart'
  return {
    kind: 'window',
    sentence: `No window has closed ${since}. ${span(window)} leaves when an event later than ${shortTime(neededMs)} arrives; newest event ${formatClock(maxEventTimeMs)}.`,
    action: { kind: 'skipTo', sessionMs: neededMs + 1000 },
  }
}

/** The earliest window that holds the time. */
export function firstWindow(
  timeMs: number,
  { durationMs, slideMs, startMs }: WindowFacts,
): { startMs: number; endMs: number } {
  const last = Math.floor((timeMs - startMs) / slideMs) * slideMs + startMs
  const start = last - Math.floor((durationMs - 1 - (timeMs - last)) / slideMs) * slideMs
  return { startMs: start, endMs: start + durationMs }
}

function nothingNew({ info, totals }: QueryView): EmptyReason | null {
  if (info.facts?.stateful.some((operator) => operator.startsWith('dropDuplicates'))) {
    return {
      kind: 'duplicates',
      sentence: `All ${plural(totals.numInputRows, 'row')} so far repeat a key that was seen before.`,
      action: null,
    }
  }
  if (info.facts?.multipliesRows) {
    return {
      kind: 'other',
      sentence: `${formatCount(totals.numInputRows)} rows came in and explode made none of them: their arrays are empty or NULL.`,
      action: null,
    }
  }
  return null
}

/** "10:00-10:05", with seconds only where they matter. */
export function span({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): string {
  return `${shortTime(startMs)}-${shortTime(endMs)}`
}

export function shortTime(timeMs: number): string {
  const text = formatClock(timeMs)
  return text.endsWith(':00') ? text.slice(0, 5) : text
}
