import { expect, it } from 'vitest'
import { sleepBetween, sleptText } from './sleep'

const at = (hour: number, minute: number) => new Date(2026, 0, 15, hour, minute).getTime()

it('tells sleep from a late word', () => {
  expect(sleepBetween(null, 50_000)).toBe(null)
  expect(sleepBetween(1000, 4000)).toBe(null)
  expect(sleepBetween(1000, 61_000)).toEqual({ fromMs: 1000, untilMs: 61_000 })
})

it('says from when to when, and where the streams went on', () => {
  const slept = { fromMs: at(10, 14), untilMs: at(10, 41) }
  expect(sleptText(slept, [17])).toBe(
    'This tab slept 10:14-10:41. Streams continued at batch 17; nothing lost. Stream time stood still meanwhile.',
  )
  expect(sleptText(slept, [17, 4])).toContain('Streams continued at batch 17, 4; nothing lost.')
  expect(sleptText(slept, [])).toBe('This tab slept 10:14-10:41. Nothing is lost. Stream time stood still meanwhile.')
})
