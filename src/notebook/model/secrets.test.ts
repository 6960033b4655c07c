import { describe, expect, it } from 'vitest'
import { SecretStore, hasSecret, missingSecrets } from './secrets'

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG='
const cell = `conn = "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${KEY}"`

describe('SecretStore', () => {
  it('replaces a shared access key by its name and gives it back in the same session', () => {
    const secrets = new SecretStore()
    const saved = secrets.redact(cell)
    expect(saved).toContain('SharedAccessKey=<secret:eventhub-1>')
    expect(saved).not.toContain(KEY)
    expect(secrets.reveal(saved)).toBe(cell)
  })

  it('keeps one name for one value and counts on for another', () => {
    const secrets = new SecretStore()
    secrets.redact(cell)
    expect(secrets.redact(cell + cell.replace('abc', 'xyz'))).toMatch(/eventhub-1.*eventhub-2/)
  })

  it('hides a known value in printed output that lacks the key word', () => {
    const secrets = new SecretStore()
    secrets.redact(cell)
    expect(secrets.redact(`key is ${KEY}\n`)).toBe('key is <secret:eventhub-1>\n')
  })

  it('redacts a JAAS password but not a Python placeholder', () => {
    const secrets = new SecretStore()
    expect(secrets.redact('required username="$ConnectionString" password="s3cret-word";')).toContain(
      '<secret:password-1>',
    )
    expect(secrets.redact(`password="Endpoint=sb://x/;SharedAccessKeyName=r;SharedAccessKey=${KEY}";`)).toBe(
      'password="Endpoint=sb://x/;SharedAccessKeyName=r;SharedAccessKey=<secret:eventhub-1>";',
    )
    expect(secrets.redact('password="{CONNECTION_STRING}";')).toBe('password="{CONNECTION_STRING}";')
  })

  it('leaves short placeholders and redacted text as they are', () => {
    const secrets = new SecretStore()
    expect(secrets.redact('SharedAccessKey=...')).toBe('SharedAccessKey=...')
    const once = secrets.redact(cell)
    expect(secrets.redact(once)).toBe(once)
  })

  it('finds what a reload lost', () => {
    expect(missingSecrets('a <secret:eventhub-1> b')).toEqual(['eventhub-1'])
    expect(hasSecret(cell)).toBe(true)
    expect(hasSecret('x = 1')).toBe(false)
  })
})
