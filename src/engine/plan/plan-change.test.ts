import { describe, expect, it } from 'vitest'
import type { PlanFacts } from '../../protocol/workers/insight'
import { planChange } from './plan-change'

const windowed: PlanFacts = {
  watermark: { column: 'eventTime', delayMs: 600_000, origin: 'body' },
  window: { durationMs: 300_000, slideMs: 300_000, startMs: 0 },
  groupKeys: ['eventType'],
  stateful: ['aggregate'],
  numFilters: 0,
  multipliesRows: false,
  sources: [{ format: 'eventhubs', startsAt: 'earliest' }],
  fingerprint: 'a',
}
const changed = (change: Partial<PlanFacts>) => planChange(windowed, { ...windowed, fingerprint: 'b', ...change })

describe('a plan that is not the one that made the checkpoint', () => {
  it('is not spoken of when it is', () => {
    expect(planChange(windowed, windowed)).toBeNull()
  })

  it('is accepted without a check when the window changes', () => {
    expect(changed({ window: { durationMs: 60_000, slideMs: 60_000, startMs: 0 } })).toEqual({
      verdict: 'unchecked',
      sentence: 'window 5 minutes → 1 minute: Spark accepts without checking; old windows stay in the state.',
    })
  })

  it('is refused when keys come or go, when operators with state differ, and when sources come or go', () => {
    expect(changed({ groupKeys: ['eventType', 'platform'] })?.sentence).toContain(
      'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
    )
    expect(changed({ window: null, groupKeys: ['eventType', 'eventTime'] })?.verdict).toBe('refuses')
    expect(changed({ stateful: [] })?.sentence).toContain('STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA')
    expect(changed({ sources: [] })?.verdict).toBe('refuses')
  })

  it('is accepted when only the watermark or the rest of the plan changes', () => {
    expect(changed({ watermark: { column: 'eventTime', delayMs: 60_000, origin: 'body' } })?.sentence).toMatch(
      /^Watermark eventTime, 10 minutes → eventTime, 1 minute: Spark accepts/,
    )
    expect(changed({ numFilters: 1 })?.verdict).toBe('accepts')
  })
})
