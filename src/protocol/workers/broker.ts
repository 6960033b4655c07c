/** The broker worker as the page and the engine see it. Stream workers speak the engine's `Broker` port over their own message port. */
export interface BrokerApi {
  boot(
    config: { clock: ArrayBufferLike; storage: 'opfs' | 'memory'; workspace: string },
    events: MessagePort,
  ): Promise<void>
  /** A `Broker` served on the port until it closes. */
  connect(port: MessagePort): Promise<void>
  hubs(): Promise<HubInfo[]>
  createHub(name: string, partitions: number): Promise<void>
  deleteHub(name: string): Promise<void>
  presets(): Promise<ProducerPreset[]>
  startProducer(config: ProducerConfig): Promise<void>
  stopProducer(hub: string): Promise<void>
  stopAllProducers(): Promise<number>
  sendOnce(hub: string, preset: string, numEvents: number): Promise<void>
  /**
   * Sends events whose own time lies at `eventTimeMs` (session time), now: sample events where a preset feeds the hub, else copies of its newest
   * event with its times moved. Rejects when the hub is empty, or its events say no time.
   */
  inject(hub: string, request: InjectRequest): Promise<InjectReport>
  /** Newest events of a hub, as text. */
  peek(
    hub: string,
    numEvents: number,
  ): Promise<{ partition: number; sequence: number; enqueuedMicros: number; body: string }[]>
}

/** late: spread over 15 to 25 minutes before now, as a producer's late events are · at: one moment. */
export type InjectRequest = {
  readonly numEvents: number
  readonly when: { readonly kind: 'late' } | { readonly kind: 'at'; readonly eventTimeMs: number }
}
export type InjectReport = {
  readonly numEvents: number
  readonly kind: 'sample' | 'copy'
  readonly timeFields: readonly string[]
}

export type HubInfo = {
  readonly name: string
  readonly partitions: readonly { readonly begin: number; readonly next: number }[]
  /** Events ever appended. */
  readonly numSent: number
  readonly sizeBytes: number
  /** Session time of the newest arrival; null = empty. */
  readonly lastEnqueuedMs?: number | null
  /** The producer that is on. */
  readonly producer: ProducerConfig | null
  /** The producer that was on when the page was left; Resume starts it again with this very configuration. */
  readonly interruptedProducer?: ProducerConfig | null
  /** Appended in each of the last 60 real seconds, oldest first. */
  readonly arrivals: readonly number[]
}

export type ProducerPreset = {
  readonly id: string
  readonly title: string
  readonly description: string
  /** Top-level JSON fields of its bodies; a query's `from_json` schema is matched against them (B07). */
  readonly fields: readonly string[]
  readonly defaults: Omit<ProducerConfig, 'hub' | 'preset'>
}

export type ProducerConfig = {
  readonly hub: string
  readonly preset: string
  readonly seed: number
  /** Events a second of session time. */
  readonly eventsPerSecond: number
  /** Shares of events in 0..1. */
  readonly lateShare: number
  readonly outOfOrderShare: number
  readonly malformedShare: number
  /** Stops by itself after this many events; null = never. */
  readonly maxEvents: number | null
  /** Distinct partition keys; 0 = round robin. */
  readonly numKeys: number
}

export type BrokerEvent =
  { readonly kind: 'hub'; readonly hub: HubInfo } | { readonly kind: 'error'; readonly message: string }
