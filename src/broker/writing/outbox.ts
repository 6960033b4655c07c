import type { Broker, EventsToAppend, KafkaParts } from '../../engine/ports/broker'

export type OutgoingEvent = {
  readonly body: Uint8Array
  readonly key?: string | null
  readonly properties?: Readonly<Record<string, string>> | null
  readonly kafka?: KafkaParts | null
}

/** Events on their way to hubs, gathered by partition so that each partition is one append. */
export class Outbox {
  readonly #broker: Broker
  readonly #parts = new Map<
    string,
    { readonly hub: string; readonly partition: number; readonly events: OutgoingEvent[] }
  >()
  numEvents = 0

  constructor(broker: Broker) {
    this.#broker = broker
  }

  add(hub: string, partition: number, event: OutgoingEvent): void {
    const name = `${hub}-${partition}`
    const part = this.#parts.get(name) ?? { hub, partition, events: [] }
    part.events.push(event)
    this.#parts.set(name, part)
    this.numEvents++
  }

  /** Resolves when every event is durable. A kill in between leaves some of them sent: at least once, as with a real broker. */
  async send(): Promise<void> {
    const parts = [...this.#parts.values()]
    await Promise.all(parts.map(({ hub, partition, events }) => this.#broker.append(hub, toAppend(partition, events))))
  }
}

function toAppend(partition: number, events: readonly OutgoingEvent[]): EventsToAppend {
  const valueOffsets = new Int32Array(events.length + 1)
  events.forEach(({ body }, row) => (valueOffsets[row + 1] = valueOffsets[row] + body.length))
  const values = new Uint8Array(valueOffsets[events.length])
  events.forEach(({ body }, row) => values.set(body, valueOffsets[row]))
  return {
    numRows: events.length,
    values,
    valueOffsets,
    partition,
    keys: sparse(events.map(({ key }) => key ?? null)),
    properties: sparse(events.map(({ properties }) => properties ?? null)),
    kafka: sparse(events.map(({ kafka }) => kafka ?? null)),
  }
}

function sparse<T>(values: readonly (T | null)[]): readonly (T | null)[] | null {
  return values.some((value) => value !== null) ? values : null
}
