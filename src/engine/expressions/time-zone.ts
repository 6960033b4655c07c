import { sparkError } from './errors'

/**
 * Session time zones. `UTC` costs nothing; fixed offsets (`+02:00`, `GMT-3`, `UTC+5:30`) are arithmetic; regions
 * (`Europe/Berlin`) ask the platform's zone rules, with one cached answer per hour.
 */
type Zone = { offsetMicros(utcMicros: bigint): bigint }

const UTC: Zone = { offsetMicros: () => 0n }
const zones = new Map<string, Zone>([
  ['UTC', UTC],
  ['Z', UTC],
  ['GMT', UTC],
  ['Etc/UTC', UTC],
])

/** Local time minus UTC at an instant, microseconds. Throws `INVALID_TIMEZONE` for a name nobody knows. */
export function offsetMicrosAt(timeZone: string, utcMicros: bigint): bigint {
  return zoneOf(timeZone).offsetMicros(utcMicros)
}

/** Local wall time to the instant; in a gap the time moves on by the gap's length, in an overlap the earlier offset counts. */
export function utcFromLocal(timeZone: string, localMicros: bigint): bigint {
  const zone = zoneOf(timeZone)
  if (zone === UTC) return localMicros
  const DAY = 86_400_000_000n
  const before = zone.offsetMicros(localMicros - DAY)
  const after = zone.offsetMicros(localMicros + DAY)
  if (before === after) return localMicros - before
  const early = localMicros - before
  if (zone.offsetMicros(early) === before) return early
  const late = localMicros - after
  return zone.offsetMicros(late) === after ? late : early
}

export function isKnownZone(timeZone: string): boolean {
  return findZone(timeZone) !== null
}

function zoneOf(timeZone: string): Zone {
  const zone = findZone(timeZone)
  if (zone !== null) return zone
  throw sparkError(
    'INVALID_TIMEZONE',
    { timeZone },
    {
      exception: 'DateTimeException',
      hint: 'Write a region such as Europe/Berlin, or an offset such as +02:00.',
    },
  )
}

function findZone(timeZone: string): Zone | null {
  const known = zones.get(timeZone)
  if (known !== undefined) return known
  const zone = fixedZone(timeZone) ?? regionZone(timeZone)
  if (zone !== null) zones.set(timeZone, zone)
  return zone
}

function fixedZone(timeZone: string): Zone | null {
  const parts = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{1,2}))?(?::(\d{1,2}))?$/.exec(timeZone)
  if (parts === null) return null
  const seconds = Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60 + Number(parts[4] ?? 0)
  if (seconds > 18 * 3600 || Number(parts[3] ?? 0) > 59) return null
  const micros = BigInt(parts[1] === '-' ? -seconds : seconds) * 1_000_000n
  return { offsetMicros: () => micros }
}

function regionZone(timeZone: string): Zone | null {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return null
  }
  const cache = new Map<bigint, bigint>()
  const HOUR = 3_600_000_000n
  return {
    offsetMicros(utcMicros) {
      const hour = utcMicros / HOUR
      let offset = cache.get(hour)
      if (offset === undefined) {
        const millis = Number(hour * 3_600_000n)
        const part = Object.fromEntries(format.formatToParts(millis).map(({ type, value }) => [type, value]))
        const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year)
        const local = new Date(0)
        local.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
        local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
        offset = BigInt(Math.round(local.getTime() - millis)) * 1000n
        if (cache.size > 10_000) cache.clear()
        cache.set(hour, offset)
      }
      return offset
    },
  }
}
