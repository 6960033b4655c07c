/** `durationMs` of one trigger: real milliseconds by name; repeats of a name add up. */
export class Durations {
  readonly #now: () => number
  readonly #spentMs = new Map<string, number>()

  constructor(realNowMs: () => number) {
    this.#now = realNowMs
  }

  async time<T>(name: string, body: () => Promise<T>): Promise<T> {
    const start = this.#now()
    try {
      return await body()
    } finally {
      this.#add(name, start)
    }
  }

  timeNow<T>(name: string, body: () => T): T {
    const start = this.#now()
    const result = body()
    this.#add(name, start)
    return result
  }

  wholeMs(): Record<string, number> {
    return Object.fromEntries([...this.#spentMs].map(([name, spent]) => [name, Math.floor(spent)]))
  }

  #add(name: string, start: number): void {
    this.#spentMs.set(name, (this.#spentMs.get(name) ?? 0) + this.#now() - start)
  }
}
