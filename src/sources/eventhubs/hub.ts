import { parseConnectionString } from '../../broker/connection'
import type { Broker } from '../../engine/ports/broker'
import { userError } from '../../protocol/errors/runnel-error'
import type { EventHubsOptions, OptionsMode } from './options'
import { NO_ENTITY_PATH } from './options'

/** Notices, or in strict mode the connector's refusal, for a connection that names no hub. `hub` is the one that is read. */
export function reportHub({ connection, hub }: EventHubsOptions, found: string | null, { lenient }: OptionsMode): void {
  if (hub !== null) return
  const { host, key, signature } = parseConnectionString(connection)
  const name = found ?? 'the last one a producer opened with this string'
  if (host === null) {
    lenient('eventhubs-placeholder', { hub: name })
    return
  }
  // A fix shows the string it changes, so it is offered only where the string holds no secret.
  const isOpen = key === null && signature === null && found !== null
  lenient('eventhubs-no-entity-path', {
    hub: name,
    words: NO_ENTITY_PATH,
    from: isOpen ? `"${connection}"` : '',
    to: isOpen ? `"${connection.replace(/;$/, '')};EntityPath=${found}"` : '',
  })
}

/** The hub a query without EntityPath reads. */
export async function findHub(broker: Broker, { connection, hub }: EventHubsOptions): Promise<string> {
  if (hub !== null) return hub
  if (broker.hubFor === undefined)
    throw userError('NO_ENTITY_PATH', NO_ENTITY_PATH, { exception: 'IllegalArgumentException' })
  return broker.hubFor(connection, null)
}
