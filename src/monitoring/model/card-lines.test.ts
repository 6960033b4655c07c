import { describe, expect, it } from 'vitest'
import { NO_CONSOLE, SHOWN_BATCHES, addConsoleText, numEarlierBatches, wholeText } from './console'
import { auditLine, auditRemark, lateRowText, watermarkLine } from './card-lines'
import { lengthText } from './durations'
import type { QueryView } from './monitoring'

const at = (text: string) => Date.parse(`2026-01-15T${text}Z`)

describe('lines of a card', () => {
  const audit = {
    numSent: 1240,
    numRead: 1240,
    numInTable: 1240,
    identity: 'eventID',
    numDistinct: 1240,
    numLost: 0,
    numDoubled: 0,
    remark: null,
  }

  it('puts hub and table beside each other', () => {
    expect(auditLine(audit)).toBe('sent 1,240 · in table 1,240 · distinct 1,240 · lost 0 · doubled 0')
    expect(auditRemark(audit)).toBe('Told apart by eventID.')
    const doubled = { ...audit, numRead: 1200, numInTable: 1300, numDoubled: 60, numLost: null, remark: 'Ran again.' }
    expect(auditLine(doubled)).toBe('sent 1,240 · in table 1,300 · distinct 1,240 · lost – · doubled 60')
    expect(auditRemark(doubled)).toBe('40 not read yet. Told apart by eventID. Ran again.')
  })

  it('tells a late row with its window and the watermark', () => {
    const row = {
      eventTimeMs: at('10:01:07'),
      windowStartMs: at('10:00:00'),
      windowEndMs: at('10:05:00'),
      watermarkMs: at('10:06:00'),
    }
    expect(lateRowText(row)).toBe('event 10:01:07, window 10:00-10:05 ended, watermark 10:06:00')
    expect(lateRowText({ ...row, windowStartMs: null, windowEndMs: null })).toBe('event 10:01:07, watermark 10:06:00')
  })

  it('tells the watermark, with the day where one wrong event has carried it away', () => {
    const view = (watermark: string, newest: string) =>
      ({
        info: { facts: null },
        lastProgress: { timestamp: '2026-01-15T10:07:00.000Z', eventTime: { watermark } },
        totals: { maxEventTimeMs: Date.parse(newest) },
      }) as unknown as QueryView
    expect(watermarkLine(view('2026-01-15T10:01:10.000Z', '2026-01-15T10:06:12Z'))).toBe(
      'watermark 10:01:10 · newest event 10:06:12',
    )
    expect(watermarkLine(view('2098-12-31T23:59:00.000Z', '2099-01-01T00:00:00Z'))).toBe(
      'watermark 2098-12-31 23:59:00 · newest event 2099-01-01 00:00:00 · ahead of stream time: events of today come too late',
    )
  })

  it('writes lengths as code does', () => {
    expect([60_000, 300_000, 5_400_000, 86_400_000, 1_500].map(lengthText)).toEqual([
      '1 minute',
      '5 minutes',
      '90 minutes',
      '1 day',
      '1.5 seconds',
    ])
  })
})

describe('console text', () => {
  it('shows the newest batches and keeps the earlier ones for a download', () => {
    const texts = Array.from({ length: SHOWN_BATCHES + 5 }, (_, batch) => `Batch: ${batch}\n`)
    const console = texts.reduce(addConsoleText, NO_CONSOLE)
    expect(console.shown).toEqual(texts.slice(5))
    expect(numEarlierBatches(console)).toBe(5)
    expect(wholeText(console)).toBe(texts.join(''))
  })

  it('shows less when batches are long, but the newest whole', () => {
    const long = 'x'.repeat(150_000)
    const console = [long, long, long].reduce(addConsoleText, NO_CONSOLE)
    expect(console.shown).toEqual([long])
    expect(addConsoleText(NO_CONSOLE, 'y'.repeat(300_000)).shown).toHaveLength(1)
  })
})
