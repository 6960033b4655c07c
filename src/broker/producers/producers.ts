import { userError } from '../../protocol/errors/runnel-error'
import type { InjectReport, InjectRequest, ProducerConfig } from '../../protocol/workers/broker'
import type { Hub } from '../local/local-broker'
import { movableBody } from './moved-copy'
import { findPreset } from './presets'
import { produceEvents } from './produce'
import { RowsBuilder } from './rows-builder'
import type { Schedule } from './schedule'
import { dueMs, dueUntil } from './schedule'

export type ProducersOptions = {
  readonly openHub: (name: string) => Promise<Hub>
  /** Session time. */
  readonly nowMs: () => number
  /** A producer stopped because its hub could not be written. */
  readonly onError: (hub: string, error: unknown) => void
}

/**
 * What a hub's log remembers about its producer. It is written in one file with the events, so that a kill can neither
 * lose the position nor move it without its events.
 */
type Mark = {
  /** Next event number of each kind of data, by `preset/seed`: going on never repeats an event. */
  readonly next: Readonly<Record<string, number>>
  /** Next number of events sent by hand. */
  readonly nextByHand: number
  /** The run that was on; null after a stop. */
  readonly run: Run | null
}
type Run = { readonly config: ProducerConfig; readonly schedule: Schedule }

const CHUNK_EVENTS = 2_000
const MAX_EVENTS_PER_SECOND = 50_000
/** Events by hand use numbers and a seed of their own, so that they never repeat a producer's ids. */
const BY_HAND = { seed: 0x5eed, firstNumber: 5_000_000 }

/**
 * Producers of the in-browser hubs, at most one a hub. Event times come from the session clock alone: whenever someone
 * asks for a moment, everything due up to it is made, so the same actions give the same events at every speed.
 */
export class Producers {
  readonly #options: ProducersOptions
  readonly #running = new Map<string, Run>()
  /** Work of a hub goes one after the other, so that event numbers stay in order. */
  readonly #queues = new Map<string, Promise<unknown>>()

  constructor(options: ProducersOptions) {
    this.#options = options
  }

