import type { Hub } from '../broker/local/local-broker'
import { LocalBroker } from '../broker/local/local-broker'
import { PRESETS } from '../broker/producers/presets'
import { Producers } from '../broker/producers/producers'
import type { FileStore } from '../engine/ports/file-store'
import type { ClockReader } from '../protocol/clock/session-clock'
import { followingClock } from './clock-copies'
import { errorShape, fullMessage, internalError } from '../protocol/errors/runnel-error'
import type {
  BrokerApi,
  BrokerEvent,
  HubInfo,
  InjectReport,
  InjectRequest,
  ProducerConfig,
  ProducerPreset,
} from '../protocol/workers/broker'
import { Arrivals } from './arrivals'
import { serveBroker } from './broker-port'

export type BrokerRuntimeHost = {
  /** Files of the workspace; memory when the browser keeps none. */
  readonly openFiles: (config: { storage: 'opfs' | 'memory'; workspace: string }) => FileStore | Promise<FileStore>
}

type BootConfig = Parameters<BrokerApi['boot']>[0]

/** Real time between two looks at the clock; whoever reads a hub makes due events appear without waiting for it. */
const TICK_MS = 100
const SECOND_MS = 1_000
/** Appends that arrive this close together share one segment file. */
const GATHER_MS = 2
const PEEK_BYTES = 4_096

/** The broker worker: hubs and producers of one workspace, served to the page and to every stream worker. */
export class BrokerRuntime implements BrokerApi {
  readonly #host: BrokerRuntimeHost
  readonly #arrivals = new Map<string, Arrivals>()
  readonly #posted = new Map<string, string>()
  readonly #timers: ReturnType<typeof setInterval>[] = []
  #booted: { readonly broker: LocalBroker; readonly producers: Producers; readonly clock: ClockReader } | null = null
  #events: MessagePort | null = null
  #isTicking = false

  constructor(host: BrokerRuntimeHost) {
    this.#host = host
  }

