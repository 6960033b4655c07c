import { requireBrowserServers } from '../../broker/kafka/bootstrap'
import { parseBoolean, parseInt32, parseLong } from '../../broker/reading/option-values'
import type { OptionMap } from '../../engine/ports/options'
import { givenStartAfterEnd, partitionsDiffer } from './errors'
import { illegal, readLimit } from './range-limit'
import type { RangeLimit } from './range-limit'
import type { PartitionMap } from './topic-partitions'
import { parseAssignment } from './topic-partitions'

/** Which topics a query reads. */
export type Strategy =
  | { readonly kind: 'subscribe'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'assign'; readonly partitions: readonly string[] }

const STRATEGIES = ['subscribe', 'subscribePattern', 'assign'] as const

/** What is checked when `load()` is called on a stream; offsets are looked at when the query runs, as in Spark. */
export function checkStreamOptions(options: OptionMap): void {
  if (options.has('endingOffsets'))
    throw illegal('ending offset not valid in streaming queries', 'Only a batch read (spark.read) has an end.')
  if (options.has('endingOffsetsByTimestamp'))
    throw illegal('ending timestamp not valid in streaming queries', 'Only a batch read (spark.read) has an end.')
  checkGeneralOptions(options)
}

/** What is checked when `load()` is called on a batch read. */
export function checkBatchOptions(options: OptionMap): void {
  const starting = readLimit(options, 'starting', { kind: 'earliest' })
  if (starting.kind === 'latest')
    throw illegal(
      "starting offset can't be latest for batch queries on Kafka",
      'Start at "earliest" or at given offsets.',
    )
  if (starting.kind === 'offsets')
    for (const [name, offset] of starting.offsets)
      if (offset === -1)
        throw illegal(
          `startingOffsets for ${name} can't be latest for batch queries on Kafka`,
          'Start at -2 (earliest).',
        )
  const ending = readLimit(options, 'ending', { kind: 'latest' })
  if (ending.kind === 'earliest')
    throw illegal("ending offset can't be earliest for batch queries on Kafka", 'End at "latest" or at given offsets.')
  if (ending.kind === 'offsets')
    for (const [name, offset] of ending.offsets)
      if (offset === -2)
        throw illegal(`ending offset for ${name} can't be earliest for batch queries on Kafka`, 'End at -1 (latest).')
  checkGeneralOptions(options)
  if (starting.kind === 'offsets' && ending.kind === 'offsets') checkOrder('offset', starting.offsets, ending.offsets)
  if (starting.kind === 'timestamps' && ending.kind === 'timestamps')
    checkOrder('timestamp', starting.timestamps, ending.timestamps)
  const strategy = readStrategy(options)
  if (strategy.kind === 'pattern') topicPattern(strategy.pattern)
  readFailOnDataLoss(options)
  readPollTimeout(options)
}

function checkOrder(kind: 'offset' | 'timestamp', start: PartitionMap, end: PartitionMap): void {
  if (start.size !== end.size || [...start.keys()].some((name) => !end.has(name)))
    throw partitionsDiffer(start.keys(), end.keys())
  for (const [name, from] of start) {
    const until = end.get(name)!
    if (from > until && from >= 0 && until >= 0) throw givenStartAfterEnd(kind, name, from, until)
  }
}

function checkGeneralOptions(options: OptionMap): void {
  checkStrategy(options)
  positive(options, 'minPartitions', (value) => parseInt32('minPartitions', value, POSITIVE, -2_147_483_648))
  positive(options, 'maxRecordsPerPartition', (value) =>
    Number(parseLong('maxRecordsPerPartition', value, POSITIVE, LONG_MIN)),
  )
  checkKafkaOptions(options)
  const [min, max] = [options.get('minOffsetsPerTrigger'), options.get('maxOffsetsPerTrigger')]
  if (min !== undefined && max !== undefined) {
    const [least, most] = [
      offsetsPerTrigger('minOffsetsPerTrigger', min),
      offsetsPerTrigger('maxOffsetsPerTrigger', max),
    ]
    if (least > most)
      throw illegal(
        `The value of minOffsetPerTrigger(${least}) is higher than the maxOffsetsPerTrigger(${most}).`,
        'Make minOffsetsPerTrigger the smaller one.',
      )
  }
  const { topics } = topicsText(options)
  requireBrowserServers(options.get('kafka.bootstrap.servers') ?? '', options.get('kafka.sasl.jaas.config'), topics)
}

