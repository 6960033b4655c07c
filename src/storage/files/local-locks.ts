/** Exclusive locks among the holders inside one thread, first come first served; the Web Locks of hosts that have none. */
export class LocalLocks {
  readonly #held = new Map<string, Promise<void>>()

  async withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
    const before = this.#held.get(name)
    let release = () => {}
    const mine = new Promise<void>((resolve) => (release = resolve))
    // The queue is the chain of promises: whoever comes next waits for us, we wait for whoever came last.
    const tail = before === undefined ? mine : before.then(() => mine)
    this.#held.set(name, tail)
    if (before !== undefined) await before
    try {
      return await body()
    } finally {
      release()
      if (this.#held.get(name) === tail) this.#held.delete(name)
    }
  }

  tryLock(name: string): { release(): void } | null {
    if (this.#held.has(name)) return null
    let release = () => {}
    const mine = new Promise<void>((resolve) => (release = resolve))
    this.#held.set(name, mine)
    return {
      release: () => {
        release()
        if (this.#held.get(name) === mine) this.#held.delete(name)
      },
    }
  }
}
