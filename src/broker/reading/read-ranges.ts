import type { Broker, EventBatch } from '../../engine/ports/broker'

/** Rows of one read: the fixed cost of a batch vanishes, the columns stay in the processor's cache. */
const ROWS_PER_READ = 8_192
/** Reads under way while rows are worked on. */
const READ_AHEAD = 4

/** `[from, until)` of one partition; without events when `until` is not after `from`. */
export type EventRange = {
  readonly hub: string
  readonly partition: number
  readonly from: number
  readonly until: number
}

/** Every event of the ranges, in their order, a few reads ahead. `onError` says a broker's error in the reader's own words. */
export async function* readRanges(
  broker: Broker,
  ranges: readonly EventRange[],
  onError: (error: unknown, range: EventRange) => unknown,
): AsyncGenerator<{ readonly range: EventRange; readonly events: EventBatch }> {
  const reads = ranges.flatMap((range) => {
    const parts: EventRange[] = []
    for (let from = range.from; from < range.until; from += ROWS_PER_READ)
      parts.push({ ...range, from, until: Math.min(range.until, from + ROWS_PER_READ) })
    return parts
  })
  const underWay: ReturnType<typeof start>[] = []
  const start = (range: EventRange) => {
    const events = broker.read(range.hub, range.partition, range.from, range.until)
    // Awaited in its turn below; until then a failure must not count as unhandled.
    events.catch(() => undefined)
    return { range, events }
  }
  for (const index of reads.keys()) {
    while (underWay.length < Math.min(READ_AHEAD, reads.length - index))
      underWay.push(start(reads[index + underWay.length]))
    const { range, events } = underWay.shift()!
    let batch: EventBatch
    try {
      batch = await events
    } catch (error) {
      throw onError(error, range)
    }
    yield { range, events: batch }
  }
}
