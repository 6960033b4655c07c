import type { Sequences } from './offsets'

/**
 * Where a batch of about `limit` events ends: each partition gets its share of the backlog, rounded down, but at least one
 * event where there is any. The connector's formula, so a batch may exceed the limit by less than one event a partition.
 */
export function rateLimit(limit: number, from: Sequences, until: Sequences): Sequences {
  const sizes = until.map((end, partition) => Math.max(0, end - from[partition]))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total < 1) return until
  return until.map((end, partition) => {
    const size = sizes[partition]
    if (size === 0) return end
    const prorate = limit * (size / total)
    return Math.min(end, from[partition] + (prorate < 1 ? Math.ceil(prorate) : Math.floor(prorate)))
  })
}
