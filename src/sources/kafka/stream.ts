import { readInitialPositions, writeInitialPositions } from '../../broker/reading/initial-positions'
import { lagMetrics } from '../../broker/reading/lag'
import { rateLimit } from '../../broker/reading/rate-limit'
import type { EventRange } from '../../broker/reading/read-ranges'
import { readRanges } from '../../broker/reading/read-ranges'
import type { Broker } from '../../engine/ports/broker'
import type { OptionMap } from '../../engine/ports/options'
import type { OffsetJson, ReadLimit, ScanContext, SourceContext, StreamSource } from '../../engine/ports/source'
import type { Batch, StructType } from '../../protocol/columns'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { expired, offsetChanged, partitionsGone, startAfterEnd } from './errors'
import type { Strategy, StreamOptions } from './options'
import { readFailOnDataLoss, readIncludeHeaders, readRetries, readStrategy, readStreamOptions } from './options'
import { readLimit } from './range-limit'
import { cutSchema, kafkaSchema, recordColumns } from './record-columns'
import type { PartitionMap } from './topic-partitions'
import { offsetsJson, parseOffsets, partitionOf, sameOffsets, topicOf } from './topic-partitions'
import type { Bounds } from './topics'
import { boundsOf, resolveLimit } from './topics'

export async function openKafka(
  options: OptionMap,
  _userSchema: StructType | null,
  context: SourceContext,
): Promise<StreamSource> {
  const parsed = readStreamOptions(options)
  return new KafkaStream(parsed, context.broker(options.get('kafka.bootstrap.servers') ?? ''), context)
}

/** Records between the starting and the ending offsets, as they are now. */
export async function* scanKafka(
  options: OptionMap,
  _schema: StructType,
  columns: readonly string[] | null,
  context: ScanContext,
): AsyncGenerator<Batch> {
  readRetries(options)
  const broker = context.broker(options.get('kafka.bootstrap.servers') ?? '')
  const bounds = await boundsOf(broker, readStrategy(options), context.clock.nowMs())
  const from = await resolveLimit(broker, readLimit(options, 'starting', { kind: 'earliest' }), bounds, {
    end: 'start',
    isStream: false,
  })
  const until = await resolveLimit(broker, readLimit(options, 'ending', { kind: 'latest' }), bounds, {
    end: 'end',
    isStream: false,
  })
  for (const [name, offset] of from) if (offset > until.get(name)!) throw startAfterEnd(name, offset, until.get(name)!)
  const schema = cutSchema(kafkaSchema(readIncludeHeaders(options)), columns)
  yield* readRecords(broker, ranges(from, until, bounds, readFailOnDataLoss(options)), schema)
}

/**
 * A stream of records. The offset of a partition is the sequence number of its next event.
 *
 * Offset  `{"topic":{"0":23}}`; a batch is `[start, end)`
 * State   `sources/<n>/0` keeps where the query started
 * Errors  Spark's words; lost records fail the query unless `failOnDataLoss` is false
 */
class KafkaStream implements StreamSource {
  readonly schema: StructType
  readonly description: string
  readonly #options: StreamOptions
  readonly #broker: Broker
  readonly #context: SourceContext
  #initial: PartitionMap | null = null
  #bounds: Bounds | null = null
  #pinned: PartitionMap | null = null
  #isPinning = false
  #lastBatchMs = 0

  constructor(options: StreamOptions, broker: Broker, context: SourceContext) {
    this.#options = options
    this.#broker = broker
    this.#context = context
    this.schema = kafkaSchema(options.includeHeaders)
    this.description = `KafkaV2[${strategyText(options.strategy)}]`
  }

