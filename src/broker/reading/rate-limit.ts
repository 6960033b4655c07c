/** A stretch of one partition that waits to be read: `[from, until)`. */
export type Backlog = { readonly from: number; readonly until: number }

/**
 * Where a batch of about `limit` events ends, one number a backlog: each partition gets its share, rounded down, but at
 * least one event where there is any. The formula of Spark's Kafka source and of the Event Hubs connector, so a batch may
 * exceed the limit by less than one event a partition.
 */
export function rateLimit(limit: number, backlogs: readonly Backlog[]): number[] {
  const sizes = backlogs.map(({ from, until }) => Math.max(0, until - from))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total < 1) return backlogs.map(({ until }) => until)
  return backlogs.map(({ from, until }, index) => {
    const size = sizes[index]
    if (size === 0) return until
    const prorate = limit * (size / total)
    return Math.min(until, from + (prorate < 1 ? Math.ceil(prorate) : Math.floor(prorate)))
  })
}
