import { outsideError } from '../../protocol/errors/runnel-error'
import type { OffsetJson } from '../../engine/ports/source'

/** Next sequence number of each partition, by partition number. */
export type Sequences = readonly number[]

/** `{"hub":{"0":12,"1":40}}`, partitions in ascending order. */
export function offsetJson(hub: string, sequences: Sequences): OffsetJson {
  return JSON.stringify({ [hub]: Object.fromEntries(sequences.entries()) })
}

/** Sequences of the hub by partition; a partition that is not listed is absent. */
export function parseOffset(json: OffsetJson): {
  readonly hub: string
  readonly sequences: ReadonlyMap<number, number>
} {
  const malformed = () =>
    outsideError(
      'MALFORMED_OFFSET',
      `failed to parse ${json}Expected e.g. {"ehName":{"0":23,"1":-1},"ehNameB":{"0":-2}}`,
      {
        exception: 'IllegalArgumentException',
        hint: 'The checkpoint was changed by hand. Start with a new checkpoint.',
      },
    )
  let hubs: [string, unknown][]
  try {
    hubs = Object.entries(JSON.parse(json) as Record<string, unknown>)
  } catch {
    // Reported as malformed, in the connector's words.
    throw malformed()
  }
  const [hub, partitions] = hubs.length === 1 ? hubs[0] : ['', null]
  if (typeof partitions !== 'object' || partitions === null) throw malformed()
  const sequences = new Map<number, number>()
  for (const [partition, sequence] of Object.entries(partitions as Record<string, unknown>)) {
    if (!/^\d+$/.test(partition) || !Number.isSafeInteger(sequence)) throw malformed()
    sequences.set(Number(partition), sequence as number)
  }
  return { hub, sequences }
}
