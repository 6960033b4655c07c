import { expect, test, vi } from 'vitest'
import { allocateClock } from '../protocol/clock/session-clock'
import { followingClock, leadingClock } from './clock-copies'

/** What a worker gets when a clock that is not shared is posted to it. */
const copyOf = (buffer: ArrayBufferLike) => structuredClone(buffer)

test('a copy follows every change of the engine’s clock', async () => {
  const buffer = allocateClock(false)
  const copy = copyOf(buffer)
  const lead = leadingClock(buffer)
  const follow = followingClock(copy)
  lead.start(1_000_000, 20)
  await vi.waitFor(() => expect(follow.state()).toEqual(lead.state()))
  expect(follow.nowMs()).toBeGreaterThanOrEqual(1_000_000)
  lead.setPaused(true)
  await vi.waitFor(() => expect(follow.state()).toMatchObject({ paused: true, speed: 20 }))
})

test('a copy that comes late learns the state, and another page’s clock stays apart', async () => {
  const buffer = allocateClock(false)
  const stale = copyOf(buffer)
  const lead = leadingClock(buffer)
  lead.start(5_000, 1)
  lead.setPaused(true)
  const other = followingClock(allocateClock(false))
  const late = followingClock(stale)
  await vi.waitFor(() => expect(late.state()).toEqual(lead.state()))
  expect(other.state().generation).toBe(0)
})
