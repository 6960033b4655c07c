import { expect, it } from 'vitest'
import { offlineText } from './offline-text'
import { offlineState } from './precache'

const precache = {
  build: 'b',
  assets: [
    { path: 'index.html', sizeBytes: 1000, sha256: null },
    { path: 'pyodide/pyodide.asm.wasm', sizeBytes: 9_600_000, sha256: 'a' },
    { path: 'assets/monaco.js', sizeBytes: 3_400_000, sha256: 'b' },
  ],
}

it('counts only what lies in the cache and belongs to this build', () => {
  const state = offlineState(precache, new Set(['index.html', 'assets/monaco.js', 'assets/older.js']))
  expect(state).toEqual({ cachedBytes: 3_401_000, totalBytes: 13_001_000 })
  expect(offlineText(state)).toBe('Offline: 3 of 14 MB')
})

it('is ready only when nothing is missing', () => {
  expect(offlineText({ cachedBytes: 13_000_999, totalBytes: 13_001_000 })).toBe('Offline: 13 of 14 MB')
  expect(offlineText(offlineState(precache, new Set(precache.assets.map(({ path }) => path))))).toBe('Offline: ready')
})