const POSITIVE = 'a whole number of at least 1'
const LONG_MIN = -(2n ** 63n)

function topicsText(options: OptionMap): { topics: string | null } {
  return { topics: options.get('subscribe')?.split(',')[0].trim() ?? null }
}

function checkStrategy(options: OptionMap): void {
  const given = STRATEGIES.filter((key) => options.has(key))
  const list = STRATEGIES.map((key) => key.toLowerCase()).join(', ')
  if (given.length === 0)
    throw illegal(
      `One of the following options must be specified for Kafka source: ${list}. See the docs for more details.`,
      'Add .option("subscribe", "<topic>").',
    )
  if (given.length > 1)
    throw illegal(
      `Only one of the following options can be specified for Kafka source: ${list}. See the docs for more details.`,
      `Keep one of ${given.join(', ')}.`,
    )
  const value = options.get(given[0]) ?? ''
  if (given[0] === 'assign' && !value.trim().startsWith('{'))
    throw illegal(
      `No topicpartitions to assign as specified value for option 'assign' is '${value}'`,
      'Write JSON: {"topic":[0,1]}.',
    )
  if (given[0] === 'subscribe' && splitTopics(value).length === 0)
    throw illegal(
      `No topics to subscribe to as specified value for option 'subscribe' is '${value}'`,
      'Name a topic, or several with commas between them.',
    )
  if (given[0] === 'subscribePattern' && value.trim() === '')
    throw illegal(
      `Pattern to subscribe is empty as specified value for option 'subscribePattern' is '${value}'`,
      'Write a regular expression that whole topic names match, such as clicks.*',
    )
}

function positive(options: OptionMap, key: string, parse: (value: string) => number): void {
  const value = options.get(key)
  if (value === undefined || parse(value) > 0) return
  throw illegal(`${key === 'minPartitions' ? key : key.toLowerCase()} must be positive`, `${key} is 1 or more.`)
}

const AUTO_OFFSET_RESET = `
Kafka option 'auto.offset.reset' is not supported.
Instead set the source option 'startingoffsets' to 'earliest' or 'latest'
to specify where to start. Structured Streaming manages which offsets are consumed
internally, rather than relying on the kafkaConsumer to do it. This will ensure that no
data is missed when new topics/partitions are dynamically subscribed. Note that
'startingoffsets' only applies when a new Streaming query is started, and
that resuming will always pick up from where the query left off. See the docs for more
details.
         `

/** Consumer settings that Spark keeps for itself; all others are passed on, and mean nothing to a hub in the browser. */
function checkKafkaOptions(options: OptionMap): void {
  if (options.has('kafka.auto.offset.reset'))
    throw illegal(AUTO_OFFSET_RESET, 'Use .option("startingOffsets", "earliest") instead.')
  for (const [part, plural] of [
    ['key', 'keys'],
    ['value', 'values'],
  ] as const)
    if (options.has(`kafka.${part}.deserializer`))
      throw illegal(
        `Kafka option '${part}.deserializer' is not supported as ${plural} are deserialized as byte arrays with ` +
          `ByteArrayDeserializer. Use DataFrame operations to explicitly deserialize the ${plural}.`,
        `Leave it out and write CAST(${part} AS STRING).`,
      )
  for (const key of ['enable.auto.commit', 'interceptor.classes'])
    if (options.has(`kafka.${key}`)) throw illegal(`Kafka option '${key}' is not supported`, `Leave kafka.${key} out.`)
  if (!options.has('kafka.bootstrap.servers'))
    throw illegal(
      "Option 'kafka.bootstrap.servers' must be specified for configuring Kafka consumer",
      'Add .option("kafka.bootstrap.servers", "localhost:9092"): the in-browser hubs answer there.',
    )
}

