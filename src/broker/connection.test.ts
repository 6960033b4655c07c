import { describe, expect, test } from 'vitest'
import { classifyConnection, parseConnectionString, requireInBrowser } from './connection'
import { decryptConnection, encryptConnection, revealConnection } from './connection-cipher'

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEF0='
const REAL = `Endpoint=sb://Contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${KEY};EntityPath=clicks`

describe('connection strings', () => {
  test('fall into their parts, with = inside a key and any case in names', () => {
    expect(parseConnectionString(REAL)).toEqual({
      host: 'contoso.servicebus.windows.net',
      keyName: 'Root',
      key: KEY,
      signature: null,
      hub: 'clicks',
    })
    expect(parseConnectionString('entitypath=x;ENDPOINT=sb://h:5671/;').hub).toBe('x')
    expect(parseConnectionString('your-connection-string-here').host).toBeNull()
  })

  test.each([
    ['Endpoint=sb://...', 'placeholder'],
    ['your-connection-string-here', 'placeholder'],
    ['', 'placeholder'],
    ['Endpoint=sb://<namespace>.servicebus.windows.net/;SharedAccessKey=<key>', 'placeholder'],
    ['Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=short', 'placeholder'],
    ['Endpoint=sb://local;EntityPath=clicks', 'local'],
    ['Endpoint=sb://localhost;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;', 'local'],
    [REAL, 'real'],
    [REAL.replace('windows.net', 'usgovcloudapi.net'), 'real'],
    ['Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=x', 'real'],
  ] as const)('%s is %s', (text, kind) => {
    expect(classifyConnection(text)).toBe(kind)
  })

  test('one that may be real is refused by B08 and no part of its key shows', () => {
    expect(() => requireInBrowser('Endpoint=sb://...')).not.toThrow()
    expect(() => requireInBrowser(REAL)).toThrow(
      'This looks like a real Event Hub. This version does not connect to Azure.',
    )
    try {
      requireInBrowser(REAL)
    } catch (error) {
      const { shape } = error as { shape: { fix: { from: string; to: string } } }
      expect(JSON.stringify(shape)).not.toContain(KEY.slice(0, 8))
      expect(shape.fix).toEqual({ from: 'sb://contoso.servicebus.windows.net', to: 'sb://local' })
      expect(classifyConnection(REAL.toLowerCase().replace(shape.fix.from, shape.fix.to))).toBe('local')
    }
  })
})

// Answers of Java 17's AES/ECB/PKCS5Padding and Base64 with the connector's key.
describe("the connector's cipher", () => {
  test.each([
    ['Endpoint=sb://...', 'TuGROYgDkqrejZ/a5Lz+LOE2va0K7ZcAJeW+C7CkLe0='],
    ['your-connection-string-here', 'JtBHNZwO4DAe8Swnd6KqHvua1/1UKw4i3NwrEeC+pkI='],
    ['', 'XyZ4jBOUkFI8pJCI/H3YOA=='],
  ])('%s becomes what Java makes of it, and back', async (plain, encrypted) => {
    expect(await encryptConnection(plain)).toBe(encrypted)
    expect(await decryptConnection(encrypted)).toEqual({ plain })
  })

  test.each([
    ['Endpoint=sb://...', 'Input byte array has wrong 4-byte ending unit'],
    ['your-connection-string-here', 'Illegal base64 character 2d'],
    ['abc', 'Input length must be multiple of 16 when decrypting with padded cipher'],
    ['abcde', 'Last unit does not have enough valid bits'],
    ['ab=c', 'Input byte array has wrong 4-byte ending unit'],
    ['a', 'Input byte[] should at least have 2 bytes for base64 bytes'],
    ['placeholder string', 'Illegal base64 character 20'],
    ['<your>', 'Illegal base64 character 3c'],
    [
      'AAAAAAAAAAAAAAAAAAAAAA==',
      'Given final block not properly padded. Such issues can arise if a bad key is used during decryption.',
    ],
  ])('%s is refused in the words of Java', async (text, error) => {
    expect(await decryptConnection(text)).toEqual({ error })
  })

  test('plain and encrypted strings reveal the same', async () => {
    expect(await revealConnection(REAL)).toBe(REAL)
    expect(await revealConnection(await encryptConnection(REAL))).toBe(REAL)
    expect(await revealConnection('your-connection-string-here')).toBe('your-connection-string-here')
  })
})
