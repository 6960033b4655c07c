import { describe, expect, it } from 'vitest'
import { movableBody } from './moved-copy'

const at = Date.parse('2026-01-15T10:07:03.250Z')
const moved = (body: object) => JSON.parse(movableBody(JSON.stringify(body))?.at(at) ?? 'null') as unknown

describe('a copy of an event at another time', () => {
  it('writes every time as the event wrote it', () => {
    expect(
      moved({
        id: 1,
        eventTime: '2026-01-15T09:00:00Z',
        seen: '2026-01-15 09:00:00.123456',
        local: '2026-01-15T11:00:00.5+02:00',
      }),
    ).toEqual({
      id: 1,
      eventTime: '2026-01-15T10:07:03Z',
      seen: '2026-01-15 10:07:03.250000',
      local: '2026-01-15T12:07:03.2+02:00',
    })
  })

  it('moves seconds and milliseconds in fields that are named like times, and no other number', () => {
    expect(moved({ ts: 1_768_000_000, event_time: 1_768_000_000_000, amount: 1_768_000_000 })).toEqual({
      ts: Math.floor(at / 1000),
      event_time: at,
      amount: 1_768_000_000,
    })
  })

  it('is impossible where an event says no time', () => {
    expect(movableBody('{"id": 1, "day": "2026-01-15"}')).toBeNull()
    expect(movableBody('not JSON')).toBeNull()
    expect(movableBody('[1]')).toBeNull()
  })
})
