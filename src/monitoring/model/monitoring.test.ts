import { describe, expect, it } from 'vitest'
import type { QueryId, RunId, SessionId } from '../../protocol/ids'
import type { EngineEvent, FlowNumbers, QueryInfo } from '../../protocol/workers/engine'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { flowStops, flowText } from './flow-text'
import { EMPTY_MONITORING, MAX_POINTS, activeQueries, dropNoticesOf, foldEngineEvents, markCrashed } from './monitoring'
import { numChangesForSpark } from './notices'

const id = 'q' as QueryId

function query(state: QueryInfo['state'], runId = 'r1'): EngineEvent {
  const info: QueryInfo = {
    id,
    runId: runId as RunId,
    session: 's' as SessionId,
    name: null,
    cell: null,
    title: 'bronze',
    format: 'delta',
    target: 'bronze_events',
    trigger: { kind: 'processingTime', intervalMs: 0 },
    outputMode: 'append',
    checkpointPath: '/c',
    runNumber: 1,
    state,
    status: { message: '', isDataAvailable: false, isTriggerActive: false },
    error: null,
    lastBatchId: null,
    lastProgress: null,
    sources: [],
  }
  return { kind: 'query', query: info }
}

function progress(batchId: number, inputRowsPerSecond = 10, isIdle = false): EngineEvent {
  const report: StreamingQueryProgress = {
    id,
    runId: 'r1',
    name: null,
    timestamp: '2026-11-20T10:00:00.000Z',
    batchId,
    batchDuration: 40,
    numInputRows: 5,
    inputRowsPerSecond,
    processedRowsPerSecond: 100,
    stateOperators: [],
    sources: [],
    sink: { description: 'x', numOutputRows: 5 },
  }
  return { kind: 'progress', query: id, progress: report, isIdle }
}

describe('folding engine events', () => {
  it('adds one point per batch and none for an idle report', () => {
    const state = foldEngineEvents(EMPTY_MONITORING, [
      query('running'),
      progress(0, 4),
      progress(0, 0, true),
      progress(1, NaN),
    ])
    expect(state.queries[id].points).toEqual({
      batchId: [0, 1],
      inputRate: [4, 0],
      processedRate: [100, 100],
      durationMs: [40, 40],
      stateRows: [0, 0],
      stateBytes: [0, 0],
    })
    expect(state.queries[id].info.lastBatchId).toBe(1)
  })

  it('replaces the point of a batch that ran again after a crash', () => {
    const state = foldEngineEvents(EMPTY_MONITORING, [query('running'), progress(0), progress(1, 1), progress(1, 2)])
    expect(state.queries[id].points.inputRate).toEqual([10, 2])
  })

  it('keeps the newest points only', () => {
    const events = [query('running'), ...Array.from({ length: MAX_POINTS + 20 }, (_, batch) => progress(batch))]
    const { points } = foldEngineEvents(EMPTY_MONITORING, events).queries[id]
    expect(points.batchId).toHaveLength(MAX_POINTS)
    expect(points.batchId[0]).toBe(20)
  })

  it('keeps a card, its points and its place over a restart', () => {
    const state = foldEngineEvents(EMPTY_MONITORING, [
      query('running'),
      progress(0),
      query('stopped'),
      query('running', 'r2'),
    ])
    expect(state.order).toEqual([id])
    expect(state.queries[id].points.batchId).toEqual([0])
    expect(activeQueries(state)).toHaveLength(1)
  })

  it('shows a crash until the query runs again', () => {
    let state = markCrashed(foldEngineEvents(EMPTY_MONITORING, [query('running')]), id, 'offsets')
    state = foldEngineEvents(state, [query('failed')])
    expect(state.queries[id].crashedAt).toBe('offsets')
    expect(foldEngineEvents(state, [query('running', 'r2')]).queries[id].crashedAt).toBe(null)
  })

  it('counts a notice once and forgets the notices of a cell that runs again', () => {
    const notice: EngineEvent = {
      kind: 'notice',
      notice: { leniency: 'x', cell: 'c' as never, query: null, message: 'm', spark: 's', fix: null },
    }
    const state = foldEngineEvents(EMPTY_MONITORING, [notice, notice])
    expect(numChangesForSpark(state.notices)).toBe(1)
    expect(dropNoticesOf(state, 'c').notices).toEqual([])
  })

  it('ignores events of a query it does not know', () => {
    expect(foldEngineEvents(EMPTY_MONITORING, [progress(0)])).toBe(EMPTY_MONITORING)
  })
})

describe('flow strip', () => {
  const flow: FlowNumbers = {
    query: id,
    sources: [{ label: 'clicks', kind: 'hub', sent: 1240, read: 1180, waiting: 60 }],
    batchId: 3,
    nextTriggerMs: 100_000,
    target: 'bronze_events',
    targetRows: 1180,
  }
  it('says in one line what went in, where it waits and what came out', () => {
    expect(flowText(flowStops(flow, 'bronze', 77_000, true))).toBe(
      'hub clicks 1,240 sent · 60 waiting → bronze batch 3 · next trigger in 0:23 → bronze_events 1,180 rows',
    )
  })

  it('leaves out what is not known', () => {
    const unknown = {
      ...flow,
      sources: [{ label: 'rate', kind: 'rate' as const, sent: null, read: null, waiting: null }],
      batchId: null,
      nextTriggerMs: null,
      target: null,
    }
    expect(flowText(flowStops(unknown, 'q1', 0, true))).toBe('rate → q1 no batch yet')
    expect(flowText(flowStops({ ...flow, targetRows: 1 }, 'bronze', 0, false))).toMatch(
      /batch 3 · stopped → bronze_events 1 row$/,
    )
  })
})