  async latestOffset(start: OffsetJson | null, limit: ReadLimit): Promise<{ end: OffsetJson; latest: OffsetJson }> {
    const { earliest } = await this.#look()
    if (this.#isPinning) this.#pinned ??= this.#bounds!.latest
    const latest = this.#pinned ?? this.#bounds!.latest
    const from = start === null ? await this.#initialOffsets() : parseOffsets(start)
    const end = limit.kind === 'all' ? latest : this.#limited(from, earliest, latest)
    // The same offsets in another order of keys are the same offset.
    const unchanged = start !== null && sameOffsets(from, end)
    return { end: unchanged ? start : offsetsJson(end), latest: offsetsJson(latest) }
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null): AsyncGenerator<Batch> {
    const bounds = this.#bounds ?? (await this.#look())
    const from = start === null ? await this.#initialOffsets() : parseOffsets(start)
    const until = parseOffsets(end)
    const { failOnDataLoss } = this.#options
    const gone = [...from.keys()].filter((name) => !until.has(name))
    if (gone.length > 0 && failOnDataLoss) throw partitionsGone(gone)
    const known = new Map([...until.keys()].map((name) => [name, from.get(name) ?? bounds.earliest.get(name) ?? 0]))
    yield* readRecords(this.#broker, ranges(known, until, bounds, failOnDataLoss), cutSchema(this.schema, columns))
  }

  async commit(): Promise<void> {}

  async pinAvailableNow(): Promise<void> {
    this.#isPinning = true
  }

  metrics(end: OffsetJson | null): Readonly<Record<string, string>> {
    if (end === null || this.#bounds === null) return {}
    const consumed = parseOffsets(end)
    const latest = this.#pinned ?? this.#bounds.latest
    return lagMetrics([...latest].map(([name, next]) => next - (consumed.get(name) ?? 0)))
  }

  async close(): Promise<void> {}

  async #look(): Promise<Bounds> {
    this.#bounds = await boundsOf(this.#broker, this.#options.strategy, this.#context.clock.nowMs())
    return this.#bounds
  }

  #limited(from: PartitionMap, earliest: PartitionMap, latest: PartitionMap): PartitionMap {
    const { maxOffsetsPerTrigger, minOffsetsPerTrigger } = this.#options
    if (minOffsetsPerTrigger !== null && this.#isTooEarly(minOffsetsPerTrigger, from, latest)) return from
    if (maxOffsetsPerTrigger === null) return latest
    const names = [...latest.keys()]
    const ends = rateLimit(
      maxOffsetsPerTrigger,
      names.map((name) => ({ from: from.get(name) ?? earliest.get(name)!, until: latest.get(name)! })),
    )
    return new Map(names.map((name, index) => [name, ends[index]]))
  }

  /** True while fewer new records than `minOffsetsPerTrigger` wait and `maxTriggerDelay` is not over. */
  #isTooEarly(least: number, from: PartitionMap, latest: PartitionMap): boolean {
    const nowMs = this.#context.clock.nowMs()
    const waiting = [...latest].reduce((sum, [name, next]) => sum + next - (from.get(name) ?? 0), 0)
    if (waiting < least && nowMs - this.#lastBatchMs < this.#options.maxTriggerDelayMs) return true
    this.#lastBatchMs = nowMs
    return false
  }

  async #initialOffsets(): Promise<PartitionMap> {
    if (this.#initial !== null) return this.#initial
    const { files, metadataPath } = this.#context
    const written = await readInitialPositions(files, metadataPath)
    const offsets = written ?? (await this.#writeInitial())
    this.#initial = parseOffsets(offsets)
    return this.#initial
  }

  async #writeInitial(): Promise<OffsetJson> {
    const bounds = this.#bounds ?? (await this.#look())
    const offsets = await resolveLimit(this.#broker, this.#options.starting, bounds, { end: 'start', isStream: true })
    return writeInitialPositions(this.#context.files, this.#context.metadataPath, offsetsJson(offsets))
  }
}

/** Checks what is left of the ranges: records that expired, partitions that were made again. */
function ranges(from: PartitionMap, until: PartitionMap, bounds: Bounds, failOnDataLoss: boolean): EventRange[] {
  return [...until].flatMap(([name, end]) => {
    const start = from.get(name)!
    if (end < start && failOnDataLoss) throw offsetChanged(name, start, end)
    const begin = bounds.earliest.get(name) ?? 0
    const next = bounds.latest.get(name) ?? 0
    if (failOnDataLoss && end > start && (start < begin || end > next))
      throw expired(name, start < begin ? start : next, end, begin)
    const first = Math.max(start, begin)
    const last = Math.min(end, next)
    return last > first ? [{ hub: topicOf(name), partition: partitionOf(name), from: first, until: last }] : []
  })
}

async function* readRecords(broker: Broker, wanted: readonly EventRange[], schema: StructType): AsyncGenerator<Batch> {
  const inSparkWords = (error: unknown, { hub, partition, from, until }: EventRange) => {
    if (!(error instanceof RunnelError) || error.condition !== 'EVENTS_EXPIRED') return error
    return expired(`${hub}-${partition}`, from, until, Number(error.shape.parameters['begin']))
  }
  for await (const { range, events } of readRanges(broker, wanted, inSparkWords))
    yield recordColumns(schema, range.hub, range.partition, events)
}

function strategyText(strategy: Strategy): string {
  switch (strategy.kind) {
    case 'subscribe':
      return `Subscribe[${strategy.topics.join(', ')}]`
    case 'pattern':
      return `SubscribePattern[${strategy.pattern}]`
    case 'assign':
      return `Assign[${strategy.partitions.join(', ')}]`
  }
}
