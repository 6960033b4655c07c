import { lookup3 } from '../../broker/local/key-hash'
import { readInitialPositions, writeInitialPositions } from '../../broker/reading/initial-positions'
import { lagMetrics } from '../../broker/reading/lag'
import { rateLimit } from '../../broker/reading/rate-limit'
import type { Broker } from '../../engine/ports/broker'
import type { OptionMap } from '../../engine/ports/options'
import type { OffsetJson, ReadLimit, ScanContext, SourceContext, StreamSource } from '../../engine/ports/source'
import type { Batch, StructType } from '../../protocol/columns'
import { outsideError, userError } from '../../protocol/errors/runnel-error'
import { EVENT_HUBS_SCHEMA, projectSchema } from './event-columns'
import { findHub } from './hub'
import type { Sequences } from './offsets'
import { offsetJson, parseOffset } from './offsets'
import type { EventHubsOptions, OptionsMode, Positions } from './options'
import { parseOptions } from './options'
import { sequenceOf } from './position'
import { readEvents } from './read-events'

const DEFAULT_EVENTS_PER_PARTITION = 1_000

export async function openEventHubs(
  options: OptionMap,
  _userSchema: StructType | null,
  context: SourceContext,
): Promise<StreamSource> {
  const parsed = await parseOptions(options, silently(context.conf['runnel.compatibility'] === 'strict'))
  const broker = context.broker(parsed.connection)
  const written = await readInitialPositions(context.files, context.metadataPath)
  // The hub a query without EntityPath once found stays its hub, whatever producers open later.
  const hub = parsed.hub ?? (written === null ? null : parseOffset(written).hub) ?? (await findHub(broker, parsed))
  return new EventHubsSource(parsed, hub, await broker.partitions(hub), broker, context)
}

/** Events from the starting to the ending positions, as they are now. */
export async function* scanEventHubs(
  options: OptionMap,
  _schema: StructType,
  columns: readonly string[] | null,
  context: ScanContext,
): AsyncGenerator<Batch> {
  const parsed = await parseOptions(options, silently(context.conf?.['runnel.compatibility'] === 'strict'))
  const broker = context.broker(parsed.connection)
  const hub = await findHub(broker, parsed)
  const bounds = await broker.bounds(hub, context.clock.nowMs())
  const from = await resolve(broker, hub, bounds.length, parsed.starting)
  const until = await resolve(broker, hub, bounds.length, parsed.ending)
  const range = {
    hub,
    consumerGroup: parsed.consumerGroup,
    from: from.map((sequence, partition) => Math.max(sequence, bounds[partition].begin)),
    until: until.map((sequence, partition) => Math.min(sequence, bounds[partition].next)),
  }
  yield* readEvents(broker, range, projectSchema(columns))
}

class EventHubsSource implements StreamSource {
  readonly schema = EVENT_HUBS_SCHEMA
  readonly description: string
  readonly #options: EventHubsOptions
  readonly #hub: string
  readonly #numPartitions: number
  readonly #broker: Broker
  readonly #context: SourceContext
  #initial: Sequences | null = null
  /** First sequence numbers the hub still had when the last batch was planned. */
  #earliest: Sequences | null = null
  #latest: Sequences | null = null
  #pinned: Sequences | null = null

  constructor(options: EventHubsOptions, hub: string, numPartitions: number, broker: Broker, context: SourceContext) {
    this.#options = options
    this.#hub = hub
    this.#numPartitions = numPartitions
    this.#broker = broker
    this.#context = context
    // The connector has no text of its own: Java prints class and identity.
    const [identity] = lookup3(new TextEncoder().encode(context.metadataPath))
    this.description = `org.apache.spark.sql.eventhubs.EventHubsSource@${identity.toString(16)}`
  }

