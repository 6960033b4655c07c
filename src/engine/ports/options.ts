/** Options of a reader or writer: keys compare without case, as in Spark; the last spelling wins. */
export class OptionMap {
  readonly #entries: ReadonlyMap<string, { key: string; value: string }>

  constructor(options: Readonly<Record<string, string>>) {
    this.#entries = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), { key, value }]))
  }

  get(key: string): string | undefined {
    return this.#entries.get(key.toLowerCase())?.value
  }

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase())
  }

  /** Original spellings. */
  entries(): { key: string; value: string }[] {
    return [...this.#entries.values()]
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.entries().map(({ key, value }) => [key, value]))
  }
}
