import { userError } from '../protocol/errors/runnel-error'
import { lookup3 } from './local/key-hash'

/** Parts of `Endpoint=sb://...;SharedAccessKeyName=...;SharedAccessKey=...;EntityPath=...`; absent parts are null. */
export type ConnectionString = {
  /** Host of the endpoint, lower case: `contoso.servicebus.windows.net`. */
  readonly host: string | null
  readonly keyName: string | null
  readonly key: string | null
  readonly signature: string | null
  /** EntityPath: the event hub's name. */
  readonly hub: string | null
}

/**
 * local: says itself that it means the in-browser broker · placeholder: no real namespace could be meant ·
 * real: a namespace of Azure with a key of full length.
 */
export type ConnectionKind = 'local' | 'placeholder' | 'real'

const AZURE_HOST = /^[a-z0-9][a-z0-9-]*\.servicebus\.(windows\.net|usgovcloudapi\.net|cloudapi\.de|chinacloudapi\.cn)$/
const LOCAL_HOST = /^(local|localhost|127\.0\.0\.1|runnel|in-browser)$/
const MIN_KEY_LENGTH = 40

/** Never throws: what cannot be read is a placeholder. */
export function parseConnectionString(text: string): ConnectionString {
  const parts = new Map<string, string>()
  for (const part of text.trim().replace(/;+$/, '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0) parts.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim())
  }
  const get = (name: string) => parts.get(name) || null
  const endpoint = get('endpoint') ?? get('hostname')
  return {
    host:
      endpoint === null
        ? null
        : endpoint
            .replace(/^[a-z]+:\/\//i, '')
            .replace(/[/:].*$/, '')
            .toLowerCase() || null,
    keyName: get('sharedaccesskeyname'),
    key: get('sharedaccesskey'),
    signature: get('sharedaccesssignature'),
    hub: get('entitypath'),
  }
}

export function classifyConnection(text: string): ConnectionKind {
  const { host, key, signature } = parseConnectionString(text)
  if (/(^|;)\s*UseDevelopmentEmulator\s*=\s*true/i.test(text) || (host !== null && LOCAL_HOST.test(host)))
    return 'local'
  if (host !== null && AZURE_HOST.test(host) && ((key?.length ?? 0) >= MIN_KEY_LENGTH || signature !== null))
    return 'real'
  return 'placeholder'
}

/** Throws when the string may name a real Event Hub: it is never sent anywhere else silently. `hub` names it when known. */
export function requireInBrowser(text: string, hub: string | null = null): void {
  if (classifyConnection(text) !== 'real') return
  const { host, hub: entityPath } = parseConnectionString(text)
  const name = hub ?? entityPath
  throw userError(
    'EVENT_HUB_NOT_REACHABLE',
    'This looks like a real Event Hub. This version does not connect to Azure.',
    {
      exception: 'IllegalArgumentException',
      parameters: { host: host ?? '', hub: name ?? '' },
      hint:
        `Use the in-browser hub${name === null ? '' : ` ${name}`} instead: write sb://local in place of sb://${host}, ` +
        'and start a sample producer for it or send your own events.',
      fix: { from: `sb://${host}`, to: 'sb://local' },
    },
  )
}

/** Stands for the connection in files: tells two strings apart without keeping anything of them. */
export function connectionFingerprint(text: string): string {
  // Without the secret: a stored plan holds its name instead of its value and must still mean the same hub.
  const withoutSecret = text.trim().replace(/(SharedAccessKey|SharedAccessSignature)=[^;]*/gi, '$1=')
  const [b, c] = lookup3(new TextEncoder().encode(withoutSecret))
  return b.toString(16).padStart(8, '0') + c.toString(16).padStart(8, '0')
}
