import type { Broker, EventBatch, EventPosition, EventsToAppend, PartitionBounds } from '../../engine/ports/broker'
import type { FileStore } from '../../engine/ports/file-store'
import { userError } from '../../protocol/errors/runnel-error'
import type { EventRows } from '../log/event-rows'
import { withKafka } from '../log/event-rows'
import type { Retention } from '../log/hub-log'
import { HubLog } from '../log/hub-log'
import { HubNames } from './hub-names'
import { partitionOfKey } from './key-hash'

export const DEFAULT_PARTITIONS = 4
/** An Event Hubs namespace of the Standard tier keeps events at most seven days. */
export const DEFAULT_RETENTION: Retention = { maxAgeMs: 7 * 24 * 3_600_000, maxBytes: 1024 * 1024 * 1024 }

export type LocalBrokerOptions = {
  /** Session time. */
  readonly nowMs: () => number
  /** Folder of all hubs. */
  readonly folder?: string
  readonly retention?: Retention
  readonly tailBytes?: number
  /** See HubLogOptions; a resolved promise writes at once. */
  readonly gather?: () => Promise<void>
  /** Produces everything that is due in the hub up to this session time, before someone looks or appends. */
  readonly produceDue?: (hub: string, asOfMs: number) => Promise<void>
  readonly onBackgroundError?: (error: unknown) => void
}

export type Hub = { readonly name: string; readonly numPartitions: number; readonly log: HubLog }

/** The in-browser broker: hubs as logs in a FileStore. One instance a workspace. */
export class LocalBroker implements Broker {
  readonly kind = 'local'
  readonly #files: FileStore
  readonly #options: Required<LocalBrokerOptions>
  readonly #names: HubNames
  readonly #hubs = new Map<string, Promise<Hub>>()
  readonly #roundRobin = new Map<string, number>()

