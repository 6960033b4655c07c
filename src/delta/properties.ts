type Configuration = Readonly<Record<string, string>>

const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
}

/** A duration property such as `interval 1 week`; what cannot be read means the default, as an absent one does. */
export function retentionMs(configuration: Configuration, key: string, defaultMs: number): number {
  const text = configuration[key]
  if (text === undefined) return defaultMs
  let totalMs = 0
  const pattern = /(\d+)\s+(millisecond|second|minute|hour|day|week)s?/gi
  for (const [, count, unit] of text.matchAll(pattern)) totalMs += Number(count) * UNIT_MS[unit.toLowerCase()]
  return pattern.test(text) ? totalMs : defaultMs
}

/** Commits between two checkpoints. */
export function checkpointInterval(configuration: Configuration): number {
  const value = Number(configuration['delta.checkpointInterval'] ?? '10')
  return Number.isInteger(value) && value > 0 ? value : 10
}