  async boot(config: BootConfig, events: MessagePort): Promise<void> {
    if (this.#booted !== null) throw internalError('The broker worker was started twice.')
    this.#events = events
    const files = await this.#host.openFiles(config)
    const clock = followingClock(config.clock)
    const nowMs = () => clock.nowMs()
    const broker: LocalBroker = new LocalBroker(files, {
      nowMs,
      gather: () => new Promise((resolve) => setTimeout(resolve, GATHER_MS)),
      produceDue: (hub, asOfMs) => producers.advance(hub, asOfMs),
      onBackgroundError: (error) => this.#report(error),
    })
    const producers = new Producers({
      openHub: (name) => broker.hub(name),
      nowMs,
      onError: (hub, error) => this.#report(error, `The producer of ${hub} stopped. `),
    })
    this.#booted = { broker, producers, clock }
    for (const name of await broker.hubNames()) this.#arrivalsOf(name, numSent(await broker.hub(name)))
    this.#timers.push(setInterval(() => void this.#tick(), TICK_MS))
    this.#timers.push(
      setInterval(() => void this.#everySecond().catch((error: unknown) => this.#report(error)), SECOND_MS),
    )
  }

  connect(port: MessagePort): Promise<void> {
    serveBroker(this.#running.broker, port)
    return Promise.resolve()
  }

  async hubs(): Promise<HubInfo[]> {
    const { broker } = this.#running
    return Promise.all((await broker.hubNames()).map(async (name) => this.#info(await broker.hub(name))))
  }

  createHub(name: string, partitions: number): Promise<void> {
    return this.#running.broker.createHub(name, partitions)
  }

  async deleteHub(name: string): Promise<void> {
    const { broker, producers } = this.#running
    await producers.forget(name)
    await broker.deleteHub(name)
    this.#arrivals.delete(name)
    this.#posted.delete(name)
  }

  presets(): Promise<ProducerPreset[]> {
    return Promise.resolve(PRESETS.map(({ info }) => info))
  }

  startProducer(config: ProducerConfig): Promise<void> {
    return this.#running.producers.start(config)
  }

  async stopProducer(hub: string): Promise<void> {
    await this.#running.producers.stop(hub)
  }

  async stopAllProducers(): Promise<number> {
    const { producers } = this.#running
    const stopped = await Promise.all(producers.hubs.map((hub) => producers.stop(hub)))
    return stopped.filter(Boolean).length
  }

  sendOnce(hub: string, preset: string, numEvents: number): Promise<void> {
    return this.#running.producers.sendByHand(hub, preset, numEvents)
  }

  inject(hub: string, request: InjectRequest): Promise<InjectReport> {
    return this.#running.producers.inject(hub, request)
  }

  async peek(name: string, numEvents: number): ReturnType<BrokerApi['peek']> {
    const { log, numPartitions } = await this.#running.broker.hub(name)
    const bounds = log.bounds()
    const newest: Awaited<ReturnType<BrokerApi['peek']>> = []
    for (let partition = 0; partition < numPartitions; partition++) {
      const { begin, next } = bounds[partition]
      const batch = await log.read(partition, Math.max(begin, next - numEvents), next)
      for (let i = 0; i < batch.numRows; i++) {
        const bytes = batch.values.subarray(batch.valueOffsets[i], batch.valueOffsets[i + 1])
        const body = new TextDecoder().decode(bytes.subarray(0, PEEK_BYTES))
        newest.push({
          partition,
          sequence: batch.firstSequence + i,
          enqueuedMicros: batch.enqueuedMicros[i],
          body: bytes.length > PEEK_BYTES ? `${body}…` : body,
        })
      }
    }
    return newest.sort((a, b) => b.enqueuedMicros - a.enqueuedMicros || b.sequence - a.sequence).slice(0, numEvents)
  }

  /** Ends timers and waits for writes under way. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#booted?.broker.close()
  }

  get #running() {
    if (this.#booted === null) throw internalError('The broker worker is not started yet.')
    return this.#booted
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return
    this.#isTicking = true
    try {
      const { producers, clock } = this.#running
      const nowMs = clock.nowMs()
      await Promise.all(producers.hubs.map((hub) => producers.advance(hub, nowMs)))
    } finally {
      this.#isTicking = false
    }
  }

  async #everySecond(): Promise<void> {
    const { broker } = this.#running
    for (const name of await broker.hubNames()) {
      const hub = await broker.hub(name)
      this.#arrivalsOf(name, 0).push(numSent(hub))
      const info = this.#info(hub)
      const text = JSON.stringify(info)
      if (this.#posted.get(name) === text) continue
      this.#posted.set(name, text)
      this.#post({ kind: 'hub', hub: info })
    }
  }

  #info(hub: Hub): HubInfo {
    const { producers } = this.#running
    return {
      name: hub.name,
      partitions: hub.log.bounds().map(({ begin, next }) => ({ begin, next })),
      numSent: numSent(hub),
      sizeBytes: hub.log.sizeBytes,
      lastEnqueuedMs: lastEnqueuedMs(hub),
      producer: producers.running(hub.name),
      interruptedProducer: producers.interrupted(hub),
      arrivals: this.#arrivalsOf(hub.name, 0).perSecond(),
    }
  }

  /** `numSentBefore`: events that were there before anyone counted arrivals. */
  #arrivalsOf(hub: string, numSentBefore: number): Arrivals {
    let arrivals = this.#arrivals.get(hub)
    if (arrivals === undefined) this.#arrivals.set(hub, (arrivals = new Arrivals(numSentBefore)))
    return arrivals
  }

  #report(error: unknown, prefix = ''): void {
    this.#post({ kind: 'error', message: prefix + fullMessage(errorShape(error)) })
  }

  #post(event: BrokerEvent): void {
    this.#events?.postMessage(event)
  }
}

function lastEnqueuedMs(hub: Hub): number | null {
  const last = hub.log.bounds().filter(({ begin, next }) => next > begin)
  return last.length === 0 ? null : Math.floor(Math.max(...last.map((bound) => bound.lastEnqueuedMicros)) / 1000)
}

function numSent(hub: Hub): number {
  return hub.log.bounds().reduce((sum, { next }) => sum + next, 0)
}
