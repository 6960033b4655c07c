import { userError } from '../../protocol/errors/runnel-error'
import { classifyConnection, requireInBrowser } from '../connection'

const EVENT_HUBS_HOST = /\.servicebus\.(windows\.net|usgovcloudapi\.net|cloudapi\.de|chinacloudapi\.cn)$/
/** Names that no public server has: one label, or a domain kept for examples and local networks. */
const NO_PUBLIC_HOST = /^[^.]*$|^127\.|\.(local|localhost|internal|test|invalid|example)$|(^|\.)example\.(com|org|net)$/

/**
 * Refuses servers that may really exist, since nothing in a browser reaches them and their topics are not ours: an Event Hubs
 * namespace with a key of full length, or a public host. Everything else means the in-browser hubs, topic = hub.
 */
export function requireBrowserServers(servers: string, jaasConfig: string | undefined, topic: string | null): void {
  const hosts = servers.split(',').map((server) => server.trim().replace(/:\d*$/, '').toLowerCase())
  const connection = connectionOfJaas(jaasConfig)
  if (connection !== null) requireInBrowser(connection, topic)
  if (connection !== null && classifyConnection(connection) === 'local') return
  const foreign = hosts.find(
    (host) => !EVENT_HUBS_HOST.test(host) && !NO_PUBLIC_HOST.test(host) && /^[a-z0-9.-]+$/.test(host),
  )
  if (foreign === undefined) return
  throw userError(
    'KAFKA_NOT_REACHABLE',
    `A browser cannot connect to the Kafka broker ${foreign}: it speaks a protocol that no web page can.`,
    {
      exception: 'IllegalArgumentException',
      parameters: { servers },
      hint: `Use the in-browser hubs instead: write localhost:9092 in place of ${servers}; a topic is the hub of that name.`,
      fix: { from: servers, to: 'localhost:9092' },
    },
  )
}

/** The Event Hubs connection string that stands as password in a JAAS configuration; null when there is none. */
function connectionOfJaas(jaasConfig: string | undefined): string | null {
  const password = /password\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(jaasConfig ?? '')
  const text = password?.[1] ?? password?.[2] ?? ''
  return /(^|;)\s*Endpoint\s*=/i.test(text) ? text : null
}
