/**
 * Secrets never reach a file (B17): what is saved or exported holds `<secret:eventhub-1>`, the value lives in memory.
 * One value keeps one name for the life of the page.
 */
const PATTERNS: readonly { readonly pattern: RegExp; readonly prefix: string }[] = [
  { pattern: /(SharedAccessKey=)([^;"'\s\\<>]{8,})/g, prefix: 'eventhub' },
  { pattern: /(SharedAccessSignature=)([^;"'\s\\<>]{8,})/g, prefix: 'eventhub' },
  { pattern: /(AccountKey=)([^;"'\s\\<>]{8,})/g, prefix: 'storage' },
  // A JAAS line: password="..." or password=\"...\"; placeholders in braces are Python names, not secrets. Of a connection
  // string the key alone is one.
  { pattern: /(password=\\?["'])(?!Endpoint=)([^"'\\{}<>]{4,})/g, prefix: 'password' },
]

export class SecretStore {
  readonly #names = new Map<string, string>()
  readonly #values = new Map<string, string>()
  readonly #next = new Map<string, number>()

  /** The text with each secret replaced by its name. */
  redact(text: string): string {
    let redacted = text
    for (const { pattern, prefix } of PATTERNS) {
      redacted = redacted.replace(
        pattern,
        (_whole, lead: string, value: string) => `${lead}<secret:${this.#nameOf(value, prefix)}>`,
      )
    }
    // The value may appear without its lead (printed by a cell).
    for (const [value, name] of this.#names)
      if (redacted.includes(value)) redacted = redacted.replaceAll(value, `<secret:${name}>`)
    return redacted
  }

  /** Puts values this session still knows back in place; others stay as names. */
  reveal(text: string): string {
    return text.replace(/<secret:([\w-]+)>/g, (whole, name: string) => this.#values.get(name) ?? whole)
  }

  #nameOf(value: string, prefix: string): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const number = (this.#next.get(prefix) ?? 0) + 1
    this.#next.set(prefix, number)
    const name = `${prefix}-${number}`
    this.#names.set(value, name)
    this.#values.set(name, value)
    return name
  }
}

export function hasSecret(text: string): boolean {
  return PATTERNS.some(({ pattern }) => new RegExp(pattern.source).test(text))
}

/** Names of secrets a saved text lost with the last reload. */
export function missingSecrets(text: string): string[] {
  return [...text.matchAll(/<secret:([\w-]+)>/g)].map((match) => match[1])
}
