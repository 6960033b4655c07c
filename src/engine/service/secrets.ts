/**
 * Secrets of connection strings and JAAS passwords: replaced by `<secret:name>` in everything that is written down,
 * kept by name in the session's memory only.
 */
const SECRET = /(SharedAccessKey=|SharedAccessSignature=|password=")([^;"]+)/gi

export function redact(text: string, secrets: Map<string, string>): string {
  return text.replace(SECRET, (whole, key: string, value: string) => {
    if (value.startsWith('<secret:')) return whole
    return `${key}<secret:${nameOf(value, secrets)}>`
  })
}

/** Puts known values back; names it does not know stay as they are and are returned in `missing`. */
export function reveal(text: string, secrets: Readonly<Record<string, string>>): { text: string; missing: string[] } {
  const missing: string[] = []
  const shown = text.replace(/<secret:([\w-]+)>/g, (whole, name: string) => {
    const value = secrets[name]
    if (value === undefined) missing.push(name)
    return value ?? whole
  })
  return { text: shown, missing }
}

function nameOf(value: string, secrets: Map<string, string>): string {
  for (const [name, known] of secrets) if (known === value) return name
  const name = `eventhub-${secrets.size + 1}`
  secrets.set(name, value)
  return name
}
