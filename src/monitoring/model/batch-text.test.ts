import { describe, expect, it } from 'vitest'
import type { PlanFacts } from '../../protocol/workers/insight'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { batchText } from './batch-text'
import type { QueryView } from './monitoring'

const at = (text: string) => Date.parse(`2026-01-15T${text}Z`)

const windowed = {
  window: { durationMs: 120_000, slideMs: 120_000, startMs: 0 },
  stateful: ['aggregate'],
} as unknown as PlanFacts

function viewOf(batch: Partial<StreamingQueryProgress>, insight: object, info: object = {}): QueryView {
  const progress = { batchId: 5, numInputRows: 300, stateOperators: [], ...batch }
  const rows = { bucketMs: 15_000, startsMs: [at('10:00:15')], numRows: [7], numLateRows: [0] }
  const batches = [
    { batchId: 4, watermarkMs: at('10:01:30'), lateWatermarkMs: 0, rows },
    { batchId: 5, watermarkMs: at('10:03:00'), lateWatermarkMs: at('10:01:30'), rows: null },
  ]
  return {
    info: { outputMode: 'append', ...info },
    lastBatch: { progress, insight: { numOutputRows: 5, filters: [], parses: [], ...insight } },
    eventTime: { batches, before: new Map() },
  } as unknown as QueryView
}

describe('what a micro-batch did', () => {
  it('is what came in, what a filter kept and what came out', () => {
    expect(batchText(viewOf({}, {}))).toBe('Batch 5: 300 rows in, 5 out.')
    const filters = [{ condition: 'x', numInputRows: 300, numOutputRows: 40 }]
    expect(batchText(viewOf({}, { filters }))).toBe('Batch 5: 300 rows in, 260 filtered out, 5 out.')
  })

  it('tells late rows, the window it closed and what the state keeps', () => {
    const batch = {
      eventTime: { watermark: new Date(at('10:03:00')).toISOString() },
      stateOperators: [{ numRowsTotal: 12 }],
    } as unknown as Partial<StreamingQueryProgress>
    expect(batchText(viewOf(batch, { late: { numRows: 3, samples: [] } }, { facts: windowed }))).toBe(
      'Batch 5: 300 rows in, 5 out. 3 rows came too late. Its watermark 10:03:00 closed 10:00-10:02. 12 groups kept in the state.',
    )
  })

  it('says why a batch without rows ran', () => {
    expect(batchText(viewOf({ numInputRows: 0 }, {}))).toBe(
      'Batch 5 had no new rows: it ran since the watermark had moved; 5 out.',
    )
  })

  it('closes no window in complete mode', () => {
    const batch = { eventTime: { watermark: new Date(at('10:03:00')).toISOString() } }
    expect(batchText(viewOf(batch, {}, { facts: windowed, outputMode: 'complete' }))).toBe(
      'Batch 5: 300 rows in, 5 out.',
    )
  })

  it('is nothing before the first', () => {
    expect(batchText({ ...viewOf({}, {}), lastBatch: null })).toBeNull()
  })
})