  /** Hubs whose producer is on. */
  get hubs(): string[] {
    return [...this.#running.keys()]
  }

  running(hub: string): ProducerConfig | null {
    return this.#running.get(hub)?.config ?? null
  }

  /** The producer that was on when the page was left and has not been started or stopped since. */
  interrupted(hub: Hub): ProducerConfig | null {
    return this.#running.has(hub.name) ? null : (readMark(hub).run?.config ?? null)
  }

  /** Starts at the current session time; a producer that ran before goes on with its next event, nothing is made up for. */
  async start(config: ProducerConfig): Promise<void> {
    checkConfig(config)
    await this.#inTurn(config.hub, async () => {
      const nowMs = this.#options.nowMs()
      await this.#produce(config.hub, nowMs)
      const hub = await this.#options.openHub(config.hub)
      const mark = readMark(hub)
      const firstEvent = mark.next[positionKey(config)] ?? 0
      const goesOn = !this.#running.has(config.hub) && sameConfig(mark.run?.config, config)
      const endEvent =
        goesOn && mark.run !== null
          ? mark.run.schedule.endEvent
          : config.maxEvents === null
            ? null
            : firstEvent + config.maxEvents
      const schedule = { startMs: nowMs, firstEvent, eventsPerSecond: config.eventsPerSecond, endEvent }
      const run = { config, schedule }
      await writeMark(hub, { ...mark, run })
      this.#running.set(config.hub, run)
      await this.#produce(config.hub, nowMs)
    })
  }

  /** Makes what is due and stops; false when no producer was on. */
  stop(hub: string): Promise<boolean> {
    return this.#inTurn(hub, async () => {
      const wasRunning = this.#running.has(hub)
      await this.#produce(hub, this.#options.nowMs())
      this.#running.delete(hub)
      const opened = await this.#options.openHub(hub)
      const mark = readMark(opened)
      if (mark.run !== null) await writeMark(opened, { ...mark, run: null })
      return wasRunning
    })
  }

  /** Makes everything due in the hub up to `asOfMs`; resolves when it is durable. */
  async advance(hub: string, asOfMs: number): Promise<void> {
    if (!this.#running.has(hub)) return
    await this.#inTurn(hub, () => this.#produce(hub, asOfMs))
  }

  /** Sends events of a preset at the current session time. */
  async sendByHand(hub: string, presetId: string, numEvents: number): Promise<void> {
    const preset = findPreset(presetId)
    await this.#inTurn(hub, async () => {
      const nowMs = Math.floor(this.#options.nowMs())
      await this.#produce(hub, nowMs)
      const opened = await this.#options.openHub(hub)
      const mark = readMark(opened)
      const from = BY_HAND.firstNumber + mark.nextByHand
      const recipe = { seed: BY_HAND.seed, lateShare: 0, outOfOrderShare: 0, malformedShare: 0, numKeys: 0 }
      const rows = produceEvents(preset, recipe, opened.numPartitions, from, from + numEvents, () => nowMs)
      await opened.log.append(rows, JSON.stringify({ ...mark, nextByHand: mark.nextByHand + numEvents }))
    })
  }

  /** Sends events that say another time than now; see `BrokerApi.inject`. */
  async inject(hub: string, { numEvents, when }: InjectRequest): Promise<InjectReport> {
    return this.#inTurn(hub, async () => {
      const nowMs = Math.floor(this.#options.nowMs())
      await this.#produce(hub, nowMs)
      const opened = await this.#options.openHub(hub)
      const mark = readMark(opened)
      const presetId = this.#running.get(hub)?.config.preset ?? Object.keys(mark.next).at(-1)?.split('/')[0]
      if (presetId === undefined) return injectCopies(opened, { numEvents, when }, nowMs)
      const from = BY_HAND.firstNumber + mark.nextByHand
      const recipe = {
        seed: BY_HAND.seed,
        lateShare: when.kind === 'late' ? 1 : 0,
        outOfOrderShare: 0,
        malformedShare: 0,
        numKeys: 0,
        ...(when.kind === 'at' ? { eventTimeMs: when.eventTimeMs } : {}),
      }
      const preset = findPreset(presetId)
      const rows = produceEvents(preset, recipe, opened.numPartitions, from, from + numEvents, () => nowMs)
      await opened.log.append(rows, JSON.stringify({ ...mark, nextByHand: mark.nextByHand + numEvents }))
      return { numEvents, kind: 'sample', timeFields: [] }
    })
  }

  /** The hub is being deleted: its producer ends without another event. */
  forget(hub: string): Promise<void> {
    return this.#inTurn(hub, () => {
      this.#running.delete(hub)
      return Promise.resolve()
    })
  }

  async #produce(hub: string, asOfMs: number): Promise<void> {
    const run = this.#running.get(hub)
    if (run === undefined) return
    const { config, schedule } = run
    try {
      const opened = await this.#options.openHub(hub)
      const preset = findPreset(config.preset)
      const until = dueUntil(schedule, asOfMs)
      for (;;) {
        const mark = readMark(opened)
        const from = mark.next[positionKey(config)] ?? 0
        if (from >= until) break
        const end = Math.min(until, from + CHUNK_EVENTS)
        const rows = produceEvents(preset, config, opened.numPartitions, from, end, (event) => dueMs(schedule, event))
        const isLast = end === schedule.endEvent
        const next = { ...mark.next, [positionKey(config)]: end }
        await opened.log.append(rows, JSON.stringify({ ...mark, next, run: isLast ? null : run } satisfies Mark))
      }
      if (until === schedule.endEvent) this.#running.delete(hub)
    } catch (error) {
      // Readers of the hub go on: a producer that cannot write is the producer's failure, and it is told.
      this.#running.delete(hub)
      this.#options.onError(hub, error)
    }
  }

  #inTurn<T>(hub: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(hub) ?? Promise.resolve()).then(work, work)
    this.#queues.set(hub, turn)
    return turn
  }
}

