import type { OptionMap } from '../../engine/ports/options'
import { userError } from '../../protocol/errors/runnel-error'
import type { PartitionMap } from './topic-partitions'
import { parseOffsets, parseTimestamps } from './topic-partitions'

/** In JSON of offsets: the first record that is left, and the one after the last. */
export const EARLIEST = -2
export const LATEST = -1

/** Where a query starts or a batch query ends. */
export type RangeLimit =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offsets'; readonly offsets: PartitionMap }
  | { readonly kind: 'timestamps'; readonly timestamps: PartitionMap; readonly whenNone: WhenNone }
  | { readonly kind: 'timestamp'; readonly timestampMs: number; readonly whenNone: WhenNone }

/** What a start does where no record is as late as the timestamp. */
type WhenNone = 'error' | 'latest'

/** Reads one end of the range: a timestamp for all wins over timestamps by partition, and these over offsets. */
export function readLimit(options: OptionMap, end: 'starting' | 'ending', fallback: RangeLimit): RangeLimit {
  const whenNone = readStrategy(options)
  const timestamp = options.get(`${end}Timestamp`)?.trim()
  if (timestamp !== undefined) {
    if (!/^[+-]?\d+$/.test(timestamp) || !Number.isSafeInteger(Number(timestamp)))
      throw illegal(
        `Expected a single long value, got ${timestamp}`,
        `${end}Timestamp is a time in milliseconds since 1970.`,
      )
    return { kind: 'timestamp', timestampMs: Number(timestamp), whenNone }
  }
  const byTimestamp = options.get(`${end}OffsetsByTimestamp`)?.trim()
  if (byTimestamp !== undefined) return { kind: 'timestamps', timestamps: parseTimestamps(byTimestamp), whenNone }
  const offsets = options.get(`${end}Offsets`)?.trim()
  if (offsets === undefined) return fallback
  if (offsets.toLowerCase() === 'latest') return { kind: 'latest' }
  if (offsets.toLowerCase() === 'earliest') return { kind: 'earliest' }
  return { kind: 'offsets', offsets: parseOffsets(offsets) }
}

function readStrategy(options: OptionMap): WhenNone {
  const text = options.get('startingOffsetsByTimestampStrategy')
  if (text === undefined || text.toUpperCase() === 'ERROR') return 'error'
  if (text.toUpperCase() === 'LATEST') return 'latest'
  throw userError('', `No value found for '${text.toUpperCase()}'`, {
    exception: 'SparkNoSuchElementException',
    hint: 'startingOffsetsByTimestampStrategy is "error" or "latest".',
  })
}

export function illegal(words: string, hint: string) {
  return userError('', words, { exception: 'IllegalArgumentException', hint })
}
