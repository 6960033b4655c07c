import type { Broker } from '../../engine/ports/broker'
import { userError } from '../../protocol/errors/runnel-error'
import { partitionsNotAssigned } from './errors'
import type { Strategy } from './options'
import { topicPattern } from './options'
import { EARLIEST, LATEST, illegal } from './range-limit'
import type { RangeLimit } from './range-limit'
import type { PartitionMap } from './topic-partitions'
import { partitionName, partitionOf, topicOf } from './topic-partitions'

/** First and next offset of every partition a query reads now. */
export type Bounds = { readonly earliest: PartitionMap; readonly latest: PartitionMap }

/** Looks at the topics: those of a pattern may have become more since the last look. */
export async function boundsOf(broker: Broker, strategy: Strategy, asOfMs: number): Promise<Bounds> {
  const earliest = new Map<string, number>()
  const latest = new Map<string, number>()
  const wanted = strategy.kind === 'assign' ? new Set(strategy.partitions) : null
  const topics = await topicsOf(broker, strategy)
  const bounds = await Promise.all(topics.map((topic) => broker.bounds(topic, asOfMs)))
  for (const [index, topic] of topics.entries()) {
    for (const [partition, { begin, next }] of bounds[index].entries()) {
      const name = partitionName(topic, partition)
      if (wanted !== null && !wanted.has(name)) continue
      earliest.set(name, begin)
      latest.set(name, next)
    }
  }
  const missing = [...(wanted ?? [])].filter((name) => !latest.has(name))
  if (missing.length > 0)
    throw userError('', `Timed out waiting for a node assignment. Call: listOffsets`, {
      exception: 'SparkException',
      hint: `There is no partition ${missing.join(', ')}: topics of the browser have 4 partitions, 0 to 3, unless made otherwise.`,
    })
  return { earliest, latest }
}

async function topicsOf(broker: Broker, strategy: Strategy): Promise<string[]> {
  if (strategy.kind === 'subscribe') return [...new Set(strategy.topics)].sort()
  if (strategy.kind === 'assign') return [...new Set(strategy.partitions.map(topicOf))].sort()
  const names = (await broker.hubNames?.()) ?? []
  const pattern = topicPattern(strategy.pattern)
  return names.filter((name) => pattern.test(name))
}

/** The limit as one offset a partition. A start at a timestamp after the last record is an error, or means latest. */
export async function resolveLimit(
  broker: Broker,
  limit: RangeLimit,
  { earliest, latest }: Bounds,
  place: { readonly end: 'start' | 'end'; readonly isStream: boolean },
): Promise<PartitionMap> {
  switch (limit.kind) {
    case 'earliest':
      return earliest
    case 'latest':
      return latest
    case 'offsets':
      requireAll(limit.offsets, latest, place.isStream ? 'stream offsets' : 'batch offsets', place.end)
      return new Map(
        [...limit.offsets].map(([name, offset]) => {
          if (offset === LATEST) return [name, latest.get(name)!]
          return [name, offset === EARLIEST ? earliest.get(name)! : offset]
        }),
      )
    case 'timestamp':
    case 'timestamps': {
      if (limit.kind === 'timestamps') requireAll(limit.timestamps, latest, 'timestamps', place.end)
      const found = [...latest.keys()].map(async (name): Promise<[string, number]> => {
        const ms = limit.kind === 'timestamp' ? limit.timestampMs : limit.timestamps.get(name)!
        const at = { kind: 'enqueuedTime', micros: ms * 1000 } as const
        const offset = await broker.position(topicOf(name), partitionOf(name), at)
        const isNone = offset >= latest.get(name)!
        if (isNone && place.end === 'start' && limit.whenNone === 'error')
          throw illegal(
            `No offset matched from request of topic-partition ${name} and timestamp ${ms}.`,
            'Every record is older. Use startingOffsetsByTimestampStrategy "latest" to start at the end instead.',
          )
        return [name, offset]
      })
      return new Map(await Promise.all(found))
    }
  }
}

function requireAll(
  given: PartitionMap,
  assigned: PartitionMap,
  kind: Parameters<typeof partitionsNotAssigned>[0],
  end: 'start' | 'end',
): void {
  if (given.size === assigned.size && [...given.keys()].every((name) => assigned.has(name))) return
  throw partitionsNotAssigned(kind, given.keys(), [...assigned.keys()], end)
}