const LATE_FROM_MS = 15 * 60_000
const LATE_SPREAD_MS = 10 * 60_000

async function injectCopies(hub: Hub, { numEvents, when }: InjectRequest, nowMs: number): Promise<InjectReport> {
  const newest = await newestBody(hub)
  if (newest === null)
    throw userError('HUB_IS_EMPTY', `Hub ${hub.name} is empty: there is no event to make another one from.`, {
      hint: 'Start a producer, or send an event of your own first.',
    })
  const body = movableBody(newest)
  if (body === null)
    throw userError('EVENTS_SAY_NO_TIME', `The events of hub ${hub.name} say no time of their own.`, {
      hint: 'Give each event a field such as "eventTime", written as 2026-11-20T10:00:00Z.',
    })
  const builders = Array.from({ length: hub.numPartitions }, () => new RowsBuilder())
  for (let i = 0; i < numEvents; i++) {
    const lateMs = nowMs - LATE_FROM_MS - Math.floor((LATE_SPREAD_MS * i) / numEvents)
    builders[i % builders.length].add(body.at(when.kind === 'at' ? when.eventTimeMs : lateMs), nowMs * 1000, null)
  }
  const rows = builders.flatMap((builder, partition) =>
    builder.numRows === 0 ? [] : [{ partition, rows: builder.finish() }],
  )
  await hub.log.append(rows, hub.log.mark)
  return { numEvents, kind: 'copy', timeFields: body.timeFields }
}

async function newestBody({ log, numPartitions }: Hub): Promise<string | null> {
  let newest: { micros: number; body: string } | null = null
  for (let partition = 0; partition < numPartitions; partition++) {
    const { begin, next } = log.bounds()[partition]
    if (next === begin) continue
    const batch = await log.read(partition, next - 1, next)
    const micros = batch.enqueuedMicros[0]
    const body = new TextDecoder().decode(batch.values.subarray(batch.valueOffsets[0], batch.valueOffsets[1]))
    if (newest === null || micros > newest.micros) newest = { micros, body }
  }
  return newest?.body ?? null
}

const NO_MARK: Mark = { next: {}, nextByHand: 0, run: null }

function readMark(hub: Hub): Mark {
  return hub.log.mark === null ? NO_MARK : (JSON.parse(hub.log.mark) as Mark)
}

function writeMark(hub: Hub, mark: Mark): Promise<void> {
  return hub.log.append([], JSON.stringify(mark))
}

const positionKey = ({ preset, seed }: ProducerConfig) => `${preset}/${seed}`

function sameConfig(a: ProducerConfig | undefined, b: ProducerConfig): boolean {
  return (
    a !== undefined && Object.keys(b).every((key) => a[key as keyof ProducerConfig] === b[key as keyof ProducerConfig])
  )
}

function checkConfig(config: ProducerConfig): void {
  findPreset(config.preset)
  const { eventsPerSecond, maxEvents, numKeys } = config
  const refuse = (name: string, expected: string, seen: number) => {
    throw userError('INVALID_PRODUCER', `${name} must be ${expected}, got ${seen}.`, {
      exception: 'IllegalArgumentException',
    })
  }
  if (!(eventsPerSecond > 0 && eventsPerSecond <= MAX_EVENTS_PER_SECOND))
    refuse('eventsPerSecond', `above 0 and at most ${MAX_EVENTS_PER_SECOND}`, eventsPerSecond)
  for (const name of ['lateShare', 'outOfOrderShare', 'malformedShare'] as const)
    if (!(config[name] >= 0 && config[name] <= 1)) refuse(name, 'between 0 and 1', config[name])
  if (maxEvents !== null && !(Number.isInteger(maxEvents) && maxEvents > 0))
    refuse('maxEvents', 'a positive whole number, or null', maxEvents)
  if (!(Number.isInteger(numKeys) && numKeys >= 0)) refuse('numKeys', 'a whole number of at least 0', numKeys)
}
