import type { EngineEvent } from '../protocol/workers/engine'

/** Ten posts a second for what is only ever looked at in its newest form. */
const INTERVAL_MS = 100

/**
 * Posts engine events to the page. Cards and flow lines are coalesced per query, table changes to one event;
 * progress, console text, notices and log lines are all kept, in order.
 */
export class EventPost {
  readonly #port: { postMessage(message: unknown): void }
  readonly #newest = new Map<string, EngineEvent>()
  readonly #ordered: EngineEvent[] = []
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(port: { postMessage(message: unknown): void }) {
    this.#port = port
  }

  readonly emit = (event: EngineEvent): void => {
    switch (event.kind) {
      case 'query':
        this.#newest.set(`query ${event.query.id}`, event)
        break
      case 'flow':
        this.#newest.set(`flow ${event.flow.query}`, event)
        break
      case 'clock':
      case 'tables':
        this.#newest.set(event.kind, event)
        break
      default:
        this.#ordered.push(event)
    }
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS)
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const events = [...this.#newest.values(), ...this.#ordered.splice(0)]
    this.#newest.clear()
    for (const event of events) this.#port.postMessage(event)
  }
}
