const FLUSH_MS = 100

/** Collects events and hands them over a few times a second, so that React renders once for many of them. */
export class EventPump<Event> {
  readonly #deliver: (events: Event[]) => void
  readonly #everyMs: number
  #waiting: Event[] = []
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(deliver: (events: Event[]) => void, everyMs = FLUSH_MS) {
    this.#deliver = deliver
    this.#everyMs = everyMs
  }

  /** A worker may post one event or several at once. */
  push(message: Event | Event[]): void {
    if (Array.isArray(message)) this.#waiting.push(...message)
    else this.#waiting.push(message)
    this.#timer ??= setTimeout(() => this.flush(), this.#everyMs)
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const events = this.#waiting
    this.#waiting = []
    if (events.length > 0) this.#deliver(events)
  }
}
