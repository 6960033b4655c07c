import { describe, expect, it } from 'vitest'
import type { CellId, QueryId, RunId, SessionId } from '../../protocol/ids'
import type { QueryInfo } from '../../protocol/workers/engine'
import type { PlanFacts } from '../../protocol/workers/insight'
import { NO_CONSOLE } from './console'
import { NO_EVENT_TIME } from './event-time-line'
import { NO_TOTALS } from './monitoring'
import type { QueryView, RunTotals } from './monitoring'
import type { EmptyContext } from './why-empty'
import { firstWindow, mayStayEmpty, whyEmpty } from './why-empty'

const at = (text: string) => Date.parse(`2026-01-15T${text}Z`)
const MINUTE = 60_000

const facts: PlanFacts = {
  watermark: { column: 'eventTime', delayMs: 10 * MINUTE, origin: 'body' },
  window: { durationMs: 5 * MINUTE, slideMs: 5 * MINUTE, startMs: 0 },
  groupKeys: ['eventType'],
  stateful: ['aggregate'],
  numFilters: 0,
  multipliesRows: false,
  sources: [{ format: 'eventhubs', startsAt: 'earliest' }],
  fingerprint: 'f',
}
const plain: PlanFacts = { ...facts, watermark: null, window: null, groupKeys: null, stateful: [] }

function viewOf(info: Partial<QueryInfo>, totals: Partial<RunTotals> = {}, view: Partial<QueryView> = {}): QueryView {
  return {
    info: {
      id: 'q' as QueryId,
      runId: 'r' as RunId,
      session: 's' as SessionId,
      name: null,
      cell: 'c' as CellId,
      title: 'gold',
      format: 'delta',
      target: 'gold',
      trigger: { kind: 'processingTime', intervalMs: 0 },
      outputMode: 'append',
      checkpointPath: '/c',
      runNumber: 1,
      state: 'running',
      status: { message: '', isDataAvailable: false, isTriggerActive: false },
      error: null,
      lastBatchId: 3,
      lastProgress: null,
      sources: [{ format: 'eventhubs', label: 'clicks', broker: 'local' }],
      facts,
      ...info,
    },
    points: { batchId: [], inputRate: [], processedRate: [], durationMs: [], stateRows: [], stateBytes: [] },
    eventTime: NO_EVENT_TIME,
    lastBatch: null,
    lastProgress: null,
    flow: null,
    console: NO_CONSOLE,
    earlierConsole: NO_CONSOLE,
    totals: { ...NO_TOTALS, numInputRows: 60, lastInputRows: 60, ...totals },
    continuesAt: null,
    crashedAt: null,
    audit: null,
    ...view,
  }
}

const hub = (change: Partial<EmptyContext['hubs'][number]> = {}) => ({
  name: 'clicks',
  numSent: 60,
  producer: {} as never,
  lastEnqueuedMs: at('10:06:12'),
  ...change,
})
const context = (change: Partial<EmptyContext> = {}): EmptyContext => ({
  nowMs: at('10:06:13'),
  hubs: [hub()],
  bodyFields: null,
  ...change,
})
const seen = { minEventTimeMs: at('10:01:00'), maxEventTimeMs: at('10:06:12') }

