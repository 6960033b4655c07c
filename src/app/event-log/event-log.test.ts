import { expect, it } from 'vitest'
import { EventLog } from './event-log'
import type { LogStore } from './event-log'

function memory(): LogStore & { files: Map<string, string>; failing: boolean } {
  const files = new Map<string, string>()
  const store = {
    files,
    failing: false,
    async write(path: string, text: string) {
      if (store.failing) throw new Error('No space left')
      files.set(path, text)
    },
    async remove(path: string) {
      files.delete(path)
    },
    async list() {
      return [...files.keys()]
    },
  }
  return store
}
const event = (kind: string, detail: unknown = null) => ({ at: 1, session: 2, kind, detail })
const kinds = (text: string | undefined) =>
  (text ?? '')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind)

it('writes nothing by itself, and with a flush everything in order, one line each', async () => {
  const store = memory()
  const log = new EventLog({ store, folder: '/log', startedAt: 7 })
  log.add(event('run'))
  log.add(event('crash'))
  expect(store.files.size).toBe(0)
  await log.flush()
  log.add(event('clock'))
  await log.flush()
  expect([...store.files.keys()]).toEqual(['/log/00000000000007-0000.jsonl'])
  expect(kinds(store.files.get('/log/00000000000007-0000.jsonl'))).toEqual(['run', 'crash', 'clock'])
  expect(log.hasUnwritten).toBe(false)
})

it('starts a new file when one is full, and keeps the newest few', async () => {
  const store = memory()
  store.files.set('/log/00000000000001-0000.jsonl', 'an older page')
  const log = new EventLog({ store, folder: '/log', startedAt: 7, maxFileChars: 150, maxFiles: 2 })
  for (let round = 0; round < 6; round++) {
    log.add(event(`e${round}`, 'x'.repeat(40)))
    await log.flush()
  }
  const paths = [...store.files.keys()].sort()
  expect(paths).toHaveLength(2)
  expect(paths).not.toContain('/log/00000000000001-0000.jsonl')
  expect(kinds(store.files.get(paths[1])).at(-1)).toBe('e5')
})

it('loses nothing when the disk is full for a while', async () => {
  const store = memory()
  const log = new EventLog({ store, folder: '/log', startedAt: 7 })
  store.failing = true
  log.add(event('run'))
  await expect(log.flush()).rejects.toThrow('No space left')
  store.failing = false
  log.add(event('stop'))
  await log.flush()
  expect(kinds(store.files.get('/log/00000000000007-0000.jsonl'))).toEqual(['run', 'stop'])
})

it('cuts one huge event, and the line stays JSON', async () => {
  const store = memory()
  const log = new EventLog({ store, folder: '/log', startedAt: 7 })
  log.add(event('run', 'x'.repeat(100_000)))
  await log.flush()
  const text = store.files.get('/log/00000000000007-0000.jsonl') ?? ''
  expect(text.length).toBeLessThan(25_000)
  expect(kinds(text)).toEqual(['run'])
})
