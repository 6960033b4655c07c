import { userError } from '../../protocol/errors/runnel-error'

/** A number (an offset, or milliseconds) for each partition, by `topic-partition` as Kafka prints it. */
export type PartitionMap = ReadonlyMap<string, number>

export function partitionName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

export function topicOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'))
}

export function partitionOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1))
}

/** `Set(two-0, two-1)`, as a Scala set prints. */
export function setText(names: Iterable<string>): string {
  return `Set(${[...names].join(', ')})`
}

/** `{"topic":{"0":23}}`; throws Spark's words for anything else. */
export function parseOffsets(text: string): PartitionMap {
  return parsed(text, `Expected e.g. {"topicA":{"0":23,"1":-1},"topicB":{"0":-2}}, got ${text}`)
}

export function parseTimestamps(text: string): PartitionMap {
  const example = '{"topicA": {"0": 123456789, "1": 123456789},\n"topicB": {"0": 123456789, "1": 123456789}}'
  return parsed(text, `Expected e.g. ${example}, got ${text}`)
}

/** `{"topic":[0,1]}` of the option `assign`. */
export function parseAssignment(text: string): readonly string[] {
  const words = `Expected e.g. {"topicA":[0,1],"topicB":[0,1]}, got ${text}`
  return topicsOf(text, words).flatMap(([topic, partitions]) => {
    if (!Array.isArray(partitions)) throw malformed(words)
    return partitions.map((partition: unknown) => {
      if (!Number.isInteger(partition)) throw malformed(words)
      return partitionName(topic, partition as number)
    })
  })
}

/** `{"topic":{"0":23}}` with topics and partitions in the order in which Spark writes them. */
export function offsetsJson(offsets: PartitionMap): string {
  const topics = new Map<string, Map<number, number>>()
  for (const [name, offset] of offsets) {
    const partitions = topics.get(topicOf(name)) ?? new Map<number, number>()
    topics.set(topicOf(name), partitions.set(partitionOf(name), offset))
  }
  const texts = hashOrder([...topics.keys()]).map((topic) => {
    // An object lists whole numbers in ascending order, as Scala's hash map of small numbers does.
    return `${JSON.stringify(topic)}:${JSON.stringify(Object.fromEntries(topics.get(topic)!))}`
  })
  return `{${texts.join(',')}}`
}

/** Same partitions, same numbers. */
export function sameOffsets(a: PartitionMap, b: PartitionMap): boolean {
  return a.size === b.size && [...a].every(([name, offset]) => b.get(name) === offset)
}

/** Order in which Scala's mutable hash map lists strings: by the improved hash's place in a table that is at most 3/4 full. */
function hashOrder(topics: readonly string[]): string[] {
  let tableSize = 16
  while (topics.length + 1 > tableSize * 0.75) tableSize *= 2
  const place = (topic: string) => {
    let hash = 0
    for (let i = 0; i < topic.length; i++) hash = (Math.imul(hash, 31) + topic.charCodeAt(i)) | 0
    const improved = hash ^ (hash >>> 16)
    return { slot: improved & (tableSize - 1), improved }
  }
  return topics
    .map((topic) => ({ topic, ...place(topic) }))
    .sort((a, b) => a.slot - b.slot || a.improved - b.improved)
    .map(({ topic }) => topic)
}

function parsed(text: string, words: string): PartitionMap {
  const found = new Map<string, number>()
  for (const [topic, partitions] of topicsOf(text, words)) {
    if (!isObject(partitions)) throw malformed(words)
    for (const [partition, number] of Object.entries(partitions)) {
      if (!/^-?\d+$/.test(partition) || !Number.isSafeInteger(number)) throw malformed(words)
      found.set(partitionName(topic, Number(partition)), number as number)
    }
  }
  return found
}

function topicsOf(text: string, words: string): [string, unknown][] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Said in Spark's words, like every other shape that is not the expected one.
    throw malformed(words)
  }
  if (!isObject(json)) throw malformed(words)
  return Object.entries(json)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(words: string) {
  return userError('', words, {
    exception: 'IllegalArgumentException',
    hint: 'Write JSON: topic, then partition, then a number. -2 means earliest, -1 latest.',
  })
}
