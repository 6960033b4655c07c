/** One thing that ran, as a line of the log: enough to do it again (B30). Times in epoch milliseconds. */
export type LoggedEvent = {
  /** Real time. */
  readonly at: number
  /** Stream time; null before the engine is up. */
  readonly session: number | null
  readonly kind: string
  readonly detail: unknown
}

export type LogStore = {
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  list(): Promise<readonly string[]>
}

export type LogOptions = {
  readonly store: LogStore
  readonly folder: string
  /** Names this page load's files, in the order of time. */
  readonly startedAt: number
  /** Characters of one file. */
  readonly maxFileChars?: number
  readonly maxFiles?: number
}

const MAX_FILE_CHARS = 128_000
const MAX_FILES = 24
const MAX_DETAIL_CHARS = 20_000

/**
 * Appends to a few files of bounded size; the oldest goes. Adding only pushes to an array: text is made and written by
 * `flush`, which the owner calls when nothing else is to be done. A write that fails is tried again with the next flush.
 */
export class EventLog {
  readonly #options: Required<LogOptions>
  #waiting: LoggedEvent[] = []
  #current = ''
  #file = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(options: LogOptions) {
    this.#options = { maxFileChars: MAX_FILE_CHARS, maxFiles: MAX_FILES, ...options }
  }

  add(event: LoggedEvent): void {
    this.#waiting.push(event)
  }

  get hasUnwritten(): boolean {
    return this.#waiting.length > 0
  }

  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writeWaiting())
    return this.#writing
  }

  async #writeWaiting(): Promise<void> {
    const events = this.#waiting
    if (events.length === 0) return
    const { store, maxFileChars } = this.#options
    const lines = events.map(lineOf).join('')
    const isFull = this.#current.length > 0 && this.#current.length + lines.length > maxFileChars
    const text = isFull ? lines : this.#current + lines
    const file = isFull ? this.#file + 1 : this.#file
    await store.write(this.#pathOf(file), text)
    // Only what is written is dropped from memory.
    this.#waiting = this.#waiting.slice(events.length)
    this.#current = text
    const isNew = file !== this.#file || text === lines
    this.#file = file
    if (isNew) await this.#dropOldest()
  }

  async #dropOldest(): Promise<void> {
    const { store, maxFiles } = this.#options
    const files = [...(await store.list())].filter((path) => path.endsWith('.jsonl')).sort()
    for (const path of files.slice(0, Math.max(0, files.length - maxFiles))) await store.remove(path)
  }

  #pathOf(file: number): string {
    const { folder, startedAt } = this.#options
    return `${folder}/${String(startedAt).padStart(14, '0')}-${String(file).padStart(4, '0')}.jsonl`
  }
}

function lineOf(event: LoggedEvent): string {
  const line = JSON.stringify(event)
  if (line.length <= MAX_DETAIL_CHARS) return `${line}\n`
  return `${JSON.stringify({ ...event, detail: { cut: line.slice(0, MAX_DETAIL_CHARS) } })}\n`
}