describe('why a query gives no rows', () => {
  it('says nothing of a query that gave rows, or that has nothing to read', () => {
    expect(whyEmpty(viewOf({}, { ...seen, numOutputRows: 1 }), context())).toBeNull()
    expect(whyEmpty(viewOf({}, { numInputRows: 0 }), context())).toBeNull()
    expect(whyEmpty(viewOf({ state: 'stopped' }, seen), context())).toBeNull()
  })

  it('names the window that closes first, what closes it, and the newest event', () => {
    expect(whyEmpty(viewOf({}, seen), context())).toEqual({
      kind: 'window',
      sentence:
        'No window has closed yet. 10:00-10:05 leaves when an event later than 10:15 arrives; newest event 10:06:12.',
      action: { kind: 'skipTo', sessionMs: at('10:15:01') },
    })
  })

  it('passes over windows that held late rows alone', () => {
    const watermark = { eventTime: { watermark: '2026-01-15T10:07:00.000Z' } } as unknown as QueryView['lastProgress']
    const view = viewOf({}, { ...seen, maxEventTimeMs: at('10:17:00') }, { lastProgress: watermark })
    expect(whyEmpty(view, context())?.sentence).toContain('10:05-10:10 leaves when an event later than 10:20 arrives')
  })

  it('offers an event when the hub is silent, and moves the clock first when its time is its arrival', () => {
    const silent = context({ nowMs: at('10:08:22'), hubs: [hub({ producer: null })] })
    expect(whyEmpty(viewOf({}, seen), silent)).toEqual({
      kind: 'silent',
      sentence:
        'No newer event will come: the hub has been silent for 2:10. 10:00-10:05 leaves when an event later than 10:15 arrives.',
      action: { kind: 'sendLater', hub: 'clicks', eventTimeMs: at('10:15:01'), skipFirst: false },
    })
    const arrival = {
      ...facts,
      watermark: { column: 'processing_time', delayMs: 10 * MINUTE, origin: 'arrival' as const },
    }
    expect(whyEmpty(viewOf({ facts: arrival }, seen), silent)?.action).toMatchObject({ skipFirst: true })
  })

  it('does not offer an event while a producer is on', () => {
    expect(whyEmpty(viewOf({}, seen), context({ nowMs: at('10:30:00') }))?.kind).toBe('window')
  })

  it('says when the watermark has already passed the window', () => {
    const flow = { nextTriggerMs: at('10:20:00'), sources: [] } as unknown as QueryView['flow']
    expect(whyEmpty(viewOf({}, { ...seen, maxEventTimeMs: at('10:16:00') }, { flow }), context())).toMatchObject({
      kind: 'trigger',
      sentence: 'The watermark has passed 10:05: the window 10:00-10:05 leaves with the next batch.',
      action: { kind: 'skipTo', sessionMs: at('10:20:00') },
    })
  })

  it('names the trigger that has not come', () => {
    const flow = {
      nextTriggerMs: at('10:15:00'),
      sources: [{ sent: 60, read: 0, waiting: 60 }],
    } as unknown as QueryView['flow']
    const view = viewOf({ trigger: { kind: 'processingTime', intervalMs: 5 * MINUTE } }, { numInputRows: 0 }, { flow })
    expect(whyEmpty(view, context())).toMatchObject({
      kind: 'trigger',
      sentence: 'Trigger is 5 minutes; next at 10:15:00.',
    })
  })

  it('names `latest` when everything was sent before the start', () => {
    const flow = { nextTriggerMs: null, sources: [{ sent: 60, read: 60, waiting: 0 }] } as unknown as QueryView['flow']
    const started = { timestamp: '2026-01-15T10:04:00.000Z' } as unknown as QueryView['lastProgress']
    const view = viewOf(
      { facts: { ...plain, sources: [{ format: 'kafka', startsAt: 'latest' }] }, lastProgress: started },
      { numInputRows: 0 },
      { flow },
    )
    expect(whyEmpty(view, context())?.sentence).toBe('`latest`: only events after 10:04:00 are read.')
  })

  it('names the filter that nothing passed', () => {
    const lastInsight = {
      numOutputRows: 0,
      filters: [
        { condition: '(a > 0)', numInputRows: 60, numOutputRows: 12 },
        { condition: '(amount > 1000)', numInputRows: 12, numOutputRows: 0 },
      ],
      parses: [],
    }
    expect(whyEmpty(viewOf({ facts: plain }, { lastInsight }), context())?.sentence).toBe(
      'All 12 rows of the last batch were filtered out by (amount > 1000).',
    )
  })

  it('names the field whose name differs when all of a parsed column is NULL', () => {
    const parses = [{ column: 'data', numRows: 60, fields: [{ name: 'eventid', numNulls: 60 }] }]
    const lastInsight = { numOutputRows: 0, filters: [{ condition: 'c', numInputRows: 60, numOutputRows: 0 }], parses }
    const sentence = (bodyFields: readonly string[] | null) =>
      whyEmpty(viewOf({ facts: plain }, { lastInsight }), context({ bodyFields }))?.sentence
    expect(sentence(['eventType', 'eventID'])).toBe('100 % of `data` is NULL: field names differ: eventid vs eventID.')
    expect(sentence(['id', 'kind'])).toBe(
      '100 % of `data` is NULL: the schema asks for eventid, the bodies have id, kind.',
    )
    expect(sentence(null)).toBe('100 % of `data` is NULL: the bodies are not JSON objects.')
  })

  it('does not blame the schema while one field has values', () => {
    const parses = [
      {
        column: 'data',
        numRows: 60,
        fields: [
          { name: 'eventid', numNulls: 60 },
          { name: 'eventType', numNulls: 0 },
        ],
      },
    ]
    const lastInsight = { numOutputRows: 0, filters: [], parses }
    expect(whyEmpty(viewOf({ facts: plain }, { lastInsight }), context())?.kind).toBe('other')
  })

  it('says when every row came too late, or was a duplicate, or had an empty array', () => {
    const late = {
      numRows: 60,
      samples: [{ eventTimeMs: at('10:01:07'), windowStartMs: null, windowEndMs: null, watermarkMs: at('10:06:00') }],
    }
    const lastInsight = { numOutputRows: 0, filters: [], parses: [], late }
    expect(whyEmpty(viewOf({}, { ...seen, lastInsight }), context())?.sentence).toBe(
      'All 60 rows of the last batch came too late: the watermark is 10:06:00.',
    )
    expect(whyEmpty(viewOf({ facts: { ...plain, stateful: ['dropDuplicates'] } }), context())?.kind).toBe('duplicates')
    expect(whyEmpty(viewOf({ facts: { ...plain, multipliesRows: true } }), context())?.sentence).toContain(
      'explode made none',
    )
  })
})

describe('windows', () => {
  it('finds the earliest window of a time: tumbling, sliding, with an offset', () => {
    const tumbling = { durationMs: 5 * MINUTE, slideMs: 5 * MINUTE, startMs: 0 }
    expect(firstWindow(at('10:05:00'), tumbling)).toEqual({ startMs: at('10:05:00'), endMs: at('10:10:00') })
    const sliding = { durationMs: 10 * MINUTE, slideMs: 5 * MINUTE, startMs: 0 }
    expect(firstWindow(at('10:06:00'), sliding)).toEqual({ startMs: at('10:00:00'), endMs: at('10:10:00') })
    expect(firstWindow(at('10:10:00'), sliding)).toEqual({ startMs: at('10:05:00'), endMs: at('10:15:00') })
    expect(firstWindow(at('10:01:00'), { ...tumbling, startMs: 2 * MINUTE })).toEqual({
      startMs: at('09:57:00'),
      endMs: at('10:02:00'),
    })
  })

  it('keeps a place free where a sentence may come', () => {
    expect(mayStayEmpty(facts)).toBe(true)
    expect(mayStayEmpty(plain)).toBe(false)
    expect(mayStayEmpty(undefined)).toBe(false)
  })
})
