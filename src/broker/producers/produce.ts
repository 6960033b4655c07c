import type { ProducerConfig } from '../../protocol/workers/broker'
import { partitionOfKey } from '../local/key-hash'
import type { PartitionRows } from '../log/hub-log'
import { Draws } from './draws'
import type { Preset } from './presets'
import { RowsBuilder } from './rows-builder'

/** What decides an event besides its number and due time. */
export type EventRecipe = Pick<
  ProducerConfig,
  'seed' | 'lateShare' | 'outOfOrderShare' | 'malformedShare' | 'numKeys'
> & {
  /** The events' own time, instead of their arrival less a delay. */
  readonly eventTimeMs?: number
}

const MINUTE_MS = 60_000

/**
 * Events `[from, until)`, by partition in order of their numbers. A pure function of its arguments: an event depends on
 * the recipe, its number and its due time, never on the events before it. Without keys, partitions take turns.
 */
export function produceEvents(
  preset: Preset,
  recipe: EventRecipe,
  numPartitions: number,
  from: number,
  until: number,
  dueMsOf: (event: number) => number,
): PartitionRows[] {
  const builders = Array.from({ length: numPartitions }, () => new RowsBuilder())
  for (let number = from; number < until; number++) {
    const dueMs = dueMsOf(number)
    const draws = new Draws(recipe.seed, number)
    const ownTimeMs = dueMs - delayMs(recipe, draws)
    const eventTimeMs = recipe.eventTimeMs ?? ownTimeMs
    const isMalformed = draws.next() < recipe.malformedShare
    const key = recipe.numKeys === 0 ? null : `key-${draws.below(recipe.numKeys)}`
    const partition = key === null ? number % numPartitions : partitionOfKey(key, numPartitions)
    const body = preset.body({ number, eventTimeMs }, draws)
    // Cut in the middle, as a connection that broke off leaves it: never valid JSON.
    const text = isMalformed ? body.slice(0, body.length >>> 1) : body
    builders[partition].add(text, dueMs * 1000, key)
  }
  return builders.flatMap((builder, partition) =>
    builder.numRows === 0 ? [] : [{ partition, rows: builder.finish() }],
  )
}

/** How far the event's own time lies before its arrival: 15 to 25 minutes when late, up to 30 s when out of order. */
function delayMs({ lateShare, outOfOrderShare }: EventRecipe, draws: Draws): number {
  const lot = draws.next()
  const distance = draws.next()
  if (lot < lateShare) return Math.floor((15 + distance * 10) * MINUTE_MS)
  if (lot < lateShare + outOfOrderShare) return Math.floor(1 + distance * 30_000)
  return 0
}
