import { expect, it } from 'vitest'
import { capabilityOf } from './capability'

const full = { isFramed: false, isIsolated: true, hasWebAssembly: true, hasOpfs: true }

it('says nothing when the browser has everything', () => {
  expect(capabilityOf(full)).toMatchObject({ storage: 'opfs', canRunPython: true, bars: [], pythonReason: null })
})

it('keeps streams and turns Python off without isolation or WebAssembly', () => {
  expect(capabilityOf({ ...full, isIsolated: false })).toMatchObject({
    canRunPython: false,
    bars: [{ id: 'isolation' }],
  })
  expect(capabilityOf({ ...full, hasWebAssembly: false }).bars[0].text).toBe(
    'This browser runs without its compiler: about 5 times slower.',
  )
})

it('uses memory and says so without OPFS', () => {
  const capability = capabilityOf({ ...full, hasOpfs: false })
  expect(capability.storage).toBe('memory')
  expect(capability.bars).toEqual([
    { id: 'memory', intent: 'error', text: 'This window forgets everything when closed.' },
  ])
})