  constructor(files: FileStore, options: LocalBrokerOptions) {
    this.#files = files
    this.#options = {
      folder: '/hubs',
      retention: DEFAULT_RETENTION,
      tailBytes: 32 * 1024 * 1024,
      gather: () => Promise.resolve(),
      produceDue: () => Promise.resolve(),
      onBackgroundError: () => undefined,
      ...options,
    }
    this.#names = new HubNames(files, `${this.#options.folder}/connections.json`)
  }

  async partitions(hub: string): Promise<number> {
    return (await this.hub(hub)).numPartitions
  }

  async bounds(hub: string, asOfMs?: number): Promise<PartitionBounds[]> {
    const { log } = await this.hub(hub)
    if (asOfMs !== undefined) await this.#options.produceDue(hub, asOfMs)
    return log.bounds()
  }

  async position(hub: string, partition: number, at: EventPosition): Promise<number> {
    return (await this.#partition(hub, partition)).log.position(partition, at)
  }

  async read(hub: string, partition: number, from: number, until: number): Promise<EventBatch> {
    return (await this.#partition(hub, partition)).log.read(partition, from, until)
  }

  async append(hub: string, events: EventsToAppend): Promise<void> {
    const { log, numPartitions } = await this.hub(hub)
    const partition = this.#choosePartition(hub, numPartitions, events)
    // Their times come first, so they stand first.
    const nowMs = this.#options.nowMs()
    await this.#options.produceDue(hub, nowMs)
    if (events.numRows === 0) return
    await log.append([{ partition, rows: rowsOf(events, Math.floor(nowMs) * 1000) }])
  }

  /** The hub a connection means; `hub` is what the caller names beside it. Naming one is remembered. */
  hubFor(connection: string, hub: string | null): Promise<string> {
    return this.#names.resolve(connection, hub)
  }

  /** Opens the hub, or makes it with the default partition count. */
  hub(name: string): Promise<Hub> {
    return this.#open(name, DEFAULT_PARTITIONS)
  }

  /** Names of all hubs, on disk or just made, sorted. */
  async hubNames(): Promise<string[]> {
    const { folder } = this.#options
    const names = new Set(this.#hubs.keys())
    for (const entry of await this.#files.list(folder)) if (entry.isFolder) names.add(decodeURIComponent(entry.name))
    return [...names].sort()
  }

  async createHub(name: string, numPartitions: number): Promise<void> {
    if (!Number.isInteger(numPartitions) || numPartitions < 1 || numPartitions > 32)
      throw userError('INVALID_PARTITION_COUNT', `A hub has 1 to 32 partitions, not ${numPartitions}.`, {
        exception: 'IllegalArgumentException',
      })
    const hub = await this.#open(name, numPartitions)
    if (hub.numPartitions !== numPartitions)
      throw userError('HUB_ALREADY_EXISTS', `The hub ${name} exists with ${hub.numPartitions} partitions.`, {
        hint: 'Choose another name, or delete the hub first. An Event Hub keeps its partition count, too.',
      })
  }

  async deleteHub(name: string): Promise<void> {
    const opening = this.#hubs.get(name)
    this.#hubs.delete(name)
    if (opening !== undefined) await (await opening).log.close()
    const folder = this.#hubFolder(name)
    await this.#files.remove(`${folder}/hub.json`)
    await this.#files.remove(folder)
  }

  async close(): Promise<void> {
    for (const hub of this.#hubs.values()) await (await hub).log.close()
    this.#hubs.clear()
  }

  #open(name: string, numPartitions: number): Promise<Hub> {
    let opening = this.#hubs.get(name)
    if (opening === undefined) {
      opening = this.#load(name, numPartitions)
      this.#hubs.set(name, opening)
      // A failed opening (a full disk) must not stay: the next mention tries again.
      opening.catch(() => this.#hubs.delete(name))
    }
    return opening
  }

  async #load(name: string, numPartitions: number): Promise<Hub> {
    if (name.trim() === '')
      throw userError('INVALID_HUB_NAME', 'The event hub name is empty.', {
        exception: 'IllegalArgumentException',
        hint: 'Give the hub a name, for example clicks.',
      })
    const folder = this.#hubFolder(name)
    const path = `${folder}/hub.json`
    if ((await this.#files.stat(path)) === null) {
      // Segments without this file are what a deletion left when it was cut short.
      await this.#files.remove(folder)
      const wanted: HubFile = { version: 1, name, partitions: numPartitions }
      await this.#files.writeIfAbsent(path, new TextEncoder().encode(JSON.stringify(wanted)))
    }
    const { partitions } = JSON.parse(new TextDecoder().decode(await this.#files.read(path))) as HubFile
    const { retention, nowMs, gather, tailBytes, onBackgroundError } = this.#options
    const log = await HubLog.open(this.#files, folder, {
      numPartitions: partitions,
      retention,
      nowMs,
      gather,
      tailBytes,
      onBackgroundError,
    })
    return { name, numPartitions: partitions, log }
  }

  async #partition(name: string, partition: number): Promise<Hub> {
    const hub = await this.hub(name)
    requirePartition(hub.name, partition, hub.numPartitions)
    return hub
  }

  #choosePartition(hub: string, numPartitions: number, events: EventsToAppend): number {
    if (events.partition !== undefined) {
      requirePartition(hub, events.partition, numPartitions)
      return events.partition
    }
    if (events.key !== undefined) return partitionOfKey(events.key, numPartitions)
    const turn = this.#roundRobin.get(hub) ?? 0
    this.#roundRobin.set(hub, turn + 1)
    return turn % numPartitions
  }

  #hubFolder(name: string): string {
    return `${this.#options.folder}/${encodeURIComponent(name).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))}`
  }
}

type HubFile = { readonly version: 1; readonly name: string; readonly partitions: number }

function requirePartition(hub: string, partition: number, numPartitions: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < numPartitions) return
  throw userError(
    'PARTITION_NOT_FOUND',
    `The hub ${hub} has partitions 0 to ${numPartitions - 1}, there is no partition ${partition}.`,
    {
      exception: 'IllegalArgumentException',
      hint: 'Leave the partition out: events then go to each partition in turn.',
    },
  )
}

function rowsOf(events: EventsToAppend, enqueuedMicros: number): EventRows {
  const { numRows, values, valueOffsets, key, keys, properties, kafka } = events
  return {
    numRows,
    values,
    valueOffsets,
    enqueuedMicros: new Float64Array(numRows).fill(enqueuedMicros),
    keys: key === undefined ? (keys ?? null) : new Array<string>(numRows).fill(key),
    properties: properties ?? null,
    ...withKafka(kafka),
  }
}