  async latestOffset(start: OffsetJson | null, limit: ReadLimit): Promise<{ end: OffsetJson; latest: OffsetJson }> {
    await this.#lookAtHub()
    const latest = this.#latest ?? []
    const until = this.#pinned === null ? latest : latest.map((next, i) => Math.min(next, this.#pinned?.[i] ?? next))
    const from = await this.#startOf(start, until)
    const size = this.#options.maxEventsPerTrigger ?? this.#numPartitions * DEFAULT_EVENTS_PER_PARTITION
    const backlogs = until.map((last, partition) => ({ from: from[partition], until: last }))
    const end = limit.kind === 'all' ? until : rateLimit(size, backlogs)
    return { end: offsetJson(this.#hub, end), latest: offsetJson(this.#hub, latest) }
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null): AsyncGenerator<Batch> {
    if (this.#earliest === null) await this.#lookAtHub()
    const until = await this.#sequences(end)
    const from = await this.#startOf(start, until)
    const range = { hub: this.#hub, consumerGroup: this.#options.consumerGroup, from, until }
    yield* readEvents(this.#broker, range, projectSchema(columns))
  }

  async commit(): Promise<void> {}

  async pinAvailableNow(): Promise<void> {
    await this.#lookAtHub()
    this.#pinned = this.#latest
  }

  /** Lag as Spark's Kafka source reports it; the connector reports none, so this is an addition of ours. */
  metrics(end: OffsetJson | null): Readonly<Record<string, string>> {
    if (end === null || this.#latest === null) return {}
    const { sequences } = parseOffset(end)
    const behind = this.#latest.map((next, partition) => Math.max(0, next - (sequences.get(partition) ?? 0)))
    return lagMetrics(behind)
  }

  async close(): Promise<void> {}

  async #lookAtHub(): Promise<void> {
    const bounds = await this.#broker.bounds(this.#hub, this.#context.clock.nowMs())
    this.#earliest = bounds.map(({ begin }) => begin)
    this.#latest = bounds.map(({ next }) => next)
  }

  /** Where a batch begins: its start, moved past events that had expired when the batch was planned, as the connector does. */
  async #startOf(start: OffsetJson | null, until: Sequences): Promise<Sequences> {
    const sequences = start === null ? await this.#initialPositions() : await this.#sequences(start)
    if (start !== null) this.#requireNotBehind(sequences, until)
    return sequences.map((sequence, partition) => Math.max(sequence, this.#earliest?.[partition] ?? sequence))
  }

  #requireNotBehind(start: Sequences, until: Sequences): void {
    const partition = until.findIndex((end, i) => end < start[i])
    if (partition < 0) return
    throw outsideError(
      'HUB_CHANGED',
      `Partition ${partition}'s sequence number was changed from ${start[partition]} to ${until[partition]}, ` +
        'some data may have been missed',
      {
        hint: `The hub ${this.#hub} was deleted and made again since this query last ran. Restart the stream from scratch.`,
      },
    )
  }

  async #initialPositions(): Promise<Sequences> {
    if (this.#initial !== null) return this.#initial
    const { files, metadataPath } = this.#context
    const written = await readInitialPositions(files, metadataPath)
    const offset =
      written ??
      (await writeInitialPositions(
        files,
        metadataPath,
        offsetJson(this.#hub, await resolve(this.#broker, this.#hub, this.#numPartitions, this.#options.starting)),
      ))
    this.#initial = await this.#sequences(offset)
    return this.#initial
  }

  /** One number a partition; a partition the checkpoint does not know begins where the options say. */
  async #sequences(offset: OffsetJson): Promise<Sequences> {
    const { hub, sequences } = parseOffset(offset)
    if (hub !== this.#hub)
      throw userError(
        'CHECKPOINT_OF_ANOTHER_HUB',
        `{"ehName":"${this.#hub}","partitionId":0} doesn't have a fromSeqNo`,
        {
          exception: 'SparkException',
          hint: `The checkpoint belongs to a query on the hub ${hub}. Give the query on ${this.#hub} a checkpoint of its own.`,
        },
      )
    const { starting } = this.#options
    return Promise.all(
      Array.from({ length: this.#numPartitions }, async (_, partition) => {
        const at = starting.byPartition(this.#hub).get(partition) ?? starting.all
        return sequences.get(partition) ?? (await sequenceOf(this.#broker, this.#hub, partition, at))
      }),
    )
  }
}

function resolve(broker: Broker, hub: string, numPartitions: number, positions: Positions): Promise<Sequences> {
  const byPartition = positions.byPartition(hub)
  return Promise.all(
    Array.from({ length: numPartitions }, (_, partition) =>
      sequenceOf(broker, hub, partition, byPartition.get(partition) ?? positions.all),
    ),
  )
}

/** Everything was reported when the plan was analysed; in strict mode it was refused there. */
function silently(isStrict: boolean): OptionsMode {
  return { compatibility: isStrict ? 'strict' : 'workshop', lenient: () => undefined }
}
