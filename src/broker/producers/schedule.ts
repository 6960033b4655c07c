/** When the events of one producer run are due. Event `firstEvent` is due at `startMs`, the others at equal distances. */
export type Schedule = {
  readonly startMs: number
  readonly firstEvent: number
  readonly eventsPerSecond: number
  /** Number after the last event; null = endless. */
  readonly endEvent: number | null
}

/** Session time the event is due, whole milliseconds. */
export function dueMs({ startMs, firstEvent, eventsPerSecond }: Schedule, event: number): number {
  return Math.floor(startMs + ((event - firstEvent) * 1000) / eventsPerSecond)
}

/** Number after the last event that is due at `asOfMs` or before. */
export function dueUntil(schedule: Schedule, asOfMs: number): number {
  const { startMs, firstEvent, eventsPerSecond, endEvent } = schedule
  if (asOfMs < Math.floor(startMs)) return firstEvent
  // The estimate is off by one at most, where the division rounds.
  let until = firstEvent + Math.floor(((asOfMs - startMs) * eventsPerSecond) / 1000) + 1
  while (until > firstEvent && dueMs(schedule, until - 1) > asOfMs) until--
  while (dueMs(schedule, until) <= asOfMs) until++
  return endEvent === null ? until : Math.min(until, endEvent)
}
