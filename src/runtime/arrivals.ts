const NUM_SECONDS = 60

/** Events that arrived in each of the last 60 real seconds, from a running total looked at once a second. */
export class Arrivals {
  readonly #perSecond = new Array<number>(NUM_SECONDS).fill(0)
  #total: number

  constructor(total: number) {
    this.#total = total
  }

  /** A second has passed; `total` events have arrived ever. */
  push(total: number): void {
    this.#perSecond.shift()
    this.#perSecond.push(total - this.#total)
    this.#total = total
  }

  /** Oldest first. */
  perSecond(): number[] {
    return [...this.#perSecond]
  }
}
