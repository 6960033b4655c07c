import { expect, it } from 'vitest'
import { checksOf, summaryOf, textForIt } from './checks'
import type { Measured } from './checks'

const full: Measured = {
  isFramed: false,
  isSecure: true,
  hasServiceWorker: true,
  isIsolated: true,
  hasWebAssembly: true,
  worker: { opfs: 'works', webAssembly: true },
  isPersisted: true,
  freeBytes: 9_000_000_000,
  downloadBytes: 24_000_000,
  cachedBytes: 0,
  hasWebSocket: true,
}
const verdicts = (measured: Measured) =>
  Object.fromEntries(checksOf(measured).map(({ title, verdict }) => [title, verdict]))

it('tests the nine things, in the order of what stops Runnel first', () => {
  expect(checksOf(full).map(({ title }) => title)).toEqual([
    'Own window',
    'Isolation from other pages',
    'WebAssembly',
    'Module workers',
    'Storage in this browser',
    'Kept for good',
    'Free space',
    'Download',
    'WebSocket',
  ])
  expect(summaryOf(checksOf(full))).toBe('Runnel runs here with everything it has.')
})

it('tells a limit from a lack', () => {
  const limited = checksOf({ ...full, isPersisted: false })
  expect(summaryOf(limited)).toBe('Runnel runs here, with the limits below.')
  const lacking = { ...full, worker: { opfs: 'The operation is insecure.', webAssembly: true } }
  expect(verdicts(lacking)).toMatchObject({ 'Storage in this browser': 'missing', 'Kept for good': 'ok' })
  expect(summaryOf(checksOf(lacking))).toBe('Runnel will not run in full here: 1 thing is missing.')
})

it('names the cause of a missing isolation', () => {
  const text = (measured: Partial<Measured>) => checksOf({ ...full, isIsolated: false, ...measured })[1].text
  expect(text({ isSecure: false })).toContain('must begin with https://')
  expect(text({ hasServiceWorker: false })).toContain('forbids service workers')
  expect(text({})).toContain('Reload the page once')
})

it('writes a text that says everything without the page', () => {
  const text = textForIt(checksOf({ ...full, worker: null }), { address: 'https://x/y/', browser: 'B 1', time: 'now' })
  expect(text.split('\n').slice(0, 4)).toEqual([
    'Runnel laptop check, now',
    'Address: https://x/y/',
    'Browser: B 1',
    'Runnel will not run in full here: 2 things are missing.',
  ])
  expect(text).toContain('[MISSING] Module workers: No: the engine cannot start.')
})
