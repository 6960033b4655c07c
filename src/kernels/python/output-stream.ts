import type { CellId } from '../../protocol/ids'

const BATCH_MS = 50
const BATCH_CHARACTERS = 16 * 1024
/** Writes in one window that go out at once; a learner's few prints before a long loop must not wait for the next print. */
const EAGER_WRITES = 64

export type StreamText = { readonly name: 'stdout' | 'stderr'; readonly cell: CellId | null; readonly text: string }

/** Joins prints into few messages. A kernel that computes has no timers, so the time is looked at when something is written. */
export class OutputStream {
  readonly #send: (text: StreamText) => void
  readonly #now: () => number
  #pending: { name: 'stdout' | 'stderr'; cell: CellId | null; parts: string[]; size: number } | null = null
  #windowStart = -Infinity
  #windowWrites = 0
  #isMuted = false

  constructor(send: (text: StreamText) => void, now: () => number = () => performance.now()) {
    this.#send = send
    this.#now = now
  }

  /** What `work` writes goes nowhere: for text of the interpreter itself that is told in another way too. */
  muted(work: () => void): void {
    this.#isMuted = true
    try {
      work()
    } finally {
      this.#isMuted = false
    }
  }

  write(name: 'stdout' | 'stderr', cell: CellId | null, text: string): void {
    if (this.#isMuted) return
    if (this.#pending && (this.#pending.name !== name || this.#pending.cell !== cell)) this.flush()
    this.#pending ??= { name, cell, parts: [], size: 0 }
    this.#pending.parts.push(text)
    this.#pending.size += text.length
    const now = this.#now()
    if (now - this.#windowStart >= BATCH_MS) {
      this.#windowStart = now
      this.#windowWrites = 0
      this.flush()
      return
    }
    this.#windowWrites++
    if (this.#windowWrites <= EAGER_WRITES || this.#pending.size >= BATCH_CHARACTERS) this.flush()
  }

  flush(): void {
    const pending = this.#pending
    if (pending === null) return
    this.#pending = null
    this.#send({ name: pending.name, cell: pending.cell, text: pending.parts.join('') })
  }
}
