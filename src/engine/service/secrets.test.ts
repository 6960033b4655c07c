import { expect, test } from 'vitest'
import { redact, reveal } from './secrets'

const CONNECTION = 'Endpoint=sb://shop.example;SharedAccessKeyName=read;SharedAccessKey=c2VjcmV0;EntityPath=clicks'

test('a key is replaced by its name and comes back by it', () => {
  const secrets = new Map<string, string>()
  const written = redact(CONNECTION, secrets)
  expect(written).toBe(
    'Endpoint=sb://shop.example;SharedAccessKeyName=read;SharedAccessKey=<secret:eventhub-1>;EntityPath=clicks',
  )
  expect(reveal(written, Object.fromEntries(secrets))).toEqual({ text: CONNECTION, missing: [] })
})

test('the same key keeps its name, another gets the next one', () => {
  const secrets = new Map<string, string>()
  redact(CONNECTION, secrets)
  redact(CONNECTION, secrets)
  redact('SharedAccessKey=other', secrets)
  expect([...secrets.keys()]).toEqual(['eventhub-1', 'eventhub-2'])
})

test('a secret of an earlier session is reported as missing', () => {
  expect(reveal('SharedAccessKey=<secret:eventhub-1>', {})).toEqual({
    text: 'SharedAccessKey=<secret:eventhub-1>',
    missing: ['eventhub-1'],
  })
})

test('a text redacted before stays as it is', () => {
  const secrets = new Map<string, string>()
  expect(redact('SharedAccessKey=<secret:eventhub-1>', secrets)).toBe('SharedAccessKey=<secret:eventhub-1>')
  expect(secrets.size).toBe(0)
})
