/**
 * Hubs (topics) of one namespace. The sequence number is the only cursor; ranges are half open.
 * Implementations pass `broker/broker.contract.ts`.
 */
export interface Broker {
  readonly kind: 'local' | 'classroom' | 'azure'
  /** Partition count of the hub; the in-browser broker creates a hub (4 partitions) at first mention. */
  partitions(hub: string): Promise<number>
  /** One entry a partition. `asOfMs`: producers must have delivered everything due up to this session time. */
  bounds(hub: string, asOfMs?: number): Promise<PartitionBounds[]>
  /** First sequence number at or after the position, clamped to the partition's bounds. */
  position(hub: string, partition: number, at: EventPosition): Promise<number>
  /** Exactly `[from, until)`, or throws `EVENTS_EXPIRED` naming the earliest sequence number left. */
  read(hub: string, partition: number, from: number, until: number): Promise<EventBatch>
  /** Resolves when every event is durable. Partition: explicit, else by key hash, else round robin for the whole call. */
  append(hub: string, events: EventsToAppend): Promise<void>
  /**
   * Hub a connection string means. `hub` is what the caller names beside the string (a producer client, `hubAppend`,
   * `hubInfo`): it is remembered for that string. With `null` the answer is the string's EntityPath, else the hub last
   * remembered for it, else a default name. Throws for a string that may name a real Azure namespace. Absent: the broker
   * serves one namespace and the string must carry its EntityPath.
   */
  hubFor?(connection: string, hub: string | null): Promise<string>
  /** Names of all hubs, sorted; absent where the broker cannot list them. */
  hubNames?(): Promise<string[]>
}

export type PartitionBounds = { readonly begin: number; readonly next: number; readonly lastEnqueuedMicros: number }

export type EventPosition =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'sequence'; readonly sequence: number }
  | { readonly kind: 'enqueuedTime'; readonly micros: number }

/** Columnar events of one partition; `values` concatenates bodies, `valueOffsets` has numRows + 1 entries. */
export type EventBatch = {
  readonly firstSequence: number
  readonly numRows: number
  readonly values: Uint8Array
  readonly valueOffsets: Int32Array
  /** Session time of arrival, microseconds since 1970. */
  readonly enqueuedMicros: Float64Array
  /** Partition keys; null when no event has one. */
  readonly keys: readonly (string | null)[] | null
  readonly properties: readonly (Readonly<Record<string, string>> | null)[] | null
  /** What a Kafka producer said beside the value; null or absent when no event came from one. */
  readonly kafka?: readonly (KafkaParts | null)[] | null
}

/** Parts of a Kafka record that an Event Hubs event has not. */
export type KafkaParts = {
  readonly key: Uint8Array | null
  /** In order; names may repeat. Null = none were given. */
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[] | null
  /** The record's value is null, not empty. */
  readonly isNullValue: boolean
}

export type EventsToAppend = {
  readonly numRows: number
  readonly values: Uint8Array
  readonly valueOffsets: Int32Array
  readonly partition?: number
  readonly key?: string
  /** One key a row, where the partition is explicit. */
  readonly keys?: readonly (string | null)[] | null
  readonly kafka?: readonly (KafkaParts | null)[] | null
  readonly properties?: readonly (Readonly<Record<string, string>> | null)[] | null
}
