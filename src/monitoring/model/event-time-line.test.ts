import { describe, expect, it } from 'vitest'
import type { EventTimeRows, WatermarkFacts } from '../../protocol/workers/insight'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { NO_EVENT_TIME, foldEventTime, windowsOf } from './event-time-line'
import type { EventTimeLine, EventTimePlan } from './event-time-line'
import { planeOf } from './event-time-plane'
import { closingText } from './window-text'

const MINUTE = 60_000
const at = (text: string) => Date.parse(`2026-01-15T${text}Z`)
const append: EventTimePlan = {
  window: { durationMs: 2 * MINUTE, slideMs: 2 * MINUTE, startMs: 0 },
  outputMode: 'append',
}
const watermark: WatermarkFacts = { column: 't', delayMs: MINUTE, origin: 'body' }

function rows(counts: Record<string, number | [rows: number, late: number]>): EventTimeRows {
  const pairs = Object.values(counts).map((count) => (typeof count === 'number' ? [count, 0] : count))
  return {
    bucketMs: 15_000,
    startsMs: Object.keys(counts).map(at),
    numRows: pairs.map(([all]) => all),
    numLateRows: pairs.map(([, late]) => late),
  }
}

/** [batch, watermark, rows] */
type Told = readonly [batchId: number, watermark: string | null, rows: EventTimeRows | null]

function lineOf(told: readonly Told[], plan = append): EventTimeLine {
  return told.reduce((line, [batchId, time, seen]) => {
    const text = new Date(time === null ? 0 : at(time)).toISOString()
    const progress = { batchId, eventTime: { watermark: text } } as unknown as StreamingQueryProgress
    return foldEventTime(line, progress, seen, plan)
  }, NO_EVENT_TIME)
}

const windowTexts = (line: EventTimeLine, plan = append) =>
  windowsOf(line, plan).map(
    ({ startMs, numRows, numLateRows, isClosed, closedInBatch }) =>
      `${new Date(startMs).toISOString().slice(11, 16)} ${numRows} rows ${numLateRows} late ${isClosed ? `closed in ${closedInBatch}` : 'open'}`,
  )

describe('windows of a stream', () => {
  const story: Told[] = [
    [0, null, rows({ '10:00:15': 3, '10:01:45': 2 })],
    [1, '10:00:45', rows({ '10:01:00': 1, '10:03:15': 4 })],
    [2, '10:02:15', null],
    [3, '10:02:15', rows({ '10:01:30': [2, 2], '10:03:30': 1 })],
  ]

  it('count what came while they were open, and close in the batch whose watermark reaches their end', () => {
    expect(windowTexts(lineOf(story))).toEqual(['10:00 6 rows 2 late closed in 2', '10:02 5 rows 0 late open'])
  })

  it('count a row still when its window ends in the batch that brings it: rows are late by the watermark before', () => {
    const line = lineOf([
      [0, null, rows({ '10:03:15': 1 })],
      [1, '10:02:15', rows({ '10:01:00': 1 })],
    ])
    expect(windowTexts(line)[0]).toBe('10:00 1 rows 0 late closed in 1')
  })

  it('leave nothing out in complete mode', () => {
    const complete = { ...append, outputMode: 'complete' }
    expect(windowTexts(lineOf(story, complete), complete)[0]).toBe('10:00 8 rows 0 late closed in 2')
  })

  it('share a row where they slide', () => {
    const sliding = { ...append, window: { durationMs: 2 * MINUTE, slideMs: MINUTE, startMs: 0 } }
    expect(windowTexts(lineOf([[0, null, rows({ '10:01:15': 3 })]], sliding), sliding)).toEqual([
      '10:00 3 rows 0 late open',
      '10:01 3 rows 0 late open',
    ])
  })

  it('count a batch once that runs again after a crash', () => {
    expect(windowTexts(lineOf([...story, story[3]]))).toEqual(windowTexts(lineOf(story)))
  })

  it('keep what batches brought that left the picture', () => {
    const many = Array.from({ length: 300 }, (_, id): Told => [id, '09:00:00', rows({ '10:00:15': 1 })])
    const line = lineOf(many)
    expect(line.batches.length).toBeLessThan(300)
    expect(windowTexts(line)).toEqual(['10:00 300 rows 0 late open'])
  })

  it('do not say in which batch they closed when that was before the page looked', () => {
    expect(windowTexts(lineOf([[7, '10:02:15', rows({ '10:01:30': [1, 1] })]]))).toEqual([
      '10:00 1 rows 0 late closed in null',
    ])
  })
})

describe('the picture of event time', () => {
  const plan = { ...append, watermark }

  it('has a line a batch, newest first, and tells on time, behind the watermark and left out apart', () => {
    const plane = planeOf(
      lineOf([
        [0, null, rows({ '10:03:15': 5 })],
        [1, '10:02:15', rows({ '10:03:30': 1 })],
        [2, '10:02:30', rows({ '10:01:00': [2, 2], '10:02:00': [3, 0], '10:04:00': 1 })],
      ]),
      plan,
      2,
    )!
    expect(plane.lines.map(({ batchId }) => batchId)).toEqual([2, 1])
    expect(plane.lines[0].marks.map(({ kind, numRows }) => `${kind} ${numRows}`)).toEqual([
      'late 2',
      'behind 3',
      'onTime 1',
    ])
    expect([plane.fromMs, plane.toMs]).toEqual([at('10:00:00'), at('10:06:00')])
    expect(plane.windows.map(({ startMs }) => startMs)).toEqual([at('10:00:00'), at('10:02:00'), at('10:04:00')])
  })

  it('does not give way to one event far away, and counts it', () => {
    const far = {
      ...rows({ '10:00:15': 40 }),
      startsMs: [at('10:00:15'), Date.UTC(2099, 0, 1)],
      numRows: [40, 1],
      numLateRows: [0, 0],
    }
    const plane = planeOf(lineOf([[0, null, far]]), plan, 10)!
    expect(plane.toMs).toBeLessThan(at('10:10:00'))
    expect([plane.numBefore, plane.numAfter]).toEqual([0, 1])
  })

  it('is not there before the first event time', () => {
    expect(planeOf(lineOf([[0, null, null]]), plan, 10)).toBeNull()
  })
})

describe('what became of a window', () => {
  const window = {
    startMs: at('10:00:00'),
    endMs: at('10:02:00'),
    numRows: 3,
    numLateRows: 0,
    isClosed: true,
    closedInBatch: 5,
  }

  it('is said by the output mode', () => {
    expect(closingText({ ...window, isClosed: false, closedInBatch: null }, 'append')).toBe(
      'open until the watermark reaches 10:02:00',
    )
    expect(closingText(window, 'append')).toBe('given out in batch 5')
    expect(closingText({ ...window, closedInBatch: null }, 'append')).toBe('given out before the page looked')
    expect(closingText(window, 'update')).toBe('left the state in batch 5')
    expect(closingText(window, 'complete')).toBe('the watermark passed 10:02:00; kept all the same')
    expect(closingText({ ...window, numRows: 0, numLateRows: 2 }, 'append')).toBe('had ended before its first row came')
  })
})
