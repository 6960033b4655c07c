import { describe, expect, test } from 'vitest'
import { ClockReader, ClockWriter, allocateClock } from './session-clock'

function clockAt(startMs: number) {
  let realMs = 1_000
  const buffer = allocateClock(true)
  const writer = new ClockWriter(buffer, () => realMs)
  writer.start(startMs)
  return { writer, reader: new ClockReader(buffer, () => realMs), pass: (ms: number) => (realMs += ms) }
}

describe('session clock', () => {
  test('runs at its speed and keeps time when the speed changes', () => {
    const { writer, reader, pass } = clockAt(50_000)
    pass(100)
    writer.setSpeed(60)
    pass(100)
    expect(reader.nowMs()).toBe(50_000 + 100 + 6_000)
  })

  test('stands still while paused and goes on from there', () => {
    const { writer, reader, pass } = clockAt(0)
    pass(10)
    writer.setPaused(true)
    pass(1_000)
    expect(reader.nowMs()).toBe(10)
    expect(reader.realMsUntil(20)).toBe(Infinity)
    writer.setPaused(false)
    pass(5)
    expect(reader.nowMs()).toBe(15)
  })

  test('waits at the hold and does not catch up the real time spent there', () => {
    const { writer, reader, pass } = clockAt(0)
    writer.setHold(100)
    pass(5_000)
    expect(reader.nowMs()).toBe(100)
    writer.setHold(Infinity)
    pass(1)
    expect(reader.nowMs()).toBe(101)
  })

  test('a jump goes forward only', () => {
    const { writer, reader } = clockAt(1_000)
    writer.jumpTo(500)
    expect(reader.nowMs()).toBe(1_000)
    writer.jumpTo(9_000)
    expect(reader.nowMs()).toBe(9_000)
  })

  test('tells how much real time is left until a session time', () => {
    const { writer, reader } = clockAt(0)
    writer.setSpeed(20)
    expect(reader.realMsUntil(1_000)).toBe(50)
  })
})

test('stands while the engine sleeps, and goes on without the time that was slept', () => {
  let real = 1_000_000
  const memory = allocateClock(true)
  const clock = new ClockWriter(memory, () => real)
  const reader = new ClockReader(memory, () => real)
  clock.start(0, 10)
  clock.beat()
  real += 1000
  clock.beat()
  expect(reader.nowMs()).toBe(10_000)
  // 27 minutes of sleep: whoever wakes first sees the grace at most.
  real += 27 * 60_000
  expect(reader.nowMs()).toBe(30_000)
  clock.beat()
  expect(reader.nowMs()).toBe(30_000)
  real += 500
  expect(reader.nowMs()).toBe(35_000)
})
