import type { FileStore } from '../../engine/ports/file-store'
import { connectionFingerprint, parseConnectionString, requireInBrowser } from '../connection'
import { revealConnection } from '../connection-cipher'

/** The hub of a connection that names none, when no producer has opened one either. */
export const DEFAULT_HUB = 'your-event-hub-name'

/**
 * Which hub a connection string means. Producers name their hub beside the string, the Spark connector reads it from
 * `EntityPath`; a workshop's string has none, so the hub that was last opened with the same string is meant.
 * Survives a reload; keeps fingerprints, never the strings.
 */
export class HubNames {
  readonly #files: FileStore
  readonly #path: string
  #lastHubs: Map<string, string> | null = null

  constructor(files: FileStore, path: string) {
    this.#files = files
    this.#path = path
  }

  /**
   * `given` is plain or encrypted as the connector wants it; `hub` is what the caller names beside it, null when it names
   * none. Throws for real Azure namespaces (B08).
   */
  async resolve(given: string, hub: string | null): Promise<string> {
    const connection = await revealConnection(given)
    requireInBrowser(connection, hub)
    const lastHubs = await this.#load()
    const fingerprint = connectionFingerprint(connection)
    const named = hub ?? parseConnectionString(connection).hub
    if (named === null) return lastHubs.get(fingerprint) ?? DEFAULT_HUB
    if (hub !== null && lastHubs.get(fingerprint) !== hub) {
      lastHubs.set(fingerprint, hub)
      await this.#files.write(this.#path, new TextEncoder().encode(JSON.stringify(Object.fromEntries(lastHubs))))
    }
    return named
  }

  async #load(): Promise<Map<string, string>> {
    if (this.#lastHubs === null) {
      const isThere = (await this.#files.stat(this.#path)) !== null
      const text = isThere ? new TextDecoder().decode(await this.#files.read(this.#path)) : '{}'
      this.#lastHubs ??= new Map(Object.entries(JSON.parse(text) as Record<string, string>))
    }
    return this.#lastHubs
  }
}