export function offsetsPerTrigger(option: string, value: string): number {
  return Number(parseLong(option, value, 'a whole number', LONG_MIN))
}

export function splitTopics(value: string): string[] {
  return value
    .split(',')
    .map((topic) => topic.trim())
    .filter((topic) => topic !== '')
}

/** Read after the checks above. */
export function readStrategy(options: OptionMap): Strategy {
  const assign = options.get('assign')
  if (assign !== undefined) return { kind: 'assign', partitions: parseAssignment(assign) }
  const pattern = options.get('subscribePattern')
  if (pattern !== undefined) return { kind: 'pattern', pattern: pattern.trim() }
  return { kind: 'subscribe', topics: splitTopics(options.get('subscribe') ?? '') }
}

/** A whole name must match. */
export function topicPattern(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch {
    // Java's words for the usual mistake; its other ones differ in the reason only.
    throw illegal(
      `Unclosed group near index ${pattern.length}\n${pattern}`,
      'subscribePattern is a regular expression that whole topic names match, such as clicks.*',
    )
  }
}

export type StreamOptions = {
  readonly strategy: Strategy
  readonly starting: RangeLimit
  readonly failOnDataLoss: boolean
  readonly includeHeaders: boolean
  readonly maxOffsetsPerTrigger: number | null
  readonly minOffsetsPerTrigger: number | null
  readonly maxTriggerDelayMs: number
}

/** The rest, read when the query runs: what is wrong here fails the query. */
export function readStreamOptions(options: OptionMap): StreamOptions {
  const perTrigger = (option: string) => {
    const value = options.get(option)
    return value === undefined ? null : offsetsPerTrigger(option, value)
  }
  const starting = readLimit(options, 'starting', { kind: 'latest' })
  const strategy = readStrategy(options)
  readPollTimeout(options)
  readRetries(options)
  return {
    starting,
    strategy,
    maxOffsetsPerTrigger: perTrigger('maxOffsetsPerTrigger'),
    minOffsetsPerTrigger: perTrigger('minOffsetsPerTrigger'),
    maxTriggerDelayMs: delayMs(options.get('maxTriggerDelay') ?? '15m'),
    includeHeaders: readIncludeHeaders(options),
    failOnDataLoss: readFailOnDataLoss(options),
  }
}

/** Waiting for a broker means nothing here, but a wrong value is still wrong. */
function readPollTimeout(options: OptionMap): void {
  const value = options.get('kafkaConsumer.pollTimeoutMs')
  if (value !== undefined) parseLong('kafkaConsumer.pollTimeoutMs', value, 'a whole number', LONG_MIN)
}

export function readRetries(options: OptionMap): void {
  const value = options.get('fetchOffset.numRetries')
  if (value !== undefined) parseInt32('fetchOffset.numRetries', value, 'a whole number', -2_147_483_648)
}

export function readIncludeHeaders(options: OptionMap): boolean {
  const value = options.get('includeHeaders')
  return value !== undefined && parseBoolean('includeHeaders', value)
}

export function readFailOnDataLoss(options: OptionMap): boolean {
  const value = options.get('failOnDataLoss')
  return value === undefined || parseBoolean('failOnDataLoss', value)
}

const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Java's `timeStringAsMs`: a number with a unit. */
function delayMs(text: string): number {
  const match = /^(-?\d+)([a-z]+)?$/.exec(text.trim().toLowerCase())
  const unit = match === null ? undefined : UNITS_MS[match[2] ?? 'ms']
  if (match === null || unit === undefined)
    throw illegal(
      'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), or ' +
        `day (d). E.g. 50s, 100ms, or 250us.\nFailed to parse time string: ${text}`,
      'Write maxTriggerDelay as "15m".',
    )
  return Math.floor(Number(match[1]) * unit)
}
